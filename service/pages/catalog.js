// Has a kept clip heard by what is in use and by the draft, and lists what each took it for.
(() => {
  const filled = (one) => one.line.replace(/\{(\w+)\}/g, (_, name) => one.slots[name] ?? '…');
  const line = (one, sure, doubt) =>
    `${one.accepted ? '✓' : '?'} ${filled(one)} (${one.phrase}) ${one.accepted ? sure : doubt}`;

  addEventListener('submit', async (event) => {
    const at = event.target;
    if (at.id !== 'hear') return;
    event.preventDefault();
    const told = at.querySelector('.told'), found = at.querySelector('.found');
    const button = at.querySelector('button');
    button.disabled = true;
    told.textContent = at.dataset.waits;
    found.replaceChildren();
    try {
      const answer = await fetch('/v1/catalogs/draft/clip', {
        method: 'POST', body: JSON.stringify({clip: at.elements.clip.value.trim()}),
        headers: {'Content-Type': 'application/json'},
      });
      const said = await answer.json().catch(() => ({}));
      told.textContent = answer.ok ? '' : `${at.dataset.refused} ${said.detail ?? ''}`;
      for (const [name, items] of answer.ok ? Object.entries(said) : []) {
        const head = document.createElement('h3'), list = document.createElement('ul');
        head.textContent = at.dataset[name === 'draft' ? 'draft' : 'use'];
        for (const one of items) {
          const item = document.createElement('li');
          item.textContent = line(one, at.dataset.sure, at.dataset.doubt);
          list.append(item);
        }
        if (!items.length) list.textContent = at.dataset.none;
        found.append(head, list);
      }
    } catch { told.textContent = at.dataset.unreached; }
    button.disabled = false;
  });
})();
