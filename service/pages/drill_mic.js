// The microphone, a sound file in its place, and the line to the ears; drill_say and drill_play use them.
(() => {
  const RATE = 16000;
  const MUTED_S = 2;
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
        track.onended = track.onmute = null;
        track.stop();
        if (context.state !== 'closed') context.close();
      },
    };
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

  // The line to the ears. `got` has each message; `lost` is called once if it breaks.
  function line(got, lost) {
    const scheme = location.protocol === 'https:' ? 'wss' : 'ws';
    const socket = new WebSocket(`${scheme}://${location.host}/v1/drills/listen`);
    let over = false;
    socket.onmessage = ({data}) => got(JSON.parse(data));
    socket.onclose = ({code}) => {
      if (over) return;
      over = true;
      lost(code === 4401 ? 'signed_out' : code === 4403 ? 'forbidden' : 'lost');
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

  window.drill = {Trouble, box, words, english, made, tell, microphone, file, line, meter, meddled, play};
})();
