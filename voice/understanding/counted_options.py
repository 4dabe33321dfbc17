"""Options that are counted in a sentence of their own: "with two sugars and an extra shot", of a latte said before."""

from __future__ import annotations

from collections.abc import Sequence

from voice.shop.model import Product
from voice.understanding.concepts import Chunk

_BEFORE = frozenset({"with", "and", "spread", "frame", "negation"})


def counted_head(chunks: Sequence[Chunk], product: Product) -> int:
    """How many chunks come first that are options of the product, one of them with its number; 0 where they may as
    well be of something that is named after them, or none is counted."""
    end = settled = 0
    counted, number = False, None
    for end, chunk in enumerate(chunks, 1):
        if chunk.concept is not None:
            if chunk.is_product or not chunk.concept.options.get(product.id):
                break
            repeatable = _repeatable(chunk, product)
            if number is not None and not (repeatable or number.article):
                break
            counted = counted or (repeatable and number is not None and not number.article)
            settled, number = end, None
        elif chunk.quantity is not None and number is None:
            number = chunk
        elif chunk.amount is None and chunk.role not in _BEFORE:
            break
    joined = settled == len(chunks) or chunks[settled].role == "and" or chunks[settled].quantity is not None
    return settled if counted and joined else 0


def _repeatable(chunk: Chunk, product: Product) -> bool:
    assert chunk.concept is not None
    return all(product.group(group_id).repeatable for group_id, _ in chunk.concept.options[product.id])
