"""A telephone's keys: single ones at once, numbers when they are complete."""

from __future__ import annotations

import time
from collections.abc import Callable

from voice.audio.dtmf import DtmfDetector
from voice.settings import Settings
from voice.types import AudioChunk, Expectation

NUMBERS = frozenset({"phone", "digits", "postcode", "time", "quantity"})
"""Expectations whose answer may take several keys"""


class KeyPad:
    """Collects keys; where the channel reports none, hears them in the audio."""

    def __init__(
        self, settings: Settings, rate: int, in_band: bool, clock: Callable[[], float] = time.monotonic
    ) -> None:
        """`rate`: hertz of the audio to listen to, if `in_band`."""
        self._pause = settings.key_pause
        self._clock = clock
        self._digits = ""
        self._last = 0.0
        self._rate = rate
        self._detector = DtmfDetector(rate) if in_band else None

    def listen(self, chunk: AudioChunk) -> list[str]:
        """Keys heard in the audio."""
        if self._detector is None or chunk.rate != self._rate:
            return []
        return list(self._detector.process(chunk.pcm))

    @property
    def sounding(self) -> bool:
        """A key's tone is in the audio now."""
        return self._detector is not None and bool(self._detector.pressed)

    def press(self, digit: str, expects: Expectation | None) -> str:
        """The whole answer if this key completes it, else "". "#" ends a number."""
        if expects is None or expects.kind not in NUMBERS:
            self._digits = ""
            return digit
        if digit == "#" and self._digits:
            return self._take()
        self._digits = (self._digits + digit)[-40:]
        self._last = self._clock()
        return ""

    def due(self) -> str:
        """A number after which nothing was pressed for a while."""
        return self._take() if self._digits and self._clock() - self._last >= self._pause else ""

    def _take(self) -> str:
        digits, self._digits = self._digits, ""
        return digits
