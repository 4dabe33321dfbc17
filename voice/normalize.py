"""Written text to the words that are said: digits, signs, accents and punctuation are gone.

Speech recognition and everything that looks words up in a pronouncing dictionary use this form.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from num2words import num2words

from voice.errors import GrammarError
from voice.language import load_language

_PIECES = re.compile(r"\d+(?:[.,]\d+)*|[^\W\d_]+(?:['’][^\W\d_]+)*['’]?|[^\w\s]", re.UNICODE)
_FRACTION_SIGNS = frozenset("½⅓⅔¼¾⅛⅜⅝⅞")
_FRACTION = re.compile(r"(?:(?<![\d/.,])(\d+)\s+)?(?<![\d/])(\d)[/⁄](\d)(?![\d/])")
_UNIT = re.compile(r"""(\d)[\s-]*([^\W\d_]+|["″])(?![\w])""")
_MAX_INTEGER_DIGITS = 4
"""Longer runs of digits are codes and telephone numbers, said digit by digit"""


@lru_cache(maxsize=50_000)
def spoken_words(text: str, language: str = "en") -> tuple[str, ...]:
    """The words of `text` in lower case: "2% Jalapeño-Dip & 7Up" -> two percent jalapeno dip and seven up."""
    signs = _signs(language)
    words: list[str] = []
    plain = "".join(f" {unicodedata.normalize('NFKC', c)}" if c in _FRACTION_SIGNS else c for c in text)
    written = unicodedata.normalize("NFC", plain).lower()
    for piece in _PIECES.findall(_with_fractions(_with_units(written, language), language)):
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


def _with_fractions(text: str, language: str) -> str:
    """ "1 1/2" -> "1 and a half", "1/4" -> "quarter", "3/4" -> "3 quarters"."""
    numbers = _topic(language, "numbers")
    one = {str(value): word for word, value in numbers.get("fractions", {}).items()}
    several = {str(value): word for word, value in numbers.get("fraction_plurals", {}).items()}

    def said(found: re.Match[str]) -> str:
        whole, above, below = found.groups()
        part = f"1/{below}"
        words = one.get(part) if above == "1" else several.get(part) and f"{above} {several[part]}"
        if not words:
            return found[0]
        joined = [*numbers.get("and", ())[:1], *(numbers.get("articles", ())[:1] if above == "1" else ())]
        return " ".join([whole, *joined, words] if whole else [words])

    return _FRACTION.sub(said, text)


def _with_units(text: str, language: str) -> str:
    """ "4mm" -> "4 millimeter", '12"' -> "12 inch": a unit behind a number, in the word that is said."""
    known = _units(language)
    return _UNIT.sub(lambda found: f"{found[1]} {known.get(found[2], found[2])}", text) if known else text


@lru_cache(maxsize=16)
def _units(language: str) -> dict[str, str]:
    """What is written for a unit, its id ("kg", "lbs") or a sign, to its word."""
    topic = _topic(language, "units")
    units = topic.get("units", {})
    short = {w: data["words"][0] for unit, data in units.items() for w in (unit, f"{unit}s")}
    return short | {sign: units[unit]["words"][0] for sign, unit in topic.get("signs", {}).items()}


def _topic(language: str, name: str) -> Mapping[str, Any]:
    try:
        return load_language(language).topics.get(name, {})
    except GrammarError:
        return {}


@lru_cache(maxsize=16)
def _signs(language: str) -> dict[str, str]:
    return dict(_topic(language, "numbers").get("symbols", {}))


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
