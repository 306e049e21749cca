// The microphone, a sound file in its place, and the line to the ears: for drill_say, drill_play and exam.
(() => {
  const RATE = 16000;
  const MUTED_S = 2;
  const QUIET_S = 1.5;
  const LONGEST_S = 27;
  const SPEECH_DB = 12;
  const MOST_TICKS = 60;
  const MEDDLES = ['echoCancellation', 'noiseSuppression', 'autoGainControl'];
  const NAMES = {
    NotAllowedError: 'denied', SecurityError: 'denied', NotFoundError: 'no_microphone',
    OverconstrainedError: 'no_microphone', NotReadableError: 'in_use', AbortError: 'in_use',
  };

  class Trouble extends Error {
    constructor(what) { super(what); this.what = what; }
  }

  // The page's box, which is there once NiceGUI has put the content; its words come with it.
  function box() { return document.getElementById('drill'); }
  function words() { return JSON.parse(box().dataset.words); }
  function english() { return box().dataset.language === 'en'; }
  function made(tag, text, style) {
    const one = document.createElement(tag);
    if (text !== undefined) one.textContent = text;
    if (style) one.className = style;
    return one;
  }

  // One sentence that helps; `what` is a code, or a sentence in both languages.
  function tell(what) {
    const at = document.getElementById('drill-told');
    if (!what) { at.textContent = ''; return; }
    at.textContent = typeof what === 'string' ? words()[what] ?? what : what[english() ? 'en' : 'zh'];
  }

  function pcm(samples) {
    const made = new Int16Array(samples.length);
    for (let at = 0; at < samples.length; at++) {
      made[at] = Math.max(-1, Math.min(1, samples[at])) * 32767;
    }
    return made.buffer;
  }

  // Opens the microphone as it is: what a browser does to please callers would change the tones.
  async function microphone(heard, troubled) {
    if (!navigator.mediaDevices?.getUserMedia) throw new Trouble('insecure');
    const asked = {channelCount: 1};
    MEDDLES.forEach((name) => { asked[name] = false; });
    let stream;
    try {
      stream = await navigator.mediaDevices.getUserMedia({audio: asked});
    } catch (error) { throw new Trouble(NAMES[error.name] ?? 'no_microphone'); }
    const track = stream.getAudioTracks()[0];
    const settings = track.getSettings();
    let context = new AudioContext({sampleRate: RATE});
    let source;
    try {
      source = context.createMediaStreamSource(stream);
    } catch {
      // Firefox resamples nothing here: the server does.
      await context.close();
      context = new AudioContext();
      source = context.createMediaStreamSource(stream);
    }
    await context.audioWorklet.addModule('/assets/drill_worklet.js');
    const node = new AudioWorkletNode(context, 'microphone', {numberOfInputs: 1, numberOfOutputs: 1});
    let zeros = 0;
    node.port.onmessage = ({data}) => {
      let power = 0;
      let peak = 0;
      for (const one of data) { power += one * one; peak = Math.max(peak, Math.abs(one)); }
      zeros = peak === 0 ? zeros + data.length / context.sampleRate : 0;
      if (zeros >= MUTED_S) { zeros = 0; troubled('muted'); }
      heard(data, 10 * Math.log10(power / data.length + 1e-10), peak);
    };
    source.connect(node).connect(context.destination);
    if (context.state === 'suspended') await context.resume();
    track.onended = () => troubled('unplugged');
    track.onmute = () => troubled('muted');
    return {
      rate: context.sampleRate,
      meddles: MEDDLES.filter((name) => settings[name]),
      close() {
        track.onended = track.onmute = node.port.onmessage = null;
        track.stop();
        if (context.state !== 'closed') context.close();
      },
    };
  }

  // A try, before it is begun; `open`: what is heard belongs to it.
  function fresh() {
    return {open: true, kept: [], clock: [], rate: RATE, floor: 0, spoke: 0, quiet: 0};
  }

  // Opens the microphone for a try; whether it could. Once a second of what belongs to the try its
  // clock has the browser's milliseconds, and the sound's: the server sees whether they are the same.
  async function open(one, heard, stop) {
    let ms = 0;
    let sound = 0;
    let last = null;
    function ticked(part) {
      const now = performance.now();
      if (last !== null) { ms += now - last; sound += 1000 * part.length / one.rate; }
      last = now;
      if (sound < 1000 * one.clock.length || one.clock.length === MOST_TICKS) return false;
      return one.clock.push([Math.round(ms), Math.round(sound)]);
    }
    try {
      one.mic = await microphone((part, dbfs, peak) => {
        meter(dbfs, peak);
        // Where nothing is listened to the clock stands still.
        if (one.open) heard(part, dbfs, ticked(part));
        else last = null;
      }, stop);
    } catch (error) { stop(error.what ?? 'broken_drill'); return false; }
    one.rate = one.mic.rate;
    meddled(one.mic.meddles);
    return true;
  }

  // Keeps a part of a line; whether it was the last one: it is quiet after speech, or was long.
  function keep(one, part, dbfs) {
    one.kept.push(part);
    const spent = one.kept.length / 10;
    one.floor = spent <= 0.3 ? Math.max(dbfs, -75) : Math.min(one.floor, Math.max(dbfs, -75));
    const speaks = dbfs > Math.max(one.floor + SPEECH_DB, -50);
    one.spoke += speaks ? 0.1 : 0;
    one.quiet = speaks ? 0 : one.quiet + 0.1;
    return (one.spoke >= 0.3 && one.quiet >= QUIET_S) || spent >= LONGEST_S;
  }

  // A try ends, and says why; `again` is on the button that begins another.
  function close(one, what, again) {
    one.mic?.close();
    one.line?.close();
    buttons(false, again);
    tell(what);
  }

  function buttons(busy, again) {
    const start = document.getElementById('drill-start');
    start.hidden = busy;
    document.getElementById('drill-stop').hidden = !busy;
    if (again) start.textContent = words()[again];
    if (!busy) start.focus();
  }

  // A sound file in place of the microphone, at the same rate.
  async function file(from) {
    const context = new OfflineAudioContext(1, RATE, RATE);
    let sound;
    try {
      sound = await context.decodeAudioData(await from.arrayBuffer());
    } catch { throw new Trouble('no_sound_file'); }
    if (sound.duration > 60) throw new Trouble('too_long');
    return sound.getChannelData(0);
  }

  // The line to the ears. `got` has each message; `lost` is called once if it breaks, or the try is refused.
  function line(got, lost) {
    const scheme = location.protocol === 'https:' ? 'wss' : 'ws';
    const socket = new WebSocket(`${scheme}://${location.host}/v1/drills/listen`);
    let over = false;
    const end = (why) => { if (!over) { over = true; lost(why); } };
    socket.onmessage = ({data}) => {
      const what = JSON.parse(data);
      if (what.is === 'trouble') end(what.advice);
      else if (what.is === 'refused') end(what.detail);
      else got(what);
    };
    socket.onclose = ({code}) => {
      end(code === 4401 ? 'signed_out' : code === 4403 ? 'forbidden' : 'lost');
    };
    return {
      opened: new Promise((resolve) => { socket.onopen = resolve; }),
      say(what) { if (socket.readyState === 1) socket.send(JSON.stringify(what)); },
      sound(samples) { if (socket.readyState === 1) socket.send(pcm(samples)); },
      close() { over = true; socket.close(); },
    };
  }

  function meter(dbfs, peak) {
    const at = document.getElementById('drill-meter');
    at.value = Math.max(0, Math.min(60, dbfs + 60));
    document.getElementById('drill-loud').textContent = peak >= 0.99 ? words().too_loud : '';
  }

  function meddled(names) {
    const at = document.getElementById('drill-meddled');
    at.textContent = names.length ? `${words().meddled} ${names.join(', ')}` : '';
  }

  // Play a recording of the model; the promise ends when it has, whether or not it could.
  async function play(name, pace) {
    const audio = new Audio(`/drills/voice/${encodeURIComponent(name)}`);
    audio.playbackRate = pace ?? 1;
    await new Promise((resolve) => {
      audio.onended = audio.onerror = resolve;
      audio.play().catch(resolve);
    });
  }

  window.drill = {box, words, english, made, tell, pcm, fresh, open, keep, close, buttons, file, line, play};
})();
