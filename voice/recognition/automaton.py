"""Weighted word automata, built piece by piece from words and sentence templates."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import numpy as np
from hassil.expression import Alternative, Expression, Group, ListReference, Permutation, RuleReference, TextChunk
from hassil.parse_expression import parse_sentence
from hassil.parser import ParseError

from voice.errors import GrammarError
from voice.recognition.compact.fst_arrays import JUMP, FstArrays, make_arcs
from voice.recognition.openfst import compact, compose, from_fst, minimal, to_fst

SlotFiller = Callable[[str, int, int], None]
"""Puts what a `{slot}` stands for between two states: (slot name, from, to)"""
_DEEPEST_RULE = 12
_LONGEST_WAY = 64
"""Arcs of the longest way that counts"""
_OPTIONAL = 0.4
"""Probability that what may be left out of a template is said"""


class Automaton:
    """States and word arcs; weights are negative natural logarithms of probabilities."""

    def __init__(self, normalize: Callable[[str], Sequence[str]], contractions: Iterable[str] = ()) -> None:
        """`normalize` gives the words of a text as they are said. Templates may write `contractions` bare: "dont"."""
        self._normalize = normalize
        self._contractions = {word.replace("'", ""): word for word in contractions}
        self._numbers: dict[str, int] = {}
        self._arcs: list[tuple[int, int, float, int]] = []
        self._states = 0
        self._final: dict[int, float] = {}
        self._hubs: set[int] = set()

    def state(self) -> int:
        self._states += 1
        return self._states - 1

    def hub(self) -> int:
        """A state that many others lead to without a word. It is kept as it is, or its arcs would be copied to each."""
        self._hubs.add(self._states)
        return self.state()

    def link(self, source: int, target: int, probability: float = 1.0) -> None:
        """An arc without a word."""
        if probability > 0:
            self._arcs.append((source, JUMP if target in self._hubs else 0, -math.log(probability), target))

    def word(self, source: int, target: int, word: str, probability: float = 1.0) -> None:
        number = self._numbers.setdefault(word, len(self._numbers) + 1)
        self._arcs.append((source, number, -math.log(probability), target))

    def phrase(self, source: int, target: int, text: str, probability: float = 1.0) -> None:
        """The words of `text` one after the other; nothing is added for a text without words."""
        self._chain(source, target, self._normalize(text), probability)

    def _chain(self, source: int, target: int, words: Sequence[str], probability: float) -> None:
        if target in self._hubs and words:  # lead there by a jump, so that other ways on from the last word stay apart
            last = self.state()
            self.link(last, target)
            target = last
        at = source
        for i, word in enumerate(words):
            after = target if i == len(words) - 1 else self.state()
            self.word(at, after, word, probability if i == 0 else 1.0)
            at = after

    def phrases(self, source: int, target: int, texts: Iterable[str], probability: float = 1.0) -> None:
        """One of several texts, all equally likely."""
        distinct = [t for t in dict.fromkeys(tuple(self._normalize(t)) for t in texts) if t]
        for words in distinct:
            self._chain(source, target, words, probability / len(distinct))

    def some_of(
        self, source: int, target: int, texts: Sequence[str | Mapping[str, Any]], probability: float, again: float
    ) -> None:
        """One or more of several templates in any order. `again`: probability of another."""
        loop = self.hub()
        start = self.state()
        self.link(source, start, probability)
        self.link(loop, start, again)
        self.templates(start, loop, texts)
        self.link(loop, target, 1 - again)

    def template(
        self,
        source: int,
        target: int,
        text: str,
        probability: float = 1.0,
        rules: Mapping[str, str] | None = None,
        fill: SlotFiller | None = None,
    ) -> None:
        """A sentence template in hassil's format: `(a|b)`, `[optional]`, `<rule>`, `{slot}`."""
        start = self.state()
        self.link(source, start, probability)
        try:
            self._expression(parse_sentence(text).expression, start, target, rules or {}, fill, 0)
        except (ParseError, ValueError, KeyError) as error:
            raise GrammarError(f"The sentence template '{text}' cannot be used: {error}") from error

    def templates(
        self,
        source: int,
        target: int,
        texts: Sequence[str | Mapping[str, Any]],
        probability: float = 1.0,
        rules: Mapping[str, str] | None = None,
        fill: SlotFiller | None = None,
    ) -> None:
        """One of several templates: equally likely, but for those written {in: template, share: how much likelier}.

        Within a template the first of several alternatives is likeliest (Zipf's law), as people write them down.
        """
        shared = [(t, 1.0) if isinstance(t, str) else (str(t["in"]), float(t["share"])) for t in texts]
        total = sum(share for _, share in shared)
        for text, share in shared:
            self.template(source, target, text, probability * share / total, rules, fill)

    def _expression(
        self, node: Expression, source: int, target: int, rules: Mapping[str, str], fill: SlotFiller | None, depth: int
    ) -> None:
        if depth > _DEEPEST_RULE:
            raise ValueError("a rule refers to itself")
        if isinstance(node, TextChunk):
            self._text(node.original_text, source, target)
        elif isinstance(node, ListReference):
            if fill is None:
                raise ValueError(f"there is nothing for {{{node.list_name}}}")
            fill(node.list_name, source, target)
        elif isinstance(node, RuleReference):
            rule = parse_sentence(rules[node.rule_name]).expression
            self._expression(rule, source, target, rules, fill, depth + 1)
        elif isinstance(node, Permutation):
            orders = list(node.iterate_permutations())
            for first, rest in orders:
                middle, start = self.state(), self.state()
                self.link(source, start, 1 / len(orders))
                self._expression(first, start, middle, rules, fill, depth)
                self._expression(rest, middle, target, rules, fill, depth)
            if not orders:
                self.link(source, target)
        elif isinstance(node, Alternative):
            for item, share in zip(node.items, _shares(node), strict=True):
                start = self.state()
                self.link(source, start, share)
                self._expression(item, start, target, rules, fill, depth)
        elif isinstance(node, Group):
            for i, item in enumerate(node.items):
                after = target if i == len(node.items) - 1 else self.state()
                self._expression(item, source, after, rules, fill, depth)
                source = after
            if not node.items:
                self.link(source, target)

    def _text(self, text: str, source: int, target: int) -> None:
        words = [self._contractions.get(w, w) for w in self._normalize(text)]
        if words:
            self.phrase(source, target, " ".join(words))
        else:
            self.link(source, target)

    def reached(self, start: int, places: Sequence[tuple[int, int]]) -> np.ndarray:
        """How likely each state is passed on the way from `start`, a place standing for a way from its first state to
        its second."""
        source = np.array([arc[0] for arc in self._arcs] + [s for s, _ in places])
        target = np.array([arc[3] for arc in self._arcs] + [t for _, t in places])
        chance = np.exp(-np.array([arc[2] for arc in self._arcs] + [0.0] * len(places)))
        now = np.bincount([start], minlength=self._states).astype(float)
        passed = now.copy()
        for _ in range(_LONGEST_WAY):
            now = np.bincount(target, chance * now[source], self._states)
            passed += now
        return passed

    def final(self, state: int, probability: float = 1.0) -> None:
        self._final[state] = -math.log(probability)

    @property
    def words(self) -> tuple[str, ...]:
        """Words by their number less one."""
        return tuple(self._numbers)

    def compiled(self, start: int, agreement: Iterable[Mapping[str, Any]] = ()) -> FstArrays:
        """A deterministic minimal acceptor (labels and weights as one letter) over the word numbers and JUMP.

        `agreement`: words with the form of the word that should follow, {word: a, next: regex, otherwise: probability}.
        """
        source, word, cost, target = (list(c) for c in zip(*self._arcs, strict=True))
        final = [self._final.get(s, math.inf) for s in range(self._states)]
        arrays = FstArrays.from_unsorted(start, final, source, make_arcs(word, word, cost, target))
        small = compact(_normalized(arrays))
        rules = [rule for rule in agreement if rule["word"] in self._numbers]
        return from_fst(minimal(compose(from_fst(small), self._agreement(rules))) if rules else small)

    def _agreement(self, rules: Sequence[Mapping[str, Any]]) -> Any:
        """An acceptor of everything; it makes the wrong word behind each rule's word dearer."""
        words = [*self._numbers, None]  # None: a jump, behind which the word is still remembered
        label = np.array([*self._numbers.values(), JUMP])
        after = {rule["word"]: state for state, rule in enumerate(rules, 1)}
        parts = []
        for state in range(len(rules) + 1):
            cost = np.zeros(len(words))
            if state:
                wrong = [w is not None and not re.match(rules[state - 1]["next"], w) for w in words]
                cost[wrong] = -math.log(rules[state - 1]["otherwise"])
            target = [state if w is None else after.get(w, 0) for w in words]
            parts.append((np.full(len(words), state), make_arcs(label, label, cost, target)))
        source, arcs = (np.concatenate(p) for p in zip(*parts, strict=True))
        return to_fst(FstArrays.from_unsorted(0, np.zeros(len(rules) + 1), source, arcs))


def _shares(node: Alternative) -> list[float]:
    """Probabilities of the alternatives; the last of an optional part is to leave it out."""
    said = len(node.items) - node.is_optional
    shares = [1 / rank for rank in range(1, said + 1)]
    scale = (_OPTIONAL if node.is_optional else 1.0) / sum(shares)
    return [scale * share for share in shares] + [1 - _OPTIONAL] * node.is_optional


def _normalized(graph: FstArrays) -> FstArrays:
    """The ways on from each state made to sum to one, so that all sentences together have at most probability one."""
    total = np.exp(-graph.final.astype(float))
    np.add.at(total, graph.source, np.exp(-graph.arcs["weight"].astype(float)))
    log_total = np.log(np.where(total > 0, total, 1.0)).astype(np.float32)
    graph.arcs["weight"] += log_total[graph.source]
    return FstArrays(graph.start, graph.final + log_total, graph.source, graph.arcs)
