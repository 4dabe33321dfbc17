"""Card numbers: never taken, and masked wherever words are kept."""

from __future__ import annotations

import re
from functools import lru_cache

from num2words import num2words

MASK = "[card number]"
SHORTEST, LONGEST = 13, 19
"""Digits of a payment card number (ISO/IEC 7812-1)"""


def mask_card_numbers(text: str, language: str) -> str:
    """The text with card numbers, written or spoken digit by digit, replaced. Order and phone numbers are shorter.

    No check digit is asked for: a recogniser may have misheard one.
    """
    return _pattern(language).sub(_replaced, text)


def holds_card_number(text: str, language: str) -> bool:
    return mask_card_numbers(text, language) != text


def _replaced(match: re.Match[str]) -> str:
    tail = re.search(r"\s*$", match.group())
    return MASK + (tail.group() if tail else "")


@lru_cache
def _pattern(language: str) -> re.Pattern[str]:
    """A run of 13 to 19 digits in figures or words, with spaces or hyphens between."""
    words = {str(num2words(n, lang=language)) for n in range(10)} | _further_zeros(language)
    digit = "|".join(sorted(map(re.escape, words), key=len, reverse=True))
    return re.compile(rf"(?:\b(?:{digit})\b[\s-]*|\d[\s-]?){{{SHORTEST},{LONGEST}}}", re.IGNORECASE)


def _further_zeros(language: str) -> set[str]:
    from voice.language import load_language

    said = load_language(language).topic("speech")["digits"].get("zero", ())
    return {str(word) for word in said}
