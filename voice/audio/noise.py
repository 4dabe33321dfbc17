"""Takes noise out of speech, for a stream: WebRTC's suppressor at its mildest, then RNNoise.

RNNoise is a small recurrent network: Valin, "A hybrid DSP/deep learning approach to real-time full-band speech
enhancement" (2018). Its library comes in the wheel `pyrnnoise`, whose Python side (players, plots) is not used. What
WebRTC's Wiener filter takes of steady noise before makes it surer what is speech (README.md, "Measured").
"""

from __future__ import annotations

import ctypes
import importlib.util
import platform
from functools import lru_cache
from pathlib import Path

import numpy as np
from webrtc_noise_gain import AudioProcessor

from voice.audio.pcm import Blocks
from voice.audio.resample import Resampler
from voice.errors import AudioError

RATE = 16000
"""Hertz: what the suppressor takes"""
_INSIDE = 48000
"""Hertz: what RNNoise was trained on"""
_FRAME = _INSIDE // 100
"""Samples in its frame of 10 ms"""
_FILES = {"Darwin": "librnnoise.dylib", "Windows": "rnnoise.dll"}


_MILD = 1
"""The least that WebRTC's suppressor does, 6 dB; of 2 (12 dB) less is understood, with RNNoise behind or without"""
_BLOCK = RATE // 100 * 2
"""Bytes that it takes at once: 10 ms"""


@lru_cache(maxsize=1)
def _library() -> ctypes.CDLL:
    found = importlib.util.find_spec("pyrnnoise")
    folders = [Path(f) for f in (found.submodule_search_locations or ())] if found else []
    file = next((f / _FILES.get(platform.system(), "librnnoise.so") for f in folders), Path("librnnoise.so"))
    try:
        library = ctypes.CDLL(str(file))
    except OSError as error:
        raise AudioError(f"The noise suppressor cannot be loaded ({error}). Type: pip install pyrnnoise") from error
    library.rnnoise_create.argtypes, library.rnnoise_create.restype = [ctypes.c_void_p], ctypes.c_void_p
    library.rnnoise_destroy.argtypes, library.rnnoise_destroy.restype = [ctypes.c_void_p], None
    library.rnnoise_process_frame.argtypes = [ctypes.c_void_p] * 3
    library.rnnoise_process_frame.restype = ctypes.c_float
    return library


class NoiseSuppressor:
    """s16le at 16 kHz in and out, some milliseconds late. One for each stream: it learns the noise as it goes."""

    def __init__(self) -> None:
        self._library = _library()
        self._state = self._library.rnnoise_create(None)
        self._up, self._down = Resampler(RATE, _INSIDE), Resampler(_INSIDE, RATE)
        self._mild = AudioProcessor(0, _MILD)
        self._blocks, self._frames = Blocks(_BLOCK), Blocks(2 * _FRAME)
        self._owed = 0
        """Samples that were taken in and not yet given out"""

    def process(self, pcm: bytes) -> bytes:
        """What is ready by now."""
        self._owed += len(pcm) // 2
        return self._given(self._down.process(self._suppressed(self._up.process(self._milder(pcm)))))

    def flush(self) -> bytes:
        """The rest; the stream has ended."""
        rest = self._suppressed(self._up.process(self._milder(self._blocks.fill())) + self._up.flush())
        rest += self._suppressed(self._frames.fill())
        out = self._given(self._down.process(rest) + self._down.flush())
        return out + bytes(2 * self._owed)

    def _milder(self, pcm: bytes) -> bytes:
        pcm = self._blocks.cut(pcm)
        return b"".join(self._mild.Process10ms(pcm[i : i + _BLOCK]).audio for i in range(0, len(pcm), _BLOCK))

    def _given(self, pcm: bytes) -> bytes:
        pcm = pcm[: 2 * self._owed]
        self._owed -= len(pcm) // 2
        return pcm

    def _suppressed(self, pcm: bytes) -> bytes:
        samples = np.frombuffer(self._frames.cut(pcm), "<i2").astype(np.float32)
        for start in range(0, len(samples), _FRAME):
            frame = samples[start : start + _FRAME].ctypes.data
            self._library.rnnoise_process_frame(self._state, frame, frame)
        return np.clip(np.round(samples), -32768, 32767).astype("<i2").tobytes()

    def __del__(self) -> None:
        if getattr(self, "_state", None):
            self._library.rnnoise_destroy(self._state)
