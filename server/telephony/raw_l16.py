"""Raw L16 over WebSocket with JSON control: jambonz `listen` and FreeSWITCH mod_audio_stream.

Source: https://docs.jambonz.org/verbs/verbs/listen and https://github.com/amigniter/mod_audio_stream
"""

from __future__ import annotations

import base64
import json
import re
from typing import Any, ClassVar

from server.telephony.contract import (
    BadFrame,
    CallStarted,
    Event,
    Frame,
    MarkReached,
    Provider,
    audio_events,
    declared_format,
    key_event,
    member,
    parse_object,
    text,
    texts,
)
from voice.types import AudioChunk, AudioFormat


class Jambonz(Provider):
    """One metadata object, then binary L16. `listen` needs bidirectionalAudio: streaming true, the same sampleRate."""

    name: ClassVar[str] = "jambonz"
    lead: ClassVar[float] = 0.4
    marks: ClassVar[bool] = True
    hands_over: ClassVar[bool] = True
    """The verb after `listen` runs when it ends."""

    def __init__(self) -> None:
        self.format = AudioFormat("s16le", 8000)
        self._started = False

    def receive(self, frame: Frame) -> list[Event]:
        if isinstance(frame, bytes):
            if not self._started:
                return [BadFrame("media before the metadata")]
            return audio_events(frame, self.format)
        message = parse_object(frame)
        if isinstance(message, BadFrame):
            return [message]
        return self._control(message) if self._started else self._metadata(message)

    def _metadata(self, message: dict[str, Any]) -> list[Event]:
        rate = text(message, "sampleRate") or text(message, "rate")
        declared = declared_format("", rate, self.format)
        if isinstance(declared, BadFrame):
            return [declared]
        self.format, self._started = declared, True
        call_id = text(message, "callSid") or text(message, "uuid") or text(message, "call_id")
        metadata = texts(message) | texts(member(message, "metadata"))
        return [CallStarted(declared, call_id, text(message, "from") or metadata.get("caller"), metadata)]

    def _control(self, message: dict[str, Any]) -> list[Event]:
        kind = text(message, "event") or text(message, "type")
        if kind == "dtmf":
            return [key_event(text(message, "dtmf") or text(message, "digit"))]
        if kind == "mark":
            data = member(message, "data") or message
            return [MarkReached(text(data, "name"))]
        if kind in ("playDone", "status", "pong"):
            return []
        return [BadFrame(f"unknown event {kind[:32]!r}")]

    def mark(self, name: str) -> list[Frame]:
        return [json.dumps({"type": "mark", "data": {"name": name}})]

    def clear(self) -> list[Frame]:
        return [json.dumps({"type": "killAudio"})]

    def hang_up(self) -> list[Frame]:
        return [json.dumps({"type": "disconnect"})]

    def hand_over(self) -> list[Frame]:
        return [json.dumps({"type": "disconnect"})]


class FreeSwitch(Jambonz):
    """`uuid_audio_stream <uuid> start <ws> mono 8k|16k <metadata>`: answers go back as base64 in JSON.

    The metadata may be JSON or nothing: without it the call starts at 8 kHz (or at the `rate` of the URL).
    """

    name: ClassVar[str] = "freeswitch"
    lead: ClassVar[float] = 0.2
    marks: ClassVar[bool] = False
    key_events: ClassVar[bool] = False
    frame_seconds = 0.1

    def __init__(self, rate: str = "") -> None:
        super().__init__()
        if re.fullmatch(r"8000|16000|8k|16k", rate):
            self.format = AudioFormat("s16le", int(rate.replace("k", "000")))

    def receive(self, frame: Frame) -> list[Event]:
        if isinstance(frame, bytes) and not self._started:
            self._started = True
            return [CallStarted(self.format, ""), *audio_events(frame, self.format)]
        return super().receive(frame)

    def audio(self, chunk: AudioChunk) -> list[Frame]:
        data = {
            "audioDataType": "raw",
            "sampleRate": self.format.rate,
            "audioData": base64.b64encode(chunk.pcm).decode("ascii"),
        }
        return [json.dumps({"type": "streamAudio", "data": data}, separators=(",", ":"))]

    def mark(self, name: str) -> list[Frame]:
        return []
