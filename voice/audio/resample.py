"""Change of sample rate, with the filter's state kept from chunk to chunk (libsoxr)."""

from __future__ import annotations

import numpy as np
import soxr

from voice.types import AudioChunk


class Resampler:
    """Brings a stream of s16le mono samples from one rate to another.

    Chunks may have any size. libsoxr hands samples out in blocks: the output lags the input by up to 115 ms from 8 to
    16 kHz and 40 ms from 48 to 16 kHz (measured), so turn-taking listens to the stream before it is resampled.
    `flush()` gives the rest at once and ends the stream.
    """

    def __init__(self, from_rate: int, to_rate: int) -> None:
        """Rates in hertz."""
        self._stream = None if from_rate == to_rate else soxr.ResampleStream(from_rate, to_rate, 1, dtype="int16")

    def process(self, pcm: bytes) -> bytes:
        """The samples that are ready once `pcm` has been taken in: possibly none."""
        if self._stream is None:
            return pcm
        return _le_bytes(self._stream.resample_chunk(_samples(pcm)))

    def flush(self) -> bytes:
        """What the filter still held. The stream has ended: use a new Resampler for the next."""
        if self._stream is None:
            return b""
        return _le_bytes(self._stream.resample_chunk(np.empty(0, np.int16), last=True))


def resample(chunk: AudioChunk, rate: int) -> AudioChunk:
    """A whole piece of audio at another rate (hertz); no state."""
    if chunk.rate == rate:
        return chunk
    return AudioChunk(_le_bytes(soxr.resample(_samples(chunk.pcm), chunk.rate, rate)), rate)


def _samples(pcm: bytes) -> np.ndarray[tuple[int], np.dtype[np.int16]]:
    return np.frombuffer(pcm, "<i2").astype(np.int16, copy=False)


def _le_bytes(samples: np.ndarray[tuple[int], np.dtype[np.int16]]) -> bytes:
    return samples.astype("<i2", copy=False).tobytes()
