"""Speech or not, frame by frame, on any line: adapts to level and noise, ignores hum, breath and clicks.

Two measures of a 40 ms window in the band of telephone speech: its level over the noise floor, which is followed by
minimum statistics (R. Martin, "Noise power spectral density estimation based on optimal smoothing and minimum
statistics", IEEE Trans. Speech and Audio Processing 9(5), 2001), and its periodicity (normalised autocorrelation at the
pitch of voices, P. Boersma, "Accurate short-term analysis of the fundamental frequency", IFA Proceedings 17, 1993).
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

import numpy as np

FRAME_SECONDS = 0.02

_BAND = (200.0, 3800.0)
"""Hertz: below is hum and handling noise, above nothing on a telephone"""
_VOICE_BAND = (150.0, 1000.0)
_PITCH = (75.0, 400.0)
_VOICED = 0.5
"""Autocorrelation from which a frame counts as voiced"""
_ABOVE_FLOOR_DB = 9.0
_VOICED_ABOVE_FLOOR_DB = 5.0
_QUIETEST_DB = -62.0
"""Level of full scale below which nothing is speech: even a recording 24 dB too low lies above it"""
_FLOOR_SECONDS = 1.5
_FIRST_FLOOR_DB = -60.0
_MIN_BIAS_DB = 3.0
"""The minimum of a smoothed noise lies this far below its mean"""
_BACKGROUND_SECONDS = 3.0
_UNDECIDED_SECONDS = 0.4


@dataclass(frozen=True, slots=True)
class Frame:
    """What 20 ms of audio were."""

    level: float
    """Decibels of full scale in the speech band"""
    floor: float
    """Decibels of full scale of the noise"""
    loud: bool
    """Clearly above the noise, or voiced"""
    voiced: bool
    """Above the noise and periodic as only a voice (or an instrument) is"""


class SpeechDetector:
    """Judges one stream of s16le mono audio; feed whole frames of FRAME_SECONDS."""

    def __init__(self, rate: int) -> None:
        """`rate` in hertz, 8,000 or more."""
        self.frame_samples = round(rate * FRAME_SECONDS)
        size = 2 * self.frame_samples
        self._previous: np.ndarray[tuple[int], np.dtype[np.float64]] | None = None
        self._window = np.hanning(size)
        hertz = np.fft.rfftfreq(2 * size, 1 / rate)  # padded to twice the length: the autocorrelation must not wrap
        self._band = (hertz >= _BAND[0]) & (hertz <= _BAND[1])
        self._voice_band = (hertz >= _VOICE_BAND[0]) & (hertz <= _VOICE_BAND[1])
        self._lags = slice(int(rate / _PITCH[1]), int(rate / _PITCH[0]) + 1)
        window_power = np.fft.rfft(self._window, 2 * size)
        window_correlation = np.fft.irfft(np.abs(window_power) ** 2)
        self._correction = window_correlation[self._lags] / window_correlation[0]
        self._scale = 32768.0**2 * float(np.sum(self._window**2)) * 2 * size / 2
        self._recent: deque[float] = deque([_FIRST_FLOOR_DB] * 3, maxlen=3)
        self._history: deque[float] = deque([_FIRST_FLOOR_DB], maxlen=round(_FLOOR_SECONDS / FRAME_SECONDS))

    def process(self, pcm: bytes) -> Frame:
        """One frame of `frame_samples` samples."""
        samples = np.frombuffer(pcm, "<i2").astype(np.float64)
        before = samples[::-1] if self._previous is None else self._previous  # no jump in level at the very beginning
        spectrum = np.fft.rfft(np.concatenate([before, samples]) * self._window, 4 * self.frame_samples)
        self._previous = samples
        power = spectrum.real**2 + spectrum.imag**2
        level = 10 * float(np.log10(power[self._band].sum() / self._scale + 1e-12))
        self._recent.append(level)
        self._history.append(sum(self._recent) / len(self._recent))
        floor = min(self._history) + _MIN_BIAS_DB
        audible = level > max(floor + _VOICED_ABOVE_FLOOR_DB, _QUIETEST_DB)
        voiced = audible and self._periodicity(power) > _VOICED
        return Frame(level, floor, voiced or level > max(floor + _ABOVE_FLOOR_DB, _QUIETEST_DB), voiced)

    def _periodicity(self, power: np.ndarray[tuple[int], np.dtype[np.float64]]) -> float:
        correlation = np.fft.irfft(np.where(self._voice_band, power, 0.0))
        if correlation[0] <= 0:
            return 0.0
        return float((correlation[self._lags] / correlation[0] / self._correction).max())


class Background:
    """How loud the place is while nobody speaks to us: what nine frames of ten of the last seconds stay below."""

    def __init__(self) -> None:
        self._recent: deque[float] = deque()
        """Undecided: they may turn out to be the beginning of a turn"""
        self._levels: deque[float] = deque(maxlen=round(_BACKGROUND_SECONDS / FRAME_SECONDS))
        self.level = _FIRST_FLOOR_DB
        """Decibels of full scale"""

    def hear(self, level: float) -> None:
        """A frame outside of any turn."""
        self._recent.append(level)
        if len(self._recent) * FRAME_SECONDS <= _UNDECIDED_SECONDS:
            return
        self._levels.append(self._recent.popleft())
        if len(self._levels) >= 10:
            self.level = sorted(self._levels)[len(self._levels) * 9 // 10]

    def turn_began(self) -> None:
        """The latest frames were the caller's: after a few quick turns they would pass for the place's own."""
        self._recent.clear()
