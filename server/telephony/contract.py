"""The call contract: what every telephony provider is to the call loop.

A provider is a small class without I/O: wire frames in, events out; commands in, wire frames out. It never raises on
what a peer sends: a frame that breaks the protocol becomes a `BadFrame`, which the call counts and logs.
"""

from __future__ import annotations

import base64
import binascii
import json
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

from voice.audio import pcm
from voice.types import AudioChunk, AudioFormat

Frame = str | bytes
"""A WebSocket text (str) or binary (bytes) message, or a piece of a TCP stream (bytes)"""

MAX_PAYLOAD_SECONDS = 2.0
"""Longest audio one frame may carry; more is refused"""
MAX_TEXT = 16 * 1024
"""Longest text frame that is parsed, in characters"""
KEYS = frozenset("0123456789*#ABCD")


@dataclass(frozen=True, slots=True)
class CallStarted:
    """The first event of a call: only now is the format known."""

    format: AudioFormat
    call_id: str
    caller: str | None = None
    metadata: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class AudioIn:
    chunk: AudioChunk


@dataclass(frozen=True, slots=True)
class KeyPressed:
    digit: str
    """One of KEYS"""


@dataclass(frozen=True, slots=True)
class MarkReached:
    """The audio before the mark has been played, or was cleared: which of the two, the peer does not always say."""

    name: str


@dataclass(frozen=True, slots=True)
class FlowControl:
    """The peer's buffer is nearly full (`paused`), or has room again."""

    paused: bool


@dataclass(frozen=True, slots=True)
class Stopped:
    reason: str


@dataclass(frozen=True, slots=True)
class BadFrame:
    """A frame that breaks the protocol and was dropped."""

    reason: str


@dataclass(frozen=True, slots=True)
class TextTyped:
    """Website only."""

    text: str


@dataclass(frozen=True, slots=True)
class TalkButton:
    """Website only: push-to-talk."""

    active: bool


@dataclass(frozen=True, slots=True)
class Muted:
    """Website only."""

    active: bool


@dataclass(frozen=True, slots=True)
class SpeechWanted:
    """Website only: spoken answers on or off."""

    active: bool


@dataclass(frozen=True, slots=True)
class StopSpeaking:
    """Website only: "be quiet"."""


Event = (
    CallStarted | AudioIn | KeyPressed | MarkReached | FlowControl | Stopped | BadFrame
    | TextTyped | TalkButton | Muted | SpeechWanted | StopSpeaking
)  # fmt: skip


class Provider(ABC):
    """One call's protocol state. `receive` and the commands may be called from different threads."""

    name: ClassVar[str]
    frame_seconds: float = 0.02
    """Length of the audio frames sent; each send is a whole number of them"""
    lead: ClassVar[float] = 0.0
    """Seconds of audio the peer may hold unplayed: 0 paces frame by frame, more lets the peer smooth our jitter"""
    marks: ClassVar[bool] = False
    """The peer says when audio has been played; else the clock does"""
    idle_silence: ClassVar[bool] = False
    """Silence must be sent while there is nothing to say"""
    key_events: ClassVar[bool] = True
    """The peer reports keys; else they are listened for in the audio"""
    hands_over: ClassVar[bool] = False
    """Ending the stream returns the call to the peer's script, which can dial a person"""

    format: AudioFormat = AudioFormat()
    """Of both directions, once the call has started"""

    @abstractmethod
    def receive(self, frame: Frame) -> list[Event]:
        """What one wire frame says. Never raises."""

    def waited(self) -> list[Event]:
        """What it says that no frame has come for a while. Never raises."""
        return []

    def audio(self, chunk: AudioChunk) -> list[Frame]:
        """Frames that play `chunk` (s16le mono at the stream's rate)."""
        return [pcm.encode(chunk.pcm, self.format)]

    def begin_sentence(self, mark: str) -> list[Frame]:
        """Frames that announce the sentence whose end `mark` will be."""
        return []

    def mark(self, name: str) -> list[Frame]:
        """Frames that ask for a MarkReached once the audio so far has been played."""
        return []

    def clear(self) -> list[Frame]:
        """Frames that drop what the peer holds unplayed."""
        return []

    def hang_up(self) -> list[Frame]:
        """Frames that end the call; the transport is closed after them."""
        return []

    def hand_over(self) -> list[Frame]:
        """Frames that return the call to the peer's script; the transport is closed after them."""
        return []


