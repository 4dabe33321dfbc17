"""What the other side has heard of the assistant's reply, and how loud it should come back as echo."""

from __future__ import annotations

import numpy as np

from voice.types import AudioChunk

_STEP = 0.02
ECHO_DELAY = 0.5
"""Longest way through loudspeaker, room and network, seconds"""
_NEARLY_ALL = 0.15
"""A sentence counts as heard when no more than this, its closing pause, is missing"""
_REWIND = 0.3
SILENCE_DB = -120.0


class Playback:
    """The sentences of one reply as they are queued and played. Positions are seconds of the reply."""

    def __init__(self) -> None:
        self._sentences: list[AudioChunk] = []
        self._levels: list[float] = []  # of every 20 ms
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
        samples = np.frombuffer(sentence.pcm, "<i2").astype(np.float64) / 32768
        size = round(_STEP * sentence.rate)
        frames = np.resize(samples, (-(-len(samples) // size), size)) if len(samples) else np.zeros((0, size))
        power = (frames**2).mean(axis=1)
        self._levels += [float(level) for level in 10 * np.log10(power + 1e-12)]

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

    def recent_level(self, ago: float = 0.0) -> float:
        """Loudest 20 ms that may be echoing now (or did `ago` seconds earlier), decibels of full scale; decays once the
        reply has been played."""
        now = int((self._position - ago) / _STEP)
        recent = self._levels[max(0, now - int(ECHO_DELAY / _STEP)) : now + 3]
        return max(recent, default=SILENCE_DB)
