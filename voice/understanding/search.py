"""Stretches of words that the lexicon of a large catalogue lacks, looked up among all its names."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from voice.shop.model import Catalogue
from voice.understanding.concepts import Chunk, Concept
from voice.understanding.matcher import ProductMatcher

_LONGEST = 12
"""Words of the longest stretch that is looked up"""
_MOST = 8
"""Stretches looked up in one sentence: its time stays bounded"""
_MAX_KNOWN = 10_000
_CONFIRMED = 0.45
"""Confidence of what is only likely: below Settings.confirm_below, so that the shop asks even about a lone product"""
_INSIDE = frozenset({"and", "with", "spread", "function", "counted", "measure"})
"""Roles of words that names hold as well: "macaroni and cheese" """


class NameSearch:
    """What people call the products of a large catalogue: parts of names, in any order, misspelt or misheard.

    Small catalogues need it not: their lexicon holds every part of every name.
    """

    def __init__(self, catalogue: Catalogue, language: str) -> None:
        names = {p.id: (p.name, *p.aliases) for p in catalogue.products}
        self._matcher = ProductMatcher(names, language, {p.id: p.popularity for p in catalogue.products})
        self._known: dict[str, tuple[Concept, float] | None] = {}

    def best(self, text: str) -> tuple[Concept, float] | None:
        """The product that the words mean, or the two or three between which they leave the choice, and how sure."""
        if text not in self._known:
            if len(self._known) > _MAX_KNOWN:
                self._known.clear()
            self._known[text] = self._find(text)
        return self._known[text]

    def _find(self, text: str) -> tuple[Concept, float] | None:
        decision = self._matcher.decide(text)
        if decision.kind == "refuse":
            return None
        open_choice = decision.ids if len(decision.ids) > 1 else ()
        sure = decision.confidence if decision.kind == "accept" else _CONFIRMED
        return Concept(products=dict.fromkeys(decision.ids, 1.0), undecided=open_choice), sure


def stretches(chunks: Sequence[Chunk], words: int) -> Iterator[tuple[int, int, int]]:
    """(start, end, catalogue phrases inside) of the stretches around unknown words that may be a product's name."""
    seen: set[tuple[int, int]] = set()
    for begin, stop in _runs(chunks):
        for first, last in _widths(chunks, begin, stop):
            span = chunks[first].start, min(chunks[last - 1].end, words)
            if span not in seen and span[1] - span[0] <= _LONGEST and len(seen) < _MOST:
                seen.add(span)
                yield *span, sum(c.concept is not None for c in chunks[first:last])


def _runs(chunks: Sequence[Chunk]) -> Iterator[tuple[int, int]]:
    """Runs of chunks, with an unknown word among them, that name something or are not the language's own."""
    i = 0
    while i < len(chunks):
        j = i
        while j < len(chunks) and _names(chunks[j]):
            j += 1
        if any(c.role == "unknown" for c in chunks[i:j]):
            yield i, j
        i = max(j, i + 1)


def _names(chunk: Chunk) -> bool:
    return chunk.role == "unknown" or (chunk.concept is not None and chunk.quantity is None)


def _widths(chunks: Sequence[Chunk], begin: int, stop: int) -> Iterator[tuple[int, int]]:
    """The run, without options and sizes at its ends, and on over a joining word or a number to what follows."""
    yield begin, stop
    first, last = begin, stop
    while first < last - 1 and _is_detail(chunks[first]):
        first += 1
    while last - 1 > first and _is_detail(chunks[last - 1]):
        last -= 1
    if (first, last) != (begin, stop):
        yield first, last
    end = stop
    while end < len(chunks) and (chunks[end].role in _INSIDE or chunks[end].quantity is not None) and end < stop + 2:
        end += 1
    if end > stop:
        while end < len(chunks) and _names(chunks[end]):
            end += 1
        yield begin, end


def _is_detail(chunk: Chunk) -> bool:
    return chunk.concept is not None and not chunk.is_product