def parse_object(frame: Frame) -> dict[str, Any] | BadFrame:
    """A JSON object of a text frame, or what is wrong with it."""
    if isinstance(frame, bytes):
        return BadFrame("binary frame where JSON is due")
    if len(frame) > MAX_TEXT * 8:
        return BadFrame(f"text frame of {len(frame)} characters")
    try:
        value = json.loads(frame)
    except (ValueError, RecursionError):
        return BadFrame("not JSON")
    return value if isinstance(value, dict) else BadFrame("JSON, but no object")


def member(value: Mapping[str, Any], name: str) -> dict[str, Any]:
    """A member that must be an object; {} if it is not."""
    found = value.get(name)
    return found if isinstance(found, dict) else {}


def text(value: Mapping[str, Any], name: str, limit: int = 256) -> str:
    """A member as text of at most `limit` characters; "" if it is neither text nor a number."""
    found = value.get(name)
    if isinstance(found, bool) or not isinstance(found, (str, int, float)):
        return ""
    return str(found)[:limit] if isinstance(found, str) else f"{found:.15g}"


def texts(value: Mapping[str, Any], limit: int = 32) -> dict[str, str]:
    """The members that are text or numbers, at most `limit` of them."""
    return {key[:64]: text(value, key) for key in list(value)[:limit] if text(value, key)}


def key_event(digit: str) -> Event:
    digit = digit.upper()
    return KeyPressed(digit) if digit in KEYS and len(digit) == 1 else BadFrame("a key that no telephone has")


def base64_payload(payload: Any) -> bytes | BadFrame:
    if not isinstance(payload, str):
        return BadFrame("media without a payload")
    try:
        return base64.b64decode(payload, validate=True)
    except (binascii.Error, ValueError):
        return BadFrame("payload is not base64")


def audio_events(data: bytes, audio_format: AudioFormat) -> list[Event]:
    """Payload bytes as AudioIn. A byte that is no whole sample is cut off; too long a payload is refused."""
    size = (1 if audio_format.encoding in ("mulaw", "alaw") else 2) * audio_format.channels
    if len(data) > MAX_PAYLOAD_SECONDS * audio_format.rate * size:
        return [BadFrame(f"payload of {len(data)} bytes")]
    whole = len(data) - len(data) % size
    events: list[Event] = [BadFrame("payload cut inside a sample")] if whole != len(data) else []
    if whole:
        events.append(AudioIn(AudioChunk(pcm.decode(data[:whole], audio_format), audio_format.rate)))
    return events


ENCODINGS: Mapping[str, str] = {
    "audio/x-mulaw": "mulaw", "audio/mulaw": "mulaw", "pcmu": "mulaw", "ulaw": "mulaw", "mulaw": "mulaw",
    "audio/x-alaw": "alaw", "audio/alaw": "alaw", "pcma": "alaw", "alaw": "alaw",
    "audio/x-l16": "s16le", "audio/l16": "s16le", "l16": "s16le", "audio/x-raw": "s16le", "raw": "s16le",
    "base64": "s16le", "slin": "s16le", "s16le": "s16le",
}  # fmt: skip
"""The names that streams declare their encodings by"""
RATES = frozenset({8000, 11025, 12000, 16000, 22050, 24000, 32000, 44100, 48000, 64000})


def declared_format(encoding: str, rate: str, default: AudioFormat, l16: str = "s16le") -> AudioFormat | BadFrame:
    """The format a stream declares; what it leaves out is `default`'s. `l16` is the byte order of its "L16"."""
    name = encoding.strip().lower()
    if ";rate=" in name.replace(" ", ""):
        name, _, rate = name.replace(" ", "").partition(";rate=")
    found = ENCODINGS.get(name, None if name else default.encoding)
    if found is None:
        return BadFrame(f"unknown encoding {name[:32]!r}")
    hertz = int(rate) if rate.isascii() and rate.isdigit() and len(rate) < 7 else default.rate
    if hertz not in RATES:
        return BadFrame(f"unusable sample rate {hertz}")
    if name in ("l16", "audio/x-l16", "audio/l16"):
        found = l16
    return AudioFormat(found, hertz)  # type: ignore[arg-type]
