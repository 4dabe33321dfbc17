"""How speakers of other accents say words: what grammars/<lang>/accents.yaml names, besides the dictionary's ways.

The embedded model's dictionary is American, and says each word as one careful speaker would.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import product, takewhile
from typing import Any

from voice.language import Language
from voice.recognition.arpabet import VOWELS
from voice.recognition.compact.lexicon import Pronunciation
from voice.recognition.pronunciation import Pronouncer, reading, unique


class Accents:
    """Further pronunciations for a language's words."""

    def __init__(self, pronouncer: Pronouncer, language: Language) -> None:
        """A language without the file has none."""
        data = language.topics.get("accents", {})
        self._pronouncer = pronouncer
        self._voices: list[str] = data.get("readings") or []
        self._codas: dict[str, str] = data.get("codas") or {}
        self._share = float(data.get("share") or 1.0)
        self._numbers: Mapping[str, Any] = data.get("numbers") or {}
        self._ones: Collection[str] = language.topic("numbers")["ones"]

    def ways(self, word: str, state: str = "open") -> dict[Pronunciation, float]:
        """Those of one lower-case word that `Pronouncer.pronounce` does not give, in a state of the speech grammar: how
        likely each is as against one that it gives. None where the owner has spoken."""
        own = self._pronouncer.pronounce(word)
        if own.source == "owner":
            return {}
        read = unique(reading(word, voice) for voice in self._voices)
        weakened = (self._weakened(way) for way in (*own.ways, *read))
        found = dict.fromkeys((*read, *weakened), self._share)
        if self._is_answer(word, state):
            found |= dict.fromkeys(self._cut(own.ways), float(self._numbers["share"]))
        return {way: share for way, share in found.items() if way not in own.ways}

    def _is_answer(self, word: str, state: str) -> bool:
        return word in self._ones and state in self._numbers.get("states", ())

    def _cut(self, ways: Sequence[Pronunciation]) -> Iterator[Pronunciation]:
        """The ways with other vowels and without weak sounds at their edges; two sounds at least are left."""
        vowels, weak = self._numbers["vowels"], self._numbers["edges"]
        for way in unique([*ways, *(tuple(vowels.get(phone, phone) for phone in way) for way in ways)]):
            first = len(list(takewhile(weak.__contains__, way)))
            end = len(way) - len(list(takewhile(weak.__contains__, reversed(way))))
            yield from (way[i:j] for i, j in product((0, first), (len(way), end)) if j - i > 1)

    def _weakened(self, way: Pronunciation) -> Pronunciation:
        """The way with its codas changed."""
        around = zip(("", *way), way, (*way[1:], ""), strict=False)
        return tuple(
            self._codas.get(phone, phone) if before in VOWELS and after and after not in VOWELS else phone
            for before, phone, after in around
        )
