// Sends a desk's form to the API, and lets the keyboard do what its buttons do.
(() => {
  const desk = () => document.getElementById('desk');

  async function send(at) {
    const told = at.querySelector('.told');
    const body = Object.fromEntries(new FormData(at));
    if ('granted' in body) body.granted = body.granted === 'true';
    if (body.text === '') delete body.text;
    const buttons = at.querySelectorAll('button');
    buttons.forEach((one) => { one.disabled = true; });
    try {
      const answer = await fetch(at.dataset.post, {
        method: 'POST', body: JSON.stringify(body), headers: {'Content-Type': 'application/json'},
      });
      if (answer.ok) { location.assign(at.dataset.next); return; }
      const problem = await answer.json().catch(() => ({}));
      const words = at.dataset[`sent${answer.status}`] ?? at.dataset.sentOther;
      told.textContent = `${words} ${problem.detail ?? ''}`;
    } catch { told.textContent = at.dataset.unreached; }
    buttons.forEach((one) => { one.disabled = false; });
  }

  function play() {
    const audio = document.querySelector('#clip-box audio');
    if (!audio) document.querySelector('#clip-box button')?.click();
    else if (audio.paused) audio.play();
    else audio.pause();
  }

  addEventListener('submit', (event) => {
    if (event.target.id !== 'desk') return;
    event.preventDefault();
    send(event.target);
  });
  addEventListener('change', (event) => {
    if (event.target.id !== 'keys') return;
    const kept = event.target.checked ? 'on' : 'off';
    document.cookie = `changshou_keys=${kept}; path=/; max-age=31536000; samesite=strict`;
  });
  addEventListener('keydown', (event) => {
    const at = desk();
    if (!at) return;
    if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      at.requestSubmit();
      return;
    }
    const writes = 'textarea, select, audio, input:not([type=radio]):not([type=checkbox])';
    if (event.ctrlKey || event.altKey || event.metaKey || event.target.closest(writes)) return;
    if (!document.getElementById('keys')?.checked) return;
    const pick = at.querySelectorAll('input[type=radio]')['123'.indexOf(event.key)];
    if (pick) {
      pick.checked = true;
      at.elements.reason.focus();
    } else if (event.key === 'p') play();
    else if (event.key === 'n') location.assign(at.dataset.next);
    else return;
    event.preventDefault();
  });
})();
