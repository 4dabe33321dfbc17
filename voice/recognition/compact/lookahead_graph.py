"""HCLr: all words of a vocabulary in any order, as a transducer that a grammar is composed with while decoding.

The tree of all words with full cross-word contexts. A state stands for (left context, phone that comes next); what
follows it the same way is shared, from the front (a tree) and from the back (equal rests are one state). A word's label
stands where its phones are nobody else's any more. Look-ahead composition: Allauzen, Riley and Schalkwyk, "A
generalized composition algorithm for weighted finite-state transducers" (Interspeech 2009).
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import numpy as np

from voice.recognition.compact.fst_arrays import FstArrays, make_arcs
from voice.recognition.compact.lexicon import Pronunciation
from voice.recognition.compact.phone_set import PhoneSet, TransitionModel
from voice.recognition.compact.ptm import BEGIN, END, INTERNAL, SINGLE
from voice.recognition.compact.static_graph import expand_states
from voice.recognition.compact.word_graph import GraphOptions

Arc = tuple[int, int, float, int]
"""Input, output, weight, target"""


@dataclass
class _Node:
    """A place in the tree of pronunciations, behind some phones."""

    children: dict[int, _Node] = field(default_factory=dict)
    words: list[int] = field(default_factory=list)
    """Words that end here"""
    count: int = 0
    """Words that end here or further on"""

    @property
    def only_word(self) -> int:
        """The word of a node whose `count` is 1."""
        node = self
        while not node.words:
            node = next(iter(node.children.values()))
        return node.words[0]


def lookahead_graph(
    pronunciations: Mapping[int, Iterable[Pronunciation]],
    transitions: TransitionModel,
    garbage: int | None = None,
    options: GraphOptions | None = None,
) -> FstArrays:
    """Transition-ids in, word numbers out, sorted by output label as look-ahead composition wants it.

    `pronunciations`: by word number. `garbage`: the number of a word that is any phones.
    """
    words = _Words(transitions.phones, options or GraphOptions())
    graph = expand_states(words.build(pronunciations, garbage), transitions)
    order = np.lexsort((graph.arcs["ilabel"], graph.arcs["olabel"], graph.source))
    return FstArrays(graph.start, graph.final, graph.source[order], graph.arcs[order])


class _Words:
    """Triphone symbols in, words out."""

    def __init__(self, phones: PhoneSet, options: GraphOptions) -> None:
        self.phones = phones
        self.options = options
        self.sil = phones.model.silence
        self.arcs: dict[int, list[Arc]] = defaultdict(list)
        self.states = 0
        self.first: dict[tuple[int, int], int] = {}
        self.ends: dict[tuple[int, int, int], int] = {}
        self.shared: dict[tuple[Arc, ...], int] = {}
        self.any_word: int | None = None
        number = {(int(c), int(p)): i for i, (c, p) in enumerate(zip(phones.ci, phones.position, strict=True)) if i}
        self.number = number
        self.symbols = phones.symbol.tolist()

    def build(self, pronunciations: Mapping[int, Iterable[Pronunciation]], garbage: int | None) -> FstArrays:
        """The start is `self.pause`'s; from `self.pause` any word begins, in the context of silence."""
        self.root = _tree(pronunciations, self.phones)
        start, self.pause, self.closing = self._state(), self._state(), self._state()
        self._silence(start, self.pause, self.options.edge_silence)
        self._silence(self.closing, self.pause, 1.0)
        if garbage is not None:
            self._garbage(garbage)
        self.inner = {
            (c, x): self._step(c, x, child)
            for c, node in self.root.children.items()
            for x, child in node.children.items()
        }
        for c in self.root.children:
            self.arcs[self.pause].append((0, 0, 0.0, self._first(self.sil, c)))
        done: set[tuple[int, int]] = set()
        while todo := self.first.keys() - done:
            for left, c in todo:
                self._begin(left, c)
            done |= todo
        return self._arrays(start)

    def _state(self) -> int:
        self.states += 1
        return self.states - 1

    def _arrays(self, start: int) -> FstArrays:
        rows = [(s, *arc) for s, arcs in self.arcs.items() for arc in arcs]
        source, ilabel, olabel, weight, target = (list(column) for column in zip(*rows, strict=True))
        final = np.full(self.states, np.inf, np.float32)
        final[[self.pause, self.closing]] = 0.0
        return FstArrays.from_unsorted(start, final, source, make_arcs(ilabel, olabel, weight, target))

    def _silence(self, source: int, target: int, probability: float) -> None:
        """A pause of that probability, or nothing."""
        names = self.phones
        noises = [i for i in range(1, len(names.names)) if names.position[i] < 0 and i != names.silence]
        ways = [(names.silence, probability * (1 - self.options.noise))]
        ways += [(n, probability * self.options.noise / len(noises)) for n in noises]
        for phone, share in ways:
            self.arcs[source].append((int(names.free_symbol[phone]), 0, -math.log(share), target))
        if probability < 1:
            self.arcs[source].append((0, 0, -math.log(1 - probability), target))

    def _garbage(self, garbage: int) -> None:
        """Two phones or more in no context; its neighbours hear it as silence."""
        free, weight = self.phones.free_symbol, self.options.garbage_phone
        self.any_word, loop, end = self._state(), self._state(), self._state()
        self.arcs[self.pause].append((0, 0, 0.0, self.any_word))
        for c in self.phones.model.real_phones.tolist():
            ways = [(self.any_word, garbage, BEGIN, loop), (loop, 0, INTERNAL, loop), (loop, 0, END, end)]
            for source, label, position, target in ways:
                self.arcs[source].append((int(free[self.number[c, position]]), label, weight, target))
        self._silence(end, self.pause, self.options.silence)

    def _first(self, left: int, c: int) -> int:
        """Before a word that begins with `c` behind the context `left`."""
        if (left, c) not in self.first:
            self.first[left, c] = self._state()
        return self.first[left, c]

    def _begin(self, left: int, c: int) -> None:
        """A word's first phone, by all second phones; and words of one phone."""
        node, source = self.root.children[c], self.first[left, c]
        groups: dict[tuple[int, int], list[tuple[int, float]]] = defaultdict(list)
        for x, child in node.children.items():
            label = child.only_word if child.count == 1 else 0
            groups[self.symbols[self.number[c, BEGIN]][left][x], label].append((self.inner[c, x], 0.0))
        for (symbol, label), targets in groups.items():
            self._fan(source, symbol, label, targets)
        for word in node.words:
            self.arcs[source].append((0, word, 0.0, self._end(left, c, SINGLE)))

    def _step(self, left: int, c: int, node: _Node) -> int:
        """Before the phone `c` that leads to `node`, behind the phone `left` of the same word."""
        told = node.count == 1  # then the label stands on an arc before
        arcs: list[Arc] = [(0, 0 if told else word, 0.0, self._end(left, c, END)) for word in node.words]
        for x, child in node.children.items():
            label = child.only_word if child.count == 1 and not told else 0
            symbol = self.symbols[self.number[c, INTERNAL]][left][x]
            arcs.append((symbol, label, 0.0, self._step(c, x, child)))
        if len(arcs) == 1 and arcs[0][:3] == (0, 0, 0.0):
            return arcs[0][3]
        return self._share(arcs)

    def _end(self, left: int, c: int, position: int) -> int:
        """Before a word's last phone: on to a pause, or to the next word's first phone."""
        key = (left, c, position)
        if key in self.ends:
            return self.ends[key]
        state = self.ends[key] = self._state()
        pause, none = -math.log(self.options.silence), -math.log(1 - self.options.silence)
        symbol = self.symbols[self.number[c, position]][left]
        groups: dict[int, list[tuple[int, float]]] = defaultdict(list)
        groups[symbol[self.sil]].append((self.closing, pause))
        if self.any_word is not None:
            groups[symbol[self.sil]].append((self.any_word, none))
        for following in self.root.children:
            groups[symbol[following]].append((self._first(c, following), none))
        for s, targets in groups.items():
            self._fan(state, s, 0, targets)
        return state

    def _fan(self, source: int, symbol: int, label: int, targets: list[tuple[int, float]]) -> None:
        """One arc to several places by way of a state that all with the same targets share."""
        target, weight = targets[0]
        if len(targets) > 1:
            target, weight = self._share([(0, 0, w, t) for t, w in targets]), 0.0
        self.arcs[source].append((symbol, label, weight, target))

    def _share(self, arcs: list[Arc]) -> int:
        key = tuple(sorted(arcs))
        state = self.shared.get(key)
        if state is None:
            state = self.shared[key] = self._state()
            self.arcs[state] = list(key)
        return state


def _tree(pronunciations: Mapping[int, Iterable[Pronunciation]], phones: PhoneSet) -> _Node:
    ci = {name: i for i, name in enumerate(phones.model.ci_phones)}
    root = _Node()
    for word, ways in pronunciations.items():
        for way in dict.fromkeys(ways):
            node = root
            for phone in way:
                node = node.children.setdefault(ci[phone], _Node())
            node.words.append(word)
    _count(root)
    return root


def _count(node: _Node) -> int:
    node.count = len(node.words) + sum(_count(child) for child in node.children.values())
    return node.count
