"""Telephone keys heard in the audio itself, for lines that report no key events.

Goertzel filters (G. Goertzel, "An algorithm for the evaluation of finite trigonometric series", Amer. Math. Monthly
65(1), 1958) at the eight frequencies of ITU-T Q.23, with limits after Q.24: tones of 40 ms and more are taken, of 20 ms
and less are not; a pause of 40 ms separates two presses; the high tone may be 4 dB stronger and 8 dB weaker than the
low one. Speech is told apart by its energy outside the two tones, by the high tone's second harmonic and by frequencies
that are off.
"""

from __future__ import annotations

from collections import deque

import numpy as np
import numpy.typing as npt

from voice.audio.resample import Resampler

RATE = 8000
"""Hertz at which tones are looked for"""
_LOW = (697.0, 770.0, 852.0, 941.0)
_HIGH = (1209.0, 1336.0, 1477.0, 1633.0)
_KEYS = ("123A", "456B", "789C", "*0#D")
_BLOCK, _HOP = 102, 51
"""12.75 ms, whose filters are 78 Hz wide, every 6.4 ms; four such blocks in a row fit into 40 ms, but not into 20"""
_BLOCKS_ON = 4
_BLOCKS_OFF = 4
_MIN_LEVEL = 10 ** (-42 / 10)
"""Of full scale, each tone"""
_PURITY = 0.75
"""Share of a block's energy that the two tones hold: 1 in clean tones, 0.8 in detuned ones, hardly ever in speech"""
_HIGH_STRONGER, _LOW_STRONGER = 10 ** (4 / 10) * 1.3, 10 ** (8 / 10) * 1.3
_NEXT_TONE = 10 ** (-8 / 10)
"""The second strongest tone of a group must stay below this part of the strongest"""
_HARMONIC = 0.1


def _filters(frequencies: npt.NDArray[np.float64]) -> npt.NDArray[np.complex128]:
    """One column of complex weights a frequency; without a window, whose zero falls near the neighbouring tone."""
    samples = np.arange(_BLOCK)[:, None]
    return np.asarray(np.exp(-2j * np.pi * frequencies * samples / RATE) * (2 / _BLOCK), np.complex128)


_TONES = np.array(_LOW + _HIGH)
_BANK = _filters(np.concatenate([_TONES, 2 * _TONES[4:]]))


class DtmfDetector:
    """Keys in one stream of s16le mono audio."""

    def __init__(self, rate: int) -> None:
        """`rate` of the audio in hertz."""
        self._resampler = Resampler(rate, RATE)
        self._samples = np.zeros(0)
        self._recent: deque[str] = deque(maxlen=_BLOCKS_ON)
        self._pressed = ""
        self._off = 0

    @property
    def pressed(self) -> str:
        """The key that sounds now, "" for none: audio not meant for the recogniser."""
        return self._pressed

    def process(self, pcm: bytes) -> str:
        """The keys whose press was recognised in this audio, in order; each once, however long it is held."""
        new = np.frombuffer(self._resampler.process(pcm), "<i2").astype(np.float64) / 32768
        self._samples = np.concatenate([self._samples, new])
        count = max(0, (len(self._samples) - _BLOCK) // _HOP + 1)
        if not count:
            return ""
        blocks = np.lib.stride_tricks.sliding_window_view(self._samples, _BLOCK)[::_HOP][:count]
        keys = "".join(self._follow(key) for key in _classify(blocks))
        self._samples = self._samples[count * _HOP :]
        return keys

    def _follow(self, key: str) -> str:
        """Hysteresis over blocks; the key when a press begins."""
        self._recent.append(key)
        if key == self._pressed and key:
            self._off = 0
            return ""
        self._off += 1
        if self._pressed and self._off >= _BLOCKS_OFF:
            self._pressed = ""
        if not self._pressed and key and self._recent.count(key) == _BLOCKS_ON:
            self._pressed, self._off = key, 0
            return key
        return ""


def _classify(blocks: npt.NDArray[np.float64]) -> list[str]:
    """The key that each block holds, "" for none. Powers are those of a sine's mean square."""
    power = np.abs(blocks @ _BANK) ** 2 / 2
    total = (blocks**2).mean(axis=1)
    low, high = power[:, :4], power[:, 4:8]
    row, column = low.argmax(axis=1), high.argmax(axis=1)
    index = np.arange(len(blocks))
    a, b = low[index, row], high[index, column]
    good = (a > _MIN_LEVEL) & (b > _MIN_LEVEL) & (a + b > _PURITY * total)
    good &= (b < _HIGH_STRONGER * a) & (a < _LOW_STRONGER * b)
    good &= (np.sort(low, axis=1)[:, 2] < _NEXT_TONE * a) & (np.sort(high, axis=1)[:, 2] < _NEXT_TONE * b)
    good &= power[index, 8 + column] < _HARMONIC * b
    return [_KEYS[r][c] if ok else "" for r, c, ok in zip(row, column, good, strict=True)]
