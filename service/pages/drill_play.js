// A whole vehicle, or its sums alone: the driver speaks, the trainee answers, each step lights up.
(() => {
  const {box, words, english, made, tell, buttons} = window.drill;
  const READ_MS = 70;
  let now = null;

  const at = (id) => document.getElementById(id);
  const kept = () => `changshou_drill_${box().dataset.kind}`;

  // How the last ones went; forgotten with the tab.
  function went() {
    try { return JSON.parse(sessionStorage.getItem(kept())) ?? {level: 1, results: []}; }
    catch { return {level: 1, results: []}; }
  }

  async function begin(seed) {
    if (now) return;
    tell('');
    for (const id of ['play-result', 'play-lights', 'play-driver', 'play-money']) at(id).replaceChildren();
    const one = {...window.drill.fresh(), open: false, speaking: Promise.resolve(), spent: 0, seed};
    now = one;
    buttons(true, 'next_one');
    if (!await window.drill.open(one, (...part) => heard(one, ...part), (what) => stop(one, what))) return;
    const {level, results} = went();
    one.line = window.drill.line((what) => told(one, what), (why) => stop(one, why));
    await one.line.opened;
    const start = {do: box().dataset.kind, rate: one.rate, level, results};
    one.line.say(one.seed === undefined ? start : {...start, seed: one.seed});
  }

  function heard(one, part, dbfs, ticked) {
    one.line.sound(part);
    if (ticked) one.line.say({do: 'clock', clock: one.clock});
    one.spent += part.length / one.rate;
    clock(one);
  }

  function clock(one) {
    at('play-clock').value = Math.max(0, one.limit - one.spent);
    at('play-left').textContent = Math.max(0, Math.ceil(one.limit - one.spent));
  }

  function stop(one, what) {
    if (now !== one) return;
    now = null;
    one.noise?.close();
    // What was not judged stands nowhere.
    if (what) at('play-lights').replaceChildren();
    window.drill.close(one, what, 'next_one');
  }

  function told(one, what) {
    if (now !== one) return;
    if (what.is === 'scene') scene(one, what);
    else if (what.is === 'driver') driver(one, what);
    else if (what.is === 'standing') lights(what);
    else if (what.is === 'left') left(one, what);
  }

  function scene(one, what) {
    one.limit = what.limit_s;
    one.pace = what.pace;
    at('play-clock').max = what.limit_s;
    clock(one);
    const said = words();
    const facts = [`${said.hard_level} ${what.level}`];
    if (!what.asks) {
      facts.push(said[`lane_${what.lane}`], what.at.slice(0, 10), what.at.slice(11, 16));
      facts.push(what.day[english() ? 'en' : 'zh'], said[what.truck ? 'truck' : 'car']);
      if (what.weather) facts.push(said[`weather_${what.weather}`]);
      if (what.notice) {
        facts.push(said.closed.replace('{cause}', what.notice.cause).replace('{time}', what.notice.reopens));
      }
    }
    at('play-scene').replaceChildren(...facts.map((fact) => made('li', fact)));
    one.seed = what.seed;
    one.level = what.level;
    if (what.money) money(what.money, false);
    if (what.noise) one.noise = noise(what.noise);
    one.open = what.asks !== null;
    if (one.open) tell('speak_now');
  }

  // While the driver speaks nothing is sent: the loudspeaker is not the trainee.
  function driver(one, what) {
    one.open = false;
    one.speaking = one.speaking.then(async () => {
      if (now !== one) return;
      tell('driver_speaks');
      at('play-driver').textContent = `“${what.line}”`;
      if (what.voice) await window.drill.play(what.voice, one.pace);
      else await new Promise((done) => { setTimeout(done, READ_MS * what.line.length / one.pace); });
      if (what.money) money(what.money, what.counterfeit);
      if (now !== one) return;
      one.open = true;
      tell('speak_now');
    });
  }

  function money(what, counterfeit) {
    const said = words();
    const rows = [[said.toll, `¥${what.toll}`]];
    rows.push([said.pays, what.tendered === null ? said[`pay_${what.payment}`] : `¥${what.tendered}`]);
    at('play-money').replaceChildren(...rows.map(([name, sum]) => {
      const row = made('p', `${name} `);
      row.append(made('strong', sum));
      return row;
    }));
    if (counterfeit) at('play-money').append(made('p', said.counterfeit, 'error'));
  }

  const SIGNS = {said: '✓', wrong: '✗', missing: '✗', unsure: '?', open: '○', excused: '–'};
  const STYLES = {said: 'good', wrong: 'bad', missing: 'bad', unsure: 'doubt', open: 'quiet', excused: 'quiet'};

  function lights(what, over) {
    const said = words();
    at('play-lights').replaceChildren(...what.lights.map((one) => {
      const item = made('li');
      const name = said[`step.${one.name}`] ?? said[`code.${one.name}`] ?? said[one.name] ?? one.name;
      item.append(made('span', `${SIGNS[one.state]} ${said[`state_${one.state}`]}`, `tag ${STYLES[one.state]}`));
      item.append(made('strong', ` ${name} `));
      if (!one.mandatory && one.state !== 'excused') item.append(made('span', `${said.not_counted} `, 'note'));
      if (one.heard && one.state !== 'said') item.append(made('span', `${said.heard}: ${one.heard} `));
      if (over && one.expected && ['wrong', 'missing', 'unsure'].includes(one.state)) {
        item.append(made('span', `${said.expected}: ${one.expected}`));
      }
      return item;
    }));
  }

  function left(one, what) {
    lights(what, true);
    const said = words();
    const result = at('play-result');
    result.append(made('p', said[`went_${what.points === null ? 'unsure' : what.outcome}`], 'advice'));
    const points = what.points === null ? said.not_judged : `${Math.round(what.points)} / 100`;
    const time = said[what.in_time ? 'in_time' : 'out_of_time'].replace('{s}', what.spent_s.toFixed(0));
    result.append(made('p', `${points} · ${time}`, 'score'));
    for (const remark of what.remarks) {
      const name = said[`code.${remark.code}`] ?? said[`code.${remark.code.split('.')[0]}`] ?? remark.code;
      result.append(made('p', `${name}: ${remark.heard ?? ''} ${remark.expected ?? ''}`, 'note'));
    }
    const good = what.points === null ? null : what.outcome === 'compliant' && what.in_time;
    const {results} = went();
    // A new level begins without a past.
    const list = one.level === went().level ? [...results, good] : [good];
    sessionStorage.setItem(kept(), JSON.stringify({level: one.level, results: list.slice(-10)}));
    one.line.say({do: 'end'});
    one.open = false;
    if (what.line) at('play-driver').textContent = `“${what.line}”`;
    stop(one, '');
    result.focus();
    if (what.voice) window.drill.play(what.voice, one.pace);
  }

  // The lane, as loud as the level wants it; through headphones it is not in the microphone.
  function noise(loudness) {
    const context = new AudioContext();
    const sound = context.createBuffer(1, 2 * context.sampleRate, context.sampleRate);
    const samples = sound.getChannelData(0);
    for (let at_ = 0, last = 0; at_ < samples.length; at_++) {
      last = 0.97 * last + 0.03 * (2 * Math.random() - 1);
      samples[at_] = 5 * last;
    }
    const source = new AudioBufferSourceNode(context, {buffer: sound, loop: true});
    source.connect(new GainNode(context, {gain: loudness})).connect(context.destination);
    source.start();
    return context;
  }

  addEventListener('click', (event) => {
    const seed = box()?.dataset.seed;
    if (event.target.id === 'drill-start') begin(seed ? Number(seed) : undefined);
    else if (event.target.id === 'drill-stop') now?.line?.say({do: 'end'});
  });
})();
