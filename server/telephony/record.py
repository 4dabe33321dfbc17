"""What is kept of a call: times of each stage, turns and outcome. Words only where the shop's retention allows."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from datetime import datetime, timezone
from typing import Any

from voice.types import Turn, Understood

MAX_TURNS = 500


@dataclass(slots=True)
class TurnRecord:
    """One exchange. Times are milliseconds."""

    number: int
    kind: str
    heard: str
    understood: list[str]
    sentences: list[str]
    milliseconds: dict[str, float]
    """Stages of the assistant, and: end_of_turn (silence waited), backlog (audio not yet heard), first_audio (decision
    to first audio sent)"""
    heard_sentences: int | None = None
    """How many the caller heard; None: not interrupted, or not over yet"""

    def as_json(self, words: bool = True) -> dict[str, Any]:
        entry: dict[str, Any] = {
            "number": self.number,
            "kind": self.kind,
            "understood": self.understood,
            "milliseconds": {name: round(value, 1) for name, value in self.milliseconds.items()},
        }
        if words:
            entry |= {"heard": self.heard, "sentences": self.sentences, "heard_sentences": self.heard_sentences}
        return entry


@dataclass
class CallRecord:
    provider: str
    call_id: str = ""
    session_id: str = ""
    caller: str | None = None
    started: datetime = field(default_factory=lambda: datetime.now(timezone.utc))
    ended: datetime | None = None
    outcome: str = ""
    """hung_up, handed_over, caller_left, timed_out, refused, busy, shutdown or failed"""
    turns: list[TurnRecord] = field(default_factory=list)
    barge_ins: int = 0
    false_barge_ins: int = 0
    bad_frames: int = 0
    dropped_seconds: float = 0.0

    def add(self, turn: Turn, kind: str) -> TurnRecord:
        """A turn whose answer is about to be spoken. Beyond MAX_TURNS the oldest goes."""
        intents = turn.interpretation.intents if isinstance(turn.interpretation, Understood) else ()
        number = self.turns[-1].number + 1 if self.turns else 0
        entry = TurnRecord(
            number,
            kind,
            "" if kind in ("greeting", "silence") else turn.utterance.text,
            [intent.name for intent in intents],
            list(turn.sentences),
            dict(turn.milliseconds),
        )
        self.turns.append(entry)
        del self.turns[:-MAX_TURNS]
        return entry

    def steps(self) -> dict[str, list[float]]:
        """Step -> what it took, turn by turn, in milliseconds."""
        steps: dict[str, list[float]] = {}
        for turn in list(self.turns):  # copies: the call's own threads go on writing
            for step, milliseconds in list(turn.milliseconds.items()):
                steps.setdefault(step, []).append(round(milliseconds, 1))
        return steps

    def close(self, outcome: str) -> None:
        self.ended = datetime.now(timezone.utc)
        self.outcome = outcome

    @property
    def seconds(self) -> float:
        return ((self.ended or datetime.now(timezone.utc)) - self.started).total_seconds()


class Stopwatch:
    """Milliseconds since it was started."""

    def __init__(self) -> None:
        self._started = time.monotonic()

    @property
    def milliseconds(self) -> float:
        return (time.monotonic() - self._started) * 1000
