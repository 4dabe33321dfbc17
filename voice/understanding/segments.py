"""Where one line item ends and the next begins: dynamic programming over all ways to cut the chunks into items."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from itertools import takewhile

from voice.shop.model import Catalogue
from voice.understanding.concepts import Chunk, Concept
from voice.understanding.item_reading import ItemReading
from voice.understanding.unsold import UNSOLD

_ITEM = 0.3
"""Cost of one more item"""
_START = {"frame": 0.2, "and": 0.5, "spread": 0.6, "with": 0.9, "": 0.9}
"""Cost of beginning an item without a quantity, by the word before"""
_LOOK_AHEAD = 14
"""Chunks in which an item must come to its product"""
_MAX_CANDIDATES = 4
_JOINERS = frozenset({"and", "with", "spread", "frame", "unknown", "measure", "function"})

_BRINGING = frozenset({"with", "and", "spread", "negation"})
"""Behind these the name of a product may be an option's"""


@dataclass(frozen=True, slots=True)
class Segment:
    """Chunks `start` to `end` as one thing: an "item", an "elided" one (of the product before), for "all", or a
    "refused" product ("no drinks"), or an "unsold" one ("two hot dogs")."""

    kind: str
    start: int
    end: int
    product_id: str | None = None
    named: bool = False
    """Whether words of it name the product, so that what follows may be of it as well"""


@dataclass(slots=True)
class _State:
    cost: float
    back: tuple[int, str | None] | None = None
    segment: Segment | None = None


