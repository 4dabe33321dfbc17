"""What a TurnTaker tells its channel. Times are seconds of audio since the stream began."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from voice.types import AudioChunk


@dataclass(frozen=True, slots=True)
class SpeechStarted:
    """The caller speaks. Open a recogniser, feed it `audio`, and from now on every chunk that is pushed."""

    at: float
    """When the first sound was made"""
    audio: AudioChunk
    """From a little before the first sound to now, the chunk just pushed included"""


@dataclass(frozen=True, slots=True)
class BargeIn:
    """Stop playing at once: the caller speaks over the prompt. Comes right after its SpeechStarted."""

    at: float
    heard_sentences: int
    """Sentences of the reply that were played to their end"""
    heard_seconds: float
    """Seconds of the reply that were played"""


@dataclass(frozen=True, slots=True)
class FalseStart:
    """It was no turn: a cough, a noise, a backchannel, our own echo. Drop the recogniser and play `resume`, if any."""

    at: float
    resume: tuple[AudioChunk, ...] = ()
    """What was not heard of the interrupted reply, one chunk a sentence, from shortly before the interruption. The
    TurnTaker already counts it as queued: play it, do not report it again with `playback_queued`."""


@dataclass(frozen=True, slots=True)
class EndOfTurn:
    """The caller has finished. Finish the recogniser and answer."""

    at: float
    """When that was decided"""
    speech_end: float
    """When the last sound was made; `at` minus this is the wait"""
    audio: AudioChunk
    """The whole utterance with a little silence on both sides"""
    reason: Literal["complete", "silence", "unfinished", "spelling", "too_long"]
    """Which delay ran out, or that `max_utterance` was reached"""


@dataclass(frozen=True, slots=True)
class PromptHeard:
    """The reply was played to its end; the wait for an answer begins."""

    at: float
    sentences: int


@dataclass(frozen=True, slots=True)
class NoInput:
    """Nothing was said for `no_input` seconds after the prompt was heard. Comes once a prompt."""

    at: float


Event = SpeechStarted | BargeIn | FalseStart | EndOfTurn | PromptHeard | NoInput
