/* Runs on the audio thread: the microphone's samples to frames of 20 ms, 16-bit, at the recogniser's rate. */
import { Resampler } from "./resampler.js";

const FRAME_SECONDS = 0.02;

class Capture extends AudioWorkletProcessor {
  constructor({ processorOptions }) {
    super();
    this.resampler = new Resampler(sampleRate, processorOptions.rate);
    this.frame = new Int16Array(Math.round(processorOptions.rate * FRAME_SECONDS));
    this.filled = 0;
    this.running = true;
    this.port.onmessage = () => {
      this.running = false;
    };
  }

  process([input]) {
    if (input.length) this.write(this.resampler.process(input.length > 1 ? mix(input) : input[0]));
    return this.running;
  }

  write(samples) {
    for (const sample of samples) {
      const clipped = Math.max(-1, Math.min(1, sample));
      this.frame[this.filled] = Math.round(clipped * 32767);
      this.filled += 1;
      if (this.filled === this.frame.length) this.send();
    }
  }

  send() {
    const pcm = this.frame.slice().buffer;
    this.port.postMessage({ pcm, level: loudness(this.frame) }, [pcm]);
    this.filled = 0;
  }
}

function mix(channels) {
  return channels[0].map((_, i) => channels.reduce((sum, channel) => sum + channel[i], 0) / channels.length);
}

/** 0 (silence) to 1 (full scale) on a scale of decibels, from -60 dB. */
function loudness(frame) {
  const power = frame.reduce((sum, sample) => sum + sample * sample, 0) / frame.length / 32768 ** 2;
  return Math.max(0, Math.min(1, 1 + (10 * Math.log10(power + 1e-12)) / 60));
}

registerProcessor("comanda-capture", Capture);
