"""What a language knows of words when names are matched: which say the same or nearly so, and which say little."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from itertools import permutations
from typing import Any

from voice.errors import GrammarError
from voice.language import load_language
from voice.understanding.tokens import Tokenizer

SAME = 0.9
"""Likeness of two words for the same thing: less than that of the word itself"""
EXPLAINS = 0.65
"""Likeness of a word and one that explains it, or that stands for a neighbouring thing"""


class WordKnowledge:
    """The synonyms.yaml, glossary.yaml and function words of a language; nothing where the language has no grammar."""

    def __init__(self, language: str) -> None:
        self._kin: dict[str, dict[str, float]] = {}
        self._tokenizer: Tokenizer | None = None
        self.function: frozenset[str] = frozenset()
        try:
            topics = load_language(language).topics
        except GrammarError:
            return
        self._tokenizer = Tokenizer(load_language(language))
        self.function = frozenset(str(topics.get("fillers", {}).get("function_words", "")).split())
        glossary = topics.get("glossary", {})
        self._add_rows(topics.get("synonyms", {}).get("same", ()), SAME)
        self._add_rows(glossary.get("akin", ()), EXPLAINS)
        self._add_meanings(glossary.get("means", {}))

    def stem(self, word: str) -> str:
        """The form in which `kin` compares words."""
        return self._tokenizer.token(word).stem if self._tokenizer else word

    def kin(self, word: str) -> Mapping[str, float]:
        """Stems of other words that may stand for this one, and their likeness, 0 to 1."""
        return self._kin.get(self.stem(word), {})

    def knows(self, stem: str) -> bool:
        return stem in self._kin

    def _add_rows(self, rows: Sequence[Sequence[str]], likeness: float) -> None:
        """Rows of words that stand for each other; their phrases of several words are for the lexicon alone."""
        for row in rows:
            for word, other in permutations([phrase for phrase in row if " " not in phrase], 2):
                self._add(word, other, likeness)

    def _add_meanings(self, meanings: Mapping[str, Any]) -> None:
        for word, explained in meanings.items():
            for other in str(explained).split():
                self._add(word, other, EXPLAINS)
                self._add(other, word, EXPLAINS)

    def _add(self, word: str, other: str, likeness: float) -> None:
        known = self._kin.setdefault(self.stem(word), {})
        other = self.stem(other)
        known[other] = max(known.get(other, 0.0), likeness)


@lru_cache
def word_knowledge(language: str) -> WordKnowledge:
    """Read once a language, for it is the same for every catalogue."""
    return WordKnowledge(language)
