"""How a name or a query is cut into tokens for matching. Nothing here knows a language's words."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache

_TOKEN = re.compile(r"[^\W_]+(?:\.\d+)?")
_LONG_WORD = re.compile(r"[^\W\d_]{4,}")
_APOSTROPHE = re.compile(r"['’`´](?=\w)")
_MEASURE = re.compile(r"(\d+(?:\.\d+)?)([^\W\d_]{1,4})")
_VERSION = re.compile(r"v(\d+(?:\.\d+)?)")
_RUNS = re.compile(r"\d+(?:\.\d+)?|[^\W\d_]+")
_WORD_RUN = re.compile(r"[^\W\d_]{4}")
_NUMBER = re.compile(r"\d+(?:\.\d+)?")
_HAS_DIGIT = re.compile(r"\d")
_THOUSANDS = re.compile(r"(?<=\d),(?=\d{3}(?!\d))")
_DECIMAL_COMMA = re.compile(r"(?<=\d),(?=\d)")
_TRAILING_ZERO = re.compile(r"(\d)\.0+$")
_LEADING_NUMBER = re.compile(r"\s*[^\W\d_]{0,2}\s?\d{1,3}[.)]\s+")
_ASIDE = re.compile(r"\s*[(\[][^()\[\]]*[)\]]\s*")
_ACCENTS = {c: None for c in range(0x300, 0x370) if c != 0x306}
"""Combining marks to drop; the breve stays, for in Russian it makes another letter"""


@lru_cache(maxsize=4096)
def fold(text: str) -> str:
    """Lower case, no accents, apostrophes closed up ("Land's" -> "lands"), one decimal point, bounded length."""
    text = unicodedata.normalize("NFKD", text[:400].casefold().replace("&", " and "))
    text = unicodedata.normalize("NFC", text.translate(_ACCENTS))
    text = _DECIMAL_COMMA.sub(".", _THOUSANDS.sub("", text))
    return _APOSTROPHE.sub("", text)


def tokens(text: str) -> list[str]:
    """Words, numbers and codes in order; numbers stand apart from units and words, a code is whole.

    "500g" -> "500", "g"; "v2.0" -> "2"; "windows7" -> "windows", "7"; "kxts208w" stays.
    """
    found = _TOKEN.findall(fold(text))
    return [part for token in found for part in ((token,) if token.isalpha() else _cut(token))]


def plain_name(name: str) -> str:
    """A name without its number on the menu and without what stands in brackets, which few people say.

    "K4. Crispy Duck (Half)" -> "Crispy Duck"; a name that is nothing else stays.
    """
    plain = _ASIDE.sub(" ", _LEADING_NUMBER.sub("", name, count=1)[:400]).strip()
    return plain if len(plain) > 2 and tokens(plain) else name


def lower_case(name: str) -> float:
    """Share of a name's longer words (titles leave short ones small) that begin with a small letter."""
    words: list[str] = _LONG_WORD.findall(name[:400])
    return sum(word[0].islower() for word in words) / max(len(words), 1)


def _cut(token: str) -> Sequence[str]:
    if measure := _MEASURE.fullmatch(token):
        return _plain(measure.group(1)), measure.group(2)
    if version := _VERSION.fullmatch(token):
        return (_plain(version.group(1)),)
    if not token.isalpha() and (_WORD_RUN.search(token) or ("." in token and not is_number(token))):
        return [_plain(run) for run in _RUNS.findall(token)]
    return (_plain(token),)


def _plain(token: str) -> str:
    return _TRAILING_ZERO.sub(r"\1", token)


def is_number(token: str) -> bool:
    return _NUMBER.fullmatch(token) is not None


def is_code(token: str) -> bool:
    """A model number: letters and digits mixed, or a long run of digits."""
    return len(token) >= 4 and _HAS_DIGIT.search(token) is not None and (len(token) >= 5 or not token.isdigit())


def codes(text: str) -> set[str]:
    """Model numbers with their punctuation removed: "KX-TS208W" -> "kxts208w". Empty for ordinary names."""
    found: set[str] = set()
    if not _HAS_DIGIT.search(text):
        return found
    for chunk in fold(text).split():
        code = re.sub(r"[\W_]+", "", chunk)
        if is_code(code) and not _MEASURE.fullmatch(code) and _HAS_DIGIT.search(code):
            found.add(code)
        found.update(t for t in _TOKEN.findall(chunk) if is_code(t) and not _MEASURE.fullmatch(t))
    return found
