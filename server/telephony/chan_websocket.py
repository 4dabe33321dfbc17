"""Asterisk chan_websocket: binary media without header, text control as words or JSON; Asterisk keeps the time.

Source: https://docs.asterisk.org/Configuration/Channel-Drivers/WebSocket/ and Asterisk's chan_websocket.c (22.8).
"""

from __future__ import annotations

import json
import re
from typing import Any, ClassVar

from server.telephony.contract import (
    BadFrame,
    CallStarted,
    Event,
    FlowControl,
    Frame,
    MarkReached,
    Provider,
    Stopped,
    audio_events,
    declared_format,
    key_event,
    member,
    parse_object,
    text,
    texts,
)
from voice.types import AudioFormat

EARLY_FRAMES = 50
MAX_MARK = 64


class ChanWebSocket(Provider):
    name: ClassVar[str] = "chan-websocket"
    frame_seconds = 0.1
    lead: ClassVar[float] = 2.0
    """The queue holds 20 s; FLUSH_MEDIA empties it at once"""
    marks: ClassVar[bool] = True
    hands_over: ClassVar[bool] = True
    """HANGUP ends the Dial, and with its option g the dialplan goes on. It cannot tell why, and asks /next."""

    def __init__(self, call_id: str = "", caller: str = "") -> None:
        """What the URI said, with Dial's option v(); variables of the channel, which JSON brings, go before."""
        self._call_id, self._caller = call_id[:64], caller[:32]
        self.format = AudioFormat("s16le", 8000)
        self._started = False
        self._json = False
        self._early: list[bytes] = []

    def receive(self, frame: Frame) -> list[Event]:
        if isinstance(frame, bytes):
            return self._media(frame)
        if frame.lstrip().startswith("{"):
            message = parse_object(frame)
            if isinstance(message, BadFrame):
                return [message]
            self._json = True
            return self._event(text(message, "event"), message)
        if len(frame) > 4096:
            return [BadFrame(f"text frame of {len(frame)} characters")]
        word, *parts = frame.split() or [""]
        values = dict(part.split(":", 1) for part in parts if ":" in part)
        if bare := [part for part in parts if ":" not in part]:
            values.setdefault("correlation_id", bare[0])  # a mark comes back as "MEDIA_MARK_PROCESSED 3.0"
        return self._event(word, values)

    def _event(self, name: str, values: dict[str, Any]) -> list[Event]:
        if name == "MEDIA_START":
            return self._start(values)
        if name in ("DTMF_END", "DTMF"):
            return [key_event(text(values, "digit"))]
        if name == "MEDIA_MARK_PROCESSED":
            return [MarkReached(text(values, "correlation_id"))]
        if name in ("MEDIA_XOFF", "MEDIA_XON"):
            return [FlowControl(name == "MEDIA_XOFF")]
        if name == "HANGUP":
            return [Stopped("HANGUP")]
        if name in ("MEDIA_BUFFERING_COMPLETED", "QUEUE_DRAINED", "STATUS", "DTMF_BEGIN"):
            return []
        if name == "ERROR":
            return [BadFrame("Asterisk refused a command")]
        return [BadFrame(f"unknown event {name[:32]!r}")]

    def _start(self, values: dict[str, Any]) -> list[Event]:
        if self._started:
            return [BadFrame("a second MEDIA_START")]
        name = text(values, "format").lower()
        slin = re.fullmatch(r"slin(\d*)", name)
        rate = {"": 8000, "12": 12000, "16": 16000, "24": 24000, "32": 32000, "44": 44100, "48": 48000}
        encoding, hertz = ("slin", str(rate.get(slin[1], 0))) if slin else (name, "8000")
        declared = declared_format(encoding, hertz, self.format)
        if isinstance(declared, BadFrame):
            return [declared, Stopped("bad format")]
        self.format, self._started = declared, True
        self._fit_frames(text(values, "optimal_frame_size"))
        metadata = self._variables(member(values, "channel_variables"))
        named = metadata.get("COMANDA_CALL") or self._call_id
        call_id = named or text(values, "channel_id") or text(values, "connection_id")
        caller = metadata.get("COMANDA_CALLER") or self._caller or None
        events: list[Event] = [CallStarted(declared, call_id, caller, texts(values) | metadata)]
        early, self._early = self._early, []
        for media in early:
            events += self._media(media)
        return events

    @staticmethod
    def _variables(variables: dict[str, Any]) -> dict[str, str]:
        """Ours first, since a dialplan may have set any number; inherited ones may keep their underscores."""
        ours = sorted(variables, key=lambda name: not name.lstrip("_").startswith("COMANDA_"))
        return {name.lstrip("_"): value for name, value in texts({name: variables[name] for name in ours}).items()}

    def _fit_frames(self, optimal: str) -> None:
        """Asterisk drops what is left of a message over its own frame size, so messages are a multiple of it."""
        sample = 1 if self.format.encoding in ("mulaw", "alaw") else 2
        seconds = int(optimal) / sample / self.format.rate if optimal.isdigit() and len(optimal) < 6 else 0.0
        if 0.005 <= seconds <= 0.5:
            self.frame_seconds = max(1, round(ChanWebSocket.frame_seconds / seconds)) * seconds

    def _media(self, data: bytes) -> list[Event]:
        if self._started:
            return audio_events(data, self.format)
        if len(self._early) >= EARLY_FRAMES or len(data) > 65500:
            return [BadFrame("media before MEDIA_START")]
        self._early.append(data)
        return []

    # --- out -------------------------------------------------------------------------------------------------------

    def _command(self, name: str, **values: str) -> list[Frame]:
        if self._json:
            return [json.dumps({"command": name, **values}, separators=(",", ":"))]
        return [" ".join((name, *values.values()))]

    def mark(self, name: str) -> list[Frame]:
        return self._command("MARK_MEDIA", correlation_id=name[:MAX_MARK])

    def clear(self) -> list[Frame]:
        return self._command("FLUSH_MEDIA")

    def hang_up(self) -> list[Frame]:
        return self._command("HANGUP")

    def hand_over(self) -> list[Frame]:
        return self._command("HANGUP")
