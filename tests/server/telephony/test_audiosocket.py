"""Conformance with Asterisk's AudioSocket, from its source."""

from __future__ import annotations

import struct
from uuid import UUID

import numpy as np
import pytest

from server.telephony.audiosocket import AudioSocket, frame
from server.telephony.contract import AudioIn, BadFrame, CallStarted, Event, KeyPressed, Stopped
from tests.server.conftest import tone
from voice.types import AudioChunk, AudioFormat

CALL = UUID("12345678-1234-5678-1234-567812345678")
HELLO = b"\x01\x00\x10" + CALL.bytes


def begun(kind: int = 0x10) -> AudioSocket:
    """A call whose first audio, of this kind, has come."""
    peer = AudioSocket()
    peer.receive(HELLO + frame(kind, bytes(2)))
    return peer


def test_a_call_from_uuid_to_hang_up() -> None:
    peer = AudioSocket()
    assert peer.receive(HELLO) == []
    started, audio = peer.receive(b"\x10\x01\x40" + b"\x01\x02" * 160)
    assert started == CallStarted(AudioFormat("s16le", 8000), str(CALL))
    assert audio == AudioIn(AudioChunk(b"\x01\x02" * 160, 8000))
    assert peer.receive(b"\x03\x00\x01#") == [KeyPressed("#")]
    assert peer.receive(b"\x00\x00\x00") == [Stopped("hang-up frame")]


def test_pieces_may_be_cut_anywhere() -> None:
    stream = HELLO + frame(0x10, b"\x01\x02" * 160) + frame(0x03, b"5") + frame(0x10, b"\x03\x04" * 159)
    whole = AudioSocket().receive(stream)
    for size in (1, 2, 3, 7, 100):
        peer = AudioSocket()
        cut: list[Event] = []
        for start in range(0, len(stream), size):
            cut += peer.receive(stream[start : start + size])
        assert cut == whole


@pytest.mark.parametrize(("kind", "rate"), [(0x10, 8000), (0x11, 8000), (0x12, 16000), (0x16, 16000)])
def test_the_first_audio_says_how_wide_the_line_is(kind: int, rate: int) -> None:
    """Dial(AudioSocket/.../c(slin16)) is heard by the wide-band model and answered in wide band."""
    peer = AudioSocket()
    (started, _) = peer.receive(HELLO + frame(kind, b"\x01\x02"))
    assert started == CallStarted(AudioFormat("s16le", rate), str(CALL))
    assert peer.format.rate == rate


def test_who_is_muted_or_presses_a_key_first_is_greeted_too() -> None:
    muted, keyed = AudioSocket(), AudioSocket()
    assert muted.waited() == []  # nobody has said which call this is
    muted.receive(HELLO)
    assert muted.waited() == [CallStarted(AudioFormat("s16le", 8000), str(CALL))]
    assert muted.waited() == []
    assert muted.receive(frame(0x12, b"\x01\x02")) == [AudioIn(AudioChunk(b"\x01\x02", 16000))]
    assert keyed.receive(HELLO + frame(0x03, b"5")) == [
        CallStarted(AudioFormat("s16le", 8000), str(CALL)), KeyPressed("5"),
    ]  # fmt: skip


def test_each_kind_says_its_rate() -> None:
    peer = begun()
    rates = [8000, 12000, 16000, 24000, 32000, 44100, 48000, 96000, 192000]
    for kind, rate in enumerate(rates, 0x10):
        assert peer.receive(frame(kind, b"\x01\x02")) == [AudioIn(AudioChunk(b"\x01\x02", rate))]


def test_what_is_sent_is_one_write_of_8_kilohertz() -> None:
    peer = begun()
    assert peer.audio(AudioChunk(b"\x01\x02" * 160, 8000)) == [b"\x10\x01\x40" + b"\x01\x02" * 160]
    assert peer.hang_up() == [b"\x00\x00\x00"]
    assert peer.hand_over() == []  # a half-close returns the call to the dialplan


def test_a_wide_line_is_answered_in_wide_band() -> None:
    assert begun(0x12).audio(AudioChunk(b"\x01\x02" * 320, 16000)) == [b"\x12\x02\x80" + b"\x01\x02" * 320]


@pytest.mark.parametrize(("kind", "size"), [(0x12, 640), (0x15, 1764), (0x18, 7680)])
def test_answers_are_of_the_kind_that_comes_in(kind: int, size: int) -> None:
    """A channel made by Dial(AudioSocket/.../c(slin16)) takes no other; always whole frames of 20 ms."""
    peer = AudioSocket()
    peer.receive(HELLO)
    peer.waited()  # it began as a telephone call
    peer.receive(frame(kind, bytes(size)))
    said = tone(1.0, 8000).pcm
    pieces = (said[start : start + 320] for start in range(0, len(said), 320))
    sent = [bytes(piece) for pcm in pieces for piece in peer.audio(AudioChunk(pcm, 8000)) if isinstance(piece, bytes)]
    assert [(piece[:3], len(piece)) for piece in sent] == 50 * [(struct.pack(">BH", kind, size), 3 + size)]
    heard = np.frombuffer(b"".join(piece[3:] for piece in sent[2:]), "<i2").astype(float)
    steepest = 8000 * 2 * np.pi * 300 / (size / 2 * 50)
    assert np.abs(np.diff(heard)).max() < 1.1 * steepest + 1  # a sine without a seam


def test_zero_length_unknown_kinds_and_odd_bytes_do_not_end_the_call() -> None:
    peer = begun()
    for bad in (frame(0x10), frame(0x77, b"abc"), frame(0x03, b"x"), HELLO):
        assert [type(event) for event in peer.receive(bad)] == [BadFrame]
    assert [type(event) for event in peer.receive(frame(0x10, b"\x01\x02\x03"))] == [BadFrame, AudioIn]


def test_without_a_uuid_there_is_no_call() -> None:
    assert [type(event) for event in AudioSocket().receive(frame(0x10, bytes(320)))] == [BadFrame, Stopped]
    assert [type(event) for event in AudioSocket().receive(b"\x01\x00\x02ab")] == [BadFrame, Stopped]


def test_nothing_is_kept_after_the_end() -> None:
    peer = AudioSocket()
    peer.receive(b"GET / HTTP/1.1\r\n" + b"x" * 70000)
    assert peer.receive(b"y" * 100_000) == []
