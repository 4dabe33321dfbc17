"""Asterisk AudioSocket: frames of kind (u8), length (u16, big-endian) and payload over TCP.

Source: Asterisk's res_audiosocket.c, app_audiosocket.c and chan_audiosocket.c (22.10).
"""

from __future__ import annotations

import struct
from typing import ClassVar
from uuid import UUID

from server.telephony.contract import BadFrame, CallStarted, Event, Frame, Provider, Stopped, audio_events, key_event
from voice.audio.resample import resample
from voice.types import AudioChunk, AudioFormat

HANG_UP, ID, KEY, AUDIO_8K, ERROR = 0x00, 0x01, 0x03, 0x10, 0xFF
RATES = {
    0x10: 8000, 0x11: 12000, 0x12: 16000, 0x13: 24000, 0x14: 32000, 0x15: 44100, 0x16: 48000, 0x17: 96000, 0x18: 192000,
}  # fmt: skip
WIDE = 16000
"""Hertz of a call whose audio comes at that or more; all others are telephone calls"""
HEADER = struct.Struct(">BH")


def frame(kind: int, payload: bytes = b"") -> bytes:
    """One frame, header and payload together as Asterisk wants them in one write."""
    return HEADER.pack(kind, len(payload)) + payload


class Reply:
    """Audio to Asterisk, of the kind that comes from it: a channel made by Dial with c(slin16) drops any other."""

    def __init__(self, kind: int, rate: int) -> None:
        """`rate`: hertz of what will be said."""
        self.kind, self._rate = kind, rate
        self._before = bytes(4 * round(AudioSocket.frame_seconds * rate))

    def frame(self, chunk: AudioChunk) -> bytes:
        """The frame of 20 ms before `chunk`, at the kind's rate: each is resampled between its neighbours, because a
        streaming resampler gives its samples in bursts, and Asterisk has no buffer."""
        if RATES[self.kind] == self._rate:
            return frame(self.kind, chunk.pcm)
        three = self._before + chunk.pcm
        self._before = three[len(chunk.pcm) :]
        pcm = resample(AudioChunk(three, chunk.rate), RATES[self.kind]).pcm
        return frame(self.kind, pcm[len(pcm) // 3 : 2 * (len(pcm) // 3)])


class AudioSocket(Provider):
    """Fed with whatever pieces the TCP stream comes in."""

    name: ClassVar[str] = "audiosocket"
    idle_silence: ClassVar[bool] = True
    """AudioSocket() ends a call after 2 s without a frame from either side."""
    hands_over: ClassVar[bool] = True
    """The dialplan goes on after a 0x00 frame or a close, for whatever reason; it asks /next which."""

    def __init__(self) -> None:
        self.format = AudioFormat("s16le", RATES[AUDIO_8K])
        self._buffer = bytearray()
        self._call_id: str | None = None
        self._started = False
        self._stopped = False
        self._reply = Reply(AUDIO_8K, self.format.rate)

    def receive(self, frame: Frame) -> list[Event]:
        if isinstance(frame, str) or self._stopped:
            return []
        self._buffer += frame
        events: list[Event] = []
        position = 0
        while not self._stopped and len(self._buffer) - position >= HEADER.size:
            kind, length = HEADER.unpack_from(self._buffer, position)
            end = position + HEADER.size + length
            if len(self._buffer) < end:
                break
            events += self._frame(kind, bytes(self._buffer[position + HEADER.size : end]))
            position = end
        del self._buffer[:position]
        return events

    def _frame(self, kind: int, payload: bytes) -> list[Event]:
        if self._call_id is None and kind not in (ID, HANG_UP, ERROR):
            return self._stop("the first frame is no UUID")
        if kind == ID:
            return self._name(payload)
        if kind in RATES:
            return self._audio(kind, payload)
        if kind == KEY:
            return [*self.waited(), key_event(payload.decode("ascii", "replace"))]
        if kind == HANG_UP:
            self._stopped = True
            return [Stopped("hang-up frame")]
        if kind == ERROR:
            return self._stop("the peer reports an error")
        return [BadFrame(f"unknown frame kind 0x{kind:02x}")]

    def _name(self, payload: bytes) -> list[Event]:
        if self._call_id is not None:
            return [BadFrame("a second UUID")]
        if len(payload) != 16:
            return self._stop(f"a UUID of {len(payload)} bytes")
        self._call_id = str(UUID(bytes=payload))
        return []

    def _audio(self, kind: int, payload: bytes) -> list[Event]:
        if not payload:
            return [BadFrame("audio frame of zero length")]
        began: list[Event] = []
        if not self._started:
            wide = RATES[kind] >= WIDE
            self.format = AudioFormat("s16le", WIDE if wide else RATES[AUDIO_8K])
            began = self.waited()
        if kind != self._reply.kind:
            self._reply = Reply(kind, self.format.rate)
        return [*began, *audio_events(payload, AudioFormat("s16le", RATES[kind]))]

    def waited(self) -> list[Event]:
        """The call begins with its first audio, whose kind says how wide the line is; without any, as a telephone's:
        who is muted must be greeted too."""
        if self._started or self._stopped or self._call_id is None:
            return []
        self._started = True
        self._reply = Reply(AUDIO_8K, self.format.rate)
        return [CallStarted(self.format, self._call_id)]

    def _stop(self, reason: str) -> list[Event]:
        self._stopped = True
        self._buffer.clear()
        return [BadFrame(reason), Stopped(reason)]

    def audio(self, chunk: AudioChunk) -> list[Frame]:
        return [self._reply.frame(chunk)]

    def hang_up(self) -> list[Frame]:
        return [frame(HANG_UP)]
