"""What a carrier or PBX sends and takes, from its side: the mirror image of server/telephony's providers."""

from __future__ import annotations

import base64
import binascii
import json
import struct
import uuid
from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Any, ClassVar

from server.telephony.audiosocket import frame as audiosocket_frame
from server.telephony.contract import Frame
from voice.audio import pcm
from voice.types import AudioChunk, AudioFormat

MULAW = AudioFormat("mulaw", 8000)


@dataclass(frozen=True, slots=True)
class Played:
    """The server sent audio."""

    chunk: AudioChunk


@dataclass(frozen=True, slots=True)
class Marked:
    """The server wants to know when what it sent so far has been played."""

    name: str


@dataclass(frozen=True, slots=True)
class Cleared:
    """The server drops what has not been played."""


@dataclass(frozen=True, slots=True)
class Ended:
    """The server ends the call."""


Received = Played | Marked | Cleared | Ended


class Dialect(ABC):
    """One call. Audio is s16le mono at `rate`, in frames of 20 ms."""

    name: ClassVar[str]
    rate: int = 8000
    subprotocols: ClassVar[tuple[str, ...]] = ()

    def __init__(self, call_id: str, parameters: dict[str, str]) -> None:
        """`parameters`: what the webhook's answer told the carrier to pass on (ticket, caller)."""
        self.call_id, self.parameters = call_id, parameters

    @abstractmethod
    def open(self) -> list[Frame]:
        """The first frames."""

    @abstractmethod
    def audio(self, chunk: AudioChunk) -> Frame: ...

    @abstractmethod
    def received(self, frame: Frame) -> list[Received]: ...

    @abstractmethod
    def key(self, digit: str) -> Frame: ...

    def reached(self, mark: str) -> list[Frame]:
        return []

    def close(self) -> list[Frame]:
        return []


class TwilioCaller(Dialect):
    name: ClassVar[str] = "twilio"
    stream_key: ClassVar[str] = "streamSid"

    def __init__(self, call_id: str, parameters: dict[str, str]) -> None:
        super().__init__(call_id, parameters)
        self.stream_id = "MZ" + uuid.uuid4().hex
        self._chunk = 0

    def _json(self, event: str, **members: Any) -> str:
        return json.dumps({"event": event, self.stream_key: self.stream_id, **members})

    def open(self) -> list[Frame]:
        start = {
            "streamSid": self.stream_id, "accountSid": "AC0", "callSid": self.call_id, "tracks": ["inbound"],
            "customParameters": self.parameters,
            "mediaFormat": {"encoding": "audio/x-mulaw", "sampleRate": 8000, "channels": 1},
        }  # fmt: skip
        connected = json.dumps({"event": "connected", "protocol": "Call", "version": "1.0.0"})
        return [connected, self._json("start", sequenceNumber="1", start=start)]

    def audio(self, chunk: AudioChunk) -> Frame:
        self._chunk += 1
        payload = base64.b64encode(pcm.encode(chunk.pcm, MULAW)).decode()
        media = {"track": "inbound", "chunk": str(self._chunk), "timestamp": str(20 * self._chunk), "payload": payload}
        return self._json("media", sequenceNumber=str(self._chunk + 1), media=media)

    def received(self, frame: Frame) -> list[Received]:
        message = json.loads(frame)
        event = message.get("event")
        if event == "media":
            return [Played(_decoded(message["media"]["payload"]))]
        if event == "mark":
            return [Marked(message["mark"]["name"])]
        return [Cleared()] if event == "clear" else []

    def key(self, digit: str) -> Frame:
        return self._json("dtmf", dtmf={"track": "inbound_track", "digit": digit})

    def reached(self, mark: str) -> list[Frame]:
        return [self._json("mark", mark={"name": mark})]

    def close(self) -> list[Frame]:
        return [self._json("stop", stop={"accountSid": "AC0", "callSid": self.call_id})]


class TelnyxCaller(TwilioCaller):
    name: ClassVar[str] = "telnyx"
    stream_key: ClassVar[str] = "stream_id"

    def open(self) -> list[Frame]:
        start = {
            "call_control_id": self.call_id, "custom_parameters": self.parameters,
            "media_format": {"encoding": "PCMU", "sample_rate": 8000, "channels": 1},
        }  # fmt: skip
        return [json.dumps({"event": "connected", "version": "1.0.0"}), self._json("start", start=start)]


class PlivoCaller(TwilioCaller):
    name: ClassVar[str] = "plivo"
    stream_key: ClassVar[str] = "streamId"

    def open(self) -> list[Frame]:
        start = {
            "streamId": self.stream_id, "callId": self.call_id, "tracks": ["inbound"],
            "mediaFormat": {"encoding": "audio/x-mulaw", "sampleRate": 8000},
        }  # fmt: skip
        extra = ",".join(f"{name}={value}" for name, value in self.parameters.items())
        return [self._json("start", start=start, extra_headers=extra)]

    def received(self, frame: Frame) -> list[Received]:
        message = json.loads(frame)
        event = message.get("event")
        if event == "playAudio":
            return [Played(_decoded(message["media"]["payload"]))]
        if event == "checkpoint":
            return [Marked(message["name"])]
        return [Cleared()] if event == "clearAudio" else []

    def reached(self, mark: str) -> list[Frame]:
        return [self._json("playedStream", name=mark)]


