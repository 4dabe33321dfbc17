"""Vonage Voice API WebSocket: one JSON greeting, then binary s16le; no marks, no stop event.

Source: https://developer.vonage.com/en/voice/voice-api/concepts/websockets
"""

from __future__ import annotations

import json
from typing import Any, ClassVar

from server.telephony.contract import (
    BadFrame,
    CallStarted,
    Event,
    Frame,
    Provider,
    audio_events,
    declared_format,
    key_event,
    member,
    parse_object,
    text,
    texts,
)
from voice.types import AudioFormat


class Vonage(Provider):
    name: ClassVar[str] = "vonage"
    lead: ClassVar[float] = 0.4
    """Vonage buffers a minute, but tells nothing of what was played: keep it short"""
    hands_over: ClassVar[bool] = True
    """The NCCO goes on after its `connect` when the socket closes."""

    def __init__(self) -> None:
        self.format = AudioFormat("s16le", 16000)
        self._started = False

    def receive(self, frame: Frame) -> list[Event]:
        if isinstance(frame, bytes):
            if not self._started:
                return [BadFrame("media before websocket:connected")]
            return audio_events(frame, self.format)
        message = parse_object(frame)
        if isinstance(message, BadFrame):
            return [message]
        event = text(message, "event")
        if event == "websocket:connected":
            return self._connected(message)
        if event == "websocket:dtmf":
            return [key_event(text(message, "digit") or text(member(message, "dtmf"), "digit"))]
        if event in ("websocket:cleared", "websocket:notify"):
            return []
        return [BadFrame(f"unknown event {event[:32]!r}")]

    def _connected(self, message: dict[str, Any]) -> list[Event]:
        if self._started:
            return [BadFrame("a second websocket:connected")]
        declared = declared_format(text(message, "content-type"), "", self.format)
        if isinstance(declared, BadFrame):
            return [declared]
        self.format, self._started = declared, True
        headers = texts({k: v for k, v in message.items() if k not in ("event", "content-type")})
        call_id = headers.get("call") or headers.get("uuid") or ""
        return [CallStarted(declared, call_id, headers.get("caller"), headers)]

    def clear(self) -> list[Frame]:
        return [json.dumps({"action": "clear"})]
