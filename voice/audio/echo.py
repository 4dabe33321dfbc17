"""The assistant's own voice coming back: how late, how weak, and whether a frame holds anything louder than it.

How late it comes is found by correlating the levels of what was played with those of what is heard; what the way back
takes from each band of the spectrum is then measured frame by frame. Nothing is subtracted: a caller is heard in the
frames and bands in which the voice that comes back is weaker than his.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

STEP = 0.02
"""Seconds of a frame"""
DELAYS = 26
"""Frames by which the echo may come later: half a second"""
SILENCE_DB = -120.0
_EDGES = (200.0, 300.0, 420.0, 560.0, 720.0, 900.0, 1120.0, 1400.0, 1750.0, 2200.0, 2800.0, 3800.0)
_QUIETEST_DB = -75.0
"""Levels below are all alike"""
_FORGETTING = 0.015
"""A frame: what was heard 1.3 s ago counts half as much again"""
_FIRST_FRAMES = 40
_CORRELATED = 0.6
_LEARNING_RATE = 0.05
_MARGIN_DB = 5.0
_OUTLIER_DB = 12.0
"""A band so much louder than the echo it should be is the caller: nothing is learnt from it"""
_CALLERS_SHARE = 0.6
"""Part of a frame's power above the echo from which it is the caller's"""
_STRICTER_DB = 6.0

Levels = npt.NDArray[np.float64]
_FADING: Levels = np.array([0, 0, 0, 7, 14, 21, 28, 35], dtype=np.float64)[:, None]
"""Decibels by which the frames before count less: one early or late is as likely, and a room rings"""
PLAYED = DELAYS + len(_FADING) - 1
"""Frames that `EchoPath.hear` looks at"""
SILENT: Levels = np.full(len(_EDGES) - 1, SILENCE_DB)


class Bands:
    """Levels of the bands of each frame (decibels of full scale), over a window of it and the one before."""

    def __init__(self, rate: int) -> None:
        """`rate` in hertz."""
        self._size = round(STEP * rate)
        self._window = np.hanning(2 * self._size)
        hertz = np.fft.rfftfreq(2 * self._size, 1 / rate)
        self._starts = np.searchsorted(hertz, _EDGES)
        self._scale = 32768.0**2 * float((self._window**2).sum()) * self._size
        self._before = np.zeros(self._size)

    def of(self, pcm: bytes) -> Levels:
        """One row for each whole frame of `pcm`, s16le."""
        whole = len(pcm) - len(pcm) % (2 * self._size)
        frames = np.frombuffer(pcm[:whole], "<i2").astype(np.float64).reshape(-1, self._size)
        if not len(frames):
            return np.zeros((0, len(_EDGES) - 1))
        pairs = np.hstack([np.vstack([self._before, frames[:-1]]), frames])
        self._before = frames[-1]
        power = np.abs(np.fft.rfft(pairs * self._window)) ** 2
        bands = np.add.reduceat(power, self._starts, axis=1)[:, :-1]
        levels: Levels = 10 * np.log10(bands / self._scale + 1e-12)
        return levels


class EchoPath:
    """One line's echo. `hear` takes each frame together with what was played until then."""

    def __init__(self, rate: int, loss: float) -> None:
        """`rate`: hertz of what is heard. `loss`: decibels, until it is measured."""
        self._bands = Bands(rate)
        self._gains = np.full(len(_EDGES) - 1, -loss)
        self._frames = 0
        self._moments = np.zeros((5, DELAYS))  # of played and heard levels: means, squares, product

    def hear(self, pcm: bytes, played: Levels, learning: bool) -> bool | None:
        """Whether the frame is echo; None as long as none has been found on this line.

        `played`: the bands of PLAYED frames, newest first, of which the first is still to come.
        `learning`: nobody is known to speak.
        """
        heard = self._bands.of(pcm)[0]
        if learning:
            self._correlate(heard, played)
        delay = self._delay()
        if delay is None:
            return None
        source = (played[delay : delay + len(_FADING)] - _FADING).max(axis=0)
        if learning:
            self._learn(heard, source)
        echo = _power(source + self._gains + _MARGIN_DB)
        power = _power(heard)
        return bool(np.maximum(power - echo, 0).sum() < _CALLERS_SHARE * power.sum())

    def doubt(self) -> None:
        """It was taken for a caller: be stricter, until that is unlearnt."""
        self._gains += _STRICTER_DB

    def _correlate(self, heard: Levels, played: Levels) -> None:
        source = np.maximum(10 * np.log10(_power(played[1 : DELAYS + 1]).sum(axis=1) + 1e-12), _QUIETEST_DB)
        level = np.full(DELAYS, max(10 * float(np.log10(_power(heard).sum() + 1e-12)), _QUIETEST_DB))
        now = np.stack([source, level, source**2, level**2, source * level])
        self._frames += 1
        self._moments += max(_FORGETTING, 1 / self._frames) * (now - self._moments)

    def _delay(self) -> int | None:
        """Frames; None if what is heard does not rise and fall with what was played."""
        if self._frames < _FIRST_FRAMES:
            return None
        x, y, xx, yy, xy = self._moments
        correlation = (xy - x * y) / np.sqrt(np.maximum((xx - x * x) * (yy - y * y), 1.0))
        best = int(correlation.argmax())
        return best if correlation[best] > _CORRELATED else None

    def _learn(self, heard: Levels, source: Levels) -> None:
        seen = heard - source
        usable = (source > _QUIETEST_DB + 15) & (seen < self._gains + _OUTLIER_DB)
        self._gains[usable] += _LEARNING_RATE * (seen - self._gains)[usable]


def _power(levels: Levels) -> Levels:
    power: Levels = 10 ** (levels / 10)
    return power
