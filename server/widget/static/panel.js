/* The panel: a floating button (or the kiosk's whole screen), the conversation, the order slip and the controls. It
 * knows nothing of audio or sockets: it shows what it is told and reports what was done.
 */
import { fill, h, icon } from "./elements.js";
import { pressOrHold } from "./talk.js";
import { Ticket } from "./ticket.js";

const MESSAGES_KEPT = 60;

export class Panel {
  /**
   * @param {object} words the table of grammars/<lang>/widget.yaml
   * @param {{language: string, mode: string, side: string, shopName: string, privacy: URL, sheet: CSSStyleSheet}} look
   * @param {object} on what was done: open, close, down, tap, letGo, typed(text), mute, again, stop
   */
  constructor(words, look, on) {
    this.words = words;
    this.look = look;
    this.on = on;
    this.names = { shop: look.shopName };
    this.ticket = new Ticket(words, new Intl.PluralRules(look.language));
    this.element = h("comanda-voice", { lang: look.language, dir: words.direction, class: `${look.mode === "screen" ? "kiosk screen" : look.mode} side-${look.side}` });
    const root = this.element.attachShadow({ mode: "open" });
    root.adoptedStyleSheets = [look.sheet];
    this.launcher = this.buildLauncher();
    this.panel = this.buildPanel();
    root.append(this.launcher, this.panel);
    this.panel.addEventListener("keydown", (event) => this.key(event));
    this.setState("idle");
  }

  text(key) {
    return fill(this.words[key], this.names);
  }

  get isKiosk() {
    return this.look.mode !== "button";
  }

  // --- Building -----------------------------------------------------------------------------------------------------

  buildLauncher() {
    const attributes = { class: "launcher", type: "button", "aria-haspopup": "dialog", "aria-expanded": "false" };
    return h("button", { ...attributes, hidden: this.isKiosk, onclick: () => this.on.open() }, icon("microphone"), this.text("button"));
  }

  buildPanel() {
    this.log = h("div", { class: "log", role: "log", "aria-label": this.text("conversation"), tabindex: "0" });
    this.partial = h("p", { class: "partial", "aria-live": "polite", dir: "auto" });
    this.notice = h("p", { class: "notice", role: "status" });
    this.chips = h("ul", { class: "chips", "aria-label": this.text("suggestions") });
    const welcome = h("div", { class: "welcome" }, h("p", {}, this.text("welcome")), h("p", {}, this.text("welcome_hint")));
    this.box = h("div", { class: "scroll" }, this.log, welcome, this.partial);
    new ResizeObserver(() => this.scroll()).observe(this.box);
    const conversation = h("div", { class: "conversation" }, this.box, this.notice, this.chips, this.buildComposer());
    return h(
      "div",
      { class: "panel", role: this.isKiosk ? "main" : "dialog", "aria-labelledby": "title", hidden: true },
      this.buildHeader(),
      h("div", { class: "columns" }, this.ticket.element, conversation),
    );
  }

  buildHeader() {
    this.mute = h("button", { class: "round", type: "button", onclick: () => this.on.mute() });
    this.again = h("button", { class: "again", type: "button", hidden: true, onclick: () => this.on.again() }, icon("again"), this.text("new_order"));
    const close = h("button", { class: "round", type: "button", "aria-label": this.text("close"), hidden: this.isKiosk, onclick: () => this.on.close() }, icon("close"));
    const title = h("h1", { id: "title" }, this.text("title"), h("span", { class: "subtitle" }, this.text("subtitle")));
    return h("header", {}, title, this.again, this.mute, close);
  }

