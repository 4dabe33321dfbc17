"""What words name beside one another: a name with a detail inside, a noun shared by a list, words of another name."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from voice.understanding.concepts import Chunk, Concept
from voice.understanding.forms import DERIVED, MODIFIER
from voice.understanding.lexicon import Lexicon
from voice.understanding.tokens import Token

_DOUBTFUL = 0.45
"""Nearness of a name behind words of another: less than an item is added with unasked"""


class Names:
    """Settles what the chunks of a sentence name, given their neighbours."""

    def __init__(self, lexicon: Lexicon) -> None:
        self._lexicon = lexicon

    def settled(self, tokens: Sequence[Token], chunks: Sequence[Chunk]) -> list[Chunk]:
        """The chunks, each with what it names here."""
        return self._with_nouns(tokens, _told_apart(self._rejoined(tokens, chunks)))

    def _rejoined(self, tokens: Sequence[Token], chunks: Sequence[Chunk]) -> list[Chunk]:
        """ "an iced oat latte", where the iced latte is a product: a name with a detail inside."""
        out: list[Chunk] = []
        for chunk in chunks:
            out.append(chunk)
            first = len(out) - 2
            while first > 0 and _is_detail(out[first]) and out[first].end == out[first + 1].start:
                first -= 1
            for start in range(first, len(out) - 2) if chunk.is_product and first >= 0 else ():
                whole = self._named((*tokens[out[start].start : out[start].end], *tokens[chunk.start : chunk.end]))
                if whole is not None and whole.products and out[start].end == out[start + 1].start:
                    text = f"{out[start].text} {chunk.text}"
                    out[-1] = replace(chunk, concept=whole, text=text, quality=whole.quality)
                    del out[start]
                    break
        return out

    def _with_nouns(self, tokens: Sequence[Token], chunks: Sequence[Chunk]) -> list[Chunk]:
        """ "black and pinto beans", "an almond and a chocolate croissant": the noun that ends a list is each name's."""
        out = list(chunks)
        noun: Token | None = None
        for i in range(len(out) - 1, -1, -1):
            chunk = out[i]
            if noun is not None and (whole := self._whole_name(tokens, out, i, noun)) is not None:
                out[i] = replace(chunk, concept=whole, role="", quality=whole.quality)
            elif chunk.concept is not None and chunk.end - chunk.start > 1:
                noun = tokens[chunk.end - 1]
            elif chunk.role not in ("and", "spread") and chunk.concept is None and chunk.quantity is None:
                noun = None
        return out

    def _whole_name(self, tokens: Sequence[Token], chunks: Sequence[Chunk], i: int, noun: Token) -> Concept | None:
        """What chunk `i`, one word and "and" after it, names with the noun. A detail is one unless it is counted."""
        chunk, *after = chunks[i : i + 3]
        if chunk.end - chunk.start > 1 or not after or after[0].role not in ("and", "spread"):
            return None
        counted = len(after) > 1 and after[1].quantity is not None
        detail = chunk.concept is not None and not chunk.is_product
        if chunk.quantity is not None or (chunk.is_product and chunk.quality > MODIFIER) or (detail and not counted):
            return None
        return self._named((tokens[chunk.start], noun))

    def _named(self, name: Sequence[Token]) -> Concept | None:
        """What the words name as a whole."""
        found = self._lexicon.find([t.key for t in name], [t.stem for t in name], 0)
        return next((c for end, c, _ in found if end == len(name) and c.quality >= DERIVED), None)


def with_halves(chunks: Sequence[Chunk]) -> list[Chunk]:
    """ "a kilo and a half": the part belongs to the number before the unit."""
    out = list(chunks)
    for i in range(len(out) - 4, -1, -1):
        number, unit, joiner, part = out[i : i + 4]
        small = part.quantity is not None and 0 < part.quantity < 1
        if number.quantity is not None and unit.unit and joiner.role == "and" and small and part.quantity is not None:
            out[i] = replace(number, quantity=number.quantity + part.quantity, article=False)
            del out[i + 2 : i + 4]
    return out


def _told_apart(chunks: Sequence[Chunk]) -> list[Chunk]:
    """What says which or how names nothing when another noun follows: the "black" of "black olives" before beans.

    Where it is part of a product's name, the other product is doubtful: "chili cheese fries" may be more than fries.
    """
    out: list[Chunk] = []
    for chunk in reversed(chunks):
        following = out[-1] if out else None
        if chunk.concept is None or chunk.quantity is not None or following is None or following.concept is None:
            out.append(chunk)
        elif chunk.concept.describes and _names_another(chunk, following):
            text = f"{chunk.text} {following.text}"
            out[-1] = replace(following, start=chunk.start, text=text, quality=min(following.quality, _DOUBTFUL))
        elif chunk.concept.quality <= MODIFIER or _names_another(chunk, following):
            out.append(replace(chunk, concept=None, role=chunk.role if chunk.role == "diet" else "unknown"))
        else:
            out.append(chunk)
    return out[::-1]


def _names_another(chunk: Chunk, following: Chunk | None) -> bool:
    """Whether a word that can name a product stands before another: there is no carrot juice in a "carrot soup", and no
    chili cheese dog in "chili cheese fries"."""
    concept = chunk.concept
    if concept is None or concept.quality > DERIVED:
        return False
    if not concept.describes and (not concept.naming or concept.products):
        return False
    if following is None or following.concept is None or following.start != chunk.end:
        return False
    return following.is_product and not following.concept.products.keys() & (concept.owners() | concept.products.keys())


def _is_detail(chunk: Chunk) -> bool:
    return chunk.concept is not None and not chunk.is_product and chunk.quantity is None
