/* The line to the server: token, WebSocket, reconnecting with back-off, and typed turns over HTTP when no socket opens.
 * The protocol is described in server/api/__init__.py.
 */
const FIRST_WAIT_SECONDS = 0.5;
const LONGEST_WAIT_SECONDS = 15;
const TOKEN_MARGIN_SECONDS = 30;
const GOODBYE_SECONDS = 3;
const FINAL_ENDS = ["hang_up", "transfer"];

export class Connection {
  /**
   * @param {URL} api where the API stands, ending in a slash
   * @param {Storage} storage keeps the session, so that a reload or a lost line keeps the cart
   * @param {{message: (message: object) => void, audio: (pcm: ArrayBuffer) => void, status: (status: string) => void}} on
   *   `status` is "connecting", "open", "offline", "busy", "unreachable" or "closed"
   */
  constructor(api, storage, on) {
    this.api = api;
    this.storage = storage;
    this.on = on;
    this.socket = null;
    this.token = null;
    this.failures = 0;
    this.timer = null;
    this.wanted = false;
    this.waiting = [];
    this.hello = {};
    window.addEventListener("online", () => this.wanted && !this.socket && this.retry(0));
  }

  get isOpen() {
    return this.socket !== null && this.socket.ready === true;
  }

  get session() {
    return this.storage.getItem("session") || undefined;
  }

  set session(value) {
    if (value) this.storage.setItem("session", value);
    else this.storage.removeItem("session");
  }

  /** @param {{rate: number, speech: boolean}} hello */
  open(hello) {
    this.hello = hello;
    this.wanted = true;
    if (!this.socket && !this.timer) this.retry(0);
  }

  /** Gives the line back; the session, and with it the cart, stays. The server closes the socket when it reads this. */
  close() {
    this.wanted = false;
    const said = this.send({ type: "bye" });
    this.drop(said ? GOODBYE_SECONDS : 0);
    this.tell("closed");
  }

  forget() {
    this.session = null;
    this.failures = 0;
  }

  send(message) {
    if (this.isOpen) this.socket.send(JSON.stringify(message));
    return this.isOpen;
  }

  sendAudio(pcm) {
    if (this.isOpen) this.socket.send(pcm);
  }

  /** One typed turn without a socket. Resolves to the `turn` message; rejects with an ApiError. */
  async typedTurn(text) {
    const headers = { "Content-Type": "application/json", Authorization: `Bearer ${await this.freshToken()}` };
    const turn = await this.post("turn", headers, JSON.stringify({ text, session: this.session }));
    this.session = turn.session;
    return turn;
  }

  /** Resolves, once it is known, to whether the socket is open; then the assistant has greeted. */
  settled() {
    if ((this.isOpen && this.socket.greeted) || !this.wanted || this.failures) return Promise.resolve(this.isOpen);
    return new Promise((resolve) => this.waiting.push(resolve));
  }

  tell(status) {
    if (status !== "connecting" && status !== "open") this.settle(false);
    this.on.status(status);
  }

  settle(open) {
    this.waiting.splice(0).forEach((resolve) => resolve(open));
  }

  retry(seconds, status = this.failures ? "offline" : "connecting") {
    clearTimeout(this.timer);
    this.tell(status);
    this.timer = setTimeout(() => this.connect(), seconds * 1000);
  }

  async connect() {
    this.timer = null;
    try {
      const token = await this.freshToken();
      if (this.wanted && !this.socket) this.listen(this.newSocket(), token);
    } catch (error) {
      this.failed(error.retryAfter, error.code === "rate_limited" ? "busy" : "offline");
    }
  }

  newSocket() {
    const url = new URL("voice", this.api);
    url.protocol = url.protocol === "https:" ? "wss:" : "ws:";
    const socket = new WebSocket(url);
    socket.binaryType = "arraybuffer";
    this.socket = socket;
    return socket;
  }

  listen(socket, token) {
    socket.onopen = () => socket.send(JSON.stringify({ type: "hello", token, session: this.session, ...this.hello }));
    socket.onmessage = ({ data }) => (typeof data === "string" ? this.receive(JSON.parse(data)) : this.on.audio(data));
    socket.onclose = () => {
      this.drop();
      if (this.wanted) this.failed();
    };
  }

  receive(message) {
    if (message.type === "ready") this.isReady(message);
    else if (message.type === "end") this.ended(message);
    else if (message.type === "error") this.refused(message);
    this.on.message(message);
    if (message.type === "turn" && this.isOpen) this.greeted();
  }

  greeted() {
    this.socket.greeted = true;
    this.settle(true);
  }

  isReady({ session }) {
    this.session = session;
    this.socket.ready = true;
    this.failures = 0;
    this.tell("open");
  }

  ended({ reason }) {
    if (reason === "shutdown") return; // the close that follows leads to the next server
    this.wanted = false;
    if (FINAL_ENDS.includes(reason)) this.forget();
    this.drop();
    this.tell("closed");
  }

  refused({ code, retry_after: seconds }) {
    if (code === "bad_session") this.session = null;
    if (code === "bad_token" || code === "expired_token") this.token = null;
    if (code === "bad_message") return;
    this.drop();
    this.failed(seconds, code === "busy" ? "busy" : "offline");
  }

  failed(retryAfter, status = "offline") {
    this.failures += 1;
    const wait = Math.min(LONGEST_WAIT_SECONDS, FIRST_WAIT_SECONDS * 2 ** (this.failures - 1));
    if (this.wanted) this.retry((retryAfter || wait) * (0.75 + Math.random() / 2), status);
  }

  drop(seconds = 0) {
    clearTimeout(this.timer);
    this.timer = null;
    if (!this.socket) return;
    const socket = this.socket;
    this.socket = null;
    socket.onopen = socket.onmessage = socket.onclose = null;
    setTimeout(() => socket.close(), seconds * 1000);
  }

  async freshToken() {
    const now = Date.now() / 1000;
    if (!this.token || this.token.until < now) {
      const { token, expires_in: seconds } = await this.post("token", {}, undefined);
      this.token = { text: token, until: now + seconds - TOKEN_MARGIN_SECONDS };
    }
    return this.token.text;
  }

  async post(path, headers, body) {
    const response = await fetch(new URL(path, this.api), { method: "POST", headers, body });
    const answer = await response.json().catch(() => ({}));
    if (!response.ok) throw new ApiError(response.status, answer.error || {});
    return answer;
  }
}

/** An answer that is not a turn. `code` is one of the protocol's, `retryAfter` in seconds. */
export class ApiError extends Error {
  constructor(status, { code, message, retry_after: retryAfter }) {
    super(message || `HTTP ${status}`);
    this.code = code || "internal";
    this.retryAfter = retryAfter;
  }
}
