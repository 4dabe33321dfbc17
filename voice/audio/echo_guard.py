"""Whether a frame is only the assistant's own voice coming back: by its level, and by bands once the echo is known."""

from __future__ import annotations

from collections import deque

from voice.audio.echo import EchoPath
from voice.audio.endpointing import FRAME_SECONDS, Frame
from voice.audio.playback import ECHO_DELAY, Playback

FAINT_DB = -50.0
"""What is played softer than this does not come back"""
_MARGIN_DB = 5.0
_GREATEST_LOSS_DB = 45.0
_DELAYS = tuple(ECHO_DELAY * step / 5 for step in range(6))
_LEARNING_RATE = 0.03
"""A frame: 0.7 s to the measured loss"""


class EchoGuard:
    """One line's. No louder than our own voice may come back; the way back is learnt while the caller is silent."""

    def __init__(self, rate: int, loss: float) -> None:
        """`rate`: hertz of what is heard. `loss`: decibels on the way back, until they are measured."""
        self.loss = loss
        self._path = EchoPath(rate, loss)
        self._levels: deque[float] = deque(maxlen=round(ECHO_DELAY / FRAME_SECONDS))

    def hears(self, pcm: bytes, frame: Frame, audible: bool, playback: Playback, *, learning: bool) -> bool:
        """Whether the frame (of these samples) is echo. `learning`: the caller is not known to speak."""
        played = playback.recent_level()
        if played < FAINT_DB or playback.paused:
            return False
        known = self._path.hear(pcm, playback.recent_bands(), learning)
        soft = self._softer(frame, played, audible, playback, learning)
        return soft if known is None else known

    def doubt(self, gap: float) -> None:
        """An interruption `gap` decibels below what was played was none. If it was echo, it must not interrupt again;
        if not, this strictness wears off within a second or two."""
        self.loss = min(self.loss, gap)
        self._path.doubt()

    def _softer(self, frame: Frame, played: float, audible: bool, playback: Playback, learning: bool) -> bool:
        """As long as no echo has been found: it may come at any delay, as loud as the loudest that was played."""
        if frame.level >= played - self.loss + _MARGIN_DB:
            return False
        self._levels.append(frame.level)
        if learning:
            self._learn(played, audible, playback)
        return True

    def _learn(self, played: float, audible: bool, playback: Playback) -> None:
        """An echo that is heard is measured. From silence a greater loss is learnt only as far as an echo would have
        come back by now whatever its delay: it is held against the softest of what would be its source."""
        loudest = max(self._levels)
        seen = played - loudest
        if not audible:
            source = min(playback.recent_level(delay) for delay in _DELAYS)
            seen = min(seen, max(source - loudest, self.loss))
        self.loss += _LEARNING_RATE * (min(max(seen, 0.0), _GREATEST_LOSS_DB) - self.loss)
