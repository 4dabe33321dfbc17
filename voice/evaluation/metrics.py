"""What is counted: word errors, confusions, proportions with their uncertainty."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class WordErrors:
    """Substitutions, deletions and insertions of one transcript against what was said."""

    words: int
    substituted: tuple[tuple[str, str], ...] = ()
    deleted: tuple[str, ...] = ()
    inserted: tuple[str, ...] = ()

    @property
    def errors(self) -> int:
        return len(self.substituted) + len(self.deleted) + len(self.inserted)


def word_errors(said: str, heard: str) -> WordErrors:
    """Aligns two texts word by word with the fewest errors (Levenshtein); case and outer punctuation do not count."""
    a, b = _words(said), _words(heard)
    cost = [[i + j if not i or not j else 0 for j in range(len(b) + 1)] for i in range(len(a) + 1)]
    for i in range(1, len(a) + 1):
        for j in range(1, len(b) + 1):
            same = cost[i - 1][j - 1] + (a[i - 1] != b[j - 1])
            cost[i][j] = min(same, cost[i - 1][j] + 1, cost[i][j - 1] + 1)
    substituted, deleted, inserted = [], [], []
    i, j = len(a), len(b)
    while i or j:
        if i and j and cost[i][j] == cost[i - 1][j - 1] + (a[i - 1] != b[j - 1]):
            i, j = i - 1, j - 1
            if a[i] != b[j]:
                substituted.append((a[i], b[j]))
        elif i and cost[i][j] == cost[i - 1][j] + 1:
            i -= 1
            deleted.append(a[i])
        else:
            j -= 1
            inserted.append(b[j])
    return WordErrors(len(a), tuple(substituted[::-1]), tuple(deleted[::-1]), tuple(inserted[::-1]))


def _words(text: str) -> list[str]:
    return [w for w in (word.strip(".,;:!?¿¡\"()").lower() for word in text.split()) if w]


@dataclass
class Score:
    """Commands and words of one group of recordings."""

    commands: int = 0
    right: int = 0
    words: int = 0
    errors: int = 0
    seconds: float = 0.0
    busy: float = 0.0
    """Processor seconds spent on them"""
    confusions: Counter[tuple[str, str]] = field(default_factory=Counter)
    """(said, heard); "" for a word that was left out or put in"""

    def add(self, right: bool, errors: WordErrors, seconds: float, busy: float) -> None:
        self.commands += 1
        self.right += right
        self.words += errors.words
        self.errors += errors.errors
        self.seconds += seconds
        self.busy += busy
        self.confusions.update(errors.substituted)
        self.confusions.update((w, "") for w in errors.deleted)
        self.confusions.update(("", w) for w in errors.inserted)

    @property
    def accuracy(self) -> float:
        return self.right / self.commands if self.commands else 0.0

    @property
    def word_error_rate(self) -> float:
        return self.errors / self.words if self.words else 0.0

    @property
    def real_time_factor(self) -> float:
        return self.busy / self.seconds if self.seconds else 0.0


def wilson(right: int, count: int, z: float = 1.96) -> tuple[float, float]:
    """95 % interval of a proportion (Wilson 1927), which holds for few commands and near 0 and 1."""
    if not count:
        return 0.0, 1.0
    share = right / count
    middle = (share + z * z / (2 * count)) / (1 + z * z / count)
    half = z * math.sqrt(share * (1 - share) / count + z * z / (4 * count * count)) / (1 + z * z / count)
    return max(0.0, middle - half), min(1.0, middle + half)


def error_curves(scores: Iterable[tuple[float, bool]]) -> list[tuple[float, float, float]]:
    """(threshold, false accepts, false rejects) for each threshold at which the decision changes.

    `scores` are (confidence, whether it was right to accept). A share is of the wrong ones (accepts) and of the right
    ones (rejects); what reaches the threshold is accepted.
    """
    pairs: Sequence[tuple[float, bool]] = sorted(scores)
    good = sum(ok for _, ok in pairs)
    bad = len(pairs) - good
    curve = []
    for threshold in sorted({s for s, _ in pairs} | {0.0, 1.0}):
        accepts = sum(s >= threshold and not ok for s, ok in pairs) / (bad or 1)
        rejects = sum(s < threshold and ok for s, ok in pairs) / (good or 1)
        curve.append((threshold, accepts, rejects))
    return curve
