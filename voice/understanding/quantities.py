"""Number words to values: "two and a half", "half a dozen", "a couple of", "a hundred and twenty", "another"."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from voice.language import Language
from voice.understanding.templates import expand_all
from voice.understanding.tokens import fold


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number as it was said."""

    value: Decimal
    article: bool = False
    """Only "a": one in passing"""
    again: bool = False
    """ "another": one more"""
    vague: bool = False
    """ "a few": must be asked"""


class NumberReader:
    """Reads numbers out of word keys by grammars/<lang>/numbers.yaml."""

    def __init__(self, language: Language) -> None:
        data = language.topic("numbers")
        table = {name: {fold(k): v for k, v in data.get(name, {}).items()} for name in ("ones", "teens", "tens")}
        self._ones, self._teens, self._tens = table["ones"], table["teens"], table["tens"]
        self._scales = {fold(k): v for k, v in data["scales"].items()}
        self._groups = {fold(k): v for k, v in data.get("groups", {}).items()}
        self._fractions = {fold(k): Fraction(v) for k, v in data.get("fractions", {}).items()}
        self._fraction_plurals = {fold(k): Fraction(v) for k, v in data.get("fraction_plurals", {}).items()}
        self.articles, self._and = set(data["articles"]), set(data["and"])
        self._point, self.of = set(data["point"]), set(data["of"])
        self._negative = set(data.get("negative", ()))
        self._again = set(expand_all(data.get("another", ())))
        self._vague = set(expand_all(data.get("vague", ())))
        self._ordinals = {fold(k): int(v) for k, v in data.get("ordinals", {}).items()}
        self._last = {fold(w) for w in data.get("last", ())}
        self._digit = {**{k: str(v) for k, v in self._ones.items()}, **data.get("digits_aloud", {})}
        self._repeat: dict[str, int] = data.get("repeat_digits", {})
        units = language.topic("units")["units"]
        self.units = {fold(w): unit for unit, data in units.items() for w in data["words"]}
        """Word -> unit"""

    def read(self, keys: Sequence[str], start: int) -> tuple[int, Quantity] | None:
        """The longest number that starts at `start`: (end, quantity); None where none does."""
        for phrases, quantity in (
            (self._again, Quantity(Decimal(1), again=True)),
            (self._vague, Quantity(Decimal(3), vague=True)),
        ):
            for length in (4, 3, 2, 1):
                if start + length <= len(keys) and tuple(keys[start : start + length]) in phrases:
                    counted = self._after_again(keys, start + length) if quantity.again else None
                    return counted or (start + length, quantity)
        if keys[start] in self._negative and start + 1 < len(keys) and (found := self._value(keys, start + 1)):
            return found[0], Quantity(-_decimal(found[1]))
        found = self._value(keys, start)
        if found is None:
            return None
        end, value = found
        return end, Quantity(_decimal(value), article=keys[start] in self.articles and end == start + 1)

    def unit_after(self, keys: Sequence[str], end: int) -> str | None:
        """The unit whose word stands at `end`."""
        return self.units.get(keys[end]) if end < len(keys) else None

    def _after_again(self, keys: Sequence[str], i: int) -> tuple[int, Quantity] | None:
        """The number of "another two", "another dozen"."""
        if i == len(keys) or keys[i] in self.articles:
            return None
        if found := self._value(keys, i):
            return found[0], Quantity(_decimal(found[1]), again=True)
        found = self._value((next(iter(self.articles)), *keys[i:]), 0)  # as in "a dozen"
        return (i + found[0] - 1, Quantity(_decimal(found[1]), again=True)) if found and found[0] > 1 else None

    def words(self) -> frozenset[str]:
        """Every word that can be part of a number."""
        tables = (self._ones, self._teens, self._tens, self._scales, self._groups, self._fractions)
        return frozenset(word for table in tables for word in table) | self._point | self.articles

    def aloud(self) -> frozenset[str]:
        """Every word that can stand in a number said digit by digit or in groups."""
        tables = (self._ones, self._teens, self._tens, self._scales, self._digit, self._repeat)
        return frozenset(word for table in tables for word in table)

    def ordinal(self, key: str) -> int | None:
        """Zero-based index of an ordinal word, -1 for "last"; None for other words."""
        if key in self._last:
            return -1
        return self._ordinals[key] - 1 if key in self._ordinals else None

    def digits(self, keys: Sequence[str]) -> str:
        """A telephone number or code said digit by digit or in groups; "" when other words are among them."""
        out, repeat, i = "", 1, 0
        while i < len(keys):
            key = keys[i]
            if key in self._repeat and i + 1 < len(keys):
                repeat, i = self._repeat[key], i + 1
                continue
            found = self._value(keys, i)
            if key.isdecimal():
                out, i = out + key, i + 1
            elif key in self._digit and (found is None or found[0] == i + 1):
                out, i = out + self._digit[key] * repeat, i + 1
            elif found is not None and found[1].denominator == 1:
                out, i = out + str(found[1]), found[0]
            else:
                return ""
            repeat = 1
        return out

    def _value(self, keys: Sequence[str], i: int) -> tuple[int, Fraction] | None:
        fraction = self._fraction(keys, i)
        if fraction:
            return fraction
        found = self._integer(keys, i)
        if keys[i].isdecimal():
            found = (i + 1, int(keys[i]))
        article = keys[i] in self.articles
        if found is None and not article:
            return None
        end, value = found or (i + 1, 1)
        if end < len(keys) and keys[end] in self._groups:  # "two dozen", "a couple of"
            count, group, end = Fraction(value), self._groups[keys[end]], end + 1
            if end + 1 < len(keys) and keys[end] in self._and and (half := self._half_more(keys, end + 1)):
                end, count = half[0], count + half[1]  # "a dozen and a half"
            return self._skip(keys, end, self.of), count * group
        if found and end < len(keys) and keys[end] in self._fraction_plurals:  # "three quarters of a pound"
            part = Fraction(value) * self._fraction_plurals[keys[end]]
            return self._skip(keys, self._skip(keys, end + 1, self.of), self.articles), part
        if end + 1 < len(keys) and keys[end] in self._point and keys[end + 1] in self._ones:
            return self._decimals(keys, end + 1, value)
        if end + 1 < len(keys) and keys[end] in self._and and (half := self._fraction(keys, end + 1, whole=True)):
            end, count = half[0], value + half[1]  # "two and a half"
            if end < len(keys) and keys[end] in self._groups:  # "one and a half dozen"
                return self._skip(keys, end + 1, self.of), count * self._groups[keys[end]]
            return end, count
        return end, Fraction(value)

    def _fraction(self, keys: Sequence[str], i: int, whole: bool = False) -> tuple[int, Fraction] | None:
        """ "half a dozen", "a quarter of a"; with `whole` only what may follow "two and"."""
        j = i + 1 if keys[i] in self.articles and i + 1 < len(keys) else i
        if keys[j] not in self._fractions:
            return None
        value, end = self._fractions[keys[j]], j + 1
        if whole:
            return self._skip(keys, end, self.of), value
        following = self._skip(keys, self._skip(keys, end, self.of), self.articles)
        if following < len(keys) and keys[following] in self._groups:
            return self._skip(keys, following + 1, self.of), value * self._groups[keys[following]]
        measured = end < len(keys) and keys[end] in self.units  # "a quarter kilo"
        return (following, value) if following > end or measured else None  # a bare "half" is a portion

    def _half_more(self, keys: Sequence[str], i: int) -> tuple[int, Fraction] | None:
        """The "a half" of "a dozen and a half", which is none of "a dozen and half a kilo of plums"."""
        end, value = self._fraction(keys, i, whole=True) or (i, Fraction(0))
        measured = end < len(keys) and (keys[end] in self.units or keys[end] in self._groups)
        return (end, value) if keys[i] in self.articles and end > i and not measured else None

    def _integer(self, keys: Sequence[str], i: int) -> tuple[int, int] | None:
        total, current, said = 0, 0, False
        start = i
        if keys[i] in self.articles and i + 1 < len(keys) and keys[i + 1] in self._scales:
            current, said, i = 1, True, i + 1
        floor = 10**12
        while i < len(keys):
            step = self._small(keys, i)
            zero = said and not (total or current)  # "zero four" are two numbers
            if step and (not said or floor >= 100) and not (said and current % 100) and not zero:
                i, current, said = step[0], current + step[1], True
            elif keys[i] in self._scales and said and self._scales[keys[i]] < floor:
                scale = self._scales[keys[i]]
                if scale == 100:
                    current *= 100
                else:
                    total, current, floor = total + current * scale, 0, scale
                i += 1
            elif (
                said
                and i + 1 < len(keys)
                and keys[i] in self._and
                and self._scaled(keys, i)
                and self._small(keys, i + 1)
            ):
                i += 1
            else:
                break
        return (i, total + current) if said and i > start else None

    def _scaled(self, keys: Sequence[str], i: int) -> bool:
        """Whether "and" at `i` stands after "hundred" or "thousand", where it can join a number."""
        return i > 0 and keys[i - 1] in self._scales

    def _small(self, keys: Sequence[str], i: int) -> tuple[int, int] | None:
        key = keys[i]
        if key in self._tens:
            ones = self._ones.get(keys[i + 1]) if i + 1 < len(keys) else None
            return (i + 2, self._tens[key] + ones) if ones else (i + 1, self._tens[key])
        value = self._ones.get(key, self._teens.get(key))
        return None if value is None else (i + 1, value)

    def _decimals(self, keys: Sequence[str], i: int, whole: int) -> tuple[int, Fraction]:
        digits = ""
        while i < len(keys) and keys[i] in self._ones and len(digits) < 6:
            digits, i = digits + str(self._ones[keys[i]]), i + 1
        return i, whole + Fraction(int(digits), 10 ** len(digits))

    @staticmethod
    def _skip(keys: Sequence[str], i: int, words: set[str]) -> int:
        return i + 1 if i < len(keys) and keys[i] in words else i


def _decimal(value: Fraction) -> Decimal:
    return (Decimal(value.numerator) / Decimal(value.denominator)).normalize() + 0
