"""WAV files (RIFF/WAVE) read chunk by chunk, because the standard library's `wave` knows only integer PCM.

Source: Microsoft/IBM "Multimedia Programming Interface and Data Specifications 1.0" (1991) and the WAVEFORMATEXTENSIBLE
page of Microsoft's audio documentation.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass, replace
from typing import BinaryIO

import numpy as np
import numpy.typing as npt

from voice.audio import g711

PCM, FLOAT, ALAW, MULAW, EXTENSIBLE = 0x0001, 0x0003, 0x0006, 0x0007, 0xFFFE
OTHER_CODECS = {0x0002: "Microsoft ADPCM", 0x0011: "IMA ADPCM", 0x0031: "GSM 6.10", 0x0055: "MP3", 0x0161: "WMA"}
# The tail of every KSDATAFORMAT_SUBTYPE_* identifier; its first two bytes are the plain format tag.
_SUBTYPE_TAIL = bytes.fromhex("000000001000800000aa00389b71")


class RiffError(ValueError):
    """Not a WAV file that can be read; the message says what is wrong, without the file's name."""


@dataclass(frozen=True, slots=True)
class WaveFormat:
    """The "fmt " chunk."""

    tag: int
    channels: int
    rate: int
    """Hertz"""
    frame_bytes: int
    bits: int


@dataclass(frozen=True, slots=True)
class WaveHeader:
    format: WaveFormat
    data_start: int
    """Byte offset of the samples in the file"""
    data_bytes: int
    """Bytes of samples really there"""
    promised_bytes: int
    """Bytes of samples that the header promises; more than `data_bytes` in a truncated file"""


def read_header(file: BinaryIO) -> WaveHeader:
    """Finds format and samples without reading the samples. Raises RiffError."""
    file.seek(0, 2)
    end = file.tell()
    file.seek(12)
    wave_format: WaveFormat | None = None
    while len(head := file.read(8)) == 8:
        name, size = struct.unpack("<4sI", head)
        start = file.tell()
        if name == b"fmt ":
            wave_format = _parse_format(file.read(min(size, 64)))
        elif name == b"data":
            if wave_format is None:
                raise RiffError("the samples come before the format")
            there = min(size, end - start) if size else end - start  # a recorder that never finished leaves 0
            promised = there if size in (0, 0xFFFFFFFF) else size  # a stream's length was not known
            return WaveHeader(wave_format, start, there, promised)
        file.seek(start + size + size % 2)
    raise RiffError("it ends before any samples")


def _parse_format(body: bytes) -> WaveFormat:
    if len(body) < 16:
        raise RiffError("its format description is cut short")
    tag, channels, rate, _, frame_bytes, bits = struct.unpack_from("<HHIIHH", body)
    if tag == EXTENSIBLE:
        if len(body) < 40 or body[26:40] != _SUBTYPE_TAIL:
            raise RiffError("its extensible format names an unknown codec")
        tag = struct.unpack_from("<H", body, 24)[0]
    found = WaveFormat(tag, channels, rate, frame_bytes, bits)
    supported = {PCM: (8, 16, 24, 32), FLOAT: (32, 64), ALAW: (8,), MULAW: (8,)}
    if tag not in supported:
        raise RiffError(f"its codec is {OTHER_CODECS.get(tag, f'number {tag:#06x}')}")
    container = 8 * frame_bytes // channels if channels else 0
    if container in supported[tag] and 0 < bits <= container:
        found = replace(found, bits=container)  # for instance 20 valid bits in 24: samples are left-justified
    if not 1 <= channels <= 32 or not 2000 <= rate <= 384_000 or found.bits not in supported[tag]:
        raise RiffError(f"it declares {channels} channels at {rate} Hz with {bits} bits")
    if found.bits * channels != 8 * frame_bytes:
        raise RiffError(f"it declares frames of {frame_bytes} bytes for {channels} channels of {bits} bits")
    return found


def to_mono(data: bytes, wave_format: WaveFormat) -> bytes:
    """Whole frames of a WAV file as s16le mono; the channels' mean is taken, values beyond full scale are clipped."""
    frames = len(data) // wave_format.frame_bytes
    samples = _to_float(data[: frames * wave_format.frame_bytes], wave_format)
    mono = samples.reshape(frames, wave_format.channels).mean(axis=1)
    return bytes(np.clip(np.rint(mono), -32768, 32767).astype("<i2"))


def _to_float(data: bytes, wave_format: WaveFormat) -> npt.NDArray[np.float64]:
    """Samples on the 16-bit scale."""
    tag, bits = wave_format.tag, wave_format.bits
    if tag == MULAW:
        return np.frombuffer(g711.mulaw_decode(data), "<i2").astype(np.float64)
    if tag == ALAW:
        return np.frombuffer(g711.alaw_decode(data), "<i2").astype(np.float64)
    if tag == FLOAT:
        values = np.frombuffer(data, "<f4" if bits == 32 else "<f8").astype(np.float64) * 32768
        return np.nan_to_num(values, nan=0.0, posinf=32767.0, neginf=-32768.0)
    if bits == 8:
        return (np.frombuffer(data, np.uint8).astype(np.float64) - 128) * 256
    if bits == 24:
        low, middle, high = np.frombuffer(data, np.uint8).reshape(-1, 3).T.astype(np.int32)
        return ((low | middle << 8 | high << 16) - ((high & 0x80) << 17)) / 256
    return np.frombuffer(data, "<i2" if bits == 16 else "<i4") / (1 if bits == 16 else 65536)


def wav_bytes(pcm: bytes, rate: int) -> bytes:
    """A WAV file of s16le mono samples at `rate` hertz."""
    head = struct.pack("<4sI4s4sIHHIIHH", b"RIFF", 36 + len(pcm), b"WAVE", b"fmt ", 16, PCM, 1, rate, 2 * rate, 2, 16)
    return head + struct.pack("<4sI", b"data", len(pcm)) + pcm


def g711_wav_bytes(pcm: bytes, rate: int, *, alaw: bool = False) -> bytes:
    """A WAV file in telephone coding of s16le mono samples at `rate` hertz."""
    codes = g711.alaw_encode(pcm) if alaw else g711.mulaw_encode(pcm)
    body = struct.pack("<HHIIHHH", ALAW if alaw else MULAW, 1, rate, rate, 1, 8, 0)
    fact = struct.pack("<4sII", b"fact", 4, len(codes))
    data = struct.pack("<4sI", b"data", len(codes)) + codes + b"\0" * (len(codes) % 2)
    size = 4 + 8 + len(body) + len(fact) + len(data)
    return struct.pack("<4sI4s4sI", b"RIFF", size, b"WAVE", b"fmt ", len(body)) + body + fact + data
