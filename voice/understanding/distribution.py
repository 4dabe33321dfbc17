"""One number for several things: "half a kilo each of pears and plums"."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from decimal import Decimal

from voice.understanding.concepts import Chunk
from voice.understanding.tokens import fold


def distributed(chunks: Sequence[Chunk], each: Collection[str]) -> list[Chunk]:
    """The chunks with a number that is said with "each" in front of each thing that follows without one."""
    out: list[Chunk] = []
    shared: list[Chunk] = []
    for chunk in chunks:
        if fold(chunk.text) in each and (number := _number(out)):
            shared = number
            continue
        if chunk.quantity is not None or chunk.role == "frame":
            shared = []
        begins = bool(out) and chunk.concept is not None and (out[-1].role == "and" or out[-1].is_product)
        if shared and begins and any(c.is_product for c in out):
            out.extend(shared)
        out.append(chunk)
    return out


def dealt_behind(chunks: Sequence[Chunk], each: Collection[str]) -> tuple[Sequence[Chunk], Decimal | None]:
    """ "a cola and a brownie, two each": the chunks without it, and the number."""
    behind = len(chunks) > 2 and fold(chunks[-1].text) in each and any(c.is_product for c in chunks)
    number = chunks[-2] if behind else None
    if number is None or number.quantity is None or number.article or number.concept is not None:
        return chunks, None
    return chunks[:-2], number.quantity


def _number(out: Sequence[Chunk]) -> list[Chunk]:
    """The number that ends here, with its unit."""
    count = 2 if len(out) > 1 and out[-1].unit is not None and out[-1].quantity is None else 1
    return list(out[-count:]) if len(out) >= count and out[-count].quantity is not None else []
