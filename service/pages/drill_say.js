// One line: hear the model, say it, see what was heard, character by character and tone by tone.
(() => {
  const {box, words, english, made, tell, buttons} = window.drill;
  const SHAPES = {1: [4, 4, 4], 2: [0, 1, 4], 3: [-3, -5, -2], 4: [5, 1, -4], 5: [0, -1]};
  let helped = false;
  let now = null;

  const at = (id) => document.getElementById(id);

  // ---- a try ----

  async function begin(sound) {
    if (now) return;
    tell('');
    at('drill-result').replaceChildren();
    const one = {...window.drill.fresh(), tries: 0};
    now = one;
    buttons(true, 'again');
    if (sound) {
      try {
        one.kept.push(await window.drill.file(sound));
      } catch (error) { stop(one, error.what ?? 'broken_drill'); return; }
    } else if (!await window.drill.open(one, (...part) => heard(one, ...part), (what) => stop(one, what))) {
      return;
    }
    connect(one);
    if (sound) end(one);
  }

  function connect(one) {
    one.listening = false;
    one.line = window.drill.line((what) => told(one, what), (why) => lost(one, why));
    one.line.opened.then(() => one.line.say({...start(), rate: one.rate, helped}));
  }

  function start() {
    const {kind, exercise, phrase} = box().dataset;
    const keep = at('drill-keep')?.checked ?? false;
    return kind === 'english' ? {do: kind, phrase} : {do: kind, exercise, keep};
  }

  function heard(one, part, dbfs) {
    if (one.listening) one.line.sound(part);
    if (window.drill.keep(one, part, dbfs)) end(one);
  }

  function end(one) {
    if (!one.open) return;
    one.open = false;
    one.mic?.close();
    tell('judging');
    at('drill-stop').hidden = true;
    if (one.listening) one.line.say({do: 'end', clock: one.clock});
  }

  // The connection broke. All that was said is here still, so it is said again for the trainee.
  function lost(one, why) {
    if (now !== one) return;
    if (why !== 'lost' || ++one.tries > 20) { stop(one, why); return; }
    tell('reconnecting');
    one.listening = false;
    setTimeout(() => { if (now === one) connect(one); }, Math.min(5000, 1000 * one.tries));
  }

  function stop(one, what) {
    if (now !== one) return;
    now = null;
    window.drill.close(one, what, 'again');
  }

  function told(one, what) {
    if (now !== one) return;
    if (what.is === 'listening') {
      one.listening = true;
      one.kept.forEach((part) => send(one, part));
      if (!one.open) one.line.say({do: 'end', clock: one.clock});
      else tell('speak_now');
    } else if (what.is === 'waiting') {
      tell(what.ahead ? words().ahead.replace('{n}', what.ahead) : 'judging');
    } else if (what.is === 'judged') {
      stop(one, '');
      show(what);
      helped = false;
    }
  }

  function send(one, part) {
    for (let from = 0; from < part.length; from += 100000) {
      one.line.sound(part.subarray(from, from + 100000));
    }
  }

  // ---- what came of it ----

  function show(what) {
    const result = at('drill-result');
    const advice = what.advice ? what.advice[english() ? 'en' : 'zh'] : words().broken_drill;
    result.append(made('p', advice, 'advice'));
    const score = what.score === null ? words().not_judged : `${Math.round(what.score)} / 100`;
    const doubt = what.unsure ? ` · ${words().unsure_more.replace('{n}', what.unsure)}` : '';
    result.append(made('p', score + doubt, 'score'));
    if (what.words) result.append(spoken(what.words));
    else if (what.chars?.length) result.append(chars(what));
    if (what.manner) result.append(manner(what.manner, Boolean(what.words)));
    result.focus();
  }

  const SIGNS = {right: '✓', wrong: '✗', missing: '✗', unsure: '?', doubtful: '?'};
  const STYLES = {right: 'good', wrong: 'bad', missing: 'bad', unsure: 'doubt', doubtful: 'doubt'};

  function tag(state, name) {
    return made('span', `${SIGNS[state]} ${words()[name]}`, `tag ${STYLES[state]}`);
  }

  function spoken(list) {
    const row = made('ul', undefined, 'said');
    for (const one of list) {
      const item = made('li');
      item.append(made('strong', one.word), tag(one.heard, `word_${one.heard}`));
      row.append(item);
    }
    return row;
  }

  function chars(what) {
    const row = made('ul', undefined, 'said');
    what.chars.forEach((one, place) => {
      const item = made('li');
      item.append(made('strong', one.char), made('span', one.pinyin));
      item.append(tag(one.heard, `char_${one.heard}`));
      if (one.heard === 'right') {
        item.append(tag(one.tone, `tone_${one.tone}`), curve(one, what.model?.[place]));
      }
      row.append(item);
    });
    const whole = made('div');
    whole.append(row, made('p', words()[what.model ? 'curve_model' : 'curve_shape'], 'note'));
    return whole;
  }

  // Your pitch over the model's, or over the shape of the tone in books; semitones, -9 to 9.
  function curve(one, model) {
    const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
    svg.setAttribute('viewBox', '0 0 60 40');
    svg.setAttribute('class', 'curve');
    svg.setAttribute('role', 'img');
    svg.setAttribute('aria-label', words()[`tone_${one.tone}`]);
    const shape = SHAPES[one.tone_expected] ?? [];
    for (const [points, style] of [[model ?? shape, 'model'], [one.pitch, 'own']]) {
      const path = document.createElementNS('http://www.w3.org/2000/svg', 'path');
      path.setAttribute('d', drawn(points));
      path.setAttribute('class', style);
      svg.append(path);
    }
    return svg;
  }

  function drawn(points) {
    let pen = false;
    return points.map((semitones, place) => {
      if (semitones === null) { pen = false; return ''; }
      const x = 3 + 54 * place / Math.max(1, points.length - 1);
      const y = 20 - 2 * Math.max(-9, Math.min(9, semitones));
      const step = `${pen ? 'L' : 'M'}${x.toFixed(1)} ${y.toFixed(1)}`;
      pen = true;
      return step;
    }).join(' ');
  }

  function manner(one, inWords) {
    const told = [];
    const [slow, fast] = inWords ? [1.2, 4] : [2.2, 6];
    const name = one.per_s > fast ? 'too_fast' : one.per_s < slow ? 'too_slow' : 'steady';
    told.push(`${words()[name]} (${one.per_s.toFixed(1)} ${words()[inWords ? 'words_s' : 'chars_s']})`);
    const long = one.pauses_s.filter((pause) => pause >= 0.4);
    told.push(long.length ? words().pauses.replace('{n}', long.length) : words().no_pauses);
    const loud = one.clipped >= 0.02 ? 'too_loud' : one.level_dbfs < -45 ? 'too_soft' : 'loud_right';
    told.push(`${words()[loud]} (${Math.round(one.level_dbfs)} dB)`);
    return made('p', told.join(' · '), 'note');
  }

  addEventListener('click', async (event) => {
    const id = event.target.id;
    if (id === 'drill-start') begin();
    else if (id === 'drill-stop' && now) end(now);
    else if (id === 'drill-model') {
      helped = true;
      event.target.disabled = true;
      await window.drill.play(box().dataset.voice);
      event.target.disabled = false;
    }
  });
  addEventListener('change', (event) => {
    if (event.target.id !== 'drill-file' || !event.target.files.length) return;
    begin(event.target.files[0]);
    event.target.value = '';
  });
})();
