"""An inverted index of names: which of 100,000 can a query mean, in a few milliseconds.

Three views of each name: its tokens weighted by rarity (Spärck Jones 1972, "A statistical interpretation of term
specificity"), found also by near spellings, near sounds, splits and joins of the query's words; its character trigrams;
and the trigrams of its sound, for what the recogniser misheard and cut elsewhere ("moe car", "mocha").
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from rapidfuzz import fuzz, process

from voice.phonetics import phonetic_key, sound_distance, word_phonemes
from voice.understanding.matcher_tables import Floats, Ints, Postings, TrigramIndex, top
from voice.understanding.matcher_text import codes, is_code, is_number, lower_case, tokens
from voice.understanding.matcher_words import word_knowledge

MAX_QUERY_TOKENS = 40
_NEAR_SPELLING = 0.72
_NEAR_SOUND = 0.34
_EXPANSIONS = 24
_SPELLINGS_LOOKED_AT = 40
_SOUNDS_LOOKED_AT = 60
_FUNCTION_WORD = 0.1
"""Share of its rarity that a word like "with" keeps: rare in a catalogue, it would else decide like a name's own"""


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
    """A query as the index sees it."""

    text: str
    tokens: tuple[str, ...]
    weights: tuple[float, ...]
    units: tuple[Unit, ...]
    numeric: tuple[bool, ...]
    coded: tuple[bool, ...]
    content: tuple[bool, ...]
    """False for a word that says little, like "with" """
    has_code: bool
    key: str
    """Phonetic key of the whole"""


@dataclass(frozen=True, slots=True)
class Candidates:
    """Rows that may be meant, with their cosines to the query by spelling and by sound; shapes (n,)."""

    rows: Ints
    spelling: Floats
    sound: Floats


