/* Puts the parts together: what the caller does goes to the line, what the line says goes to the panel and the ear. */
import { ApiError, Connection } from "./connection.js";
import { fill } from "./elements.js";
import { Microphone, MicrophoneError } from "./microphone.js";
import { Panel } from "./panel.js";
import { Player } from "./player.js";
import { Screen } from "./screen.js";

const RATE = 16000; // hertz, both ways
const TAIL_MILLISECONDS = 250; // a finger is quicker than a last syllable and the browser's own buffers
const KEPT_FRAMES = 500; // of 20 ms, while it is not known what a press is or the line is not open yet
const KIOSK_REST_SECONDS = 15; // from the end of one customer's conversation to the next welcome

/** @param {{base: URL, shop: string, language: string, mode: string, side: string}} options */
export async function start(options) {
  const language = encodeURIComponent(options.language);
  const [words, shop, sheet] = await Promise.all([
    getJson(new URL(`strings/${language}.json`, options.base)),
    getJson(new URL("../api/shop", options.base)),
    getSheet(new URL("widget.css", options.base)),
  ]);
  const look = { ...options, language: words.code, shopName: shop.name, privacy: new URL("../privacy", options.base), sheet };
  const app = options.mode === "screen" ? new Screen(words, look, options.base) : new App(options, words, shop, look);
  document.body.append(app.panel.element);
  if (options.mode === "kiosk") app.welcome();
  return app;
}

class App {
  constructor(options, words, shop, look) {
    this.words = words;
    this.shop = shop;
    this.storage = keyed(options.shop);
    this.muted = this.storage.getItem("muted") === "yes";
    this.serverState = "listening";
    this.held = null; // microphone frames kept while it is not known what a press is, or the line is not open yet
    this.buttonTurn = "none"; // of the talk button: "none", "held", or "over" when it ended before the line was open
    this.undecided = false;
    this.asking = false;
    this.lineState = "closed";
    this.wasOnline = false;
    this.panel = new Panel(words, look, this);
    this.panel.setMuted(this.muted);
    this.player = new Player(() => this.showState());
    this.microphone = new Microphone(options.base, RATE, {
      frame: (pcm, level) => this.frame(pcm, level),
      lost: () => this.microphoneGone("lost"),
    });
    this.connection = new Connection(new URL("../api/", options.base), this.storage, {
      message: (message) => this.receive(message),
      audio: (pcm) => this.player.play(pcm, RATE),
      status: (status) => this.lineIs(status),
    });
  }

  // --- What the caller does (called by the panel) -------------------------------------------------------------------

  open() {
    this.welcome();
    this.connect();
  }

  welcome() {
    this.panel.open();
    if (this.panel.isEmpty) this.panel.suggest(this.shop.suggestions);
  }

  close() {
    this.silence();
    this.closeMicrophone();
    this.connection.close();
    this.panel.close();
  }

  /** The talk button goes down: the assistant falls silent at once, and the microphone opens. */
  down() {
    if (this.buttonTurn === "held") this.endTurn(); // the one before, whose last word was still awaited
    this.wasOpen = this.microphone.isOpen;
    this.interrupted = this.silence();
    this.held = this.buttonTurn === "over" ? this.held : [];
    this.undecided = true;
    this.connect();
    this.opening = this.openMicrophone();
  }

  /** A short press: the microphone stays open, or closes if it was and nothing had to be interrupted. */
  async tap() {
    if (await this.opening) this.release("none");
    if (this.wasOpen && !this.interrupted) this.closeMicrophone();
  }

  /** A long press: from here on one turn, unless the browser's question for the microphone made the finger let go. */
  hold() {
    this.pressed = true;
    this.holding = this.opening.then((open) => {
      if (open) this.release(this.pressed ? "held" : "none");
      return open && this.pressed;
    });
  }

  /** A long press ends, and with it the turn, as soon as the microphone has handed over its last word. */
  async letGo() {
    this.pressed = false;
    if (!(await this.holding)) return;
    const press = this.opening;
    await new Promise((resolve) => setTimeout(resolve, TAIL_MILLISECONDS));
    if (press === this.opening && this.buttonTurn === "held") this.endTurn();
  }

  endTurn() {
    const kept = this.connection.isOpen ? null : this.held;
    this.buttonTurn = kept ? "over" : "none";
    this.connection.send({ type: "talk", active: false });
    this.closeMicrophone();
    this.held = kept;
  }

  async typed(text) {
    this.silence();
    this.panel.suggest([]);
    this.panel.setNotice("");
    this.connect();
    const open = await this.connection.settled();
    this.panel.say("caller", text);
    if (open && this.connection.send({ type: "text", text })) return;
    try {
      this.receive(await this.connection.typedTurn(text));
    } catch (error) {
      this.panel.input.value = text;
      this.panel.setNotice(this.explain(error));
    }
  }

  mute() {
    this.muted = !this.muted;
    this.storage.setItem("muted", this.muted ? "yes" : "no");
    this.panel.setMuted(this.muted);
    if (this.muted) this.silence();
    this.connection.hello.speech = !this.muted;
    this.connection.send({ type: "speech", active: !this.muted });
  }

  /** Escape: first it silences, then it closes. Returns whether there was something to silence. */
  stop() {
    return this.silence();
  }

  again() {
    this.connection.forget();
    this.panel.setEnded(false);
    this.panel.clear();
    this.welcome();
    if (!this.panel.isKiosk) this.connect();
  }

  // --- Microphone ---------------------------------------------------------------------------------------------------

