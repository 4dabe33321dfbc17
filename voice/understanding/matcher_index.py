"""An inverted index of names: which of 100,000 can a query mean, in a few milliseconds.

Two views of each name: its tokens weighted by rarity (Spärck Jones 1972, "A statistical interpretation of term
specificity"), with near spellings, near sounds, splits and joins of the query's words; and its character trigrams, which
bridge what tokens cannot.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from rapidfuzz import fuzz, process

from voice.phonetics import phonetic_key, sound_distance, word_phonemes
from voice.understanding.matcher_text import codes, fold, is_code, is_number, tokens

Ints = NDArray[np.int32]
Floats = NDArray[np.float32]

MAX_QUERY_TOKENS = 40
_NEAR_SPELLING = 0.72
_NEAR_SOUND = 0.34
_EXPANSIONS = 12


@dataclass(frozen=True, slots=True)
class Unit:
    """A stretch of the query's tokens and the index tokens that it may stand for."""

    first: int
    last: int
    near: dict[int, float]
    """Index token -> likeness, 0 to 1"""
    weight: float
    """Rarity: the sum of those of its tokens"""


@dataclass(frozen=True, slots=True)
class Query:
    text: str
    tokens: tuple[str, ...]
    weights: tuple[float, ...]
    units: tuple[Unit, ...]
    codes: frozenset[str]
    phones: tuple[str, ...]


class Postings:
    """Rows of int32 ids in one array: compact, and fast to build and to read."""

    def __init__(self, rows: Iterable[int], values: Iterable[int], count: int) -> None:
        row = np.fromiter(rows, np.int32)
        value = np.fromiter(values, np.int32)
        order = np.argsort(row, kind="stable")
        self.values: Ints = value[order]
        self.starts = np.concatenate(([0], np.cumsum(np.bincount(row, minlength=count)))).astype(np.int64)

    def __getitem__(self, row: int) -> Ints:
        return self.values[self.starts[row] : self.starts[row + 1]]

    def lengths(self) -> NDArray[np.int64]:
        return np.diff(self.starts)


class TrigramIndex:
    """Cosine likeness of character trigrams, weighted by rarity."""

    def __init__(self, texts: Sequence[str]) -> None:
        ids: dict[str, int] = {}
        rows: list[int] = []
        docs: list[int] = []
        for doc, text in enumerate(texts):
            for gram in trigrams(text):
                rows.append(ids.setdefault(gram, len(ids)))
                docs.append(doc)
        self.ids = ids
        self.size = len(texts)
        self.postings = Postings(rows, docs, len(ids))
        frequency = self.postings.lengths()
        self.weights: Floats = np.log1p(self.size / np.maximum(frequency, 1)).astype(np.float32)
        squares = np.bincount(docs, weights=self.weights[rows].astype(np.float64) ** 2, minlength=self.size)
        self.norms: Floats = np.sqrt(np.maximum(squares, 1e-9)).astype(np.float32)

    def scores(self, text: str) -> Floats:
        """Cosine of the text with every indexed one, shape (size,)."""
        out = np.zeros(self.size, np.float32)
        square = 0.0
        unseen = math.log1p(self.size)
        for gram in trigrams(text):
            row = self.ids.get(gram)
            weight = float(self.weights[row]) if row is not None else unseen
            square += weight * weight
            if row is not None:
                out[self.postings[row]] += weight * weight
        return out / (self.norms * max(math.sqrt(square), 1e-6))


def trigrams(text: str) -> set[str]:
    padded = f" {text} "
    return {padded[i : i + 3] for i in range(len(padded) - 2)}


