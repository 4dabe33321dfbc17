/* The microphone: asks for it, explains a refusal by a reason of the table of words, and hands on frames of PCM. */

const PROMPT_SECONDS = 20;

/** Why there is no microphone. `reason` is a key of `microphone` in grammars/<lang>/widget.yaml. */
export class MicrophoneError extends Error {
  constructor(reason) {
    super(`No microphone: ${reason}`);
    this.reason = reason;
  }
}

export class Microphone {
  /**
   * @param {URL} base where the worklet's file stands
   * @param {number} rate hertz of the frames handed on
   * @param {{frame: (pcm: ArrayBuffer, level: number) => void, lost: () => void}} on
   */
  constructor(base, rate, on) {
    this.base = base;
    this.rate = rate;
    this.on = on;
    this.opening = null;
    this.context = null; // kept from one opening to the next, with the worklet in it
    this.parts = null;
  }

  get isOpen() {
    return this.parts !== null;
  }

  /** Must begin in a gesture, so that the audio context may run. Throws MicrophoneError. */
  open() {
    if (this.isOpen) return Promise.resolve();
    this.opening = this.opening || this.connect().finally(() => (this.opening = null));
    return this.opening;
  }

  async connect() {
    const context = this.context || newContext();
    const asked = askForStream();
    try {
      const [stream] = await Promise.all([asked, this.prepare(context), context.resume()]);
      this.parts = this.wire(context, stream);
    } catch (error) {
      asked.then(stop, () => undefined);
      if (context !== this.context) context.close();
      throw error instanceof MicrophoneError ? error : new MicrophoneError(reasonOf(error));
    }
  }

  async prepare(context) {
    if (context === this.context) return;
    try {
      await context.audioWorklet.addModule(new URL("capture-worklet.js", this.base));
    } catch {
      throw new MicrophoneError("unreachable");
    }
    this.context = context;
  }

  wire(context, stream) {
    const source = context.createMediaStreamSource(stream);
    const node = new AudioWorkletNode(context, "comanda-capture", {
      numberOfOutputs: 0,
      processorOptions: { rate: this.rate },
    });
    node.port.onmessage = ({ data }) => this.isOpen && this.on.frame(data.pcm, data.level);
    source.connect(node);
    stream.getAudioTracks()[0].addEventListener("ended", () => {
      this.close();
      this.on.lost();
    });
    return { stream, source, node };
  }

  close() {
    if (!this.parts) return;
    const { stream, source, node } = this.parts;
    this.parts = null;
    node.port.postMessage("stop");
    source.disconnect();
    stop(stream);
    this.context.suspend();
  }
}

function stop(stream) {
  stream.getTracks().forEach((track) => track.stop());
}

function newContext() {
  if (!navigator.mediaDevices || !window.AudioWorkletNode) {
    throw new MicrophoneError(window.isSecureContext ? "unsupported" : "insecure");
  }
  return new AudioContext();
}

/** A prompt may stand unanswered for ever: after a while that is an answer, and a late permission is given back. */
function askForStream() {
  const asked = navigator.mediaDevices.getUserMedia({
    audio: { channelCount: 1, echoCancellation: true, noiseSuppression: true, autoGainControl: true },
  });
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      reject(new MicrophoneError("unanswered"));
      asked.then(stop, () => undefined);
    }, PROMPT_SECONDS * 1000);
    asked.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}

/** The names are those of the Media Capture specification, https://www.w3.org/TR/mediacapture-streams/#dom-mediadevices-getusermedia */
function reasonOf(error) {
  const policy = document.permissionsPolicy || document.featurePolicy;
  if (error.name === "NotAllowedError") return policy && !policy.allowsFeature("microphone") ? "embedded" : "refused";
  if (error.name === "NotFoundError" || error.name === "OverconstrainedError") return "missing";
  if (error.name === "NotReadableError" || error.name === "AbortError") return "busy";
  return "unsupported";
}
