"""The website's WebSocket: the browser as one more provider of the call contract (protocol: server/api/__init__.py)."""

from __future__ import annotations

import contextlib
import json
import logging
import time
from typing import Any, ClassVar

from flask import Blueprint, abort, request
from flask_sock import Sock

from server.api.http import MAX_TEXT
from server.api.views import turn_view
from server.limits import RateLimiter, asker
from server.state import ServerState, state
from server.telephony.call import serve_call
from server.telephony.contract import (
    BadFrame,
    CallStarted,
    Event,
    Frame,
    MarkReached,
    Muted,
    Provider,
    SpeechWanted,
    Stopped,
    StopSpeaking,
    TalkButton,
    TextTyped,
    audio_events,
    key_event,
    parse_object,
    text,
)
from server.telephony.observer import Observer
from server.telephony.transport import Transport, TransportClosedError, WebSocketTransport
from voice.dialogue.session import Session
from voice.types import AudioFormat, Turn

logger = logging.getLogger(__name__)
blueprint = Blueprint("voice", __name__, url_prefix="/api")
sock = Sock()

MAX_CONTROL = 8 * 1024
AHEAD_SECONDS = 12.0
"""Audio a client may send ahead of real time: what it kept while the line was being opened"""
MIN_RATE, MAX_RATE = 8000, 48000
CONTROLS_A_SECOND, CONTROLS_AT_ONCE = 5.0, 60
"""JSON messages of one client: typed turns, buttons and keys each make the assistant think"""
END_REASONS = {
    "hung_up": "hang_up", "handed_over": "transfer", "caller_left": "bye", "timed_out": "idle", "shutdown": "shutdown",
}  # fmt: skip


class WebVoice(Provider):
    """One browser. What it says in `hello` is kept for the observer."""

    name: ClassVar[str] = "web"
    frame_seconds = 0.2
    lead: ClassVar[float] = 3.0
    marks: ClassVar[bool] = True

    def __init__(self) -> None:
        self.hello: dict[str, Any] = {}
        self.fault = ("bad_hello", "Say hello first.")
        """Why the call is refused, if it is"""
        self._received = 0.0
        self._since = 0.0
        self._controls = RateLimiter(CONTROLS_A_SECOND, CONTROLS_AT_ONCE)

    def receive(self, frame: Frame) -> list[Event]:
        if isinstance(frame, bytes):
            return self._audio(frame)
        if self._controls.wait(""):
            self.fault = ("rate_limited", "Too many messages.")
            return [Stopped("too many messages")]
        if len(frame) > MAX_CONTROL:
            return [BadFrame("a control message that is too long")]
        message = parse_object(frame)
        if isinstance(message, BadFrame):
            return [message]
        kind = text(message, "type")
        if not self.hello:
            return self._hello(kind, message)
        return self._control(kind, message)

    def _hello(self, kind: str, message: dict[str, Any]) -> list[Event]:
        rate = message.get("rate", 16000)
        session, token = message.get("session"), message.get("token")
        well_formed = isinstance(rate, int) and MIN_RATE <= rate <= MAX_RATE and isinstance(token, str)
        if kind != "hello" or not well_formed or not (session is None or isinstance(session, str)):
            self.fault = ("bad_hello", "The first message must be a `hello` with `token` and `rate` (8000 to 48000).")
            return [BadFrame("no proper hello"), Stopped("no proper hello")]
        self.hello = {"session": session, "token": token, "speech": message.get("speech") is not False}
        self.format = AudioFormat("s16le", rate)
        self._since = time.monotonic()
        return [CallStarted(self.format, "web")]

    def _audio(self, data: bytes) -> list[Event]:
        if not self.hello:
            return [BadFrame("audio before hello"), Stopped("no hello")]
        self._received += len(data) / 2 / self.format.rate
        elapsed = time.monotonic() - self._since
        if self._received > elapsed + AHEAD_SECONDS:
            self.fault = ("too_fast", "Audio must come at real time.")
            return [Stopped("too fast")]
        self._received = max(self._received, elapsed - 1.0)
        return audio_events(data, self.format)

    def _control(self, kind: str, message: dict[str, Any]) -> list[Event]:
        active = message.get("active") is True
        if kind == "text":
            typed = message.get("text")
            if not isinstance(typed, str) or not typed.strip() or len(typed) > MAX_TEXT:
                return [BadFrame("text that is empty or too long")]
            return [TextTyped(" ".join(typed.split()))]
        if kind == "key":
            return [key_event(text(message, "digit"))]
        if kind == "heard":
            return [MarkReached(text(message, "mark"))]
        simple: dict[str, Event] = {
            "talk": TalkButton(active),
            "mute": Muted(active),
            "speech": SpeechWanted(active),
            "stop": StopSpeaking(),
            "bye": Stopped("bye"),
        }
        return [simple[kind]] if kind in simple else [BadFrame(f"unknown type {kind[:32]!r}")]

    # --- out -------------------------------------------------------------------------------------------------------

    def begin_sentence(self, mark: str) -> list[Frame]:
        turn, _, sentence = mark.partition(".")
        if not turn.isdigit():
            return []
        number = int("".join(c for c in sentence.partition("r")[0] if c.isdigit()) or "0")
        return [json.dumps({"type": "sentence", "turn": int(turn), "sentence": number, "mark": mark})]

    def mark(self, name: str) -> list[Frame]:
        return [json.dumps({"type": "mark", "mark": name})]

    def clear(self) -> list[Frame]:
        return [json.dumps({"type": "clear"})]


