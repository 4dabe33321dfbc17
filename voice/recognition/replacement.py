"""What a model has no word for, said in words that it has: the sequence of its words that sounds nearest.

One pass of dynamic programming over the sounds of the wanted word, in which all words of the model are compared at
every place at once (the one-pass algorithm of Ney, "The use of a one-stage dynamic programming algorithm for connected
word recognition", IEEE ASSP 32, 1984). Costs are those of `voice.phones`.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from voice.phones import drop_cost, substitution_cost
from voice.phonetics import word_phonemes

Tell = Callable[[str, float], None]

WORD_COST = 0.35
"""What each word of a replacement costs, in phones: few long words before many short ones"""
SPARE = 2
"""Phones that a word may have more than the wanted one"""
COMPARED = 4000
"""Words of the model that are compared in full: those whose phones are nearest to any of the wanted ones"""
AT_LEAST = 250
"""The same for very many wanted words"""
ALL = 2_000_000
"""Words that are compared in full for all wanted words together: well under a minute"""
ALIKE = 0.2
"""A second way to say a word is listened for too when something sounds so near to it"""
_FAR = np.float32(1e9)


@dataclass(frozen=True)
class Replacement:
    words: tuple[str, ...]
    distance: float
    """Per phone of the wanted word: 0 the same sound, 1 nothing alike"""


@dataclass(frozen=True)
class _Block:
    """The words that are short enough for a wanted word."""

    words: Sequence[str]
    phones: npt.NDArray[np.int32]
    """(words, longest), -1 behind a word's end"""
    length: npt.NDArray[np.int32]


@dataclass
class SoundIndex:
    """The words of a model by their sounds."""

    language: str
    words: list[str] = field(default_factory=list)
    phones: list[tuple[str, ...]] = field(default_factory=list)

    @staticmethod
    def build(words: Iterable[str], language: str) -> SoundIndex:
        """About 20,000 words a second. Of words that sound the same the first is taken; noises are passed over."""
        index = SoundIndex(language)
        seen: set[tuple[str, ...]] = set()
        for word in words:
            if word.replace("'", "").replace("-", "").isalpha():
                phones = word_phonemes(word, language)
                if phones and phones not in seen:
                    seen.add(phones)
                    index.words.append(word)
                    index.phones.append(phones)
        return index

    @staticmethod
    def from_json(text: str) -> SoundIndex:
        held = json.loads(text)
        return SoundIndex(held["language"], held["words"], [tuple(p.split()) for p in held["phones"]])

    def to_json(self) -> str:
        phones = [" ".join(p) for p in self.phones]
        return json.dumps({"language": self.language, "words": self.words, "phones": phones}, ensure_ascii=False)

    def __post_init__(self) -> None:
        self._block: _Block | None = None
        self._inventory: dict[str, int] = {}

    def replacements(self, wanted: Mapping[str, Sequence[Sequence[str]]], tell: Tell) -> dict[str, tuple[str, ...]]:
        """For each wanted word, by the ways to say it: the texts to listen for, nearest first. None when mute."""
        compared = max(AT_LEAST, min(COMPARED, ALL // max(1, sum(map(len, wanted.values())))))
        replaced = {}
        for i, (word, ways) in enumerate(wanted.items()):
            tell("words that the model does not know", i / len(wanted))
            found = sorted(filter(None, (self.nearest(way, compared) for way in ways)), key=lambda r: r.distance)
            near = [r for i, r in enumerate(found) if i == 0 or r.distance <= ALIKE]
            replaced[word] = tuple(dict.fromkeys(" ".join(r.words) for r in near))
        return replaced

    def nearest(self, phones: Sequence[str], compared: int = COMPARED) -> Replacement | None:
        """The words that together sound most like `phones`; None when there are none."""
        block = self._blocks()
        keep = np.flatnonzero(block.length <= len(phones) + SPARE)
        if not phones or not len(keep):
            return None
        costs, skips = self._costs(phones), np.array([drop_cost(p) for p in phones], np.float32)
        least = np.append(costs[:-1].min(axis=1), np.float32(0))  # by phone; the last stands behind a word's end
        if len(keep) > compared:
            table = block.phones[keep, : len(phones) + SPARE]
            bound = least[table].sum(axis=1) / block.length[keep]
            keep = keep[np.lexsort((-block.length[keep], bound))[:compared]]
        found, cost = _segment(block.phones[keep, : len(phones) + SPARE], block.length[keep], costs, skips)
        words = tuple(block.words[keep[i]] for i in found)
        return Replacement(words, float(np.clip((cost - WORD_COST * len(words)) / len(phones), 0, 1)))

    def _blocks(self) -> _Block:
        if self._block is None:
            self._inventory = {p: i for i, p in enumerate(sorted({p for ps in self.phones for p in ps}))}
            length = np.array([len(p) for p in self.phones], np.int32)
            table = np.full((len(self.phones), int(length.max(initial=0))), -1, np.int32)
            for i, phones in enumerate(self.phones):
                table[i, : len(phones)] = [self._inventory[p] for p in phones]
            self._block = _Block(self.words, table, length)
        return self._block

    def _costs(self, phones: Sequence[str]) -> npt.NDArray[np.float32]:
        """(phones of the index + 1, wanted + 1): hearing one as the other; the last column is hearing nothing."""
        rows = [[*(substitution_cost(p, q) for q in phones), drop_cost(p)] for p in self._inventory]
        return np.array([*rows, [float(_FAR)] * (len(phones) + 1)], np.float32)


def _segment(
    table: npt.NDArray[np.int32],
    length: npt.NDArray[np.int32],
    costs: npt.NDArray[np.float32],
    skips: npt.NDArray[np.float32],
) -> tuple[list[int], float]:
    """Rows of `table` that together cost least, and the cost.

    `column[w, k]`: best cost of having read `k` phones of word `w` as the last word so far, `began` where it began.
    """
    count, longest = table.shape
    rows = np.arange(count)
    best, came = [0.0], [(-1, -1)]  # by place: cost, (word that ends here, place where it began)
    column = np.full((count, longest + 1), _FAR, np.float32)
    began = np.zeros((count, longest + 1), np.int16)
    insert = costs[table, -1]
    column[:, 0] = 0.0
    _insert(column, began, insert)
    for place in range(len(skips)):
        heard = costs[table, place]
        fresh = column + skips[place]  # the wanted phone is heard as nothing
        start = began.copy()
        diagonal = column[:, :-1] + heard
        better = diagonal < fresh[:, 1:]
        fresh[:, 1:] = np.where(better, diagonal, fresh[:, 1:])
        start[:, 1:] = np.where(better, began[:, :-1], start[:, 1:])
        fresh[:, 0] = _FAR  # a word does not begin with silence
        _insert(fresh, start, insert)
        ends = fresh[rows, length]
        word = int(ends.argmin())
        best.append(float(ends[word]) + WORD_COST)
        came.append((word, int(start[word, length[word]])))
        fresh[:, 0], start[:, 0] = best[-1], place + 1
        _insert(fresh, start, insert)
        column, began = fresh, start
    found: list[int] = []
    place = len(skips)
    while place > 0:
        word, place = came[place]
        found.append(word)
    return found[::-1], best[-1]


def _insert(column: npt.NDArray[np.float32], began: npt.NDArray[np.int16], insert: npt.NDArray[np.float32]) -> None:
    """Phones of a word that are not in what is wanted."""
    for k in range(insert.shape[1]):
        cost = column[:, k] + insert[:, k]
        better = cost < column[:, k + 1]
        column[better, k + 1] = cost[better]
        began[better, k + 1] = began[better, k]
