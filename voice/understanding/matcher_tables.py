"""Compact tables for looking names up: postings of ids, and cosines of character trigrams."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int32]
Floats = NDArray[np.float32]
_DENSE = 1_000_000
"""Cells up to which a table is faster than postings: a shop of some hundred products"""


class Postings:
    """Rows of int32 ids in one array: compact, fast to build and to read."""

    def __init__(self, rows: Iterable[int], values: Iterable[int], count: int) -> None:
        row = np.fromiter(rows, np.int32)
        order = np.argsort(row, kind="stable")
        self.values: Ints = np.fromiter(values, np.int32)[order]
        self.starts: list[int] = [0, *np.cumsum(np.bincount(row, minlength=count)).tolist()]

    def __getitem__(self, row: int) -> Ints:
        return self.values[self.starts[row] : self.starts[row + 1]]

    def lengths(self) -> NDArray[np.int64]:
        return np.diff(np.array(self.starts))


class TrigramIndex:
    """Cosine likeness of character trigrams, weighted by rarity."""

    def __init__(self, texts: Sequence[str]) -> None:
        self.size = len(texts)
        grams, docs = _trigrams(texts)
        self.grams = np.unique(grams)
        pairs = np.unique(np.searchsorted(self.grams, grams) * max(self.size, 1) + docs)
        self.docs: Ints = (pairs % max(self.size, 1)).astype(np.int32)
        rows = pairs // max(self.size, 1)
        frequency = np.bincount(rows, minlength=len(self.grams))
        self.starts: list[int] = [0, *np.cumsum(frequency).tolist()]
        weights = np.log1p(self.size / np.maximum(frequency, 1))
        squares = np.bincount(self.docs, weights=weights[rows] ** 2, minlength=self.size)
        self.norms: Floats = np.sqrt(np.maximum(squares, 1e-9)).astype(np.float32)
        self.squares: Floats = (weights**2).astype(np.float32)
        self.dense: Floats | None = None
        if len(self.grams) * self.size <= _DENSE:
            self.dense = np.zeros((len(self.grams), self.size), np.float32)
            self.dense[rows, self.docs] = self.squares[rows]

    def scores(self, text: str) -> Floats:
        """Cosine of the text with every indexed one, shape (size,)."""
        grams = np.unique(_trigrams([text])[0])
        if not len(self.grams) or not len(grams):
            return np.zeros(self.size, np.float32)
        places = np.minimum(np.searchsorted(self.grams, grams), len(self.grams) - 1)
        known = places[self.grams[places] == grams]
        square = float(self.squares[known].sum()) + (len(grams) - len(known)) * math.log1p(self.size) ** 2
        if self.dense is not None:
            out = self.dense[known].sum(axis=0)
        else:
            out = np.zeros(self.size, np.float32)
            for row, weight in zip(known.tolist(), self.squares[known].tolist(), strict=True):
                out[self.docs[self.starts[row] : self.starts[row + 1]]] += weight
        cosines: Floats = out / (self.norms * math.sqrt(square))
        return cosines


def _trigrams(texts: Sequence[str]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Each trigram of " text " as one number (21 bits a character), and the text that it stands in."""
    joined = "\n".join(f" {text} " if text else "" for text in texts)
    letters = np.frombuffer(joined.encode("utf-32-le"), np.uint32).astype(np.int64)
    if letters.size < 3:
        return np.empty(0, np.int64), np.empty(0, np.int64)
    ends = letters == ord("\n")
    whole = ~(ends[:-2] | ends[1:-1] | ends[2:])
    grams = letters[:-2] << 42 | letters[1:-1] << 21 | letters[2:]
    return grams[whole], np.cumsum(ends)[:-2][whole]


def top(scores: Floats, limit: int) -> NDArray[np.int64]:
    """Positions of the `limit` highest scores above 0, in no order."""
    if not scores.size:
        return np.empty(0, np.int64)
    share = 0.4 if scores.size > 20 * limit else 0.0
    found = np.flatnonzero(scores > share * scores.max())
    if share and len(found) < limit:
        found = np.flatnonzero(scores > 0)
    return found if len(found) <= limit else found[np.argpartition(scores[found], -limit)[-limit:]]
