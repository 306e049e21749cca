// Lets the keyboard do what a desk's buttons do.
(() => {
  const desk = () => document.getElementById('desk');

  function play() {
    const audio = document.querySelector('#clip-box audio');
    if (!audio) document.querySelector('#clip-box button')?.click();
    else if (audio.paused) audio.play();
    else audio.pause();
  }

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
      at.elements.reason?.focus();
    } else if (event.key === 'p') play();
    else if (event.key === 'n') location.assign(at.dataset.next);
    else return;
    event.preventDefault();
  });
})();
