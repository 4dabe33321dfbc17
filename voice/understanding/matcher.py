"""Words to products: ranks the names of any catalogue against what was said or typed, and says how sure it is."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from voice.understanding.matcher_features import features
from voice.understanding.matcher_index import NameIndex
from voice.understanding.matcher_text import plain_name, tokens
from voice.understanding.matcher_weights import CALIBRATION, RANKING

ACCEPT = 0.6
"""A product at least this likely is taken ..."""
CLEAR = 3.0
"""... if it is also this many times likelier than the next"""
CONSIDER = 0.12
"""A product at least this likely may be offered as a choice"""
ASK = 0.45
"""The choices together must be at least this likely, else the words mean nothing in the shop"""
MEANT = 0.8
"""... or all that resemble the words: many are equally like them ("jam"), and the likeliest are a beginning"""
MAX_CHOICES = 3
POPULARITY = 0.6
"""Score of the most popular product over the least popular one: decides between near ties only"""
_CONSIDERED = 50
"""Products of one text over which a decision sums"""
_RANKING: NDArray[np.float64] = np.array(tuple(RANKING.values()))


@dataclass(frozen=True, slots=True)
class Match:
    """One product that the words may mean."""

    id: str
    name: str
    """The name of its that fits best"""
    score: float
    """Comparable within one query only"""
    confidence: float
    """Calibrated probability that it is meant, 0 to 1; those of all products and of "none" sum to 1"""


@dataclass(frozen=True, slots=True)
class Decision:
    """What to do with the words: take the product, ask which, or refuse."""

    kind: Literal["accept", "ask", "refuse"]
    ids: tuple[str, ...] = ()
    """One for "accept", two or three for "ask" (one when it must be confirmed), none for "refuse" """
    confidence: float = 0.0
    """That one of `ids` is meant; for "refuse", that none of the catalogue is"""


class ProductMatcher:
    """An index over the names of one catalogue version. Safe to share between threads once built.

    `names` maps a product id to all it is called: its name, aliases, name with brand and model. `popularity` (0 to 1)
    and the `context` of a decision break near ties. `phonetic=False` leaves sounds out, for text that nobody spoke.
    """

    def __init__(
        self,
        names: Mapping[str, Sequence[str]],
        language: str = "en",
        popularity: Mapping[str, float] | None = None,
        phonetic: bool = True,
    ) -> None:
        pairs = list(name_rows(names))
        self._ids = [product for product, _ in pairs]
        self._index = NameIndex([name for _, name in pairs], language, phonetic)
        self._popularity = popularity or {}
        self._limit = min(50, 8 + len(pairs) // 100)

    def rank(self, query: str, limit: int = 10, context: Mapping[str, float] | None = None) -> list[Match]:
        """The likeliest products, best first; empty when nothing resembles the query.

        `context` maps product ids to a prior between 0 and 1, as `popularity` does.
        """
        parsed = self._index.parse(query)
        found = self._index.candidates(parsed, self._limit)
        scores = features(self._index, parsed, found) @ _RANKING
        best: dict[str, tuple[float, int]] = {}
        for row, score in sorted(zip(found.rows.tolist(), scores.tolist(), strict=True), key=lambda pair: -pair[1]):
            best.setdefault(self._ids[row], (score, row))
        raised = {
            product: score + POPULARITY * (self._popularity.get(product, 0.0) + (context or {}).get(product, 0.0))
            for product, (score, _) in best.items()
        }
        confidence = _confidence(raised)
        order = sorted(raised, key=lambda product: -raised[product])[:limit]
        return [Match(p, self._index.names[best[p][1]], raised[p], confidence[p]) for p in order]

    def decide(
        self,
        query: str | Sequence[tuple[str, float]],
        context: Mapping[str, float] | None = None,
    ) -> Decision:
        """Accept, ask or refuse. `query` is text, or the recogniser's n-best texts with their weights."""
        readings = [(query, 1.0)] if isinstance(query, str) else list(query)
        total = sum(weight for _, weight in readings) or 1.0
        confidence: dict[str, float] = {}
        for text, weight in readings:
            for match in self.rank(text, limit=_CONSIDERED, context=context):
                confidence[match.id] = confidence.get(match.id, 0.0) + match.confidence * weight / total
        order = sorted(confidence, key=lambda product: -confidence[product])[:MAX_CHOICES]
        if not order:
            return Decision("refuse", (), 1.0)
        first = confidence[order[0]]
        second = confidence[order[1]] if len(order) > 1 else 0.0
        if first >= ACCEPT and first >= CLEAR * second:
            return Decision("accept", (order[0],), first)
        choices = tuple(p for p in order if confidence[p] >= CONSIDER)
        likely = sum(confidence[p] for p in choices)
        if choices and likely >= ASK:
            return Decision("ask", choices, likely)
        if sum(confidence.values()) >= MEANT:
            return Decision("ask", tuple(order), sum(confidence[p] for p in order))
        return Decision("refuse", (), max(0.0, 1 - sum(confidence.values())))


def name_rows(names: Mapping[str, Sequence[str]]) -> Iterator[tuple[str, str]]:
    """(product id, name) of all that each product is called, and of its plain names where they differ."""
    for product, given in names.items():
        seen: set[tuple[str, ...]] = set()
        for name in (*given, *map(plain_name, given)):
            words = tuple(tokens(name))
            if words not in seen:
                seen.add(words)
                yield product, name


def _confidence(scores: Mapping[str, float]) -> dict[str, float]:
    """Softmax over the products and the possibility that none is meant, as `fit_matching` calibrated it."""
    none = CALIBRATION["none"]
    scaled = {product: CALIBRATION["scale"] * score for product, score in scores.items()}
    highest = max([none, *scaled.values()])
    total = sum(math.exp(s - highest) for s in scaled.values()) + math.exp(none - highest)
    return {product: math.exp(s - highest) / total for product, s in scaled.items()}
