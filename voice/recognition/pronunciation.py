"""How words are said: as the owner says, as the dictionary says, or as espeak-ng reads them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from voice.phonetics import word_phonemes
from voice.recognition.arpabet import from_arpabet, from_ipa
from voice.recognition.compact.lexicon import Dictionary, Pronunciation, read_dictionary
from voice.recognition.compact.ptm import wheel_model_folder
from voice.shop.model import Catalogue

Source = Literal["owner", "dictionary", "derived", "reading"]
"""Given in the catalogue; found in the dictionary; made from a word found there (plural); espeak-ng's reading"""

_UNVOICED = frozenset(["P", "T", "K", "F", "TH"])
_SIBILANTS = frozenset(["S", "Z", "SH", "ZH", "CH", "JH"])
_ROMANCE_ENDINGS = frozenset("aeio")
_LONGEST_READING = 40
"""Phones: a longer word is nonsense and would only make the graph slow"""


@dataclass(frozen=True, slots=True)
class Spoken:
    """A word's pronunciations (ARPABET phones) and where they come from; none when it cannot be said."""

    word: str
    ways: tuple[Pronunciation, ...]
    source: Source


class Pronouncer:
    """Pronunciations for the embedded English model's 39 phones."""

    def __init__(self, dictionary: Dictionary | None = None, given: Mapping[str, Iterable[str]] | None = None) -> None:
        """`given`: word -> ARPABET ("L AA T EY") or IPA ("lɑːteɪ") strings, which come before all others."""
        self._dictionary = dictionary if dictionary is not None else wheel_dictionary()
        self._given = {word.lower(): tuple(ways) for word, ways in (given or {}).items()}

    @staticmethod
    def for_catalogue(catalogue: Catalogue) -> Pronouncer:
        return Pronouncer(given=given_pronunciations(catalogue))

    def pronounce(self, word: str) -> Spoken:
        """All the ways to say one lower-case word."""
        if ways := self._owners(word):
            return Spoken(word, ways, "owner")
        if found := self._dictionary.get(word):
            return Spoken(word, found, "dictionary")
        if ways := self._derived(word):
            return Spoken(word, ways, "derived")
        return Spoken(word, unique(reading(word, language) for language in reading_languages(word)), "reading")

    def _derived(self, word: str) -> tuple[Pronunciation, ...]:
        """Plurals and possessives: "lattes", "bakery's"."""
        stem = word[:-2] if word.endswith("'s") else word[:-1] if word.endswith("s") else ""
        if len(stem) < 3:
            return ()
        ways = self._owners(stem) or self._dictionary.get(stem, ())
        return tuple(way + _plural_ending(way) for way in ways)

    def _owners(self, word: str) -> tuple[Pronunciation, ...]:
        return unique(_parsed(text) for text in self._given.get(word, ()))


def given_pronunciations(catalogue: Catalogue) -> dict[str, tuple[str, ...]]:
    """The owner's, by word: ARPABET or IPA."""
    given = dict(catalogue.pronunciations)
    for product in catalogue.products:
        given.update(product.pronunciations)
        for group in product.groups:
            for option in group.options:
                given.update(option.pronunciations)
    return {word.lower(): tuple(ways) for word, ways in given.items()}


@lru_cache(maxsize=1)
def wheel_dictionary() -> Dictionary:
    """The pronouncing dictionary of the pocketsphinx wheel (CMUdict)."""
    return read_dictionary(wheel_model_folder() / "cmudict-en-us.dict")


def _parsed(text: str) -> Pronunciation | None:
    return from_arpabet(text) or from_ipa(word_ipa(text))


def word_ipa(text: str) -> tuple[str, ...]:
    """IPA as an owner writes it ("dʒəˈlɑːpeɪ.njoʊ") cut into phones."""
    pairs = ("aʊ", "aɪ", "eɪ", "oʊ", "əʊ", "ɔɪ", "tʃ", "dʒ")
    clean = "".join(c for c in text.strip("/[] ") if c not in "ˈˌ.ː ‿")
    phones: list[str] = []
    while clean:
        length = 2 if clean[:2] in pairs else 1
        phones.append(clean[:length])
        clean = clean[length:]
    return tuple(phones)


def reading_languages(word: str, language: str = "en") -> tuple[str, ...]:
    """Foods often keep their foreign name; an English shop's word on a vowel is read as Italian too: "ciabatta"."""
    return ("en", "it") if language == "en" and word[-1:] in _ROMANCE_ENDINGS else (language,)


def reading(word: str, language: str) -> Pronunciation | None:
    """How espeak-ng reads a word in a language or with one of its voices; None when it cannot, or not in our phones."""
    ways = from_ipa(word_phonemes(word, language))
    return ways if ways and len(ways) <= _LONGEST_READING else None


def _plural_ending(way: Pronunciation) -> Pronunciation:
    if way[-1] in _SIBILANTS:
        return ("IH", "Z")
    return ("S",) if way[-1] in _UNVOICED else ("Z",)


def unique(ways: Iterable[Pronunciation | None]) -> tuple[Pronunciation, ...]:
    """Each once, in their order; None is no way."""
    return tuple(dict.fromkeys(way for way in ways if way))
