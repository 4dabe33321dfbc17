"""Things that a shop does not sell, though a part of their name is one of its options: "two hot dogs"."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import takewhile

from voice.understanding.concepts import Chunk
from voice.understanding.forms import DERIVED, SHORTENED

UNSOLD = "unsold"
"""Role of a chunk that names something the shop lacks; its `quantity` is what was ordered of it"""


def mark_unsold(chunks: Sequence[Chunk]) -> list[Chunk]:
    """The chunks with each such thing as one. Before a noun that it does not know, an option names nothing."""
    out: list[Chunk] = []
    i = 0
    while i < len(chunks):
        end = _end(chunks, i) if chunks[i].role != "unknown" else i
        if end == i or not _begins(out, chunks[i]):
            out.append(chunks[i])
            i += 1
            continue
        text = " ".join(c.text for c in chunks[i:end])
        thing = Chunk(chunks[i].start, chunks[end - 1].end, text, role=UNSOLD)
        number = out.pop() if out and out[-1].quantity is not None and not out[-1].concept else None
        if number is not None:
            thing = replace(thing, start=number.start, quantity=number.quantity, article=number.article)
        out.append(thing)
        i = end
    return out


def _end(chunks: Sequence[Chunk], i: int) -> int:
    """Where options and the unknown noun right behind them end; `i` where there are none, or a product follows."""
    run = [chunks[i]]
    for chunk in chunks[i + 1 :]:
        if chunk.start != run[-1].end:
            break
        run.append(chunk)
    named = list(takewhile(_is_detail, run))
    strange = list(takewhile(lambda c: c.role == "unknown", run[len(named) :]))
    end = i + len(named) + len(strange)
    if not named or not strange or (end < len(chunks) and chunks[end].is_product):
        return i
    return end


def _is_detail(chunk: Chunk) -> bool:
    concept = chunk.concept
    if concept is None or concept.products or chunk.quantity is not None:
        return False
    return not (concept.naming and chunk.quality > DERIVED)  # "an earl grey", but not the "green" of "green dogs"


def _begins(out: Sequence[Chunk], first: Chunk) -> bool:
    """Whether a thing to order can begin at `first`: behind a number or where an order begins, and not behind "with".

    A whole name with an article is sooner one more option of what was said before: "... and a hazelnut shot".
    """
    whole = first.quality >= SHORTENED
    number = out[-1] if out and out[-1].quantity is not None and not out[-1].concept else None
    before = out[-1 - (number is not None)] if len(out) > (number is not None) else None
    if before is not None and (before.role in ("with", "negation") or before.amount is not None):
        return False
    if number is None:
        return not whole and (before is None or before.role == "frame")
    if number.vague or number.end != first.start:
        return False
    return not (whole and number.article and any(c.is_product for c in out))
