"""Text to tokens: the one form in which what was said and what the catalogue holds are compared."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from voice.language import Language

MAX_TOKENS = 160
"""More than a minute of speech; the rest of a longer text is not read"""
_PIECES = re.compile(r"\d+(?:[.,]\d+)*|[^\W\d_]+(?:['’][^\W\d_]+)*|[%&+½¼@]", re.UNICODE)
_TYPED_FRACTION = re.compile(r"(?<![\d/])\d/\d(?![\d/])")
_MAX_DIGITS = 4
"""Longer runs of digits are telephone numbers and codes and stay digits"""


@dataclass(frozen=True, slots=True)
class Token:
    """One word. `text` as it was said, `key` without accents and apostrophes, `stem` without its plural."""

    text: str
    key: str
    stem: str


class Tokenizer:
    """Cuts text into tokens by one language's data: digits become words, signs are read out."""

    def __init__(self, language: Language) -> None:
        self._numbers = language.topic("numbers")
        plurals = language.topic("plurals")
        self._suffixes: list[tuple[str, str]] = sorted(
            ((s, r) for s, r in plurals["suffixes"]), key=lambda p: -len(p[0])
        )
        self._irregular: dict[str, str] = plurals.get("irregular", {})
        self._shortest: int = plurals["shortest"]
        self._symbols: dict[str, str] = self._numbers.get("symbols", {})
        self._fractions = {ord(s): f" {w} " for s, w in self._symbols.items() if not s.isascii()}
        """Normalisation would make "1/2" of them"""
        self._typed_fractions = {_as_typed(s): f" {w} " for s, w in self._symbols.items() if not s.isascii()}
        self._ordinals = {str(v): k for k, v in self._numbers.get("ordinals", {}).items()}
        self._spell = _Speller(self._numbers)
        self.token = lru_cache(maxsize=50_000)(self._token)

    def tokens(self, text: str, limit: int = MAX_TOKENS) -> tuple[Token, ...]:
        """The tokens of `text`, at most `limit`; empty for text without a word."""
        found: list[Token] = []
        typed = _TYPED_FRACTION.sub(lambda m: self._typed_fractions.get(m[0], m[0]), text[: limit * 40])
        clean = unicodedata.normalize("NFKC", typed.translate(self._fractions)).lower()
        for piece in _PIECES.findall(clean):
            found.extend(self.token(word) for word in self._said(piece))
            if len(found) >= limit:
                break
        return tuple(self._join_ordinals(found[:limit]))

    def keys(self, text: str) -> tuple[str, ...]:
        return tuple(t.key for t in self.tokens(text))

    def _said(self, piece: str) -> Iterable[str]:
        if piece[0].isdecimal():
            return self._spell.words(piece)
        if piece in self._symbols:
            return self._symbols[piece].split()
        return (piece,)

    def _join_ordinals(self, tokens: list[Token]) -> list[Token]:
        """ "2nd" was cut into "two" and "nd"; it is "second"."""
        suffixes = self._numbers.get("ordinal_suffixes", ())
        units = {**self._numbers["ones"], **self._numbers["teens"]}
        joined: list[Token] = []
        for token in tokens:
            if token.key in suffixes and joined and (ordinal := self._ordinals.get(str(units.get(joined[-1].key)))):
                joined[-1] = self.token(ordinal)
            else:
                joined.append(token)
        return joined

    def _token(self, word: str) -> Token:
        key = fold(word)
        return Token(word, key, self._stem(word, key))

    def _stem(self, word: str, key: str) -> str:
        if key in self._irregular:
            return self._irregular[key]
        if len(key) < self._shortest:
            return key
        for form in (fold(word, keep="'"), key):
            for suffix, replacement in self._suffixes:
                if form.endswith(suffix) and len(form) > len(suffix) + 1:
                    return form[: len(form) - len(suffix)].replace("'", "") + replacement
        return key


class _Speller:
    """Digits as the words of a language's number file: "16.9" is "sixteen point nine"."""

    def __init__(self, numbers: Any) -> None:
        self._by_value = {v: k for table in ("ones", "teens", "tens") for k, v in numbers[table].items()}
        self._scales = sorted(((v, k) for k, v in numbers["scales"].items()), reverse=True)
        self._point = numbers["point"][0]

    def words(self, digits: str) -> list[str]:
        digits = re.sub(r",(?=\d{3}(\D|$))", "", digits).replace(",", ".")
        whole, _, decimals = digits.partition(".")
        if len(whole) > _MAX_DIGITS or "." in decimals or (len(whole) > 1 and whole.startswith("0")):
            return [digits.replace(".", "")]
        words = self._integer(int(whole))
        if decimals:
            words += [self._point, *(self._by_value[int(d)] for d in decimals[:6])]
        return words

    def _integer(self, n: int) -> list[str]:
        if n in self._by_value:
            return [self._by_value[n]]
        for value, name in self._scales:
            if n >= value:
                rest = self._integer(n % value) if n % value else []
                return [*self._integer(n // value), name, *rest]
        return [self._by_value[n - n % 10], self._by_value[n % 10]]


def _as_typed(sign: str) -> str:
    """ "½" as it is typed: "1/2"."""
    return unicodedata.normalize("NFKC", sign).replace("\N{FRACTION SLASH}", "/")


def fold(word: str, keep: str = "") -> str:
    """Lower case without accents or punctuation: "Don’t" -> "dont", "crème" -> "creme"."""
    letters = unicodedata.normalize("NFKD", word.lower().replace("’", "'"))
    return "".join(c for c in letters if c.isalnum() or c in keep)
