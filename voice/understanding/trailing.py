"""What stands behind and says something of what was named: "two tacos, no cilantro on one of them", "an americano,
black", "small both"."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace

from voice.understanding.concepts import Chunk
from voice.understanding.tokens import fold

_PARTS = ("one_of", "others")
_ENDS = ("and", "spread", "frame")


def fronted(chunks: Sequence[Chunk]) -> list[Chunk]:
    """The chunks with "one of them" in front of what is said of it, as it is read elsewhere."""
    out: list[Chunk] = []
    chunks = _all_first(chunks)
    settled = i = 0
    while i < len(chunks):
        if settled and chunks[i].portion == "right":  # "on the other" of two things, not of two halves
            chunks = [*chunks[:i], replace(chunks[i], portion=None, role="others"), *chunks[i + 1 :]]
        end = _part_end(chunks, i)
        begin = _said_from(out, settled) if end > i and _closes(chunks, end) else None
        if begin is None or not _of_several(out[:begin]):
            out.append(chunks[i])
            i += 1
            continue
        out[begin:begin] = chunks[i:end]
        settled, i = len(out), end
    return out


def _all_first(chunks: Sequence[Chunk]) -> Sequence[Chunk]:
    """ "small both", "with oat milk, all of them": as "both small"."""
    *said, last = chunks or (None,)
    if last is None or not said or last.role != "all" or last.concept is not None:
        return chunks
    details = all(c.concept is None or not c.is_product for c in said) and any(c.concept is not None for c in said)
    return [last, *said] if details and all(c.quantity is None for c in said) else chunks


def as_it_comes(chunks: Sequence[Chunk], plain: Collection[str]) -> list[Chunk]:
    """The chunks, where a "black" behind an americano orders no black tea."""
    out: list[Chunk] = []
    for i, chunk in enumerate(chunks):
        before = next((c for c in reversed(out) if c.concept is not None), None)
        following = chunks[i + 1] if i + 1 < len(chunks) else None
        named = before is not None and before.is_product and out[-1] is before and before.concept is not None
        noun = following is not None and following.start == chunk.end and following.is_product
        if named and not noun and fold(chunk.text) in plain and chunk.concept is not None:
            assert before is not None and before.concept is not None
            if not any(chunk.concept.fits(p) or chunk.concept.products.get(p) for p in before.concept.products):
                chunk = replace(chunk, concept=None, role="plain")
        out.append(chunk)
    return out


def _part_end(chunks: Sequence[Chunk], i: int) -> int:
    """Behind "one", "one of them", "two of them" or "the other" at `i`; `i` where none stands."""
    if chunks[i].concept is None and chunks[i].role in _PARTS:
        return i + 1
    following = chunks[i + 1] if i + 1 < len(chunks) else None
    counted = chunks[i].quantity is not None and not chunks[i].article
    return i + 2 if counted and following and following.role == "one_of" and following.quantity is None else i


def _closes(chunks: Sequence[Chunk], end: int) -> bool:
    """Whether nothing is said of a part behind it."""
    if end == len(chunks):
        return True
    return chunks[end].role in _ENDS or (chunks[end].quantity is not None and not chunks[end].article)


def _said_from(out: Sequence[Chunk], settled: int) -> int | None:
    """Where the options begin that end here: "no cilantro", "with cheese and onions", but not "... and no onions"."""
    begin = _option_from(out, settled, len(out))
    while begin is not None and begin - 1 > settled and out[begin - 1].role in ("and", "spread"):
        before = _option_from(out, settled, begin - 1)
        if before is None or any(out[k].role == "negation" for k in (before, begin)):
            break
        if before > settled and (out[before - 1].role in _PARTS or out[before - 1].quantity is not None):
            break  # "one decaf, and oat milk in the others"
        begin = before
    if begin is not None and begin > settled and out[begin - 1].role == "with":
        begin -= 1
    return begin


def _option_from(out: Sequence[Chunk], settled: int, end: int) -> int | None:
    """Where one option begins that ends at `end`, with its amount and its negation."""
    begin = end - 1
    concept = out[begin].concept if begin >= settled else None
    if concept is None or not concept.owners():
        return None
    while begin > settled and (out[begin - 1].role == "negation" or out[begin - 1].amount is not None):
        begin -= 1
    return begin


def _of_several(out: Sequence[Chunk]) -> bool:
    """Whether more than one of the product named last was ordered."""
    product = next((k for k in range(len(out) - 1, -1, -1) if out[k].is_product), None)
    if product is None:  # "one small and large for the others", of what was ordered before
        return any((c.quantity is not None and not c.article) or c.role in _PARTS for c in out)
    for chunk in reversed(out[:product]):
        if chunk.is_product:
            return False
        if chunk.quantity is not None:
            return chunk.quantity > 1
    return False
