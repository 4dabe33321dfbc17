"""Card numbers in text that is stored: the last line of defence behind the dialogue's own masking of spoken digits."""

from __future__ import annotations

import re

MASK = "[••••]"
"""Stands for a card number, in no language"""
_CARD = re.compile(r"(?<!\d)(?:\d[ -]?){12,18}\d(?!\d)")
"""13 to 19 digits (ISO/IEC 7812-1), whether or not the check digit is right: it may have been misheard"""


def mask_digits(text: str) -> str:
    """The text with anything that could be a card number replaced."""
    return _CARD.sub(MASK, text)
