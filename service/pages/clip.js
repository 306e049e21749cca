// Opens a clip when asked, draws its sound, and marks on it what was found.
(() => {
  const NS = 'http://www.w3.org/2000/svg', WIDE = 1000, HIGH = 120;

  function drawn(name, values, parent) {
    const made = document.createElementNS(NS, name);
    for (const [key, value] of Object.entries(values)) made.setAttribute(key, value);
    parent.append(made);
    return made;
  }

  // The loudest of each column of the drawing.
  function peaks(buffer) {
    const found = new Float32Array(WIDE / 2), all = buffer.getChannelData(0);
    const step = all.length / found.length;
    for (let at = 0; at < found.length; at++)
      for (let n = Math.floor(at * step); n < Math.floor((at + 1) * step); n++)
        found[at] = Math.max(found[at], Math.abs(all[n]));
    return found;
  }

  function wave(box, buffer, audio) {
    const svg = document.createElementNS(NS, 'svg');
    const marks = JSON.parse(box.dataset.marks ?? '[]');
    const place = (s) => Math.min(WIDE, Math.max(0, s / buffer.duration * WIDE));
    for (const [key, value] of Object.entries({
      viewBox: `0 0 ${WIDE} ${HIGH}`, preserveAspectRatio: 'none', class: 'line wave', role: 'img',
      'aria-label': [box.dataset.wave, ...marks.map((one) => one.label)].join('; '),
    })) svg.setAttribute(key, value);
    for (const one of marks) {
      const x = place(one.start), width = Math.max(2, place(one.end) - x);
      drawn('rect', {x, y: 0, width, height: HIGH, class: `mark ${one.kind}`}, svg);
    }
    const tall = peaks(buffer), loudest = Math.max(0.01, ...tall);
    let path = '';
    tall.forEach((peak, at) => {
      const half = Math.max(0.5, peak / loudest * (HIGH / 2 - 4));
      path += `M${at * 2} ${HIGH / 2 - half}V${HIGH / 2 + half}`;
    });
    drawn('path', {d: path, class: 'sound'}, svg);
    const hand = drawn('rect', {x: 0, y: 0, width: 2, height: HIGH, class: 'hand'}, svg);
    audio.addEventListener('timeupdate', () => hand.setAttribute('x', place(audio.currentTime)));
    svg.addEventListener('click', (event) => {
      const frame = svg.getBoundingClientRect();
      audio.currentTime = (event.clientX - frame.left) / frame.width * buffer.duration;
    });
    return svg;
  }

  // A button for each mark: it plays from there.
  function list(box, audio) {
    const marks = JSON.parse(box.dataset.marks ?? '[]');
    const made = document.createElement('ul');
    made.className = 'marks';
    for (const one of marks) {
      const item = document.createElement('li'), button = document.createElement('button');
      const sign = document.createElement('span');
      sign.className = `sign ${one.kind}`;
      sign.textContent = one.sign;
      button.type = 'button';
      button.append(sign, ` ${one.label}`);
      button.addEventListener('click', () => { audio.currentTime = one.start; audio.play(); });
      item.append(button);
      made.append(item);
    }
    return made;
  }

  async function open(box) {
    const told = box.querySelector('.told');
    let answer;
    try { answer = await fetch(box.dataset.clip); } catch { told.textContent = box.dataset.unreached; return; }
    if (answer.status !== 200) {
      told.textContent = box.dataset[answer.status === 202 ? 'coming' : 'none'];
      return;
    }
    const blob = await answer.blob(), audio = document.createElement('audio');
    audio.controls = true;
    audio.src = URL.createObjectURL(blob);
    audio.setAttribute('aria-label', box.dataset.player);
    box.replaceChildren(audio);
    audio.focus();
    const context = new AudioContext();
    try {
      const buffer = await context.decodeAudioData(await blob.arrayBuffer());
      box.prepend(wave(box, buffer, audio));
      box.append(list(box, audio));
    } catch { /* It can be heard all the same. */ }
    context.close();
  }

  addEventListener('click', (event) => {
    const button = event.target.closest?.('#clip-box > button');
    if (button) open(button.parentElement);
  });
})();
