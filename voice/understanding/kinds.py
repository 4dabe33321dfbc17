"""Words that make another product of the one named before: "two lattes, one iced", "an iced latte and a hot one"."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from voice.understanding.concepts import Chunk, Concept
from voice.understanding.forms import SHORTENED, Form
from voice.understanding.lexicon import Lexicon


class Kinds:
    """Knows how a catalogue calls the kinds of its products. `stems` cuts words into their stems."""

    def __init__(self, lexicon: Lexicon, names: Mapping[str, Sequence[str]], stems: Callable[[str], Form]) -> None:
        self._lexicon, self._stems = lexicon, stems
        self._called = {product_id: [stems(name) for name in all_names] for product_id, all_names in names.items()}
        self._names = {product_id: called[0] for product_id, called in self._called.items()}

    def of(self, noun: Chunk, kind: Chunk) -> Concept | None:
        """The product that both name: the "oatmeal" of "six cookies, half oatmeal", whatever else is called so."""
        said, called = self._stems(kind.text), self._stems(noun.text)
        if kind.concept is not None and said[-1:] == called[-1:] and len(said) > 1:
            return kind.concept if len(kind.concept.products) == 1 else None
        return self._lexicon.product(said + called) or self._lexicon.product(called + said)

    def named(self, chunks: Sequence[Chunk]) -> list[Chunk]:
        """The chunks with the product in place of "iced" or "hot one"."""
        out: list[Chunk] = []
        product: Chunk | None = None
        i = 0
        while i < len(chunks):
            chunk = chunks[i]
            noun = _noun(out, chunks, i)
            counted = bool(out) and (out[-1].role == "one_of" or out[-1].quantity is not None)
            made = self._made(product, chunk) if product and counted else None
            following = chunks[i + 1] if i + 1 < len(chunks) else None
            if made is not None and (noun or not (following and following.is_product)):
                end = noun.end if noun else chunk.end
                part = not out[-1].article and not self._beside(product, made)
                chunk = replace(chunk, end=end, concept=made, quality=made.quality, role="", part=part)
                i += noun is not None
            out.append(chunk)
            product = chunk if chunk.is_product else product
            i += 1
        return out

    def _beside(self, product: Chunk | None, made: Concept) -> bool:
        """Whether it is none of those before, as "chocolate" ones are none of "two almond croissants": both names tell
        of the same noun which kind it is."""
        before = product.concept if product is not None else None
        names = [self._names[next(iter(c.products))] for c in (before, made) if c is not None]
        if product is not None and not set(names[0]) - set(names[-1]) <= set(self._stems(product.text)):
            return False  # "three fantas, one lemon": which of them was not said of all
        adjectives = any(self._lexicon.are_adjectives(name[:1]) for name in names)
        return len({len(name) for name in names}) == 1 and len(names[0]) > 1 and not adjectives

    def _made(self, product: Chunk, chunk: Chunk) -> Concept | None:
        """The product that the words make of the one before; None where they are an option of it, or make none."""
        before, own = product.concept, chunk.concept
        if before is None or before.undecided or len(before.products) != 1:
            return None
        product_id = next(iter(before.products))
        taken = own is not None and own.quality >= SHORTENED
        if own is not None and taken and own.fits(product_id):
            return None
        said, called, name = self._stems(chunk.text), self._stems(product.text), self._names[product_id]
        names = (called, *self._called[product_id])
        for form in (*(said + n for n in names), *(n + said for n in names), *([said + name[1:]] if name[1:] else [])):
            if made := self._lexicon.product(form):
                same = own is None or not (taken and own.products) or own.products.keys() == made.products.keys()
                return made if same else None
        if own is not None and taken and own.products:
            return None
        opposite = self._lexicon.are_adjectives(said) and self._lexicon.are_adjectives(name[:1])
        return self._lexicon.product(name[1:]) if opposite and len(name) > 1 else None


def _noun(out: Sequence[Chunk], chunks: Sequence[Chunk], i: int) -> Chunk | None:
    """The "one" that stands for the noun behind `i`: of "a hot one", not of "one iced, one decaf"."""
    one = chunks[i + 1] if i + 1 < len(chunks) else None
    if one is None or one.role != "one_of" or one.quantity != 1:
        return None
    opens = i + 2 < len(chunks) and chunks[i + 2].concept is not None
    return None if opens and not (out and out[-1].article) else one
