"""Card numbers: never taken, and masked wherever words are kept."""

from __future__ import annotations

import re
from functools import lru_cache

from voice.language import load_language
from voice.shop.privacy import MASK
from voice.understanding.quantities import NumberReader
from voice.understanding.tokens import fold

__all__ = ["LONGER_THAN_A_PHONE", "MASK", "SHORTEST", "holds_card_number", "mask_card_numbers"]

SHORTEST = 13
"""Digits of a payment card number, at least (ISO/IEC 7812-1); expiry date and security code may follow"""
LONGER_THAN_A_PHONE = 16
"""Digits that no telephone number has (ITU-T E.164: 15 at most)"""

_WORD = re.compile(r"\w+")


def mask_card_numbers(text: str, language: str, shortest: int = SHORTEST) -> str:
    """The text with card numbers, written or spoken, replaced: "four one one one ...", "forty-one eleven ...", "double
    five". Order and phone numbers are shorter.

    No check digit is asked for: a recogniser may have misheard one.
    """
    spans = [(m.start(), m.end()) for m in _WORD.finditer(text)]
    for start, end in reversed(list(_runs(text, spans, language))):
        keys = [fold(text[a:b]) for a, b in spans[start:end]]
        if len(_numbers(language).digits(keys)) >= shortest:
            text = text[: spans[start][0]] + MASK + text[spans[end - 1][1] :]
    return text


def holds_card_number(text: str, language: str) -> bool:
    return mask_card_numbers(text, language) != text


def _runs(text: str, spans: list[tuple[int, int]], language: str) -> list[tuple[int, int]]:
    """Stretches of words that are all digits or parts of numbers."""
    said, runs, start = _numbers(language).aloud(), list[tuple[int, int]](), 0
    for i, (a, b) in enumerate([*spans, (len(text), len(text))]):
        if a < b and (text[a:b].isdecimal() or fold(text[a:b]) in said):
            continue
        if i > start:
            runs.append((start, i))
        start = i + 1
    return runs


@lru_cache
def _numbers(language: str) -> NumberReader:
    return NumberReader(load_language(language))
