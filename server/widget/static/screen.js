/* The kiosk's screen: the same panel, but it only shows what is said at the machine's own microphone (`comanda kiosk`),
 * and passes on when its talk button is pressed. It asks for no microphone and plays no sound.
 */
import { Panel } from "./panel.js";

export class Screen {
  constructor(words, look, base) {
    this.words = words;
    this.button = new URL("../kiosk/button", base);
    this.talking = false;
    this.panel = new Panel(words, look, this);
    this.panel.open();
    this.state("waiting");
    this.source = new EventSource(new URL("../kiosk/events", base));
    this.source.onmessage = ({ data }) => this.receive(JSON.parse(data));
    this.source.onerror = () => this.panel.setNotice(words.unreachable);
    this.source.onopen = () => this.panel.setNotice("");
  }

  receive(message) {
    const handlers = {
      begin: () => this.begin(message),
      partial: () => this.partial(message.text),
      turn: () => this.turn(message),
      idle: () => this.state("waiting"),
      device_lost: () => this.panel.setNotice(this.words.screen.device_lost),
      device_back: () => this.panel.setNotice(""),
    };
    (handlers[message.type] || (() => undefined))();
  }

  begin({ push_to_talk: pushToTalk }) {
    this.panel.clear();
    this.talking = false;
    this.panel.setTalking(false);
    this.panel.talk.hidden = !pushToTalk;
    this.pushToTalk = pushToTalk;
    this.state("waiting");
  }

  partial(text) {
    this.panel.setPartial(text);
    this.state(text ? "hearing" : "listening");
  }

  turn(turn) {
    this.panel.showTurn(turn);
    this.panel.chips.inert = true; // to be said, not to be pressed
    this.state("listening");
  }

  /** @param {"waiting" | "listening" | "hearing"} state */
  state(state) {
    const words = { waiting: this.words.screen.waiting, hearing: this.words.state.hearing, listening: this.words.state.listening };
    this.panel.showState(state === "waiting" ? "idle" : state, this.pushToTalk && !this.talking ? this.words.state.idle : words[state]);
  }

  // --- The talk button (called by the panel): held while one speaks, or pressed before and after ----------------------

  down() {
    this.press(!this.talking);
  }

  letGo() {
    if (this.talking) this.press(false);
  }

  press(active) {
    this.talking = active;
    this.panel.setTalking(active);
    this.state("listening");
    const headers = { "Content-Type": "application/json" };
    const failed = () => this.panel.setNotice(this.words.unreachable);
    fetch(this.button, { method: "POST", headers, body: JSON.stringify({ active }) }).catch(failed);
  }

  hold() {}
  tap() {}
  stop() {}
  typed() {}
}
