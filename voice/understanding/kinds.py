"""Words that make another product of the one named before: "two lattes, one iced", "an iced latte and a hot one"."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from voice.understanding.concepts import Chunk, Concept
from voice.understanding.forms import SHORTENED, Form
from voice.understanding.lexicon import Lexicon


class Kinds:
    """Knows how a catalogue calls the kinds of its products. `stems` cuts words into their stems."""

    def __init__(self, lexicon: Lexicon, names: dict[str, str], stems: Callable[[str], Form]) -> None:
        self._lexicon, self._stems = lexicon, stems
        self._names = {product_id: stems(name) for product_id, name in names.items()}

    def named(self, chunks: Sequence[Chunk]) -> list[Chunk]:
        """The chunks with the product in place of "iced" or "hot one"."""
        out: list[Chunk] = []
        product: Chunk | None = None
        i = 0
        while i < len(chunks):
            chunk = chunks[i]
            following = chunks[i + 1] if i + 1 < len(chunks) else None
            stands = bool(following and following.role == "one_of" and following.quantity == 1)
            counted = bool(out) and (out[-1].role == "one_of" or out[-1].quantity is not None)
            made = self._made(product, chunk, stands) if product and counted and not chunk.is_product else None
            if made is not None and (stands or not _of_product(following)):
                end = following.end if stands and following else chunk.end
                chunk = replace(chunk, end=end, concept=made, quality=made.quality, role="", part=not stands)
                i += stands
            out.append(chunk)
            product = chunk if chunk.is_product else product
            i += 1
        return out

    def _made(self, product: Chunk, chunk: Chunk, stands: bool) -> Concept | None:
        """The product that the words make of the one before; None where they are an option of it, or make none."""
        before = product.concept
        if before is None or before.undecided or len(before.products) != 1:
            return None
        product_id = next(iter(before.products))
        if chunk.concept is not None and chunk.concept.fits(product_id) and chunk.concept.quality >= SHORTENED:
            return None
        said, name = self._stems(chunk.text), self._names[product_id]
        made = self._lexicon.product(said + name)
        if made is None and stands and self._lexicon.are_adjectives(said) and self._lexicon.are_adjectives(name[:1]):
            made = self._lexicon.product(said + name[1:]) or self._lexicon.product(name[1:])
        return made


def _of_product(following: Chunk | None) -> bool:
    return following is not None and following.is_product
