"""The language's own words of an order: amounts, negations, joining words, fillers, numbers, units, references."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from voice.language import Language
from voice.understanding.phrases import PhraseTrie
from voice.understanding.quantities import NumberReader
from voice.understanding.templates import expand_all
from voice.understanding.tokens import Token, Tokenizer, fold

Reading = tuple[str, str]
"""(role, value): ("amount", "extra"), ("with", "")"""


class Vocabulary:
    """Phrases of grammars/<lang>/{amounts,fillers,references,units}.yaml as one trie of keys -> readings.

    `known` are words of the catalogue that name nothing to order but are no surprise: of its groups and categories;
    `diets` are phrases for what something is asked to be, and its tag.
    """

    def __init__(
        self,
        language: Language,
        tokenizer: Tokenizer,
        amounts: Mapping[str, Sequence[str]] | None = None,
        negations: Sequence[str] = (),
        known: Iterable[str] = (),
        diets: Mapping[str, str] | None = None,
    ) -> None:
        self.numbers = NumberReader(language)
        fillers, spoken, refs = language.topic("fillers"), language.topic("amounts"), language.topic("references")
        self._found: dict[tuple[str, ...], dict[str, str]] = {}
        for amount, templates in spoken["amounts"].items():
            self._add(expand_all(templates, "amounts.yaml"), "amount", amount)
        for amount, phrases in (amounts or {}).items():
            self._add((tokenizer.keys(p) for p in phrases), "amount", amount)
        self._add(expand_all(spoken["negations"], "amounts.yaml"), "negation")
        self._add((tokenizer.keys(p) for p in negations), "negation")
        for portion, templates in spoken.get("portions", {}).items():
            self._add(expand_all(templates, "amounts.yaml"), "portion", portion)
        for role, templates in (
            ("negation_after", spoken.get("negations_after", ())),
            ("spread", spoken.get("spread", ())),
            ("note", spoken.get("notes", ())),
            ("with", fillers["with"]),
            ("and", fillers["and"]),
            ("repair", fillers["repairs"]),
            ("all", refs["all"]),
            ("others", refs["others"]),
            ("one_of", refs["one_of"]),
            ("plain", refs.get("plain", ())),
            ("function", fillers["polite"]),
            ("function", fillers["addresses"]),
            ("counted", language.topic("units").get("counted", ())),
            ("measure", language.topic("units").get("measures", ())),
        ):
            self._add(expand_all(templates, "grammar"), role)
        self.diets = {tokenizer.keys(phrase): tag for phrase, tag in (diets or {}).items()}
        """ "dairy free" -> the tag that says so"""
        self._add(self.diets, "diet")
        self._weights = frozenset(language.topic("units").get("weights", ()))
        for keys, roles in self._found.items():
            if "repair" in roles and "negation" in self._found.get(keys[-1:], {}):
                roles["refuses"] = ""
        for unit, data in language.topic("units")["units"].items():
            self._add(((fold(w),) for w in data["words"]), "unit", unit)
        self.joiners = frozenset(keys[0] for keys, roles in self._found.items() if len(keys) == 1 and "and" in roles)
        """Words that go on with something more"""
        self.hesitations = frozenset(fold(w) for w in fillers["hesitations"])
        self.function = frozenset(fold(w) for w in _words(fillers["function_words"]))
        self.placeless = self.function - {fold(w) for w in fillers.get("place_words", ())}
        """Words that no address without a house number has"""
        self._names = frozenset(fold(w) for w in fillers.get("names", ()))
        self._no_names = self.function | {fold(w) for w in fillers.get("no_names", ())}
        self._surnames = self._names | {fold(w) for w in fillers.get("surnames", ())}
        self.order_words = frozenset(fold(w) for w in fillers["order_words"])
        self.labels = frozenset(known) - self.function
        self.definite = frozenset(fold(w) for w in refs.get("definite", ()))
        self.endearments = frozenset(fold(w) for w in fillers.get("endearments", ()))
        """Names for somebody beside the caller that may be options as well"""
        self.plain_behind = frozenset(fold(w) for w in refs.get("plain_behind", ()))
        """Words that say that something comes plain, where they name no kind of it"""
        self.each = frozenset(fold(w) for w in refs.get("each", ()))
        for word in self.function | self.labels:
            self._found.setdefault((word,), {}).setdefault("function", "")
        self.adjective = re.compile(str(language.topic("speech")["item"]["adjective"]), re.IGNORECASE)
        """An option that says how a thing is, and so with an article stands for one: "a decaf" """
        self._polite: PhraseTrie[bool] = PhraseTrie()
        for keys in expand_all(fillers["polite"], "fillers.yaml"):
            self._polite.add(keys, True)
        self._trie: PhraseTrie[dict[str, str]] = PhraseTrie()
        for keys, readings in self._found.items():
            self._trie.add(keys, readings)

    def weighs(self, unit: str) -> bool:
        """Whether things are weighed in it; an ounce measures drinks as well."""
        return unit in self._weights

    def find(self, keys: Sequence[str], start: int) -> Iterable[tuple[int, dict[str, str]]]:
        """(end, role -> value) of every phrase that starts at `start`."""
        return self._trie.matches(keys, start)

    def without_hesitations(self, tokens: Sequence[Token]) -> tuple[Token, ...]:
        """The tokens that say something; behind a number "mm" is a unit."""
        number = self.numbers.words()
        before = ("", *(t.key for t in tokens))
        units = (b in number and "unit" in self._found.get((t.key,), {}) for t, b in zip(tokens, before, strict=False))
        return tuple(t for t, unit in zip(tokens, units, strict=True) if unit or t.key not in self.hesitations)

    def polite_end(self, keys: Sequence[str], start: int, end: int) -> int | None:
        """Where the longest phrase of politeness that starts at `start` ends, up to `end`; None where none does."""
        ends = [e for e, _ in self._polite.matches(keys, start) if e <= end]
        return ends[-1] if ends else None

    def may_name(self, keys: Sequence[str], i: int, start: int) -> bool:
        """Whether the word at `i` may be part of somebody's name that begins at `start`."""
        if keys[i] in (self._surnames if i > start else self._names):
            return True
        number = keys[i] in self.numbers.words() or keys[i].isdecimal() or self.numbers.ordinal(keys[i]) is not None
        return not number and (keys[i] not in self._no_names or (i > start and keys[i] in self.joiners))

    def stop_words(self) -> frozenset[str]:
        """Words that alone never stand for something of the catalogue."""
        singles = {keys[0] for keys in self._found if len(keys) == 1}
        return self.function | self.hesitations | singles | self.numbers.words()

    def _add(self, phrases: Iterable[tuple[str, ...]], role: str, value: str = "") -> None:
        for keys in phrases:
            if keys:
                self._found.setdefault(keys, {}).setdefault(role, value)


def _words(data: Any) -> list[str]:
    return str(data).split() if isinstance(data, str) else [str(w) for w in data]
