// Hands on what the microphone gives, a tenth of a second at a time; it makes no sound itself.
class Microphone extends AudioWorkletProcessor {
  constructor() {
    super();
    this.part = new Float32Array(Math.round(sampleRate / 10));
    this.filled = 0;
  }

  process([input]) {
    const samples = input[0];
    if (!samples) return true;
    for (let at = 0; at < samples.length;) {
      const fits = Math.min(samples.length - at, this.part.length - this.filled);
      this.part.set(samples.subarray(at, at + fits), this.filled);
      this.filled += fits;
      at += fits;
      if (this.filled === this.part.length) {
        this.port.postMessage(this.part.slice());
        this.filled = 0;
      }
    }
    return true;
  }
}
registerProcessor('microphone', Microphone);
