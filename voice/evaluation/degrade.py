"""What a kitchen, a cheap microphone and a telephone line do to speech, reproducibly.

The order is the physical one: noise in the room, gain, mains hum and constant, clipping, then the line.
The same audio, degradation and seed give the same samples.
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray

from voice.audio import g711
from voice.audio.resample import resample
from voice.types import AudioChunk

Samples = NDArray[np.float64]
"""Full scale is -1 to 1"""

PHONE_RATE = 8000
_PHONE_BAND = (300.0, 3400.0)
"""Hertz; the pass band of ITU-T G.712"""
_PACKET_SECONDS = 0.02
_ACTIVE_DB = 30.0
"""Frames within this of the loudest are speech when its level is taken, in the spirit of ITU-T P.56"""
NoiseKind = Literal["white", "pink", "babble", "hum"]
SYNTHETIC: tuple[NoiseKind, ...] = get_args(NoiseKind)


@dataclass(frozen=True, slots=True)
class Degradation:
    """What is done to a recording; the default is nothing."""

    noise: AudioChunk | NoiseKind | None = None
    """A recording, looped from a random place, or a synthetic noise"""
    snr: float = 20.0
    """Decibels between the speech, where there is speech, and the noise"""
    gain_db: float = 0.0
    hum_db: float | None = None
    """Level of 50 Hz hum with its harmonics, decibels of full scale"""
    dc: float = 0.0
    """Constant added, of full scale"""
    clip_db: float | None = None
    """Level at which the microphone clips, decibels of full scale"""
    channel: Literal["phone"] | None = None
    """"phone": 300 to 3400 Hz, 8 kHz, mu-law; the result has 8,000 samples a second"""
    packet_loss: float = 0.0
    """Share of 20 ms packets that are lost (heard as silence)"""

    @property
    def label(self) -> str:
        """Short name for tables: "babble 6 dB, phone"."""
        name = f"{self.noise} " if isinstance(self.noise, str) else ""
        parts = [f"{name}{self.snr:g} dB"] if self.noise is not None else []
        parts += [f"{self.gain_db:+g} dB gain"] if self.gain_db else []
        parts += ["hum"] if self.hum_db is not None else []
        parts += ["DC"] if self.dc else []
        parts += ["clipped"] if self.clip_db is not None else []
        parts += [self.channel] if self.channel else []
        parts += [f"{self.packet_loss:.0%} lost"] if self.packet_loss else []
        return ", ".join(parts) or "clean"


def degrade(chunk: AudioChunk, how: Degradation, seed: int | str = 0) -> AudioChunk:
    """The recording as it would arrive. `seed` is the recording's name or number, so that each has its own noise."""
    random = np.random.default_rng(zlib.crc32(str(seed).encode()))
    speech = np.frombuffer(chunk.pcm, "<i2") / 32768
    if how.noise is not None and speech.size:
        noise = _noise(how.noise, speech.size, chunk.rate, random)
        speech = speech + noise * (speech_level(speech, chunk.rate) / 10 ** (how.snr / 20) / max(_rms(noise), 1e-9))
    speech = speech * 10 ** (how.gain_db / 20) + how.dc
    if how.hum_db is not None:
        speech = speech + _hum(speech.size, chunk.rate) * 10 ** (how.hum_db / 20)
    if how.clip_db is not None:
        limit = 10 ** (how.clip_db / 20)
        speech = np.clip(speech, -limit, limit)
    chunk = _to_chunk(speech, chunk.rate)
    if how.channel == "phone":
        chunk = phone_channel(chunk)
    return _lose_packets(chunk, how.packet_loss, random) if how.packet_loss else chunk


def phone_channel(chunk: AudioChunk) -> AudioChunk:
    """300 to 3400 Hz, 8,000 samples a second, coded and decoded as mu-law (ITU-T G.711, G.712)."""
    narrow = resample(chunk, PHONE_RATE)
    samples = np.frombuffer(narrow.pcm, "<i2") / 32768
    if not samples.size:
        return narrow
    frequency = np.fft.rfftfreq(samples.size, 1 / PHONE_RATE)
    low, high = _PHONE_BAND
    slope = np.clip((frequency - low + 100) / 100, 0, 1) * np.clip((high + 200 - frequency) / 200, 0, 1)
    band = _to_chunk(np.fft.irfft(np.fft.rfft(samples) * slope, samples.size), PHONE_RATE)
    return AudioChunk(g711.mulaw_decode(g711.mulaw_encode(band.pcm)), PHONE_RATE)


def speech_level(samples: Samples, rate: int) -> float:
    """Root mean square over the 20 ms frames that hold speech, full scale 1."""
    frame = max(1, round(0.02 * rate))
    usable = samples[: samples.size // frame * frame].reshape(-1, frame)
    if not usable.size:
        return _rms(samples)
    power = np.mean(usable**2, axis=1)
    return float(np.sqrt(power[power >= power.max() / 10 ** (_ACTIVE_DB / 10)].mean()))


def _noise(noise: AudioChunk | NoiseKind, size: int, rate: int, random: np.random.Generator) -> Samples:
    if isinstance(noise, AudioChunk):
        recorded = np.frombuffer(resample(noise, rate).pcm, "<i2") / 32768
        start = int(random.integers(recorded.size)) if recorded.size else 0
        return np.resize(np.roll(recorded, -start), size)
    if noise == "hum":
        return _hum(size, rate)
    white: Samples = random.standard_normal(size)
    if noise == "white":
        return white
    spectrum, frequency = np.fft.rfft(white), np.fft.rfftfreq(size, 1 / rate)
    if noise == "pink":
        return np.asarray(np.fft.irfft(spectrum / np.sqrt(np.maximum(frequency, 20)), size))
    # Long-term spectrum of speech: flat to 500 Hz, then -9 dB an octave (Byrne 1994), four syllables a second.
    shaped = np.fft.irfft(spectrum * np.where(frequency < 80, 0, np.maximum(frequency, 500) ** -1.5), size)
    knots = np.arange(0, size + rate, rate // 8)
    envelope = np.interp(np.arange(size), knots, random.gamma(3, 1 / 3, knots.size))
    return np.asarray(shaped * envelope)


def _hum(size: int, rate: int) -> Samples:
    """50 Hz mains hum with its odd harmonics, root mean square 1."""
    seconds = np.arange(size) / rate
    wave = np.sum([np.sin(2 * np.pi * 50 * k * seconds) / k for k in (1, 3, 5, 7, 9)], axis=0)
    return np.asarray(wave / max(_rms(wave), 1e-9))


def _lose_packets(chunk: AudioChunk, share: float, random: np.random.Generator) -> AudioChunk:
    samples = np.frombuffer(chunk.pcm, "<i2").copy()
    packet = round(_PACKET_SECONDS * chunk.rate)
    lost = random.random(samples.size // packet + 1) < share
    samples[np.repeat(lost, packet)[: samples.size]] = 0
    return AudioChunk(samples.tobytes(), chunk.rate)


def _rms(samples: Samples) -> float:
    return float(np.sqrt(np.mean(samples**2))) if samples.size else 0.0


def _to_chunk(samples: Samples, rate: int) -> AudioChunk:
    return AudioChunk(np.round(np.clip(samples, -1, 32767 / 32768) * 32768).astype("<i2").tobytes(), rate)