class VonageCaller(Dialect):
    name: ClassVar[str] = "vonage"
    rate = 16000

    def open(self) -> list[Frame]:
        return [json.dumps({
            "event": "websocket:connected", "content-type": "audio/l16;rate=16000", "call": self.call_id,
            **self.parameters,
        })]  # fmt: skip

    def audio(self, chunk: AudioChunk) -> Frame:
        return chunk.pcm

    def received(self, frame: Frame) -> list[Received]:
        if isinstance(frame, bytes):
            return [Played(AudioChunk(frame, self.rate))]
        return [Cleared()] if json.loads(frame).get("action") == "clear" else []

    def key(self, digit: str) -> Frame:
        return json.dumps({"event": "websocket:dtmf", "digit": digit, "duration": 100})


class ChanWebSocketCaller(Dialect):
    name: ClassVar[str] = "chan-websocket"
    subprotocols: ClassVar[tuple[str, ...]] = ("media",)

    def open(self) -> list[Frame]:
        return [
            f"MEDIA_START connection_id:comanda channel:WebSocket/comanda channel_id:{self.call_id} format:slin "
            "optimal_frame_size:320 ptime:20"
        ]

    def audio(self, chunk: AudioChunk) -> Frame:
        return chunk.pcm

    def received(self, frame: Frame) -> list[Received]:
        if isinstance(frame, bytes):
            return [Played(AudioChunk(frame, self.rate))]
        word, _, rest = frame.partition(" ")
        known: dict[str, Received] = {"MARK_MEDIA": Marked(rest), "FLUSH_MEDIA": Cleared(), "HANGUP": Ended()}
        return [known[word]] if word in known else []

    def key(self, digit: str) -> Frame:
        return f"DTMF_END digit:{digit} channel_id:{self.call_id}"

    def reached(self, mark: str) -> list[Frame]:
        return [f"MEDIA_MARK_PROCESSED {mark}"]


class RawCaller(Dialect):
    """jambonz `listen`."""

    name: ClassVar[str] = "raw"
    subprotocols: ClassVar[tuple[str, ...]] = ("audio.jambonz.org",)

    def open(self) -> list[Frame]:
        return [json.dumps({"callSid": self.call_id, "sampleRate": self.rate, "mixType": "mono"} | self.parameters)]

    def audio(self, chunk: AudioChunk) -> Frame:
        return chunk.pcm

    def received(self, frame: Frame) -> list[Received]:
        if isinstance(frame, bytes):
            return [Played(AudioChunk(frame, self.rate))]
        message = json.loads(frame)
        kind = message.get("type")
        if kind == "mark":
            return [Marked(message["data"]["name"])]
        known: dict[str, Received] = {"killAudio": Cleared(), "disconnect": Ended()}
        return [known[kind]] if kind in known else []

    def key(self, digit: str) -> Frame:
        return json.dumps({"event": "dtmf", "dtmf": digit, "duration": "100"})

    def reached(self, mark: str) -> list[Frame]:
        return [json.dumps({"event": "mark", "data": {"name": mark, "event": "playout"}})]


class AudioSocketCaller(Dialect):
    """Asterisk: what it plays is what arrives, at once and without a buffer."""

    name: ClassVar[str] = "audiosocket"

    def __init__(self, call_id: str, parameters: dict[str, str]) -> None:
        super().__init__(call_id, parameters)
        self._buffer = b""

    def open(self) -> list[Frame]:
        return [audiosocket_frame(0x01, uuid.UUID(self.call_id).bytes)]

    def audio(self, chunk: AudioChunk) -> Frame:
        return audiosocket_frame(0x10, chunk.pcm)

    def received(self, frame: Frame) -> list[Received]:
        self._buffer += frame if isinstance(frame, bytes) else b""
        found: list[Received] = []
        while len(self._buffer) >= 3:
            kind, length = struct.unpack(">BH", self._buffer[:3])
            if len(self._buffer) < 3 + length:
                break
            payload, self._buffer = self._buffer[3 : 3 + length], self._buffer[3 + length :]
            found.append(Ended() if kind == 0 else Played(AudioChunk(payload, 8000)))
        return found

    def key(self, digit: str) -> Frame:
        return audiosocket_frame(0x03, digit.encode("ascii"))


def _decoded(payload: str) -> AudioChunk:
    try:
        return AudioChunk(pcm.decode(base64.b64decode(payload), MULAW), 8000)
    except (binascii.Error, ValueError):
        return AudioChunk(b"", 8000)


DIALECTS: dict[str, type[Dialect]] = {
    dialect.name: dialect
    for dialect in (
        TwilioCaller, TelnyxCaller, PlivoCaller, VonageCaller, AudioSocketCaller, ChanWebSocketCaller, RawCaller,
    )
}  # fmt: skip