class Segmenter:
    """Cuts chunks into the cheapest sequence of segments; chunks in none of them are left over."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._products = catalogue.by_id

    def segments(self, chunks: Sequence[Chunk], context: str | None = None) -> tuple[list[Segment], float]:
        """The segments in order and their cost. `context` is the product spoken of before, for elided ones."""
        n = len(chunks)
        states: list[dict[str | None, _State]] = [{} for _ in range(n + 1)]
        states[0][context] = _State(0.0)
        for i in range(n):
            if not states[i]:
                continue
            ahead = list(self._from(chunks, i))
            for last, state in list(states[i].items()):
                for segment, cost in (*ahead, *self._elided(chunks, i, last)):
                    key = segment.product_id if segment.named else last
                    _offer(states[segment.end], key, _State(state.cost + cost, (i, last), segment))
                _offer(states[i + 1], last, _State(state.cost + _skip_cost(chunks[i]), (i, last)))
        return self._trace(states)

    def read(self, chunks: Sequence[Chunk], segment: Segment) -> ItemReading:
        """The reading of one segment, for its contents."""
        assert segment.product_id is not None
        reading = ItemReading(self._products[segment.product_id])
        for k in range(segment.start, segment.end):
            reading.add(chunks[k], chunks[k + 1] if k + 1 < len(chunks) else None)
        reading.finish()
        return reading

    def _from(self, chunks: Sequence[Chunk], i: int) -> Iterator[tuple[Segment, float]]:
        """Every segment that can start at chunk `i` without knowing what came before."""
        first = chunks[i]
        if first.role in _JOINERS and first.concept is None and first.quantity is None:
            return
        if first.role == UNSOLD:
            yield Segment(UNSOLD, i, i + 1), _ITEM
            return
        if first.role == "all":
            yield from self._for_all(chunks, i)
            return
        if first.role == "negation":
            refused = self._refused(chunks, i)
            if refused:
                yield refused
        start = _ITEM + self._start_cost(chunks, i)
        candidates = self._candidates(chunks, i)
        for product_id in (*candidates, *self._nameless(chunks, i, candidates)):
            reading = ItemReading(self._products[product_id])
            for j in range(i, len(chunks)):
                if not reading.add(chunks[j], chunks[j + 1] if j + 1 < len(chunks) else None):
                    break
                if reading.says_something and (not _dangling(chunks[j]) or reading.ends_with_wish(chunks[j])):
                    named = product_id in candidates
                    yield Segment("item", i, j + 1, product_id, named), start + reading.complete_cost()

    def _elided(self, chunks: Sequence[Chunk], i: int, last: str | None) -> Iterator[tuple[Segment, float]]:
        """ "... and one with oat milk": an item of the product named before."""
        first = chunks[i]
        if (
            last is None
            or last not in self._products
            or (first.quantity is None and first.role not in ("one_of", "others"))
        ):
            return
        if first.article and not any(c.is_product for c in chunks[:i]):
            return  # "a decaf" after another sentence changes what was ordered there
        reading = ItemReading(self._products[last])
        for j in range(i, len(chunks)):
            if j > i and chunks[j].is_product and chunks[j - 1].role not in _BRINGING and not chunks[j - 1].amount:
                return  # "an espresso" is not one more latte with a "shot of espresso"
            if not reading.add(chunks[j], chunks[j + 1] if j + 1 < len(chunks) else None) or reading.head is not None:
                return
            if (reading.variants or reading.options or reading.plain) and not _dangling(chunks[j]):
                yield Segment("elided", i, j + 1, last, True), _ITEM + reading.complete_cost() - 0.4

    def _for_all(self, chunks: Sequence[Chunk], i: int) -> Iterator[tuple[Segment, float]]:
        """ "all of them large", "both with oat milk"."""
        begin = i + 1
        if begin < len(chunks) and chunks[begin].is_product and not (chunks[begin].concept or Concept()).owners():
            begin += 1  # "all of those pizzas"
        for j in range(begin, len(chunks)):
            chunk = chunks[j]
            if chunk.is_product and not (chunk.concept and chunk.concept.owners()):
                return
            if chunk.quantity is not None and not chunk.article:
                return
            if chunk.concept is not None and not _dangling(chunk):
                yield Segment("all", i, j + 1), 0.4

    @staticmethod
    def _refused(chunks: Sequence[Chunk], i: int) -> tuple[Segment, float] | None:
        """ "no drinks with this order", "no large latte" """
        j = i + 2 if i + 1 < len(chunks) and chunks[i + 1].article else i + 1
        while j < len(chunks) and (concept := chunks[j].concept) and concept.variants and not concept.options:
            j += 1
        if j >= len(chunks) or not chunks[j].is_product:
            return None
        return Segment("refused", i, j + 1), 1.0

    def _candidates(self, chunks: Sequence[Chunk], i: int) -> list[str]:
        """Products that an item beginning at chunk `i` may be of."""
        found: dict[str, None] = {}
        heads = 0
        for chunk in chunks[i : i + _LOOK_AHEAD]:
            concept = chunk.concept
            if concept is None:
                continue
            if concept.products:
                best = max(concept.products.values())
                for product_id in [p for p, q in concept.products.items() if q >= best - 0.15][:_MAX_CANDIDATES]:
                    found.setdefault(product_id)
                heads += 1
                if heads == 2:
                    break
            owners = concept.owners()
            for product_id in concept.naming if concept.naming else owners if len(owners) <= _MAX_CANDIDATES else ():
                found.setdefault(product_id)
        return list(found)

    @staticmethod
    def _nameless(chunks: Sequence[Chunk], i: int, found: Collection[str]) -> list[str]:
        """One of the products that a nameless "two large with olives" may be of: it stands for them all."""
        if chunks[i].quantity is None:
            return []
        ahead = takewhile(lambda c: not c.is_product, chunks[i : i + _LOOK_AHEAD])
        owners = [c.concept.owners() for c in ahead if c.concept is not None]
        if not owners or not owners[0].isdisjoint(found):
            return []
        common = owners[0]
        for more in owners[1:]:
            common = common & more or common
        return sorted(common)[:1]

    @staticmethod
    def _start_cost(chunks: Sequence[Chunk], i: int) -> float:
        before = next((c for c in reversed(chunks[:i]) if c.role not in ("unknown", "measure")), None)
        if before is None:
            return 0.0
        if chunks[i].quantity is not None:
            return 0.3 if before.role == "with" else 0.0
        return _START.get(before.role, _START[""])

    @staticmethod
    def _trace(states: Sequence[dict[str | None, _State]]) -> tuple[list[Segment], float]:
        if not states[-1]:
            return [], 0.0
        last = min(states[-1], key=lambda k: states[-1][k].cost)
        state = states[-1][last]
        total, found = state.cost, []
        while state.back is not None:
            if state.segment is not None:
                found.append(state.segment)
            i, key = state.back
            state = states[i][key]
        return found[::-1], total


def _offer(states: dict[str | None, _State], key: str | None, state: _State) -> None:
    known = states.get(key)
    if known is None or state.cost < known.cost:
        states[key] = state


def _dangling(chunk: Chunk) -> bool:
    """Whether an item cannot end with this chunk: it belongs to what follows."""
    return chunk.concept is None and (chunk.role in _JOINERS or chunk.role in ("negation", "repair"))


def _skip_cost(chunk: Chunk) -> float:
    """Cost of leaving a chunk out of every item."""
    if chunk.is_product or chunk.role == UNSOLD:
        return 6.0
    if chunk.concept is not None:
        return 4.0
    if chunk.quantity is not None:
        return 0.3 if chunk.article else 1.2
    if chunk.amount is not None or chunk.role == "negation":
        return 0.8
    if chunk.role == "plain":
        return 0.9
    return 0.0 if chunk.role in _JOINERS else 0.3
