"""What addresses look like: a street and its house number, a postcode, a place that one can deliver to."""

from __future__ import annotations

from collections.abc import Sequence

from voice.understanding.vocabulary import Vocabulary

_TELEPHONE = 6
"""Figures from which on a number is no house's"""
_POSTCODE = 1000
"""The least number in words that is a postcode's; smaller ones are houses', or parts of a postcode said in pieces"""
_POSTCODE_LETTERS = 3
"""Letters in a row of a postcode: the "ab" of "1011 ab"; spoken, they come one by one"""
_LONGEST_POSTCODE = 8
"""Words"""
_STREET = 4
"""Letters of a street's name, at least"""


class Addresses:
    """One language's. An address comes as the keys of its words (tokens.py)."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self._vocabulary, self._numbers = vocabulary, vocabulary.numbers

    def is_place(self, keys: Sequence[str]) -> bool:
        """Whether one may deliver there: it has a house number, or words enough of a place ("my office" is nowhere)."""
        numbers, words = self._numbers, self._vocabulary
        if figures := numbers.digits(keys):
            return len(figures) < _TELEPHONE
        if any(k.isdecimal() or (k not in numbers.articles and numbers.read(keys, i)) for i, k in enumerate(keys)):
            return True
        return words.placeless.isdisjoint(keys) and sum(key not in words.function for key in keys) > 1

    def answers_for_postcode(self, keys: Sequence[str]) -> bool:
        """Whether it may be said where the postcode alone was asked: other words are no answer."""
        return self._has_postcode(keys) or self._is_street(keys)

    def _has_postcode(self, keys: Sequence[str]) -> bool:
        """A street, a house number and a postcode of four figures or more."""
        codes, street, start = [], False, 0
        while start < len(keys):
            number = self._numbers.read(keys, start)
            if number is None or number[1].article or number[1].vague:
                street, start = street or len(keys[start]) >= _STREET, start + 1
            else:
                codes.append(keys[start].isdecimal() or number[1].value >= _POSTCODE)
                start = number[0]
        return street and len(codes) > 1 and any(codes)

    def _is_street(self, keys: Sequence[str]) -> bool:
        """A street and its house number: "damrak twelve b"."""
        for k in range(1, len(keys)):
            number = self._numbers.read(keys, k)
            if number and number[0] >= len(keys) - 1 and not number[1].article and number[1].value < _POSTCODE:
                named = all(self._vocabulary.may_name(keys, i, 0) for i in range(k))
                return named and any(len(key) >= _STREET for key in keys[:k])
        return False

    def postcode_ends(self, keys: Sequence[str], start: int) -> list[int]:
        """Where a postcode that begins at `start` can end. Numbers and single letters or short groups of them: no
        country's postcode has words."""
        ends, numbers, i = [], 0, start
        while i < len(keys) and i < start + _LONGEST_POSTCODE:
            if found := self._numbers.read(keys, i):
                numbers, i = numbers + 1, found[0]
            elif len(keys[i]) <= _POSTCODE_LETTERS:
                i += 1
            else:
                break
            if numbers and keys[i - 1] not in self._vocabulary.joiners:
                ends.append(i)
        return ends