  async openMicrophone() {
    this.asking = !this.microphone.isOpen;
    this.showState();
    try {
      await this.microphone.open();
      this.panel.setNotice("");
      this.panel.setTalking(true);
      return true;
    } catch (error) {
      this.microphoneGone(error instanceof MicrophoneError ? error.reason : "unsupported");
      return false;
    } finally {
      this.asking = false;
      this.showState();
    }
  }

  closeMicrophone() {
    this.held = null;
    this.undecided = false;
    if (this.buttonTurn === "held") this.buttonTurn = "none";
    this.microphone.close();
    this.connection.send({ type: "mute", active: true });
    this.panel.setTalking(false);
    this.showState();
  }

  microphoneGone(reason) {
    this.closeMicrophone();
    this.panel.setNotice(fill(this.words.microphone[reason] || this.words.unreachable, { shop: this.shop.name }));
  }

  frame(pcm, level) {
    this.panel.setLevel(level);
    if (!this.held && this.connection.isOpen) return this.connection.sendAudio(pcm);
    this.held = [...(this.held || []), pcm].slice(-KEPT_FRAMES);
  }

  /** It is known now what the press is: once the line is open that is said, and what was heard meanwhile is sent. */
  release(turn) {
    this.buttonTurn = turn;
    this.undecided = false;
    if (this.connection.isOpen) this.handOver();
  }

  /** Tells the server where the microphone stands, and gives it what was kept. */
  handOver() {
    if (this.undecided) return;
    const open = this.microphone.isOpen;
    const frames = this.held || [];
    const turn = this.buttonTurn;
    this.held = null;
    this.connection.send(turn === "none" ? { type: "mute", active: !open } : { type: "talk", active: true });
    frames.forEach((pcm) => this.connection.sendAudio(pcm));
    if (turn !== "over") return;
    this.buttonTurn = "none";
    this.connection.send({ type: "talk", active: false });
    if (!open) this.connection.send({ type: "mute", active: true });
  }

  // --- What the line says -------------------------------------------------------------------------------------------

  connect() {
    this.player.unlock(RATE);
    this.connection.open({ rate: RATE, speech: !this.muted });
  }

  receive(message) {
    const handlers = {
      ready: () => this.handOver(),
      state: () => (this.serverState = message.state),
      partial: () => this.panel.setPartial(message.text),
      turn: () => this.turn(message),
      mark: () => this.player.mark(() => this.connection.send({ type: "heard", mark: message.mark })),
      clear: () => this.player.stop(),
      transfer: () => message.phone && this.panel.say("assistant", fill(this.words.transfer, message)),
      end: () => this.ended(message.reason),
      error: () => this.panel.setNotice(this.explain(message)),
    };
    (handlers[message.type || "turn"] || (() => undefined))();
    this.showState();
  }

  turn(turn) {
    this.panel.showTurn(turn);
    this.serverState = "listening";
    if (turn.action === "hang_up" && !this.connection.isOpen) this.ended("hang_up");
  }

  ended(reason) {
    this.closeMicrophone();
    if (reason !== "hang_up" && reason !== "transfer") return;
    this.connection.forget();
    this.panel.setEnded(true);
    if (this.panel.isKiosk) setTimeout(() => this.again(), KIOSK_REST_SECONDS * 1000);
  }

  lineIs(status) {
    const lost = this.wasOnline ? this.words.offline : this.microphone.isOpen ? this.words.unreachable : "";
    if (status === "open") this.panel.setNotice(this.lineState === "offline" && this.wasOnline ? this.words.back : "");
    if (status === "offline") this.panel.setNotice(lost);
    if (status === "busy") this.panel.setNotice(this.words.busy);
    this.wasOnline = this.wasOnline || status === "open";
    this.lineState = status;
    this.showState();
  }

  silence() {
    const cut = this.player.stop();
    if (cut) this.connection.send({ type: "stop" });
    return cut;
  }

  showState() {
    const talking = this.microphone.isOpen ? this.serverState : "idle";
    if (this.asking) this.panel.setState("asking");
    else if (this.player.isSpeaking) this.panel.setState("speaking", this.microphone.isOpen ? "speaking" : "speaking_unheard");
    else if (this.lineState === "connecting" && this.microphone.isOpen) this.panel.setState("connecting");
    else if (this.serverState === "thinking") this.panel.setState("thinking");
    else this.panel.setState(talking === "speaking" ? "listening" : talking);
  }

  explain(error) {
    if (error.code === "busy" || error.code === "rate_limited") return this.words.busy;
    return fill(error instanceof ApiError || error.code ? this.words.failed : this.words.unreachable, { shop: this.shop.name });
  }
}

async function getJson(url) {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`${url} answers ${response.status}`);
  return response.json();
}

/** A constructed sheet: it needs no style-src of the page's. */
async function getSheet(url) {
  const sheet = new CSSStyleSheet();
  return sheet.replace(await (await fetch(url)).text());
}

/** This shop's corner of the tab's storage; a page that forbids storage gets one that lasts as long as the page. */
function keyed(shop) {
  const prefix = `comanda:${shop}:`;
  const memory = new Map();
  const kept = (use, otherwise) => {
    try {
      return use(window.sessionStorage);
    } catch {
      return otherwise();
    }
  };
  return {
    getItem: (name) => kept((s) => s.getItem(prefix + name), () => memory.get(name) ?? null),
    setItem: (name, value) => kept((s) => s.setItem(prefix + name, value), () => memory.set(name, value)),
    removeItem: (name) => kept((s) => s.removeItem(prefix + name), () => memory.delete(name)),
  };
}
