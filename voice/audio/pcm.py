"""Audio in and out of the project's one working form: signed 16-bit little-endian mono samples (s16le)."""

from __future__ import annotations

import codecs
import logging
import math
import os
import tempfile
from pathlib import Path
from typing import BinaryIO

import numpy as np

from voice.audio import g711, riff
from voice.errors import AudioError
from voice.types import AudioChunk, AudioFormat

logger = logging.getLogger(__name__)

MAX_SECONDS = 600.0
"""Longest file that read_audio() takes unless told otherwise"""
SILENCE_PEAK = 8
"""Peak distance from the mean, in 16-bit steps (-72 dB of full scale), up to which audio counts as silent"""

_MAGIC: tuple[tuple[int, bytes, str], ...] = (
    (0, b"fLaC", "FLAC"), (0, b"OggS", "Ogg"), (0, b"ID3", "MP3"), (0, b"\xff\xfb", "MP3"), (0, b"\xff\xf3", "MP3"),
    (4, b"ftyp", "MP4 audio"), (0, b"FORM", "AIFF"), (0, b".snd", "Sun audio"), (0, b"#!AMR", "AMR"),
    (0, b"\x1aE\xdf\xa3", "WebM"), (0, b"RIFX", "big-endian WAV"), (0, b"RF64", "64-bit WAV"),
    (0, b"caff", "Core Audio"),
)  # fmt: skip
_BYTES_PER_SAMPLE = {"s16le": 2, "s16be": 2, "mulaw": 1, "alaw": 1}


def decode(data: bytes, audio_format: AudioFormat) -> bytes:
    """One piece of a declared stream as s16le mono at the stream's own rate.

    Raises AudioError if `data` does not hold whole frames (see StreamDecoder for streams that cut them).
    """
    frame = _BYTES_PER_SAMPLE[audio_format.encoding] * audio_format.channels
    if len(data) % frame:
        raise AudioError(
            f"{len(data)} bytes are no whole number of {frame}-byte {audio_format.encoding} frames: "
            "check the encoding and the channels that the stream declares."
        )
    if audio_format.encoding == "mulaw":
        pcm = g711.mulaw_decode(data)
    elif audio_format.encoding == "alaw":
        pcm = g711.alaw_decode(data)
    else:
        order = "<i2" if audio_format.encoding == "s16le" else ">i2"
        pcm = np.frombuffer(data, order).astype("<i2", copy=False).tobytes()
    if audio_format.channels == 1:
        return pcm
    mixed = np.frombuffer(pcm, "<i2").reshape(-1, audio_format.channels).mean(axis=1)
    return bytes(np.rint(mixed).astype("<i2"))


def encode(pcm: bytes, audio_format: AudioFormat) -> bytes:
    """s16le mono in a stream's declared form at its own rate; each channel gets the same samples."""
    if audio_format.channels > 1:
        pcm = np.repeat(np.frombuffer(pcm, "<i2"), audio_format.channels).tobytes()
    if audio_format.encoding == "mulaw":
        return g711.mulaw_encode(pcm)
    if audio_format.encoding == "alaw":
        return g711.alaw_encode(pcm)
    if audio_format.encoding == "s16be":
        return np.frombuffer(pcm, "<i2").astype(">i2").tobytes()
    return pcm


class Blocks:
    """Cuts a stream, whose pieces have any length, at whole blocks."""

    def __init__(self, size: int) -> None:
        """`size` in bytes."""
        self._size = size
        self.rest = b""
        """What waits for the next piece: less than a block"""

    def cut(self, data: bytes) -> bytes:
        """All whole blocks there are now."""
        data = self.rest + data
        whole = len(data) - len(data) % self._size
        self.rest = data[whole:]
        return data[:whole]

    def fill(self) -> bytes:
        """Zeros that would make a block of the rest."""
        return bytes(-len(self.rest) % self._size)


class StreamDecoder:
    """decode() for a stream whose pieces may end in the middle of a sample."""

    def __init__(self, audio_format: AudioFormat) -> None:
        self._format = audio_format
        self._frames = Blocks(_BYTES_PER_SAMPLE[audio_format.encoding] * audio_format.channels)

    def process(self, data: bytes) -> AudioChunk:
        """The whole frames there are now; a part of one waits for the next piece."""
        return AudioChunk(decode(self._frames.cut(data), self._format), self._format.rate)