class WebObserver(Observer):
    """Tells the browser what it shows."""

    def __init__(self, shared: ServerState, provider: WebVoice, transport: Transport, origin: str) -> None:
        self._shared, self._provider, self._transport, self._origin = shared, provider, transport, origin
        self._session_id: str | None = None
        self._state = ""

    def authorise(self, started: CallStarted) -> str | None:
        """Checks token and session of the hello."""
        hello, signer = self._provider.hello, self._shared.signer
        if code := signer.check_token(hello["token"], self._origin):
            self._provider.fault = (code, "Ask POST /api/token for a token.")
            return None
        if hello["session"] is not None:
            self._session_id = signer.session_id(hello["session"], self._origin)
            if self._session_id is None:
                self._provider.fault = ("bad_session", "The session was not made for this website.")
                return None
        self._provider.fault = ("", "")
        return f"web-{id(self):x}-{time.time_ns():x}"

    def resumes(self) -> str | None:
        return self._session_id

    def spoken(self) -> bool:
        return bool(self._provider.hello["speech"])

    def greeted(self, session: Session, turn: Turn) -> None:
        self._shared.sessions.hold(session)
        self._send({
            "type": "ready",
            "session": self._shared.signer.session_key(session.id, self._origin),
            "rate": self._provider.format.rate,
            "resumed": session.id == self._session_id,
            "turn_limit": MAX_TEXT,
        })

    def partial(self, text: str) -> None:
        self.state("hearing" if text else "listening")
        self._send({"type": "partial", "text": text})

    def state(self, name: str) -> None:
        if name != self._state:
            self._state = name
            self._send({"type": "state", "state": name})

    def answered(self, session: Session, turn: Turn, number: int, kind: str) -> None:
        assistant = self._shared.assistant
        self._send(turn_view(session, turn, number, kind, assistant.catalogue, assistant.language))

    def over(self, outcome: str) -> None:
        code, message = self._provider.fault
        if code and outcome in ("refused", "caller_left", "failed"):
            self._send({"type": "error", "code": code, "message": message})
            outcome = "failed"
        elif outcome == "failed":
            self._send({"type": "error", "code": "internal", "message": "The call failed; the order is kept."})
        elif outcome == "handed_over":
            self._send({"type": "transfer", "phone": self._shared.catalogue.shop.phone})
        self._send({"type": "end", "reason": END_REASONS.get(outcome, "error")})

    def _send(self, message: dict[str, Any]) -> None:
        with contextlib.suppress(TransportClosedError):
            self._transport.send(json.dumps(message, ensure_ascii=False, separators=(",", ":")))


@blueprint.before_request
def check_upgrade() -> None:
    shared = state()
    if shared.connects.wait(asker(request.remote_addr)):
        shared.metrics.refused.labels("rate_limited").inc()
        abort(429)
    if shared.origins.check(request.headers.get("Origin"), request.host_url) is None:
        shared.metrics.refused.labels("bad_origin").inc()
        abort(403)


@sock.route("/voice", bp=blueprint)  # type: ignore[untyped-decorator]
def voice(ws: Any) -> None:
    shared, provider, transport = state(), WebVoice(), WebSocketTransport(ws)
    origin = shared.origins.check(request.headers.get("Origin"), request.host_url) or ""
    half = (shared.admission.limit + 1) // 2  # who opens many pages leaves lines to the others
    with shared.browsers.hold(asker(request.remote_addr), half) as place:
        if not place or shared.admission.full:
            _turn_away(shared, transport)
            return
        observer = WebObserver(shared, provider, transport, origin)
        serve_call(shared, provider, transport, observer.authorise, "web", observer)


def _turn_away(shared: ServerState, transport: Transport) -> None:
    shared.metrics.refused.labels("busy").inc()
    busy = {"type": "error", "code": "busy", "message": "All lines are taken.", "retry_after": 20}
    with contextlib.suppress(TransportClosedError):
        transport.send(json.dumps(busy))
        transport.send(json.dumps({"type": "end", "reason": "error"}))
    transport.close()