class NameIndex:
    """The names of a catalogue, one row a name."""

    def __init__(
        self,
        names: Sequence[str],
        language: str = "en",
        phonetic: bool = True,
    ) -> None:
        self.names = tuple(names)
        self.knowledge = word_knowledge(language)
        self.language = language
        self.phonetic = phonetic
        self.vocabulary: dict[str, int] = {}
        self.rows: list[tuple[int, ...]] = []
        """Token ids of each name, in order"""
        self.row_codes: list[tuple[int, ...]] = []
        """Ids of codes that the tokens do not show, because punctuation cuts them"""
        for name in names:
            parts = tokens(name)
            self.rows.append(tuple(map(self._add, parts)))
            self.row_codes.append(tuple(self._add(c) for c in sorted(codes(name) - set(parts))))
        self.words = list(self.vocabulary)
        self.numeric = [is_number(w) and not is_code(w) for w in self.words]
        self.coded = [is_code(w) for w in self.words]
        self.content = [w not in self.knowledge.function for w in self.words]
        self.folded = [" ".join(self.words[t] for t in row) for row in self.rows]
        alike = Counter(self.folded)
        self.shared = [math.log(alike[name]) for name in self.folded]
        """Logarithm of how many rows have each name: what several sellers have under one name is popular"""
        strange = [lower_case(name) for name in names]
        usual = sum(strange) / max(len(names), 1)
        self.uncapitalised = [share * (1 - usual) for share in strange]
        """How far each name is from being written as the others: "no onions, add ham" in a list of Names is a note"""
        self._index_tokens()
        self.spelling = TrigramIndex(self.words)
        self.trigrams = TrigramIndex(self.folded)
        self._index_sounds()
        self._by_stem: dict[str, list[int]] = {}
        for token, word in enumerate(self.words):
            if self.knowledge.knows(stem := self.knowledge.stem(word)):
                self._by_stem.setdefault(stem, []).append(token)
        self._near = lru_cache(maxsize=20_000)(self._expand)

    def _add(self, token: str) -> int:
        return self.vocabulary.setdefault(token, len(self.vocabulary))

    def _index_tokens(self) -> None:
        pairs = [(t, d) for d, row in enumerate(self.rows) for t in {*row, *self.row_codes[d]}]
        self.postings = Postings((t for t, _ in pairs), (d for _, d in pairs), len(self.words))
        size = max(len(self.names), 1)
        share = np.where(self.content, 1.0, _FUNCTION_WORD)
        self.idf: list[float] = (share * np.log1p(size / np.maximum(self.postings.lengths(), 0.5))).tolist()
        self.unseen = math.log1p(size / 0.5)
        self.row_weights: Floats = np.array([sum(self.idf[t] for t in set(r)) for r in self.rows], np.float32)

    def _index_sounds(self) -> None:
        self.by_key: dict[str, list[int]] = {}
        keys = [self._key(word) for word in self.words]
        for token, key in enumerate(keys):
            if key:
                self.by_key.setdefault(key, []).append(token)
        self.sounds = TrigramIndex(["".join(keys[t] for t in row) for row in self.rows])

    def _key(self, word: str) -> str:
        """Phonetic key of a word or a short number ("4" sounds like "four"); codes have none."""
        speakable = self.phonetic and (word.isalpha() or (word.isdigit() and len(word) < 4))
        return phonetic_key(word_phonemes(word, self.language)) if speakable else ""

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
        extra = codes(text) - set(words)
        units += self._code_units(extra, words, weights)
        coded = tuple(map(is_code, words))
        return Query(
            text=" ".join(words),
            tokens=tuple(words),
            weights=tuple(weights),
            units=tuple(units),
            numeric=tuple(is_number(w) and not code for w, code in zip(words, coded, strict=True)),
            coded=coded,
            content=tuple(w not in self.knowledge.function for w in words),
            has_code=bool(extra) or any(coded),
            key="".join(map(self._key, words)),
        )

    def weight(self, word: str) -> float:
        token = self.vocabulary.get(word)
        if token is not None:
            return self.idf[token]
        return self.unseen * (_FUNCTION_WORD if word in self.knowledge.function else 1.0)

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
        for i in range(len(words)):
            code = ""
            for j in range(i, min(i + 6, len(words))):
                code += words[j]
                if code in extra and (near := self._near(code)):
                    units.append(Unit(i, j, near, sum(weights[i : j + 1])))
        return units

    def _expand(self, word: str) -> dict[int, float]:
        """Index tokens that a query word may stand for: itself, near spellings, beginnings, near sounds."""
        near: dict[int, float] = {}
        exact = self.vocabulary.get(word)
        if exact is not None:
            near[exact] = 1.0
        if is_number(word):
            whole = self.vocabulary.get(word.split(".")[0])
            if whole is not None:
                near.setdefault(whole, 0.6)  # a version with and without its minor part: "7.2", "7"
        elif len(word) >= 3 and self.words:
            self._add_spellings(word, near)
        self._add_sounds(word, near)
        for stem, likeness in self.knowledge.kin(word).items():
            for token in self._by_stem.get(stem, ()):
                near[token] = max(near.get(token, 0.0), likeness)
        best = sorted(((v, t) for t, v in near.items() if v > 0), reverse=True)[:_EXPANSIONS]
        return {t: v for v, t in best}

    def _add_spellings(self, word: str, near: dict[int, float]) -> None:
        scores = self.spelling.scores(word)
        found = top(scores, _SPELLINGS_LOOKED_AT)
        found = found[scores[found] > 0.2]
        others = [self.words[t] for t in found]
        if not others:
            return
        likeness = process.cdist([word], others, scorer=fuzz.ratio)[0] / 100
        for token, other, like in zip(found.tolist(), others, likeness.tolist(), strict=True):
            near[token] = max(near.get(token, 0.0), _spelling_likeness(word, other, like))

    def _add_sounds(self, word: str, near: dict[int, float]) -> None:
        key = self._key(word)
        if not key:
            return
        phones = word_phonemes(word, self.language)
        for token in self.by_key.get(key, ())[:_SOUNDS_LOOKED_AT]:
            distance = sound_distance(phones, word_phonemes(self.words[token], self.language))
            if distance < _NEAR_SOUND:
                near[token] = max(near.get(token, 0.0), 0.95 - 1.5 * distance)

    # --- candidates ---

    def candidates(self, query: Query, limit: int) -> Candidates:
        """At most twice `limit` rows, chosen by all three views."""
        score = np.zeros(len(self.names), np.float32)
        best = np.zeros(len(self.names), np.float32)
        for unit in query.units:
            for token, likeness in sorted(unit.near.items(), key=lambda item: item[1]):
                best[self.postings[token]] = likeness * min(unit.weight, self.idf[token] + 1)
            for token in unit.near:
                docs = self.postings[token]
                score[docs] += best[docs]
                best[docs] = 0
        spelling, sound = self.trigrams.scores(query.text), self.sounds.scores(query.key)
        score /= 0.6 * sum(query.weights) + 0.4 * self.row_weights + 1e-6
        best_views = (top(score, limit), top(spelling, limit // 2), top(sound, limit // 3))
        rows = np.unique(np.concatenate(best_views)).astype(np.int32)
        rows = rows[(score[rows] > 0) | (spelling[rows] > 0.05) | (sound[rows] > 0.2)]
        return Candidates(rows, spelling[rows], sound[rows])


def _spelling_likeness(word: str, other: str, ratio: float) -> float:
    """Likeness of two words by letters; a code must agree nearly whole, an abbreviation may stop short."""
    if word == other:
        return 1.0
    if is_number(other):
        return 0.0
    if is_code(word) or is_code(other):
        return ratio**3 if ratio >= 0.8 else 0.0
    if other.startswith(word) or (len(other) >= 3 and word.startswith(other)):
        return max(0.95 if ratio > 0.85 else 0.75, ratio)
    return ratio if ratio >= _NEAR_SPELLING else 0.0
