// Sets an exam, and has each item of a sitting said once.
(() => {
  let now = null;
  const at = (id) => document.getElementById(id);
  const tell = (what) => window.drill.tell(what);

  // ---- a sitting ----

  async function begin() {
    if (now) return;
    tell('');
    const one = window.drill.fresh();
    now = one;
    window.drill.buttons(true);
    const heard = (part, dbfs) => { if (window.drill.keep(one, part, dbfs)) end(one); };
    if (await window.drill.open(one, heard, (what) => stop(one, what))) tell('speak_now');
  }

  async function end(one) {
    if (!one.open || !one.mic) return;
    one.open = false;
    one.mic.close();
    tell('exam_waits');
    at('drill-stop').hidden = true;
    const {sitting, item} = window.drill.box().dataset;
    const sound = wav(one.kept, one.rate);
    const clock = one.clock.map((pair) => `&clock=${pair.join(':')}`).join('');
    for (let turn = 1; ; turn++) {
      try {
        const answer = await fetch(`/v1/exams/answers?sitting=${sitting}&item=${item}${clock}`, {
          method: 'POST', body: sound,
        });
        if (answer.ok || answer.status === 409) { location.reload(); return; }
        const problem = await answer.json().catch(() => ({}));
        if (answer.status === 422) stop(one, 'wrong_rate');
        else stop(one, `${window.drill.words().exam_refused} ${problem.detail ?? ''}`);
        return;
      } catch {
        // What was said is here still: it is sent when the server is back.
        tell('reconnecting');
        await new Promise((done) => { setTimeout(done, Math.min(5000, 1000 * turn)); });
      }
    }
  }

  function wav(parts, rate) {
    const count = parts.reduce((sum, part) => sum + part.length, 0);
    const view = new DataView(new ArrayBuffer(44));
    const text = (place, word) => [...word].forEach((c, n) => view.setUint8(place + n, c.charCodeAt(0)));
    text(0, 'RIFF'); view.setUint32(4, 36 + 2 * count, true); text(8, 'WAVEfmt ');
    view.setUint32(16, 16, true); view.setUint16(20, 1, true); view.setUint16(22, 1, true);
    view.setUint32(24, rate, true); view.setUint32(28, 2 * rate, true);
    view.setUint16(32, 2, true); view.setUint16(34, 16, true);
    text(36, 'data'); view.setUint32(40, 2 * count, true);
    return new Blob([view, ...parts.map(window.drill.pcm)], {type: 'audio/wav'});
  }

  function stop(one, what) {
    if (now !== one) return;
    now = null;
    window.drill.close(one, what);
  }

  // A sitting that is being judged looks again by itself.
  setInterval(async () => {
    const sitting = at('exam-waiting')?.dataset.sitting;
    if (!sitting || now) return;
    const answer = await fetch(`/v1/exams/sittings/${sitting}`).catch(() => null);
    if (!answer?.ok) return;
    const found = await answer.json();
    const waits = found.items.some((one) => one.state === 'waiting');
    if (found.settled_at || (!waits && at('exam-waiting')?.dataset.waits === 'yes')) location.reload();
  }, 1000);

  // ---- setting one ----

  async function set(form) {
    const told = form.querySelector('.told');
    const items = [...form.querySelectorAll('input[name=line]:checked')].map((one) => ({exercise: one.value}));
    if (!items.length) { told.textContent = form.dataset.none; return; }
    const number = (name) => Number(form.elements[name].value);
    const body = {
      station: form.elements.station.value, title: form.elements.title.value, items,
      pass_mark: number('pass_mark'), minutes: number('minutes'), retries: number('retries'),
      by_heart: form.elements.by_heart.checked,
    };
    const answer = await fetch('/v1/exams', {
      method: 'POST', body: JSON.stringify(body), headers: {'Content-Type': 'application/json'},
    }).catch(() => null);
    if (answer?.ok) { location.assign('/exams'); return; }
    const problem = await answer?.json().catch(() => ({})) ?? {};
    told.textContent = `${form.dataset.refused} ${problem.detail ?? ''}`;
  }

  addEventListener('click', (event) => {
    if (event.target.id === 'drill-start' && at('exam-item')) begin();
    else if (event.target.id === 'drill-stop' && now) end(now);
  });
  addEventListener('submit', (event) => {
    if (event.target.id !== 'exam-set') return;
    event.preventDefault();
    set(event.target);
  });
})();
