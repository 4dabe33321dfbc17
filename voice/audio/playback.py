"""What the other side has heard of the assistant's reply, and how loud it should come back as echo."""

from __future__ import annotations

import numpy as np

from voice.audio.echo import PLAYED, SILENCE_DB, SILENT, Bands, Levels
from voice.audio.echo import STEP as _STEP
from voice.types import AudioChunk

ECHO_DELAY = 0.5
"""Longest way through loudspeaker, room and network, seconds"""
_NEARLY_ALL = 0.15
"""A sentence counts as heard when no more than this, its closing pause, is missing"""
_REWIND = 0.3


class Playback:
    """The sentences of one reply as they are queued and played. Positions are seconds of the reply."""

    def __init__(self) -> None:
        self._sentences: list[AudioChunk] = []
        self._levels: list[float] = []  # of every 20 ms
        self._bands: list[Levels] = []
        self._analysis: Bands | None = None
        self._rest = b""
        self._position = 0.0
        self.paused = False
        self._finished = False

    @property
    def active(self) -> bool:
        """Something is queued that has not been heard."""
        return bool(self._sentences) and not self._finished

    @property
    def length(self) -> float:
        return sum(sentence.seconds for sentence in self._sentences)

    @property
    def position(self) -> float:
        return min(self._position, self.length)

    def queue(self, sentence: AudioChunk) -> None:
        self._position = self.position  # playing has waited for this sentence, if it had come to the end
        self._sentences.append(sentence)
        self._finished = False
        self._measure(sentence)

    def _measure(self, sentence: AudioChunk) -> None:
        """Levels of whole frames of the reply: one that two sentences share is measured with the second."""
        size = 2 * round(_STEP * sentence.rate)
        data = self._rest + sentence.pcm
        whole = len(data) - len(data) % size
        self._rest = data[whole:]
        frames = np.frombuffer(data[:whole], "<i2").astype(np.float64).reshape(-1, size // 2) / 32768
        self._levels += [float(level) for level in 10 * np.log10((frames**2).mean(axis=1) + 1e-12)]
        self._analysis = self._analysis or Bands(sentence.rate)
        self._bands += list(self._analysis.of(data[:whole]))

    def advance(self, seconds: float) -> bool:
        """Time passes; True when that brought the reply to its end."""
        if self.paused:
            return False
        self._position += seconds  # beyond the end too: its echo fades
        return self.active and self._position >= self.length and self.finish()

    def report(self, position: float) -> bool:
        """The other side says how far it is; True when that is the end."""
        self._position = max(0.0, min(position, self.length))
        return self.active and self._position >= self.length - 1e-6 and self.finish()

    def finish(self) -> bool:
        self._finished = True
        self._position = max(self._position, self.length)
        return True

    def heard_sentences(self) -> int:
        end, count = 0.0, 0
        for sentence in self._sentences:
            end += sentence.seconds
            count += end <= self._position + _NEARLY_ALL
        return count

    def rewind(self) -> tuple[AudioChunk, ...]:
        """What was not heard, from shortly before the position within its sentence; playing goes on from there."""
        start = 0.0
        rest: list[AudioChunk] = []
        for sentence in self._sentences:
            end = start + sentence.seconds
            if end > self._position:
                if not rest:
                    self._position = max(start, self._position - _REWIND)
                skip = 2 * round(max(0.0, self._position - start) * sentence.rate)
                rest.append(AudioChunk(sentence.pcm[skip:], sentence.rate))
            start = end
        self.paused = False
        return tuple(rest)

    def recent_bands(self) -> Levels:
        """The bands of what was played, newest first; the first is still to come."""
        now = int(round(self._position / _STEP, 3))
        recent = range(now, now - PLAYED, -1)
        return np.stack([self._bands[i] if 0 <= i < len(self._bands) else SILENT for i in recent])

    def recent_level(self, ago: float = 0.0) -> float:
        """Loudest 20 ms that may be echoing now (or did `ago` seconds earlier), decibels of full scale; decays once the
        reply has been played."""
        now = int((self._position - ago) / _STEP)
        recent = self._levels[max(0, now - int(ECHO_DELAY / _STEP)) : now + 3]
        return max(recent, default=SILENCE_DB)
