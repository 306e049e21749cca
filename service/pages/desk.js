// Sends each form that has a data-post to the API as JSON, and says what became of it.
(() => {
  // An empty field is left out; a name with a slash is a part of a thing, with a number of a list; boxes of a
  // list are the numbers that are ticked.
  function body(at) {
    const made = {};
    for (const one of at.elements) {
      if (!one.name || one.disabled || (one.type === 'radio' && !one.checked)) continue;
      if ('list' in one.dataset) {
        if (one.checked) (made[one.name] ??= []).push(Number(one.value));
        continue;
      }
      let value = one.value;
      if (one.type === 'checkbox') value = one.checked;
      else if (value === '' && one.dataset.empty !== 'null') continue;
      else if (value === '') value = null;
      else if (one.type === 'number' || one.dataset.type === 'number') value = Number(value) * (one.dataset.times ?? 1);
      else if (one.dataset.type === 'flag') value = value === 'true';
      else if (one.type === 'datetime-local') value += `:00${at.dataset.offset}`;
      const path = one.name.split('/');
      let thing = made;
      path.slice(0, -1).forEach((part, n) => {
        thing = thing[part] ??= /^\d+$/.test(path[n + 1]) ? [] : {};
      });
      thing[path.at(-1)] = value;
    }
    return made;
  }

  async function send(at) {
    const told = at.querySelector('.told');
    told.textContent = '';
    const buttons = at.querySelectorAll('button');
    buttons.forEach((one) => { one.disabled = true; });
    try {
      const answer = await fetch(at.dataset.post, {
        method: at.dataset.method ?? 'POST',
        body: JSON.stringify(body(at)),
        headers: {'Content-Type': 'application/json'},
      });
      const said = await answer.json().catch(() => ({}));
      if (answer.ok) { location.assign(at.dataset.next.replace('{id}', said.id)); return; }
      const words = at.dataset[`sent${answer.status}`] ?? at.dataset.sentOther;
      told.textContent = `${words} ${said.detail ?? ''}`;
    } catch { told.textContent = at.dataset.unreached; }
    buttons.forEach((one) => { one.disabled = false; });
  }

  // What runs on the server is looked at again.
  setInterval(() => { if (document.querySelector('[data-again]')) location.reload(); }, 3000);

  addEventListener('submit', (event) => {
    if (!event.target.dataset.post) return;
    event.preventDefault();
    send(event.target);
  });
})();
