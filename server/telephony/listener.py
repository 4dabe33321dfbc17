"""The hearing half of a conversation: audio in, turns out. Wraps the TurnTaker, the recogniser and the key detector."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from voice.audio import turn_taking
from voice.audio.resample import Resampler
from voice.audio.turn_taking import TurnTaker
from voice.language import Language
from voice.settings import Settings
from voice.types import AudioChunk

if TYPE_CHECKING:
    from voice.recognition.service import StreamingRecognizer

PARTIAL_EVERY = 0.1
"""Seconds of audio between two looks at what is recognised so far"""
BLOCK = 0.1
"""Longer packets are taken in blocks of so many seconds, shorter ones are gathered to a frame of 20 ms"""
FRAME = 0.02


@dataclass(frozen=True, slots=True)
class TurnEnded:
    """The caller has finished; `recognizer` has all that was said."""

    recognizer: StreamingRecognizer
    waited: float
    """Seconds of silence it took to decide"""


@dataclass(frozen=True, slots=True)
class Partial:
    text: str


Heard = TurnEnded | Partial | turn_taking.BargeIn | turn_taking.FalseStart | turn_taking.NoInput

OpenRecognizer = Callable[[int], "StreamingRecognizer"]
"""A recogniser for audio of a rate (hertz)"""
Tap = Callable[[AudioChunk], None]
"""Is given all audio as it is heard, at the listener's rate"""


class Listener:
    """One call's ears. Not thread-safe."""

    def __init__(
        self, settings: Settings, language: Language, rate: int, open_recognizer: OpenRecognizer, tap: Tap
    ) -> None:
        """`rate`: hertz of the audio to come; chunks of another rate are brought to it."""
        self.rate = rate
        self.taker = TurnTaker(settings, language, rate)
        self._open, self._tap = open_recognizer, tap
        self._recognizer: StreamingRecognizer | None = None
        self._to_recognizer: Resampler | None = None
        self._to_rate: dict[int, Resampler] = {}
        self._gathered = b""
        self._partial = ""
        self._complete = False
        self._since_partial = 0.0
        self._button = False
        """Push-to-talk: the turn ends when the button says so, or when it gets too long"""
        self._longest, self._turn_seconds = settings.max_utterance, 0.0

    # --- audio -----------------------------------------------------------------------------------------------------

    def hear(self, chunk: AudioChunk) -> list[Heard]:
        """Takes in audio of any length and rate."""
        self._gathered += self._at_rate(chunk)
        block, frame = 2 * round(BLOCK * self.rate), 2 * round(FRAME * self.rate)
        events: list[Heard] = []
        while len(self._gathered) >= frame:
            size = min(block, len(self._gathered) - len(self._gathered) % frame)
            piece, self._gathered = self._gathered[:size], self._gathered[size:]
            events += self._block(AudioChunk(piece, self.rate))
        return events

    def _at_rate(self, chunk: AudioChunk) -> bytes:
        if chunk.rate == self.rate:
            return chunk.pcm
        if chunk.rate not in self._to_rate:
            self._to_rate = {chunk.rate: Resampler(chunk.rate, self.rate)}
        return self._to_rate[chunk.rate].process(chunk.pcm)

    def _block(self, chunk: AudioChunk) -> list[Heard]:
        self._tap(chunk)
        if self._button:
            return self._held_block(chunk)
        events: list[Heard] = []
        if self._recognizer is not None:
            events += self._accept(chunk)
        for event in self.taker.push(chunk, self._partial, self._complete):
            if isinstance(event, turn_taking.SpeechStarted):
                self.open()
                events += self._accept(event.audio)
            elif isinstance(event, turn_taking.EndOfTurn):
                if ended := self.close(event.at - event.speech_end):
                    events.append(ended)
            elif isinstance(event, turn_taking.FalseStart):
                self.drop()
                events += [Partial(""), event]
            elif isinstance(event, (turn_taking.BargeIn, turn_taking.NoInput)):
                events.append(event)
        return events

    def _held_block(self, chunk: AudioChunk) -> list[Heard]:
        if self._recognizer is None:
            self.open()
        events = self._accept(chunk)
        self._turn_seconds += chunk.seconds
        if self._turn_seconds >= self._longest and (ended := self.close()):
            events.append(ended)
        return events

    def _accept(self, chunk: AudioChunk) -> list[Heard]:
        if self._recognizer is None or self._to_recognizer is None or not chunk.pcm:
            return []
        self._recognizer.accept(AudioChunk(self._to_recognizer.process(chunk.pcm), self._recognizer_rate))
        self._since_partial += chunk.seconds
        if self._since_partial < PARTIAL_EVERY:
            return []
        self._since_partial = 0.0
        before, self._partial = self._partial, self._recognizer.partial()
        self._complete = self._recognizer.complete()
        return [Partial(self._partial)] if self._partial != before else []

    # --- turns -----------------------------------------------------------------------------------------------------

    @property
    def _recognizer_rate(self) -> int:
        return 8000 if self.rate < 16000 else 16000

    def press(self) -> None:
        """The button goes down: from here on one turn, with what was being said already."""
        self._button = True
        self.taker.drop_turn()
        if self._recognizer is None:
            self.open()

    def let_go(self) -> TurnEnded | None:
        """The button comes up, and the turn is over; None if it was not down."""
        if not self._button:
            return None
        self._button = False
        return self.close()

    def open(self) -> None:
        """A turn of the caller's begins."""
        self._turn_seconds = 0.0
        self._recognizer = self._open(self._recognizer_rate)
        self._to_recognizer = Resampler(self.rate, self._recognizer_rate)
        self._partial, self._complete, self._since_partial = "", False, 0.0

    def close(self, waited: float = 0.0) -> TurnEnded | None:
        """The turn is over; None if none had begun."""
        recognizer = self._recognizer
        if recognizer is None or self._to_recognizer is None:
            return None
        if rest := self._to_recognizer.flush():
            recognizer.accept(AudioChunk(rest, self._recognizer_rate))
        self.drop()
        return TurnEnded(recognizer, waited)

    def forget(self) -> None:
        """What was being said counts no more: the caller typed or pressed a key."""
        self.drop()
        self.taker.drop_turn()

    def drop(self) -> None:
        """The turn was none."""
        self._recognizer = self._to_recognizer = None
        self._partial, self._complete = "", False

    @property
    def in_turn(self) -> bool:
        return self._recognizer is not None