class NameIndex:
    """The names of a catalogue, one row a name; rows of one product share an owner."""

    def __init__(self, names: Sequence[str], language: str = "en") -> None:
        self.names = tuple(names)
        self.language = language
        self.folded = [" ".join(tokens(name)) for name in names]
        self.vocabulary: dict[str, int] = {}
        self.rows: list[tuple[int, ...]] = []
        """Token ids of each name, in order"""
        self.row_codes: list[tuple[int, ...]] = []
        """Ids of codes that the tokens do not show, because punctuation cuts them"""
        for name, folded in zip(names, self.folded, strict=True):
            parts = folded.split()
            self.rows.append(tuple(self._add(t) for t in parts))
            self.row_codes.append(tuple(self._add(c) for c in sorted(codes(name) - set(parts))))
        self.words = list(self.vocabulary)
        self._index_tokens()
        self.spelling = TrigramIndex(self.words)
        self.trigrams = TrigramIndex(self.folded)
        self.by_key: dict[str, list[int]] = {}
        self._index_sounds()
        self._near = lru_cache(maxsize=20_000)(self._expand)

    def _add(self, token: str) -> int:
        return self.vocabulary.setdefault(token, len(self.vocabulary))

    def _index_tokens(self) -> None:
        pairs = [(t, d) for d, row in enumerate(self.rows) for t in set(row + self.row_codes[d])]
        self.postings = Postings((t for t, _ in pairs), (d for _, d in pairs), len(self.words))
        size = max(len(self.names), 1)
        frequency = self.postings.lengths()
        self.idf: Floats = np.log1p(size / np.maximum(frequency, 0.5)).astype(np.float32)
        self.unseen = math.log1p(size / 0.5)
        self.row_weights: Floats = np.array([sum(float(self.idf[t]) for t in set(r)) for r in self.rows], np.float32)

    def _index_sounds(self) -> None:
        for token, word in enumerate(self.words):
            if word.isalpha() and (key := phonetic_key(word_phonemes(word, self.language))):
                self.by_key.setdefault(key, []).append(token)

    # --- the query ---

    def parse(self, text: str) -> Query:
        """Cuts a query and finds what each word may stand for."""
        words = [part for token in tokens(text)[:MAX_QUERY_TOKENS] for part in self._split(token)]
        weights = [self.weight(w) for w in words]
        units = [Unit(i, i, self._near(w), weights[i]) for i, w in enumerate(words)]
        for i in range(len(words) - 1):
            joined = self.vocabulary.get(words[i] + words[i + 1])
            if joined is not None:
                units.append(Unit(i, i + 1, {joined: 1.0}, weights[i] + weights[i + 1]))
        extra = codes(text)
        units += self._code_units(extra - set(words), words, weights)
        phones = tuple(p for w in words for p in word_phonemes(w, self.language))
        return Query(" ".join(words), tuple(words), tuple(weights), tuple(units), frozenset(extra), phones)

    def weight(self, word: str) -> float:
        token = self.vocabulary.get(word)
        return self.unseen if token is None else float(self.idf[token])

    def _split(self, token: str) -> tuple[str, ...]:
        """A compound no name has, as two words that names do have ("taillight" -> "tail", "light")."""
        if token in self.vocabulary or len(token) < 5:
            return (token,)
        cuts = [(token[:i], token[i:]) for i in range(2, len(token) - 1)]
        known = [c for c in cuts if c[0] in self.vocabulary and c[1] in self.vocabulary]
        return max(known, key=lambda c: min(len(c[0]), len(c[1])), default=(token,))

    def _code_units(self, extra: set[str], words: Sequence[str], weights: Sequence[float]) -> list[Unit]:
        """Codes whose punctuation was removed, over the tokens that they are made of."""
        units = []
        for code in extra:
            near = self._near(code)
            span = next(
                ((i, j) for i in range(len(words)) for j in range(i, len(words)) if "".join(words[i : j + 1]) == code), None
            )
            if near and span:
                units.append(Unit(*span, near, sum(weights[span[0] : span[1] + 1])))
        return units

    def _expand(self, word: str) -> dict[int, float]:
        """Index tokens that a query word may stand for: itself, near spellings, beginnings, near sounds."""
        near: dict[int, float] = {}
        exact = self.vocabulary.get(word)
        if exact is not None:
            near[exact] = 1.0
        if is_number(word):
            return self._near_numbers(word, near)
        if len(word) < 3:
            return near
        scores = self.spelling.scores(word)
        found = np.argpartition(-scores, min(40, len(scores) - 1))[:40] if len(scores) else np.empty(0, np.int64)
        found = found[scores[found] > 0.2]
        others = [self.words[t] for t in found]
        if others:
            likeness = process.cdist([word], others, scorer=fuzz.ratio)[0] / 100
            for token, other, like in zip(found.tolist(), others, likeness.tolist(), strict=True):
                near[token] = max(near.get(token, 0.0), _spelling_likeness(word, other, like))
        if word.isalpha():
            self._add_sounds(word, near)
        best = sorted(((v, t) for t, v in near.items() if v > 0), reverse=True)[:_EXPANSIONS]
        return {t: v for v, t in best}

    def _near_numbers(self, word: str, near: dict[int, float]) -> dict[int, float]:
        """A version says its minor part or not: "7.2" is near "7"."""
        if "." in word and (token := self.vocabulary.get(word.split(".")[0])) is not None:
            near[token] = 0.6
        return near

    def _add_sounds(self, word: str, near: dict[int, float]) -> None:
        phones = word_phonemes(word, self.language)
        for token in self.by_key.get(phonetic_key(phones), ())[:60]:
            distance = sound_distance(phones, word_phonemes(self.words[token], self.language))
            if distance < _NEAR_SOUND:
                near[token] = max(near.get(token, 0.0), 0.95 - 1.5 * distance)

    # --- candidates ---

    def candidates(self, query: Query, limit: int) -> tuple[Ints, Floats]:
        """Rows that may be meant, best first by either view, and their trigram cosines; shapes (<= 2 * limit,)."""
        score = np.zeros(len(self.names), np.float32)
        unit_score = np.zeros(len(self.names), np.float32)
        for unit in query.units:
            for token, likeness in sorted(unit.near.items(), key=lambda kv: kv[1]):
                unit_score[self.postings[token]] = likeness * min(unit.weight, float(self.idf[token]) + 1)
            for token in unit.near:
                docs = self.postings[token]
                score[docs] += unit_score[docs]
                unit_score[docs] = 0
        cosine = self.trigrams.scores(query.text)
        total = sum(query.weights)
        ranking = score / (0.6 * total + 0.4 * self.row_weights + 1e-6)
        rows = np.union1d(_top(ranking, limit), _top(cosine, limit // 2)).astype(np.int32)
        rows = rows[(ranking[rows] > 0) | (cosine[rows] > 0.05)]
        return rows, cosine[rows]


def _top(scores: Floats, limit: int) -> NDArray[np.int64]:
    if len(scores) <= limit:
        return np.arange(len(scores))
    return np.argpartition(-scores, limit)[:limit]


def _spelling_likeness(word: str, other: str, ratio: float) -> float:
    """Likeness of two words by letters; a code must agree nearly whole, an abbreviation may stop short."""
    if word == other:
        return 1.0
    if is_code(word) or is_code(other):
        return (ratio**3 if ratio >= 0.8 else 0.0) if not is_number(other) else 0.0
    if len(word) >= 3 and other.startswith(word) or len(other) >= 3 and word.startswith(other):
        return max(0.95 if ratio > 0.85 else 0.75, ratio)
    return ratio if ratio >= _NEAR_SPELLING and not is_number(other) else 0.0
