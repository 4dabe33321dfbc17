"""Twilio Media Streams, bidirectional, and the base of the dialects that follow it (Telnyx, Plivo, Exotel).

Source: https://www.twilio.com/docs/voice/media-streams/websocket-messages
"""

from __future__ import annotations

import base64
import json
from typing import Any, ClassVar

from server.telephony.contract import (
    BadFrame,
    CallStarted,
    Event,
    Frame,
    MarkReached,
    Provider,
    Stopped,
    audio_events,
    base64_payload,
    declared_format,
    key_event,
    member,
    parse_object,
    text,
    texts,
)
from server.telephony.sequence import Sequence
from voice.audio import pcm
from voice.types import AudioChunk, AudioFormat

MULAW_8K = AudioFormat("mulaw", 8000)


class Twilio(Provider):
    """`connected`, `start`, `media`, `dtmf`, `mark`, `stop` in; `media`, `mark`, `clear` out."""

    name: ClassVar[str] = "twilio"
    frame_seconds = 0.04
    """Many tiny chunks jitter"""
    lead: ClassVar[float] = 1.0
    marks: ClassVar[bool] = True
    hands_over: ClassVar[bool] = True
    """The verbs after <Connect> run when the server closes the socket."""
    reorder: ClassVar[int] = 0
    """Media frames held back while an earlier one is missing"""
    early_limit: ClassVar[int] = 50
    """Media frames kept that come before `start`"""

    stream_key: ClassVar[str] = "streamSid"
    call_key: ClassVar[str] = "callSid"
    parameters_key: ClassVar[str] = "customParameters"
    format_key: ClassVar[str] = "mediaFormat"
    rate_key: ClassVar[str] = "sampleRate"
    default_format: ClassVar[AudioFormat] = MULAW_8K
    l16: ClassVar[str] = "s16le"

    def __init__(self) -> None:
        self.format = self.default_format
        self.stream_id = ""
        self._started = False
        self._early: list[Any] = []
        self._sequence: Sequence[bytes] = Sequence(self.reorder)

    def receive(self, frame: Frame) -> list[Event]:
        message = parse_object(frame)
        if isinstance(message, BadFrame):
            return [message]
        event = message.get("event")
        if not isinstance(event, str):
            return [BadFrame("message without an event")]
        handler = self._handlers().get(event)
        return handler(self, message) if handler else [BadFrame(f"unknown event {event[:32]!r}")]

    @classmethod
    def _handlers(cls) -> dict[str, Any]:
        return {
            "connected": lambda self, message: [],
            "start": cls._start,
            "media": cls._media,
            "dtmf": lambda self, message: [key_event(text(member(message, "dtmf"), "digit"))],
            "mark": lambda self, message: [MarkReached(text(member(message, "mark"), "name"))],
            "stop": lambda self, message: [Stopped("stop")],
            "error": lambda self, message: [BadFrame("the peer reports an error")],
        }

    def _start(self, message: dict[str, Any]) -> list[Event]:
        if self._started:
            return [BadFrame("a second start")]
        start = member(message, "start")
        stream_id = text(message, self.stream_key) or text(start, self.stream_key)
        call_id = text(start, self.call_key)
        if not stream_id or not call_id:
            return [BadFrame("start without stream or call id"), Stopped("bad start")]
        declared = self._declared(start)
        if isinstance(declared, BadFrame):
            return [declared, Stopped("bad start")]
        self.stream_id, self.format, self._started = stream_id, declared, True
        parameters = self._parameters(start, message)
        caller = text(start, "from") or parameters.get("caller") or None
        events: list[Event] = [CallStarted(declared, call_id, caller, parameters)]
        early, self._early = self._early, []
        for earlier in early:
            events += self._media(earlier)
        return events

    def _declared(self, start: dict[str, Any]) -> AudioFormat | BadFrame:
        media_format = member(start, self.format_key)
        encoding, rate = text(media_format, "encoding"), text(media_format, self.rate_key)
        return declared_format(encoding, rate, self.default_format, self.l16)

    def _parameters(self, start: dict[str, Any], message: dict[str, Any]) -> dict[str, str]:
        return texts(member(start, self.parameters_key))

    def _media(self, message: dict[str, Any]) -> list[Event]:
        if not self._started:
            if len(self._early) < self.early_limit:
                self._early.append(message)
                return []
            return [BadFrame("media before start")]
        media = member(message, "media")
        if text(media, "track") not in ("", "inbound", "inbound_track"):
            return []
        data = base64_payload(media.get("payload"))
        if isinstance(data, BadFrame):
            return [data]
        ready, fault = self._sequence.add(text(media, "chunk"), data)
        events: list[Event] = [BadFrame(fault)] if fault else []
        for payload in ready:
            events += audio_events(payload, self.format)
        return events

    # --- out -------------------------------------------------------------------------------------------------------

    def _message(self, event: str, **members: Any) -> list[Frame]:
        return [json.dumps({"event": event, self.stream_key: self.stream_id, **members}, separators=(",", ":"))]

    def audio(self, chunk: AudioChunk) -> list[Frame]:
        return self._message("media", media={"payload": encoded(chunk, self.format)})

    def mark(self, name: str) -> list[Frame]:
        return self._message("mark", mark={"name": name})

    def clear(self) -> list[Frame]:
        return self._message("clear")


def encoded(chunk: AudioChunk, audio_format: AudioFormat) -> str:
    """Audio as the base64 of the stream's own encoding."""
    return base64.b64encode(pcm.encode(chunk.pcm, audio_format)).decode("ascii")


