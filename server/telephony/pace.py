"""Notices audio that does not come at the pace of time: it is probably coded otherwise than the stream declared."""

from __future__ import annotations

import time
from collections.abc import Callable

WATCHED_SECONDS = 10.0
FASTEST, SLOWEST = 1.5, 0.67
"""Seconds of audio a second. L16 declared as mu-law comes at 2, mu-law declared as L16 at 0.5"""


class Pace:
    """Watches the beginning of one call."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._began: float | None = None
        self._seconds = 0.0
        self._judged = False

    def remark(self, seconds: float) -> str:
        """Takes in so much audio; once a call, what is to be said of its pace, else ""."""
        if self._judged:
            return ""
        now = self._clock()
        if self._began is None:
            self._began = now
        self._seconds += seconds
        if now - self._began < WATCHED_SECONDS:
            return ""
        self._judged = True
        pace = self._seconds / (now - self._began)
        if SLOWEST <= pace <= FASTEST:
            return ""
        return f"audio comes at {pace:.1f} times the pace of time: is it coded as the stream declares?"
