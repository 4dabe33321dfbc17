"""What the words so far say about the end of a turn. The words are data: grammars/<lang>/turn_taking.yaml."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Literal

from voice.language import Language
from voice.settings import Settings

Reason = Literal["complete", "silence", "unfinished", "spelling", "too_long"]


class TurnWords:
    """Reads partial texts of one language."""

    def __init__(self, settings: Settings, language: Language) -> None:
        data = language.topic("turn_taking")
        self._settings = settings
        self._unfinished = _phrases(phrase for row in data["unfinished"] for phrase in row)
        self._backchannels = _phrases(data["backchannels"])
        self._digits = frozenset(data["digits"])
        self._spelled = int(data["spelled_digits"])

    def delay(self, partial: str, complete: bool) -> tuple[float, Reason]:
        """Seconds of silence that end the turn after these words, and why."""
        words = partial.split()
        if len(words) >= self._spelled and all(word in self._digits for word in words[-self._spelled :]):
            return self._settings.end_of_turn_spelling, "spelling"
        if complete and words:
            return self._settings.end_of_turn_complete, "complete"
        if _ends_with(words, self._unfinished):
            return self._settings.end_of_turn_incomplete, "unfinished"
        return self._settings.end_of_turn, "silence"

    def interrupts(self, partial: str) -> bool:
        """The words are more than a sign of listening."""
        words = partial.split()
        while words:
            phrase = next((p for p in self._backchannels if tuple(words[: len(p)]) == p), None)
            if phrase is None:
                return True
            words = words[len(phrase) :]
        return False

    def is_answer(self, partial: str) -> bool:
        """Any words at all: after a yes-or-no question "okay" is one."""
        return bool(partial.split())


def _phrases(texts: Iterable[object]) -> list[tuple[str, ...]]:
    """Longest first, so that "uh huh" is tried before "uh"."""
    return sorted({tuple(str(text).split()) for text in texts}, key=lambda phrase: (-len(phrase), phrase))


def _ends_with(words: Sequence[str], phrases: Iterable[tuple[str, ...]]) -> bool:
    return any(tuple(words[-len(phrase) :]) == phrase for phrase in phrases)
