"""Postcodes and house numbers that were spoken: number words become figures again."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from voice.language import load_language
from voice.shop.model import Shop
from voice.shop.pricing import delivery_zone
from voice.understanding.quantities import NumberReader

_TYPED = 3
"""Figures from which on a number was typed: what is said in words is never so long in one"""
_LONG = 4
_LETTERS = 2
"""In a row, in postcodes"""


def in_figures(text: str, language: str) -> str:
    """ "twelve main street" is "12 main street"; "ten twelve a b" is "1012 a b"."""
    words, out, start = text.split(), [], 0
    keys = [word.lower() for word in words]
    while start < len(words):
        end, figures = _number(keys, start, language)
        out.append(figures or words[start])
        start = end
    return " ".join(out)


def _number(keys: list[str], start: int, language: str) -> tuple[int, str]:
    """The end and the figures of the longest number at `start`: one of several words ("one thousand twelve"), else
    digit by digit or in groups ("one oh one two", "ten twelve")."""
    numbers = _numbers(language)
    articles = set(load_language(language).topic("numbers")["articles"])
    found = numbers.read(keys, start)
    if found and found[0] > start + 1 and not found[1].article and found[1].value == int(found[1].value):
        return found[0], str(int(found[1].value))
    whole = (i for i in range(start + 1, len(keys)) if _is_whole(numbers, keys, i))
    for end in range(next(whole, len(keys)), start, -1):
        if not articles & set(keys[start:end]) and (figures := numbers.digits(keys[start:end])):
            return end, figures
    return start + 1, ""


def _is_whole(numbers: NumberReader, keys: list[str], start: int) -> bool:
    """Whether a number begins here that continues no code: of several words ("twelve | one thousand eleven"), or typed
    ("twelve | 00184")."""
    if keys[start].isdecimal() and len(keys[start]) >= _TYPED:
        return True
    found = numbers.read(keys, start)
    return found is not None and found[1].value >= 1000


def as_postcode(text: str, language: str) -> str:
    """Letters and digits alone, as addresses write them."""
    return "".join(c for c in in_figures(text, language) if c.isalnum()).upper()


def street_and_postcode(
    address: str, postcode: str, language: str, shop: Shop, asked: bool = False
) -> tuple[str, str]:
    """What was said as they are written; a postcode that the shop delivers to may end the address: "12 Mill Lane
    1011". Where it was `asked` for it may stand anywhere beside a house number, and be of somewhere else."""
    street = in_figures(address, language)
    if postcode:
        return street, as_postcode(postcode, language)
    splits = [split for split in _splits(street.split(), asked) if split[0]]
    delivered = (split for split in splits if (zone := delivery_zone(shop, split[1])) and zone.postcodes)
    elsewhere = (split for split in splits if asked and _has_figures(split[0]) and _is_long(split[1]))
    return next(delivered, None) or next(elsewhere, (street, ""))


def _splits(words: list[str], asked: bool) -> Iterator[tuple[str, str]]:
    """Streets and what may be postcodes in them (figures, and letters alone or in pairs), the last and shortest first;
    before other words, as a city's name, only where the street keeps its house number."""
    for end in range(len(words), 0, -1):
        for start in range(end - 1, -1, -1):
            if len(words[start]) > _LETTERS and not _has_figures(words[start]):
                break
            street, code = " ".join(words[:start] + words[end:]), "".join(words[start:end]).upper()
            if _has_figures(code) and (end == len(words) or (asked and _has_figures(street))):
                yield street, code


def _has_figures(text: str) -> bool:
    return any(c.isdigit() for c in text)


def _is_long(code: str) -> bool:
    """Whether a code is longer than house numbers are."""
    return sum(c.isdigit() for c in code) >= _LONG


@lru_cache
def _numbers(language: str) -> NumberReader:
    return NumberReader(load_language(language))
