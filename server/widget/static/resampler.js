/* Band-limited, streaming sample-rate conversion: a Kaiser-windowed sinc, one set of taps for each phase of the ratio
 * (J. O. Smith, "Digital Audio Resampling", https://ccrma.stanford.edu/~jos/resample/). 16,000 Hz from 48,000 Hz passes
 * up to 6.7 kHz and lets nothing above 8 kHz fold back.
 */
const ZERO_CROSSINGS = 24;
const KAISER_BETA = 7; // about 70 dB in the stop band
const ROLL_OFF = 0.92; // of the lower Nyquist frequency

export class Resampler {
  /** @param {number} from hertz  @param {number} to hertz */
  constructor(from, to) {
    const divisor = gcd(from, to);
    this.up = to / divisor;
    this.down = from / divisor;
    const cutoff = ROLL_OFF * Math.min(1, to / from); // 1 is the input's Nyquist frequency
    this.half = Math.ceil(ZERO_CROSSINGS / cutoff);
    this.phases = Array.from({ length: this.up }, (_, phase) => taps(cutoff, this.half, phase / this.up));
    this.pending = new Float32Array(this.half - 1);
    this.skip = 0;
    this.phase = 0;
  }

  /** Samples in, samples out; what is still needed for the next block is kept. */
  process(input) {
    const samples = new Float32Array(this.pending.length + input.length);
    samples.set(this.pending);
    samples.set(input, this.pending.length);
    const width = 2 * this.half;
    const output = [];
    let index = this.skip;
    for (; index + width <= samples.length; index += this.advance()) {
      const weights = this.phases[this.phase];
      let sum = 0;
      for (let k = 0; k < width; k += 1) sum += weights[k] * samples[index + k];
      output.push(sum);
    }
    const kept = Math.min(index, samples.length);
    this.pending = samples.slice(kept);
    this.skip = index - kept;
    return Float32Array.from(output);
  }

  advance() {
    const next = this.phase + this.down;
    this.phase = next % this.up;
    return Math.floor(next / this.up);
  }
}

function taps(cutoff, half, fraction) {
  const weights = new Float32Array(2 * half);
  let sum = 0;
  for (let k = 0; k < weights.length; k += 1) {
    const t = k - (half - 1) - fraction;
    weights[k] = sinc(cutoff * t) * kaiser(t / half);
    sum += weights[k];
  }
  return weights.map((weight) => weight / sum);
}

function sinc(x) {
  return x === 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x);
}

function kaiser(x) {
  return Math.abs(x) > 1 ? 0 : bessel(KAISER_BETA * Math.sqrt(1 - x * x)) / bessel(KAISER_BETA);
}

/** Modified Bessel function of the first kind, order zero, by its power series. */
function bessel(x) {
  let term = 1;
  let sum = 1;
  for (let k = 1; term > sum * 1e-9; k += 1) {
    term *= (x / (2 * k)) ** 2;
    sum += term;
  }
  return sum;
}

function gcd(a, b) {
  return b ? gcd(b, a % b) : a;
}
