"""Plivo audio streaming, bidirectional: its own names for playing, marking and clearing.

Source: https://www.plivo.com/docs/voice-agents/audio-streaming/concepts/websocket-protocol and
https://plivo.com/docs/voice/audio-streaming/audio-streaming
"""

from __future__ import annotations

import json
import re
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
        """`extra_headers` is an object, or text: "caller=1;ticket=2", "caller=1,ticket=2", "{X-PH-caller: 1}"."""
        extra = message.get("extra_headers", start.get("extra_headers"))
        if isinstance(extra, dict):
            found = texts(extra)
        else:
            parts = re.split("[,;]", extra[:4096].strip("{} ")) if isinstance(extra, str) else []
            pairs = (re.split("[=:]", part, maxsplit=1) for part in parts[:32])
            found = {pair[0].strip()[:64]: pair[1].strip()[:256] for pair in pairs if len(pair) == 2}
        return {re.sub("^x-ph-", "", name, flags=re.IGNORECASE): value for name, value in found.items()}

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
