/* Spoken answers: PCM chunks laid end to end on one audio clock. The context runs at the chunks' own rate, so that the
 * browser converts the whole stream and no seam is heard between chunks.
 */
const LEAD_SECONDS = 0.06; // room for the next chunk to arrive before the clock reaches it

export class Player {
  /** @param {(speaking: boolean) => void} onChange */
  constructor(onChange) {
    this.onChange = onChange;
    this.context = null;
    this.queue = new Set();
    this.end = 0;
    this.marks = [];
  }

  get isSpeaking() {
    return this.queue.size > 0;
  }

  /** Call it in a gesture: browsers keep a context silent that nobody asked for. */
  unlock(rate) {
    if (this.context && this.context.sampleRate !== rate) this.discard();
    if (!this.context) this.context = new AudioContext({ sampleRate: rate });
    if (this.context.state === "suspended") this.context.resume();
  }

  /** @param {ArrayBuffer} pcm 16-bit little-endian mono  @param {number} rate hertz */
  play(pcm, rate) {
    this.unlock(rate);
    const samples = new Int16Array(pcm);
    if (!samples.length) return;
    const buffer = this.context.createBuffer(1, samples.length, rate);
    buffer.getChannelData(0).set(Float32Array.from(samples, (sample) => sample / 32768));
    const source = this.context.createBufferSource();
    source.buffer = buffer;
    source.connect(this.context.destination);
    this.schedule(source, buffer.duration);
  }

  schedule(source, seconds) {
    const begin = Math.max(this.end, this.context.currentTime + LEAD_SECONDS);
    this.end = begin + seconds;
    this.queue.add(source);
    source.onended = () => this.finished(source);
    source.start(begin);
    if (this.queue.size === 1) this.onChange(true);
  }

  /** `heard` is called when everything queued so far has been played; never when it is stopped before. */
  mark(heard) {
    const last = [...this.queue].pop();
    if (last) this.marks.push({ last, heard });
    else heard();
  }

  finished(source) {
    this.queue.delete(source);
    const reached = this.marks.filter((mark) => mark.last === source);
    this.marks = this.marks.filter((mark) => mark.last !== source);
    reached.forEach((mark) => mark.heard());
    if (!this.isSpeaking) this.onChange(false);
  }

  /** Silence at once. Returns whether anything was cut off. */
  stop() {
    const cut = this.isSpeaking;
    this.marks = [];
    for (const source of this.queue) {
      source.onended = null;
      source.stop();
      source.disconnect();
    }
    this.queue.clear();
    this.end = 0;
    if (cut) this.onChange(false);
    return cut;
  }

  discard() {
    this.stop();
    this.context.close();
    this.context = null;
  }
}
