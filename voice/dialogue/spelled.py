"""Postcodes and house numbers that were spoken: number words become figures again."""

from __future__ import annotations

from functools import lru_cache

from voice.language import load_language
from voice.shop.model import Shop
from voice.shop.pricing import delivery_zone
from voice.understanding.quantities import NumberReader


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
    """Whether a number of several words begins here, which is no part of a code: "twelve | one thousand eleven"."""
    found = numbers.read(keys, start)
    return found is not None and found[1].value >= 1000


def as_postcode(text: str, language: str) -> str:
    """Letters and digits alone, as addresses write them."""
    return "".join(c for c in in_figures(text, language) if c.isalnum()).upper()


def street_and_postcode(address: str, postcode: str, language: str, shop: Shop) -> tuple[str, str]:
    """What was said as they are written; a postcode that the shop delivers to may end the address: "12 Mill Lane
    1011"."""
    street = in_figures(address, language)
    if postcode:
        return street, as_postcode(postcode, language)
    words = street.split()
    for count in range(min(3, len(words) - 1), 0, -1):
        ending = as_postcode(" ".join(words[-count:]), language)
        zone = delivery_zone(shop, ending) if ending else None
        if zone and zone.postcodes:
            return " ".join(words[:-count]), ending
    return street, ""


@lru_cache
def _numbers(language: str) -> NumberReader:
    return NumberReader(load_language(language))
