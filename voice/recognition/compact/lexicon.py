"""The pronouncing dictionary of the pocketsphinx wheel, and words as chains of phones.

A *pronunciation* is a tuple of the model's context-independent phones (ARPABET without stress): ("L", "AA", "T", "EY").
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np

from voice.recognition.compact.phone_set import PhoneSet
from voice.recognition.compact.ptm import FloatArray, IntArray

Pronunciation = tuple[str, ...]
Dictionary = Mapping[str, tuple[Pronunciation, ...]]


@lru_cache(maxsize=2)
def read_dictionary(file: Path) -> Dictionary:
    """Word -> pronunciations of a CMUdict-format file ("latte(2) L AE T EY")."""
    entries: dict[str, list[Pronunciation]] = defaultdict(list)
    with file.open(encoding="utf-8") as lines:
        for line in lines:
            word, *phones = line.split()
            if phones and not word.startswith((";;", "#")):
                base = word[: word.index("(")] if word.endswith(")") and "(" in word[1:] else word
                entries[base].append(tuple(phones))
    return {word: tuple(found) for word, found in entries.items()}


@dataclass(frozen=True)
class Lexicon:
    """Words by number (from 1) with their pronunciations as phone numbers."""

    words: tuple[str, ...]
    word: IntArray
    """(pronunciations,): number of the word"""
    first: IntArray
    """(pronunciations + 1,): where each pronunciation starts in `phones`"""
    phones: IntArray
    """Phone numbers of all pronunciations, position-dependent, end to end"""
    cost: FloatArray
    """(pronunciations,): negative log probability of each among its word's"""

    @staticmethod
    def build(
        pronunciations: Mapping[str, Iterable[Pronunciation]],
        phones: PhoneSet,
        others: Mapping[str, Mapping[Pronunciation, float]] | None = None,
    ) -> Lexicon:
        """`others`: further ways to say a word, and how likely each is as against one of the first."""
        entries = []
        for i, (word, ways) in enumerate(pronunciations.items(), 1):
            shares = {**(others or {}).get(word, {}), **dict.fromkeys(ways, 1.0)}
            entries += [(i, way, part / sum(shares.values())) for way, part in shares.items()]
        numbers = [positioned(way, phones) for _, way, _ in entries]
        return Lexicon(
            words=tuple(pronunciations),
            word=np.array([i for i, _, _ in entries], np.int64),
            first=np.cumsum([0] + [len(n) for n in numbers]),
            phones=np.array([n for entry in numbers for n in entry], np.int64),
            cost=-np.log([part for _, _, part in entries]),
        )

    def symbol_table(self) -> str:
        """Kaldi's words.txt."""
        return "<eps> 0\n" + "".join(f"{word} {i}\n" for i, word in enumerate(self.words, 1))


def positioned(pronunciation: Sequence[str], phones: PhoneSet) -> list[int]:
    """Phone numbers of a word, marked for their position in it."""
    if len(pronunciation) == 1:
        return [phones.number[f"{pronunciation[0]}_S"]]
    middle = [f"{p}_I" for p in pronunciation[1:-1]]
    return [phones.number[n] for n in (f"{pronunciation[0]}_B", *middle, f"{pronunciation[-1]}_E")]
