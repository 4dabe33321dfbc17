"""The noise laid under all speech: what the acoustic model takes for silence.

Synthetic voices, noise gates and suppressors leave digital silence, which no Gaussian of the model covers, and white
noise in its place hides hisses and leaves the low bands empty. The model's own silence is that of the rooms it was
trained in. With it under speech, weak sounds stand out from silence as far as they did in training.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import numpy.typing as npt

RATE = 16000
"""Hertz"""
SILENCE = (
    12.0, 12.4, 12.7, 12.8, 12.7, 12.7, 12.7, 12.7, 12.9, 13.2, 13.2, 13.1, 13.0, 13.1, 13.4, 13.5, 13.7, 13.9, 14.0,
    13.9, 13.7, 13.6, 13.7, 13.9, 14.1,
)  # fmt: skip
"""Log energies of 25 mel bins of the embedded model's silence, its first state, in speech of the level that
`voice.recognition.speech_input` brings it to (tests/recognition/test_noise_floor.py)"""
_LOW, _HIGH = 130.0, 6800.0
"""Hertz: the bins that the model was trained on (its feat.params), not the shifted ones of `network.SPECTRUM`"""
_SECONDS = 8
_EMPHASIS = 0.97
_WINDOW = 410
_TRANSFORM = 512
"""Samples of the feature extraction's window and of its Fourier transform"""
Samples = npt.NDArray[np.float64]


class NoiseFloor:
    """An endless stream of that noise, its start chosen by `seed`."""

    def __init__(self, seed: int) -> None:
        self._at = int(np.random.default_rng(seed).integers(_SECONDS * RATE))

    def take(self, count: int) -> Samples:
        """The next samples, 16 kHz, in units of 16-bit ones."""
        noise = np.take(_noise(), np.arange(self._at, self._at + count), mode="wrap")
        self._at = (self._at + count) % (_SECONDS * RATE)
        return noise


@lru_cache(maxsize=1)
def _noise() -> Samples:
    """White noise, its spectrum bent to `SILENCE`; ends where it begins."""
    count = _SECONDS * RATE
    white = np.fft.rfft(np.random.default_rng(0).normal(0.0, 1.0, count))
    centres, widths = _bins()
    gain = np.interp(np.fft.rfftfreq(count, 1 / RATE), centres, np.array(SILENCE) - _energies_of_white(centres, widths))
    return np.fft.irfft(white * np.exp(gain / 2), count)


def _bins() -> tuple[Samples, Samples]:
    """Centres and widths (the areas of the triangles) of the mel bins, hertz."""
    low, high = (1127 * np.log(1 + edge / 700) for edge in (_LOW, _HIGH))
    edges = 700 * (np.exp(np.linspace(low, high, len(SILENCE) + 2) / 1127) - 1)
    return edges[1:-1], (edges[2:] - edges[:-2]) / 2


def _energies_of_white(centres: Samples, widths: Samples) -> Samples:
    """Log energies of white noise of variance one in those bins."""
    emphasis = np.abs(1 - _EMPHASIS * np.exp(-2j * np.pi * centres / RATE)) ** 2
    energies: Samples = np.log(emphasis * widths * _TRANSFORM / RATE * float((np.hamming(_WINDOW) ** 2).sum()))
    return energies
