"""Tokens to chunks: the cheapest way to cover a sentence with phrases of the catalogue and of the language."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from voice.understanding.concepts import Chunk
from voice.understanding.forms import SOLE
from voice.understanding.lexicon import Lexicon
from voice.understanding.likeness import Likeness
from voice.understanding.names import Names, with_halves
from voice.understanding.quantities import Quantity
from voice.understanding.search import NameSearch, stretches
from voice.understanding.tokens import Token
from voice.understanding.vocabulary import Vocabulary

_CONCEPT, _NUMBER, _PHRASE, _FUNCTION, _UNKNOWN = 0.65, 0.45, 0.5, 0.3, 3.0
"""Cost of covering words by each kind; a concept's rises as it is less like the words"""
_WHOLE = 0.15
"""What words said together as a name gain on the same words one by one"""
_LONGER = 0.02
"""... and each of its words on another name: the "half litre" of "a half litre of milk"."""
_JOINED = 0.4
"""Dearer is a name with a "with" inside: an "avocado toast with egg" is not "toast with eggs", with avocado"""
_MEASURED = 0.3
"""What a number gains that leaves a measure of the menu's to the name behind it: fifty | "six millimetre ones" """
_FREE_ROLES = frozenset({"function"})


class Tagger:
    """Finds the chunks of a sentence by dynamic programming over all phrases that occur in it."""

    def __init__(
        self, lexicon: Lexicon, vocabulary: Vocabulary, likeness: Likeness, search: NameSearch | None = None
    ) -> None:
        self._lexicon, self._vocabulary, self._likeness, self._search = lexicon, vocabulary, likeness, search
        self._names = Names(lexicon)
        self._definite = vocabulary.definite
        self._numbers = vocabulary.numbers.words() - lexicon.words

    def chunks(self, tokens: Sequence[Token]) -> list[Chunk]:
        """Chunks in order; words that only fill are gone, and runs of them that open an order are one "frame"."""
        kept = self._without_stutter(self._vocabulary.without_hesitations(tokens))
        if not kept:
            return []
        edges = self._edges(kept)
        found = self._cheapest(kept, edges)
        if any(c.role == "unknown" for c in found) and self._add_alike(kept, edges, found):
            found = self._cheapest(kept, edges)
        if self._search and any(c.role == "unknown" for c in found) and self._add_searched(kept, edges, found):
            found = self._cheapest(kept, edges)
        return with_halves(list(self._condense(kept, self._names.settled(kept, found))))

    def _without_stutter(self, tokens: Sequence[Token]) -> list[Token]:
        """ "a large a large latte": what is said twice in a row counts once, unless it means two things."""
        out: list[Token] = []
        for place, token in enumerate(tokens, 1):
            out.append(token)
            for n in (3, 2, 1):
                twice = len(out) >= 2 * n and [t.key for t in out[-n:]] == [t.key for t in out[-2 * n : -n]]
                if twice and not self._two_meanings(tokens, place - n, place):
                    del out[-n:]
                    break
        return out

    def _two_meanings(self, tokens: Sequence[Token], start: int, end: int) -> bool:
        """Whether the words begin another phrase than they are: the size and the roast of "medium medium roast"."""
        forms = list(self._lexicon.find([t.key for t in tokens], [t.stem for t in tokens], start))
        alone = next((concept for stop, concept, _ in forms if stop == end), None)
        longer = [concept for stop, concept, _ in forms if stop > end and not concept.products]
        return alone is not None and any(
            alone.details(p) - other.details(p) for other in longer for p in alone.owners() & other.owners()
        )

    def _edges(self, tokens: Sequence[Token]) -> list[dict[int, tuple[float, Chunk]]]:
        """For each start, end -> (cost, chunk with every reading of these words)."""
        keys, stems = [t.key for t in tokens], [t.stem for t in tokens]
        edges: list[dict[int, tuple[float, Chunk]]] = []
        joins = [i for i in range(len(tokens)) if any("with" in roles for _, roles in self._vocabulary.find(keys, i))]
        for i in range(len(tokens)):
            here: dict[int, tuple[float, Chunk]] = {}
            for end, readings in self._vocabulary.find(keys, i):
                here[end] = _phrase(tokens, i, end, readings)
            for end, quantity, before in self._counts(keys, stems, i):
                cost, chunk = here.get(end, (_NUMBER - before, _plain(tokens, i, end)))
                chunk = replace(
                    chunk, quantity=quantity.value, article=quantity.article, again=quantity.again, vague=quantity.vague
                )
                here[end] = (min(cost, _NUMBER - before), chunk)
            for end, concept, near in self._lexicon.find(keys, stems, i):
                if end == i + 1 and keys[i] != stems[i] and stems[i] in self._vocabulary.numbers.words():
                    continue  # "ones" are no "one pint"
                cost = _JOINED if any(i < k < end - 1 for k in joins) else 0.0
                self._add_concept(tokens, here, i, end, concept, near, cost)
                here[end] = (here[end][0], self._measured(here[end][1], keys))
            if i + 1 not in here:
                here[i + 1] = (_UNKNOWN, replace(_plain(tokens, i, i + 1), role="unknown"))
            edges.append(here)
        return edges

    def _measured(self, chunk: Chunk, keys: Sequence[str]) -> Chunk:
        """The "quarter kilo" of small bags is a weight for what comes in none."""
        number = self._vocabulary.numbers.read(keys, chunk.start) if chunk.end - chunk.start > 1 else None
        if number is None or number[0] >= chunk.end or number[1].article:
            return chunk
        unit = dict(self._vocabulary.find(keys, number[0])).get(number[0] + 1, {}).get("unit")
        rest = keys[number[0] + 1 : chunk.end]
        if unit is None or not self._vocabulary.numbers.of.issuperset(rest):
            return chunk
        return replace(chunk, quantity=number[1].value, unit=unit)

    def _counts(self, keys: Sequence[str], stems: Sequence[str], i: int) -> Iterator[tuple[int, Quantity, float]]:
        """The number that starts at `i`, and the shorter one that leaves its end to a name ("twenty 4 mm screws",
        "another | twelve inch pizza"), with what it gains where that name begins with a measure."""
        number = self._vocabulary.numbers.read(keys, i)
        if number is None:
            return
        yield *number, 0.0
        measure = self._vocabulary.numbers.unit_after(keys, number[0])
        for cut in range(i + 1, number[0]):
            named = any(c.products and end > number[0] for end, c, _ in self._lexicon.find(keys, stems, cut))
            if (named or number[1].again) and (shorter := self._vocabulary.numbers.read(keys[:cut], i)):
                yield *shorter, _MEASURED if named and measure else 0.0

    @staticmethod
    def _add_concept(tokens, here, start, end, concept, near, more) -> None:  # type: ignore[no-untyped-def]
        quality = near * concept.quality
        known = here.get(end)
        chunk = known[1] if known else _plain(tokens, start, end)
        if chunk.concept is None or chunk.quality < quality:
            if chunk.role == "unknown":
                chunk = replace(chunk, role="")
            cost = _of_concept(end - start, quality) + more
            here[end] = (min(known[0], cost) if known else cost, replace(chunk, concept=concept, quality=quality))

    def _add_alike(self, tokens: Sequence[Token], edges, found: Sequence[Chunk]) -> bool:  # type: ignore[no-untyped-def]
        """Adds edges for stretches around unknown words that look or sound like something of the catalogue."""
        added = False
        strange = self._vocabulary.function - self._lexicon.words
        for start, end in _stretches(found, len(tokens)):
            if any(t.key in strange for t in tokens[start:end]) or tokens[start].key in self._numbers:
                continue
            match = self._likeness.best(tuple(t.stem for t in tokens[start:end]))
            if match:
                concept, near = match
                cost = _CONCEPT + 3.2 * (1 - near)
                known = edges[start].get(end)
                if known is None or cost < known[0]:
                    edges[start][end] = (
                        cost,
                        replace(_plain(tokens, start, end), concept=concept, quality=near * concept.quality),
                    )
                    added = True
        return added

    def _add_searched(self, tokens: Sequence[Token], edges, found: Sequence[Chunk]) -> bool:  # type: ignore[no-untyped-def]
        """Adds edges for stretches that the search among all names accepts or asks about."""
        added = False
        for start, end, phrases in stretches(found, len(tokens)):
            chunk = _plain(tokens, start, end)
            match = self._search.best(chunk.text) if self._search else None
            if match is None:
                continue
            concept, sure = match
            cost = _CONCEPT * max(1, phrases) + 2 * (1 - sure)
            known = edges[start].get(end)
            if known is None or cost < known[0]:
                edges[start][end] = (cost, replace(chunk, concept=concept, quality=sure))
                added = True
        return added

    @staticmethod
    def _cheapest(tokens: Sequence[Token], edges: Sequence[dict[int, tuple[float, Chunk]]]) -> list[Chunk]:
        n = len(tokens)
        best: list[tuple[float, int, Chunk | None]] = [(0.0, n, None)] * (n + 1)
        for i in range(n - 1, -1, -1):
            best[i] = min(
                ((cost + best[end][0], -end, chunk) for end, (cost, chunk) in edges[i].items()), key=lambda e: e[:2]
            )
        out, i = [], 0
        while i < n:
            chunk = best[i][2]
            assert chunk is not None
            out.append(chunk)
            i = chunk.end
        return out

    def _condense(self, tokens: Sequence[Token], chunks: Sequence[Chunk]) -> Iterator[Chunk]:
        """Runs of words without weight: gone, or one "frame" when they open an order."""
        chunks = [c for i, c in enumerate(chunks) if i == 0 or not _repeats_noun(chunks[i - 1], c)]
        chunks = [
            c
            for c, following in zip(chunks, (*chunks[1:], None), strict=True)
            if c.role != "counted" and not (c.quantity is not None and following and following.role == "counted")
        ]
        i = 0
        while i < len(chunks):
            if not _is_filler(chunks[i]):
                before = chunks[i - 1] if i else None
                definite = before is not None and _is_filler(before) and tokens[before.end - 1].key in self._definite
                yield replace(chunks[i], definite=definite)
                i += 1
                continue
            j = i
            while j < len(chunks) and _is_filler(chunks[j]):
                j += 1
            start, end = chunks[i].start, chunks[j - 1].end
            wishes = i > 0 and (chunks[i - 1].amount is not None or chunks[i - 1].role == "negation")
            if wishes and tokens[start].key in self._vocabulary.labels:
                yield replace(chunks[i], role="unknown")  # "light on the foam", "no dressing"
            if any(t.key in self._vocabulary.order_words for t in tokens[start:end]):
                yield replace(_plain(tokens, start, end), role="frame")
            i = j


