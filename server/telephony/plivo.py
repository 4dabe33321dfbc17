"""Plivo audio streaming, bidirectional: its own names for playing, marking and clearing.

Source: https://www.plivo.com/docs/voice-agents/audio-streaming/concepts/websocket-protocol
"""

from __future__ import annotations

import json
from typing import Any, ClassVar

from server.telephony.contract import BadFrame, Frame, MarkReached, text, texts
from server.telephony.twilio import Twilio, encoded
from voice.types import AudioChunk

CONTENT_TYPES = {"mulaw": "audio/x-mulaw", "alaw": "audio/x-alaw", "s16le": "audio/x-l16", "s16be": "audio/x-l16"}


class Plivo(Twilio):
    name: ClassVar[str] = "plivo"
    stream_key: ClassVar[str] = "streamId"
    call_key: ClassVar[str] = "callId"

    @classmethod
    def _handlers(cls) -> dict[str, Any]:
        handlers = super()._handlers()
        del handlers["mark"]
        return handlers | {
            "playedStream": lambda self, message: [MarkReached(text(message, "name"))],
            "clearedAudio": lambda self, message: [],
            "incorrectPayload": lambda self, message: [BadFrame("the peer refused a message of ours")],
        }

    def _parameters(self, start: dict[str, Any], message: dict[str, Any]) -> dict[str, str]:
        """`extra_headers` is either an object or text like "caller=1,ticket=2"; older streams wrap it in braces."""
        extra = message.get("extra_headers", start.get("extra_headers"))
        if isinstance(extra, dict):
            return texts(extra)
        if not isinstance(extra, str):
            return {}
        parts = (part.strip().replace(":", "=", 1).split("=", 1) for part in extra[:4096].strip("{} ").split(",")[:32])
        return {pair[0].strip()[:64]: pair[1].strip()[:256] for pair in parts if len(pair) == 2}

    def audio(self, chunk: AudioChunk) -> list[Frame]:
        media = {
            "contentType": CONTENT_TYPES[self.format.encoding],
            "sampleRate": self.format.rate,
            "payload": encoded(chunk, self.format),
        }
        return [json.dumps({"event": "playAudio", "media": media}, separators=(",", ":"))]

    def mark(self, name: str) -> list[Frame]:
        return self._message("checkpoint", name=name)

    def clear(self) -> list[Frame]:
        return self._message("clearAudio")
