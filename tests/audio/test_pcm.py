"""Reading every kind of WAV, and every kind of file that is none."""

from __future__ import annotations

import struct
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from voice.audio import g711, pcm, riff
from voice.errors import AudioError
from voice.types import AudioChunk, AudioFormat, Encoding

RATE = 16000
SAMPLES = np.round(9000 * np.sin(2 * np.pi * 300 * np.arange(1600) / RATE)).astype("<i2")
ENCODINGS: list[Encoding] = ["s16le", "s16be", "mulaw", "alaw"]


def wav(tag: int, bits: int, data: bytes, *, channels: int = 1, rate: int = RATE, extensible: bool = False) -> bytes:
    frame = channels * bits // 8
    body = struct.pack("<HHIIHH", 0xFFFE if extensible else tag, channels, rate, rate * frame, frame, bits)
    if extensible:
        body += struct.pack("<HHIH", 22, bits, 0, tag) + bytes.fromhex("000000001000800000aa00389b71")
    chunks = struct.pack("<4sI", b"fmt ", len(body)) + body
    chunks += b"LIST\x03\0\0\0abc\0"  # an odd-sized chunk before the samples, with its pad byte
    chunks += struct.pack("<4sI", b"data", len(data)) + data
    return struct.pack("<4sI4s", b"RIFF", 4 + len(chunks), b"WAVE") + chunks


def as_24_bit(samples: np.ndarray[tuple[int], np.dtype[np.int16]]) -> bytes:
    wide = (samples.astype(np.int32) * 256).astype("<i4")
    return wide.view(np.uint8).reshape(-1, 4)[:, :3].tobytes()


FORMS = {
    "8-bit": wav(1, 8, ((SAMPLES.astype(int) >> 8) + 128).astype(np.uint8).tobytes()),
    "16-bit": wav(1, 16, SAMPLES.tobytes()),
    "24-bit": wav(1, 24, as_24_bit(SAMPLES)),
    "32-bit": wav(1, 32, (SAMPLES.astype("<i4") * 65536).tobytes()),
    "float": wav(3, 32, (SAMPLES / 32768).astype("<f4").tobytes()),
    "double": wav(3, 64, (SAMPLES / 32768).astype("<f8").tobytes()),
    "mu-law": wav(7, 8, g711.mulaw_encode(SAMPLES.tobytes())),
    "A-law": wav(6, 8, g711.alaw_encode(SAMPLES.tobytes())),
    "extensible": wav(1, 24, as_24_bit(SAMPLES), extensible=True),
    "stereo": wav(1, 16, np.repeat(SAMPLES, 2).tobytes(), channels=2),
}


@pytest.mark.parametrize("form", FORMS)
def test_every_form_gives_the_same_sound(form: str, tmp_path: Path) -> None:
    path = tmp_path / "a.wav"
    path.write_bytes(FORMS[form])
    chunk = pcm.read_audio(path)
    assert chunk.rate == RATE
    heard = np.frombuffer(chunk.pcm, "<i2").astype(int)
    tolerance = {"8-bit": 256, "mu-law": 300, "A-law": 300}.get(form, 1)
    assert len(heard) == len(SAMPLES)
    assert np.abs(heard - SAMPLES).max() <= tolerance


@pytest.mark.parametrize("rate", [8000, 11025, 22050, 44100, 48000, 96000])
def test_any_rate_is_kept(rate: int, tmp_path: Path) -> None:
    path = tmp_path / "a.wav"
    path.write_bytes(wav(1, 16, SAMPLES.tobytes(), rate=rate))
    assert pcm.read_audio(path) == AudioChunk(SAMPLES.tobytes(), rate)


def test_channels_are_mixed(tmp_path: Path) -> None:
    path = tmp_path / "a.wav"
    both = np.stack([SAMPLES, np.zeros_like(SAMPLES)], axis=1)
    path.write_bytes(wav(1, 16, both.tobytes(), channels=2))
    assert np.abs(np.frombuffer(pcm.read_audio(path).pcm, "<i2") - SAMPLES / 2).max() <= 0.5