  buildComposer() {
    this.input = h("input", {
      type: "text",
      name: "order",
      autocomplete: "off",
      maxlength: "500",
      enterkeyhint: "send",
      "aria-label": this.text("type_label"),
      placeholder: this.text("type_placeholder"),
      dir: "auto",
    });
    this.state = h("p", { class: "state", role: "status" });
    this.talk = h("button", { class: "talk", type: "button", "aria-label": this.text("talk"), "aria-pressed": "false" }, h("span", { class: "ring" }), icon("microphone"));
    pressOrHold(this.talk, this.on);
    const send = h("button", { class: "round send", type: "submit", "aria-label": this.text("send") }, icon("send"));
    const form = h("form", { onsubmit: (event) => this.submit(event) }, this.input, send);
    const privacy = h("a", { class: "privacy", href: this.look.privacy.href, target: "_blank", rel: "noopener" }, this.text("privacy"));
    return h("div", { class: "composer" }, this.talk, h("div", { class: "beside" }, this.state, form), privacy);
  }

  // --- What was done ------------------------------------------------------------------------------------------------

  submit(event) {
    event.preventDefault();
    const text = this.input.value.trim();
    if (!text) return;
    this.input.value = "";
    this.on.typed(text);
  }

  key(event) {
    if (event.key !== "Escape") return;
    event.stopPropagation();
    if (!this.on.stop() && !this.isKiosk) this.on.close();
  }

  // --- Showing ------------------------------------------------------------------------------------------------------

  open() {
    this.panel.hidden = false;
    this.launcher.hidden = true;
    this.launcher.setAttribute("aria-expanded", "true");
    this.talk.focus();
  }

  close() {
    this.panel.hidden = true;
    this.launcher.hidden = false;
    this.launcher.setAttribute("aria-expanded", "false");
    this.launcher.focus();
  }

  get isEmpty() {
    return !this.log.children.length;
  }

  /** @param {"caller" | "assistant"} who */
  say(who, text) {
    const name = h("span", { class: "who" }, this.text(who));
    this.log.append(h("div", { class: `message ${who}` }, name, h("p", { dir: "auto" }, text)));
    while (this.log.children.length > MESSAGES_KEPT) this.log.firstChild.remove();
    this.scroll();
  }

  /** What was heard and said in a turn of the assistant, the cart after it, and what may be said next. */
  showTurn({ kind, heard, sentences, cart, order, suggestions, action }) {
    this.setPartial("");
    if (kind === "speech" && heard) this.say("caller", heard);
    if (sentences.length) this.say("assistant", sentences.join(" "));
    this.ticket.show(cart, order);
    this.suggest(action === "listen" ? suggestions : []);
  }

  setPartial(text) {
    if (this.partial.textContent === text) return;
    this.partial.textContent = text;
    this.scroll();
  }

  scroll() {
    this.box.scrollTop = this.box.scrollHeight;
  }

  /** What went wrong, in plain words; "" when all is well. */
  setNotice(text) {
    this.notice.textContent = text;
  }

  suggest(sentences) {
    const chip = (text) => h("li", {}, h("button", { type: "button", class: "chip", dir: "auto", onclick: () => this.on.typed(text) }, text));
    this.chips.replaceChildren(...sentences.map(chip));
  }

  /** @param {"idle" | "asking" | "connecting" | "listening" | "hearing" | "thinking" | "speaking"} state
   *  @param {string} key of the words for it */
  setState(state, key = state) {
    this.showState(state, fill(this.words.state[key], this.names));
  }

  showState(state, words) {
    this.panel.dataset.state = state;
    if (this.state.textContent !== words) this.state.textContent = words;
  }

  setTalking(active) {
    this.talk.setAttribute("aria-pressed", String(active));
    if (!active) this.setLevel(0);
  }

  setLevel(level) {
    this.talk.style.setProperty("--level", level.toFixed(2));
  }

  setMuted(muted) {
    this.mute.setAttribute("aria-label", this.text(muted ? "unmute" : "mute"));
    this.mute.replaceChildren(icon(muted ? "muted" : "sound"));
  }

  /** The conversation is over: only a new order can begin. */
  setEnded(ended) {
    this.panel.classList.toggle("ended", ended);
    this.again.hidden = !ended;
    this.talk.disabled = this.input.disabled = ended;
    if (ended) this.suggest([]);
    if (ended && !this.panel.hidden) this.again.focus();
  }

  clear() {
    this.log.replaceChildren();
    this.setPartial("");
    this.setNotice("");
    this.ticket.show({ lines: [], count: 0 });
  }
}
