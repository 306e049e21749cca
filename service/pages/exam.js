// Sets an exam, and has each item of a sitting said once.
(() => {
  const QUIET_S = 1.5;
  const LONGEST_S = 27;
  let now = null;
  const at = (id) => document.getElementById(id);
  const tell = (what) => window.drill.tell(what);

  // ---- a sitting ----

  async function begin() {
    if (now) return;
    tell('');
    const one = {kept: [], spoke: 0, quiet: 0, floor: 0};
    now = one;
    buttons(true);
    try {
      one.mic = await window.drill.microphone((part, dbfs, peak) => heard(one, part, dbfs, peak),
        (what) => stop(one, what));
    } catch (error) { stop(one, error.what ?? 'broken_drill'); return; }
    window.drill.meddled(one.mic.meddles);
    tell('speak_now');
  }

  function heard(one, part, dbfs, peak) {
    if (now !== one) return;
    window.drill.meter(dbfs, peak);
    one.kept.push(part);
    const spent = one.kept.length / 10;
    one.floor = spent <= 0.3 ? Math.max(dbfs, -75) : Math.min(one.floor, Math.max(dbfs, -75));
    const speaks = dbfs > Math.max(one.floor + 12, -50);
    one.spoke += speaks ? 0.1 : 0;
    one.quiet = speaks ? 0 : one.quiet + 0.1;
    if ((one.spoke >= 0.3 && one.quiet >= QUIET_S) || spent >= LONGEST_S) end(one);
  }

  async function end(one) {
    if (now !== one || one.ended) return;
    one.ended = true;
    one.mic.close();
    tell('exam_waits');
    at('drill-stop').hidden = true;
    const {sitting, item} = window.drill.box().dataset;
    const sound = wav(one.kept, one.mic.rate);
    for (let turn = 1; ; turn++) {
      try {
        const answer = await fetch(`/v1/exams/answers?sitting=${sitting}&item=${item}`, {
          method: 'POST', body: sound, headers: {'Content-Type': 'audio/wav'},
        });
        if (answer.ok || answer.status === 409) { location.reload(); return; }
        const problem = await answer.json().catch(() => ({}));
        stop(one, `${window.drill.words().exam_refused} ${problem.detail ?? ''}`);
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
    const view = new DataView(new ArrayBuffer(44 + 2 * count));
    const text = (place, word) => [...word].forEach((c, n) => view.setUint8(place + n, c.charCodeAt(0)));
    text(0, 'RIFF'); view.setUint32(4, 36 + 2 * count, true); text(8, 'WAVEfmt ');
    view.setUint32(16, 16, true); view.setUint16(20, 1, true); view.setUint16(22, 1, true);
    view.setUint32(24, rate, true); view.setUint32(28, 2 * rate, true);
    view.setUint16(32, 2, true); view.setUint16(34, 16, true);
    text(36, 'data'); view.setUint32(40, 2 * count, true);
    let place = 44;
    for (const part of parts) {
      for (const one of part) {
        view.setInt16(place, Math.max(-1, Math.min(1, one)) * 32767, true);
        place += 2;
      }
    }
    return view.buffer;
  }

  function stop(one, what) {
    if (now !== one) return;
    now = null;
    one.mic?.close();
    buttons(false);
    tell(what);
  }

  function buttons(busy) {
    at('drill-start').hidden = busy;
    at('drill-stop').hidden = !busy;
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