def test_a_truncated_file_gives_what_there_is(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    path = tmp_path / "a.wav"
    path.write_bytes(FORMS["16-bit"][:-1001])
    assert pcm.read_audio(path).pcm == SAMPLES.tobytes()[: len(SAMPLES) * 2 - 1002]
    assert "truncated" in caplog.text


@pytest.mark.parametrize("promised", [0, 0xFFFFFFFF])
def test_a_stream_of_unknown_length_is_read_to_its_end(promised: int, tmp_path: Path) -> None:
    data = bytearray(FORMS["16-bit"])
    at = data.index(b"data") + 4
    data[at : at + 4] = struct.pack("<I", promised)
    path = tmp_path / "a.wav"
    path.write_bytes(data)
    assert pcm.read_audio(path).pcm == SAMPLES.tobytes()


BROKEN = {
    "empty": (b"", "is empty"),
    "cut in the header": (FORMS["16-bit"][:30], "format"),
    "no samples": (wav(1, 16, b""), "no samples"),
    "silent": (wav(1, 16, bytes(3200)), "is silent"),
    "constant": (wav(1, 8, b"\x80" * 3200), "is silent"),
    "too long": (wav(1, 16, SAMPLES.tobytes() * 8, rate=2000), "at most 5 s"),
    "flac": (b"fLaC" + bytes(100), "FLAC"),
    "mp3": (b"ID3" + bytes(100), "MP3"),
    "aiff": (b"FORM\0\0\0\0AIFF" + bytes(99), "AIFF"),
    "mp4": (b"\0\0\0\x20ftypM4A " + bytes(99), "MP4"),
    "text": (b"two large lattes please\n" * 9, "is text and not audio"),
    "text, cut in a letter": ("\ufeffuno caffè, per favore".encode(), "is text and not audio"),
    "a format of its own": (b"wvpk\x10\x9a\0\0\x10\x04\0\0" + bytes(100), "no audio file"),
    "mp3 in wav": (wav(0x55, 8, bytes(99)), "MP3"),
    "no channels": (wav(1, 16, bytes(99), channels=0), "0 channels"),
    "no rate": (wav(1, 16, bytes(99), rate=0), "0 Hz"),
    "twelve bits": (wav(1, 48, bytes(99)), "48 bits"),
    "samples first": (b"RIFF\0\0\0\0WAVEdata\4\0\0\0abcd", "before the format"),
}


@pytest.mark.parametrize("kind", BROKEN)
def test_a_bad_file_is_refused_by_name_and_with_a_remedy(kind: str, tmp_path: Path) -> None:
    data, words = BROKEN[kind]
    path = tmp_path / "order.wav"
    path.write_bytes(data)
    with pytest.raises(AudioError) as refusal:
        pcm.read_audio(path, max_seconds=5)
    message = str(refusal.value)
    assert "order.wav" in message and words in message
    remedies = ("Name a recording",) if "text" in kind else ("ffmpeg", "record it again", "Record it again", "Cut it")
    assert any(remedy in message for remedy in remedies)


def test_a_missing_file_and_a_folder_are_refused(tmp_path: Path) -> None:
    for path in (tmp_path / "none.wav", tmp_path):
        with pytest.raises(AudioError, match="cannot be read"):
            pcm.read_audio(path)


@settings(max_examples=300, deadline=None)
@given(st.integers(0, 60), st.binary(min_size=1, max_size=8), st.integers(0, 200))
def test_damage_never_raises_anything_else(at: int, patch: bytes, keep: int) -> None:
    data = bytearray(FORMS["extensible"][: 80 + keep])
    data[at : at + len(patch)] = patch
    with Path("/dev/shm" if Path("/dev/shm").is_dir() else ".").joinpath("comanda-damaged.wav").open("wb") as file:
        file.write(data)
        name = file.name
    try:
        pcm.read_audio(name)
    except AudioError:
        pass
    finally:
        Path(name).unlink()


def test_silence_is_taken_where_it_is_wanted(tmp_path: Path) -> None:
    path = tmp_path / "a.wav"
    pcm.write_wav(path, pcm.silence(0.5, 8000))
    assert pcm.read_audio(path, silence_ok=True).seconds == 0.5


@pytest.mark.parametrize("encoding", ["mulaw", "alaw", "s16le", "s16be"])
def test_a_file_without_header_needs_a_declaration(encoding: Encoding, tmp_path: Path) -> None:
    path = tmp_path / "a.raw"
    declared = AudioFormat(encoding, 8000)
    path.write_bytes(pcm.encode(SAMPLES.tobytes(), declared))
    with pytest.raises(AudioError):
        pcm.read_audio(path)
    assert pcm.read_audio(path, declared=declared).seconds == len(SAMPLES) / 8000


@given(st.lists(st.integers(-32768, 32767)), st.sampled_from(ENCODINGS), st.integers(1, 3))
def test_encode_and_decode_agree(samples: list[int], encoding: Encoding, channels: int) -> None:
    declared = AudioFormat(encoding, 8000, channels)
    data = np.array(samples, "<i2").tobytes()
    once = pcm.decode(pcm.encode(data, declared), declared)
    assert pcm.decode(pcm.encode(once, declared), declared) == once
    if encoding.startswith("s16"):
        assert once == data


@given(st.binary(max_size=200), st.lists(st.integers(0, 50), max_size=8), st.sampled_from(ENCODINGS))
def test_a_stream_may_be_cut_anywhere(data: bytes, cuts: list[int], encoding: Encoding) -> None:
    decoder = pcm.StreamDecoder(AudioFormat(encoding, 8000, 2))
    out, rest = b"", data
    for cut in cuts:
        out += decoder.process(rest[:cut]).pcm
        rest = rest[cut:]
    out += decoder.process(rest).pcm
    assert out == pcm.StreamDecoder(AudioFormat(encoding, 8000, 2)).process(data).pcm


def test_a_cut_sample_is_refused_without_state() -> None:
    with pytest.raises(AudioError, match="declares"):
        pcm.decode(b"abc", AudioFormat("s16le", 8000))


def test_writing_is_whole_or_not_at_all(tmp_path: Path) -> None:
    chunk = AudioChunk(SAMPLES.tobytes(), RATE)
    pcm.write_wav(tmp_path / "a.wav", chunk)
    assert pcm.read_audio(tmp_path / "a.wav") == chunk
    with pytest.raises(AudioError, match="cannot be written"):
        pcm.write_wav(tmp_path / "none" / "a.wav", chunk)
    assert [p.name for p in tmp_path.iterdir()] == ["a.wav"]


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs Linux's /dev/full")
def test_a_full_disk_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import os

    monkeypatch.setattr("tempfile.mkstemp", lambda **_: (os.open("/dev/full", os.O_WRONLY), str(tmp_path / "t")))
    with pytest.raises(AudioError, match="space"):
        pcm.write_wav(tmp_path / "a.wav", AudioChunk(SAMPLES.tobytes(), RATE))


def test_telephone_wav_files_read_back(tmp_path: Path) -> None:
    for alaw in (False, True):
        (tmp_path / "a.wav").write_bytes(riff.g711_wav_bytes(SAMPLES.tobytes(), 8000, alaw=alaw))
        assert len(pcm.read_audio(tmp_path / "a.wav").pcm) == 2 * len(SAMPLES)


def test_level_and_silence() -> None:
    assert pcm.level_db(np.full(100, 32767, "<i2").tobytes()) == pytest.approx(0, abs=0.01)
    assert pcm.level_db(bytes(100)) == -120
    assert not pcm.is_silent(AudioChunk(SAMPLES.tobytes(), RATE))
