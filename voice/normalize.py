"""Written text to the words that are said: digits, signs, accents and punctuation are gone.

Speech recognition and everything that looks words up in a pronouncing dictionary use this form.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from num2words import num2words

from voice.errors import GrammarError
from voice.language import load_language

_PIECES = re.compile(r"\d+(?:[.,]\d+)*|[^\W\d_]+(?:['’][^\W\d_]+)*['’]?|[^\w\s]", re.UNICODE)
_MAX_INTEGER_DIGITS = 4
"""Longer runs of digits are codes and telephone numbers, said digit by digit"""


@lru_cache(maxsize=50_000)
def spoken_words(text: str, language: str = "en") -> tuple[str, ...]:
    """The words of `text` in lower case: "2% Jalapeño-Dip & 7Up" -> two percent jalapeno dip and seven up."""
    signs = _signs(language)
    words: list[str] = []
    for piece in _PIECES.findall(unicodedata.normalize("NFC", text).lower()):
        if piece[0].isdigit():
            words += _number(piece, language)
        elif piece[0].isalpha():
            words.append(strip_accents(piece, language).replace("’", "'").rstrip("'"))
        elif piece in signs:
            words += signs[piece].split()
    return tuple(w for w in words if w)


def strip_accents(word: str, language: str = "en") -> str:
    """ "caffè" -> "caffe". Letters that are not a Latin letter and an accent stay ("й")."""
    if word.isascii():
        return word
    out = []
    for letter in unicodedata.normalize("NFC", word):
        base = unicodedata.normalize("NFD", letter)
        out.append(base[0] if len(base) > 1 and base[0].isascii() else letter)
    return "".join(out)


@lru_cache(maxsize=16)
def _signs(language: str) -> dict[str, str]:
    try:
        return dict(load_language(language).topic("numbers").get("symbols", {}))
    except GrammarError:
        return {}


def _number(digits: str, language: str) -> list[str]:
    plain = re.sub(r",(?=\d{3}(?:\D|$))", "", digits).replace(",", ".")
    whole, _, decimals = plain.partition(".")
    if len(whole) > _MAX_INTEGER_DIGITS or "." in decimals or (len(whole) > 1 and whole.startswith("0")):
        return [word for d in plain if d.isdigit() for word in _said(int(d), language)]
    return _said(float(plain) if decimals else int(whole), language)


def _said(value: float, language: str) -> list[str]:
    try:
        text = num2words(value, lang=language)
    except NotImplementedError:
        text = str(value)
    return re.findall(r"[^\W_]+", strip_accents(text.lower(), language))
