"""A number and a noun that announce their kinds: "six cookies, half oatmeal, half chocolate chip", "two muffins,
blueberry and chocolate"."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from voice.shop.model import Catalogue
from voice.understanding.concepts import Chunk, Concept

Made = Callable[[Chunk, Chunk], Concept | None]
"""(the noun's chunk, that of its kind) -> the product that both name"""

_JOINERS = frozenset({"and", "spread"})
_HALF = Decimal("0.5")
_HALVES = frozenset({"half", "left", "right"})


@dataclass(frozen=True, slots=True)
class _Part:
    """One kind, and how many of the number announced: None where nothing says so, 0 for the rest."""

    number: Decimal | None
    half: bool
    chunk: Chunk
    made: Concept | None


def announced(chunks: Sequence[Chunk], made: Made, catalogue: Catalogue) -> list[Chunk]:
    """The chunks with each kind as an item of its own, where the kinds make up the number; where the number is another,
    or none was said, each is asked about."""
    out: list[Chunk] = []
    i = 0
    while i < len(chunks):
        noun = _noun(chunks, i)
        if noun is not None:
            parts, end = _parts(chunks, noun + 1, chunks[noun], made, catalogue)
            if dealt := _dealt(chunks[i:noun + 1], parts):
                out += dealt
                i = end
                continue
        out.append(chunks[i])
        i += 1
    return out


def _noun(chunks: Sequence[Chunk], i: int) -> int | None:
    """Where the noun stands that is announced from `i` on: behind a number and details of it, or alone."""
    value = chunks[i].quantity
    if value is not None and chunks[i].concept is None:
        if value <= 1 or value != value.to_integral_value() or chunks[i].vague or chunks[i].again:
            return None
        k = next((k for k in range(i + 1, len(chunks)) if not _is_detail(chunks[k])), len(chunks))
        return k if k < len(chunks) and chunks[k].is_product and chunks[k].quantity is None else None
    opens = i == 0 or chunks[i - 1].role in ("frame", "and")
    return i if opens and chunks[i].is_product and value is None else None


def _is_detail(chunk: Chunk) -> bool:
    return chunk.concept is not None and not chunk.is_product and chunk.quantity is None


def _parts(
    chunks: Sequence[Chunk], i: int, noun: Chunk, made: Made, catalogue: Catalogue
) -> tuple[list[_Part], int]:
    """The kinds that follow from `i` on, and where they end."""
    found: list[_Part] = []
    end = i
    while i < len(chunks):
        if chunks[i].role in _JOINERS and chunks[i].portion is None and chunks[i].concept is None and found:
            i += 1
            continue
        number, half, start = _number(chunks, i)
        if start >= len(chunks) or (chunks[start].quantity is not None and chunks[start].concept is None):
            break
        kind = chunks[start]
        product = made(noun, kind)
        if product is None and not _is_choice(kind, noun, half, catalogue):
            break
        found.append(_Part(number, half, kind, product))
        i = end = start + 1
    return found, end


def _number(chunks: Sequence[Chunk], i: int) -> tuple[Decimal | None, bool, int]:
    """How many of the number announced, whether "half" says so, and where the kind begins."""
    chunk, number, half = chunks[i], None, False
    if chunk.concept is not None:
        return None, False, i
    if chunk.portion in _HALVES or chunk.quantity == _HALF:
        half = True
    elif chunk.role == "others":
        number = Decimal(0)
    elif chunk.quantity is not None and not chunk.article and not chunk.vague:
        number = chunk.quantity
    else:
        return None, False, i
    of_them = i + 1 < len(chunks) and chunks[i + 1].concept is None and chunks[i + 1].role in ("one_of", "all")
    return number, half, i + 1 + of_them


def _is_choice(kind: Chunk, noun: Chunk, half: bool, catalogue: Catalogue) -> bool:
    """Whether it is a choice of the noun's of which a piece has but one; halves are not of one piece, as a pizza's."""
    if kind.concept is None or noun.concept is None or len(noun.concept.products) != 1 or kind.is_product:
        return False
    product = catalogue.product(next(iter(noun.concept.products)))
    if not kind.concept.fits(product.id) or any(group.portions for group in product.groups):
        return False
    groups = [product.group(group_id) for group_id, _ in kind.concept.options.get(product.id, ())]
    return half or product.id in kind.concept.variants or all(g.max == 1 and g.required for g in groups)


def _dealt(announced_by: Sequence[Chunk], parts: Sequence[_Part]) -> list[Chunk]:
    """Each kind with its number, and with the noun where it is a choice of that; nothing where this is no list."""
    number = announced_by[0] if announced_by[0].quantity is not None else None
    numbers = _numbers(number.quantity if number is not None else None, parts)
    if not numbers:
        return []
    sure = number is not None and sum(numbers) == number.quantity
    first = number or announced_by[0]
    details = announced_by[:-1] if number is None else announced_by[1:-1]
    out = []
    for count, part in zip(numbers, parts, strict=True):
        out.append(Chunk(first.start, first.start, "", quantity=count, vague=not sure))
        kind = part.chunk
        if part.made is None:
            out += [*details, announced_by[-1], replace(kind, role="")]
        else:
            quality = part.made.quality
            noun = announced_by[-1].text
            text = kind.text if kind.text.endswith(noun) else f"{kind.text} {noun}"
            made = replace(kind, text=text, concept=part.made, quality=quality, role="", portion=None, quantity=None)
            out += [*details, made]
    return out


def _numbers(whole: Decimal | None, parts: Sequence[_Part]) -> list[Decimal]:
    """How many of each; nothing where they are none of the number announced."""
    if len(parts) < 2 or any(part.made is None and part.number is not None for part in parts):
        return []  # "four bagels, two sesame and two plain" are parts of one item
    if all(part.number is None and not part.half for part in parts):
        choices = all(part.made is None for part in parts)
        return [Decimal(1)] * len(parts) if whole is not None or choices else []
    if whole is None:
        return []
    numbers = [whole / 2 if part.half else part.number or Decimal(0) for part in parts]
    if numbers.count(Decimal(0)) == 1:
        numbers[numbers.index(Decimal(0))] = whole - sum(numbers)
    whole_pieces = all(n >= 1 and n == n.to_integral_value() for n in numbers)
    return numbers if sum(numbers) == whole and whole_pieces else []