def read_audio(
    path: Path | str,
    *,
    declared: AudioFormat | None = None,
    max_seconds: float = MAX_SECONDS,
    silence_ok: bool = False,
) -> AudioChunk:
    """A WAV file (integer PCM of 8 to 32 bits, float, mu-law, A-law; any rate; channels are mixed) at its own rate.

    `declared` says what a file without header holds (.ulaw, .alaw, .pcm). A truncated file gives what there is.
    Raises AudioError, which names the file and the remedy, for a file that is missing, empty, not audio, in another
    format, longer than `max_seconds`, or without any sound unless `silence_ok`.
    """
    path = Path(path)
    try:
        with path.open("rb") as file:
            magic = file.read(12)
            if not magic:
                raise AudioError(f"{path} is empty. Record it again.")
            if magic[:4] == b"RIFF" and magic[8:] == b"WAVE":
                chunk = _read_wav(path, file, max_seconds)
            elif declared:
                frame = _BYTES_PER_SAMPLE[declared.encoding] * declared.channels
                _check_length(path, path.stat().st_size / frame / declared.rate, max_seconds)
                chunk = StreamDecoder(declared).process(magic + file.read())
            else:
                raise AudioError(_refusal(path, magic))
    except OSError as error:
        raise AudioError(f"{path} cannot be read: {error.strerror or error}.") from error
    except riff.RiffError as error:
        raise AudioError(f"{path} cannot be used, {error}. {_conversion(path)}") from error
    if not chunk.pcm:
        raise AudioError(f"{path} holds no samples: the recording was cut off. Record it again.")
    if not silence_ok and is_silent(chunk):
        raise AudioError(f"{path} is silent. Check that the microphone was on and record it again.")
    return chunk


def _read_wav(path: Path, file: BinaryIO, max_seconds: float) -> AudioChunk:
    """What follows the magic numbers."""
    header = riff.read_header(file)
    _check_length(path, header.data_bytes / header.format.frame_bytes / header.format.rate, max_seconds)
    file.seek(header.data_start)
    chunk = AudioChunk(riff.to_mono(file.read(header.data_bytes), header.format), header.format.rate)
    if header.data_bytes < header.promised_bytes:
        logger.warning("%s is truncated: %d of %d bytes are there.", path, header.data_bytes, header.promised_bytes)
    return chunk


def _check_length(path: Path, seconds: float, max_seconds: float) -> None:
    if seconds > max_seconds:
        raise AudioError(f"{path} lasts {seconds:.0f} s; at most {max_seconds:.0f} s are taken. Cut it into pieces.")


def _refusal(path: Path, magic: bytes) -> str:
    for offset, mark, name in _MAGIC:
        if magic[offset : offset + len(mark)] == mark:
            return f"{path} is {name}, and only WAV is read. {_conversion(path)}"
    if _is_text(magic):
        return f"{path} is text and not audio, whatever its name says. Name a recording."
    return f"{path} is no audio file that can be read. {_conversion(path)}"


def _is_text(beginning: bytes) -> bool:
    """UTF-8 without control characters; its last character may be cut."""
    try:
        text = codecs.getincrementaldecoder("utf-8")().decode(beginning)
    except UnicodeDecodeError:
        return False
    return all(c.isprintable() or c.isspace() for c in text.removeprefix("\ufeff"))


def _conversion(path: Path) -> str:
    return f"Convert it first: ffmpeg -i {path.name} -ar 16000 -ac 1 -c:a pcm_s16le {path.stem}-16k.wav"


def is_silent(chunk: AudioChunk) -> bool:
    """Whether nothing, not even a room, can be heard (digital silence, a dead microphone's constant)."""
    samples = np.frombuffer(chunk.pcm, "<i2")
    return not samples.size or bool(np.abs(samples - samples.mean()).max() <= SILENCE_PEAK)


def level_db(pcm: bytes) -> float:
    """Root mean square of s16le samples in decibels of full scale; -120 for digital silence."""
    samples = np.frombuffer(pcm, "<i2").astype(np.float64)
    power = float(np.mean(samples**2)) if samples.size else 0.0
    return max(10 * math.log10(power / 32768**2), -120.0) if power else -120.0


def silence(seconds: float, rate: int) -> AudioChunk:
    return AudioChunk(b"\0\0" * round(seconds * rate), rate)


def write_wav(path: Path | str, chunk: AudioChunk) -> None:
    """Writes 16-bit mono WAV: wholly or not at all. Raises AudioError (disk full, read-only, no such folder)."""
    path = Path(path)
    write_atomically(path, riff.wav_bytes(chunk.pcm, chunk.rate))


def write_atomically(path: Path, data: bytes) -> None:
    """Puts `data` at `path` in one step, so that no reader sees half a file. Raises AudioError."""
    temporary: str | None = None
    try:
        handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        with os.fdopen(handle, "wb") as file:
            file.write(data)
        Path(temporary).chmod(0o644)
        Path(temporary).replace(path)
    except OSError as error:
        if temporary:
            Path(temporary).unlink(missing_ok=True)
        raise AudioError(
            f"{path} cannot be written: {error.strerror or error}. Free some space or choose another folder."
        ) from error
