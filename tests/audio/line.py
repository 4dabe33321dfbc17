"""A simulated line for turn-taking: a room, a caller, the assistant's voice and its echo, all as samples."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from voice.audio.turn_taking import BargeIn, EndOfTurn, Event, FalseStart, TurnTaker
from voice.types import AudioChunk

RATE = 8000
STEP = 160  # 20 ms
Samples = npt.NDArray[np.float64]
Hears = Callable[[float], tuple[str, bool]]
"""What the recogniser has at a time: partial text, and whether it is complete"""


def samples(chunk: AudioChunk) -> Samples:
    assert chunk.rate == RATE
    return np.frombuffer(chunk.pcm, "<i2").astype(np.float64)


def chunk(data: Samples) -> AudioChunk:
    return AudioChunk(np.clip(np.rint(data), -32768, 32767).astype("<i2").tobytes(), RATE)


def db(level: float) -> float:
    """Factor of an amplitude."""
    return float(10 ** (level / 20))


def deaf(_: float) -> tuple[str, bool]:
    return "", False


@dataclass
class Line:
    """Plays prompts as a channel would: stops at a barge-in, goes on after a false one."""

    taker: TurnTaker
    caller: list[tuple[float, Samples]] = field(default_factory=list)
    """(second, what is heard of the caller from then on)"""
    hears: Hears = deaf
    echo_loss: float = 200.0
    """Decibels"""
    echo_delay: float = 0.12
    room: float = 0.0
    """Seconds in which the echo dies away by 60 dB"""
    noise: float = 4.0
    """Root mean square of the room in 16-bit steps"""
    hum: float = 0.0
    events: list[Event] = field(default_factory=list)
    played: list[float] = field(default_factory=list)
    """Root mean square of the assistant's voice in each step"""

    def run(self, seconds: float, prompt: Sequence[AudioChunk] = ()) -> list[Event]:
        outgoing = np.concatenate([np.zeros(0), *(samples(sentence) for sentence in prompt)])
        for sentence in prompt:
            self.taker.playback_queued(sentence)
        incoming = self._incoming(seconds)
        echo, answer = np.zeros(len(incoming) + 2 * RATE), self._room()
        delay = round(self.echo_delay * RATE)
        for start in range(0, len(incoming) - STEP + 1, STEP):
            now, outgoing = outgoing[:STEP], outgoing[STEP:]
            self.played.append(float(np.sqrt(np.mean(now**2))) if len(now) else 0.0)
            back = np.convolve(now, answer) if len(now) else now
            echo[start + delay : start + delay + len(back)] += back * db(-self.echo_loss)
            heard = chunk(incoming[start : start + STEP] + echo[start : start + STEP])
            for event in self.taker.push(heard, *self.hears(self.taker.clock)):
                self.events.append(event)
                if isinstance(event, BargeIn):
                    outgoing = outgoing[:0]
                elif isinstance(event, FalseStart):
                    outgoing = np.concatenate([np.zeros(0), *(samples(rest) for rest in event.resume)])
        return self.events

    def _room(self) -> Samples:
        """Its impulse response."""
        count = max(1, round(self.room * RATE))
        answer = np.random.default_rng(6).normal(0, 1, count) * 10 ** (-3 * np.arange(count) / count)
        return np.asarray(answer / np.sqrt((answer**2).sum()))

    def _incoming(self, seconds: float) -> Samples:
        count = round(seconds * RATE)
        room = np.random.default_rng(5).normal(0, self.noise, count)
        for harmonic in (1, 2, 3, 5):
            room += self.hum / harmonic * np.sin(2 * np.pi * 50 * harmonic * np.arange(count) / RATE)
        for at, speech in self.caller:
            start = round(at * RATE)
            end = min(start + len(speech), count)
            room[start:end] += speech[: end - start]
        return room


def kinds(events: Sequence[Event]) -> list[str]:
    return [type(event).__name__ for event in events]


def ends(events: Sequence[Event]) -> list[EndOfTurn]:
    return [event for event in events if isinstance(event, EndOfTurn)]


def cough(seconds: float = 0.25, level: float = -12.0, seed: int = 3) -> Samples:
    """A burst of noise that dies away, as a cough or a slammed door."""
    count = round(seconds * RATE)
    shape = np.exp(-np.linspace(0, 5, count))
    return np.asarray(np.random.default_rng(seed).normal(0, 32768 * db(level), count) * shape)


def breath(seconds: float = 0.6, level: float = -38.0) -> Samples:
    """Noise that swells and fades."""
    count = round(seconds * RATE)
    return np.asarray(np.random.default_rng(4).normal(0, 32768 * db(level), count) * np.hanning(count))