def _of_concept(words: int, quality: float) -> float:
    """Cost of words that name something: "some sweetener" and "ice tea" are one name, though each of their words alone
    may weigh nothing."""
    whole = min(_CONCEPT, _FUNCTION * words - _WHOLE) - _LONGER * words if words > 1 else _CONCEPT
    return whole + (1 - quality)


def _repeats_noun(before: Chunk, chunk: Chunk) -> bool:
    """ "wild strawberry tea" where the shop calls it "wild strawberry": the noun names nothing more."""
    if chunk.concept is None or chunk.end - chunk.start > 1 or chunk.concept.quality > SOLE:
        return False
    return before.is_product and before.end == chunk.start and before.quality > SOLE and chunk.is_product


def _is_filler(chunk: Chunk) -> bool:
    said = (chunk.concept, chunk.quantity, chunk.amount, chunk.unit)
    return chunk.role in _FREE_ROLES and all(reading is None for reading in said)


def _plain(tokens: Sequence[Token], start: int, end: int) -> Chunk:
    return Chunk(start, end, " ".join(t.text for t in tokens[start:end]))


def _phrase(tokens: Sequence[Token], start: int, end: int, readings: dict[str, str]) -> tuple[float, Chunk]:
    roles = [r for r in readings if r not in ("amount", "unit", "portion", "refuses")]
    role = min(roles, key=_ROLE_ORDER.index) if roles else ""
    chunk = replace(
        _plain(tokens, start, end),
        role=role,
        repair="repair" in readings,
        refuses="refuses" in readings,
        amount=readings.get("amount"),
        unit=readings.get("unit"),
        portion=readings.get("portion"),
    )
    only_function = role == "function" and not (chunk.amount or chunk.unit or chunk.portion)
    return (_FUNCTION * (end - start) ** 0.5 if only_function else _PHRASE), chunk


_ROLE_ORDER = (
    "negation",
    "negation_after",
    "repair",
    "with",
    "spread",
    "and",
    "all",
    "others",
    "one_of",
    "plain",
    "measure",
    "counted",
    "note",
    "diet",
    "function",
)


def _stretches(chunks: Sequence[Chunk], n: int) -> Iterator[tuple[int, int]]:
    """(start, end) of up to four words around each unknown word."""
    seen = set()
    for chunk in chunks:
        if chunk.role == "unknown":
            for start in range(max(0, chunk.start - 2), chunk.start + 1):
                for end in range(chunk.end, min(n, start + 4, chunk.end + 2) + 1):
                    if (start, end) not in seen:
                        seen.add((start, end))
                        yield start, end
