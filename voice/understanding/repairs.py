"""Self-corrections inside a sentence: "two, no, three lattes"; "a small, sorry, a medium"; "a latte, no, a mocha"."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from voice.understanding.concepts import Chunk

_REACH = 8
"""Chunks before a correction in which what it corrects must stand"""
_REACH_BACK = 16
"""... and in which an item stands that is said anew"""


def apply_repairs(chunks: Sequence[Chunk]) -> list[Chunk]:
    """The chunks without what was taken back. A correction with nothing to correct becomes an opening."""
    out = list(chunks)
    i = 0
    while i < len(out):
        if out[i].repair and not _negates(out, i):
            i = _repair(out, i)
        else:
            i += 1
    return out


def _repair(out: list[Chunk], i: int) -> int:
    """Settles the correction at `i` in place; returns where to go on."""
    j = i + 1
    while j < len(out) and (out[j].role in ("frame", "and") or (out[j].repair and not _negates(out, j))):
        j += 1
    following = out[j] if j < len(out) else None
    if out[j - 1].refuses and _refused(out, i, j):
        out[i:j] = [replace(out[j - 1], role="negation", repair=False)]  # "a coke and a salad, actually no coke"
        return i + 1
    if following is not None and i > 0:
        if following.quantity is not None:
            begin = _corrected_quantity(out, i, j)
            if begin is not None:
                return begin
            if following.article and j + 1 < len(out):
                j, following = j + 1, out[j + 1]
        if (again := _said_again(out, i, j)) is not None:
            return again
        corrected = _corrected_concept(out, i, following)
        if corrected is not None:
            del out[i:j]
            del out[corrected]
            return corrected
    same_item = following is not None and i > 0 and bool(following.concept and following.concept.owners())
    if same_item and not _product_follows(out, j):
        out[i:j] = [replace(out[i], role="with", repair=False)]  # "make it a double"
    else:
        out[i] = replace(out[i], role="frame", repair=False)
    return i + 1


def _refused(out: Sequence[Chunk], i: int, j: int) -> bool:
    """Whether the "no" of "actually no" leaves out what follows: it was said before, or is an option and may have been
    said in an earlier sentence ("actually no vanilla")."""
    if _product_again(out, i, j) is not None:
        return True
    named = next((c for c in out[j : j + 2] if c.quantity is None), None)
    if named is None or named.concept is None or not named.concept.options or named.is_product:
        return False
    return not any(c.concept for c in out[:i]) or any(c.concept == named.concept for c in out[:i])


def _product_again(out: Sequence[Chunk], i: int, j: int) -> int | None:
    """Where, from `j` on and behind its details, a product is named that was named before `i`."""
    again = next((k for k in range(j, len(out)) if not _detail(out[k])), len(out))
    named = again < len(out) and out[again].is_product
    return again if named and any(c.concept == out[again].concept for c in out[:i]) else None


def _said_again(out: list[Chunk], i: int, j: int) -> int | None:
    """ "a small latte and a muffin, sorry, the large latte with oat milk": said of it where it stood."""
    again = _product_again(out, i, j)
    if again is None:
        return None
    end = next((k for k in range(again + 1, len(out)) if out[k].role != "with" and not _detail(out[k])), len(out))
    details = out[j:again] + out[again + 1 : end]
    product = max(k for k in range(i) if out[k].concept == out[again].concept)
    first = next((k + 1 for k in range(product - 1, -1, -1) if not _detail(out[k])), 0)
    kept = [c for c in out[first:product] if not any(_detail(d) and _same_kind(c, d) for d in details)]
    out[first:end] = [*kept, out[product], *details, *out[product + 1 : i]]
    return first + len(kept) + 1


def _detail(chunk: Chunk) -> bool:
    return chunk.concept is not None and not chunk.is_product and chunk.quantity is None


def _corrected_quantity(out: list[Chunk], i: int, j: int) -> int | None:
    """A number after the correction: it begins the item anew, or replaces the last number alone."""
    item_follows = _product_follows(out, j + 1)
    reach = _REACH_BACK if item_follows else _REACH
    before = next((k for k in range(i - 1, max(-1, i - 1 - reach), -1) if out[k].quantity is not None), None)
    if before is None:
        return None
    if item_follows and (earlier := _earlier_item(out, i, j)):
        quantity, product, again = earlier
        details = [c for c in out[j + 1 : again] if c.concept]
        out[quantity] = replace(out[quantity], quantity=out[j].quantity)
        del out[i : again + 1]
        if details:  # "three large ones" where "two small ones" stood
            out[quantity + 1 : product] = details
        return quantity + 1
    if item_follows or not any(c.concept for c in out[before:i]):
        del out[before:j]
        return before
    if not out[j].article and not (j + 1 < len(out) and out[j + 1].concept is not None):
        out[before] = out[j]
        del out[i : j + 1]
        return before + 1
    return None


def _earlier_item(out: Sequence[Chunk], i: int, j: int) -> tuple[int, int, int] | None:
    """ "two colas and a water, no, three colas": where the first number and its product stand, and the product again.

    None where the last item is the one corrected, or where more is said of the product.
    """
    again = next((k for k in range(j + 1, len(out)) if out[k].is_product), None)
    if again is None or (again + 1 < len(out) and (out[again + 1].concept or out[again + 1].role == "with")):
        return None
    products = [k for k in range(max(0, i - _REACH_BACK), i) if out[k].is_product]
    same = [k for k in products if out[k].concept == out[again].concept]
    if not same or same[-1] == products[-1]:
        return None
    quantity = next((k for k in range(same[-1], -1, -1) if out[k].quantity is not None), None)
    if quantity is None or any(out[k].is_product for k in range(quantity, same[-1])):
        return None
    return quantity, same[-1], again


def _corrected_concept(out: Sequence[Chunk], i: int, following: Chunk) -> int | None:
    """Index of what a product, variant or option after the correction replaces."""
    if following.concept is None:
        return None
    for k in range(i - 1, max(-1, i - 1 - _REACH), -1):
        if out[k].concept is not None and _same_kind(out[k], following):
            return k
    return None


def _same_kind(old: Chunk, new: Chunk) -> bool:
    a, b = old.concept, new.concept
    assert a is not None and b is not None
    if any(p in a.variants for p in b.variants):
        return True
    groups = {(p, g) for p, refs in a.options.items() for g, _ in refs}
    if any((p, g) in groups for p, refs in b.options.items() for g, _ in refs):
        return True
    return bool(a.products and b.products and not b.owners())


def _product_follows(out: Sequence[Chunk], i: int) -> bool:
    """Whether an item with its product begins here, before the next number or joining word."""
    for chunk in out[i : i + _REACH]:
        if chunk.is_product or (chunk.concept is not None and chunk.concept.naming):
            return True
        if chunk.quantity is not None or chunk.role in ("and", "with", "frame") or chunk.repair:
            return False
    return False


def _negates(out: Sequence[Chunk], i: int) -> bool:
    """Whether a "no" leaves out what follows rather than taking back what came before."""
    if out[i].role != "negation":
        return False
    following = out[i + 1] if i + 1 < len(out) else None
    if following is None or following.concept is None:
        return following is not None and following.quantity is None and not following.repair
    before = out[i - 1] if i else None
    if following.concept.variants and not following.concept.options:
        return False
    adjacent = before is not None and before.concept is not None and before.end == out[i].start
    instead = adjacent and before is not None and not before.is_product and _same_kind(before, following)
    return not (instead and _exclusive(following))


def _exclusive(chunk: Chunk) -> bool:
    """Whether only one of its group may be chosen."""
    return chunk.concept is not None and chunk.concept.exclusive
