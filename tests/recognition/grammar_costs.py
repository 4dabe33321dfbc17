"""What sentences cost in a word grammar."""

from __future__ import annotations

import math
from collections import defaultdict
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

from voice.recognition.compact.fst_arrays import JUMP, FstArrays


class Costs:
    """The cheapest way of each sentence through a grammar, in nats."""

    def __init__(self, grammar: FstArrays, words: tuple[str, ...]) -> None:
        self._numbers = {word: i for i, word in enumerate(words, 1)}
        self._start, self._final = grammar.start, grammar.final
        self._arcs: dict[int, list[tuple[int, float, int]]] = defaultdict(list)
        for source, arc in zip(grammar.source.tolist(), grammar.arcs, strict=True):
            self._arcs[source].append((int(arc["ilabel"]), float(arc["weight"]), int(arc["next"])))

    def __call__(self, text: str) -> float:
        ways = self._free({self._start: 0.0})
        for word in text.split():
            after: dict[int, float] = {}
            for state, cost in ways.items():
                for label, weight, target in self._arcs[state]:
                    if label == self._numbers.get(word):
                        after[target] = min(after.get(target, math.inf), cost + weight)
            ways = self._free(after)
        return min((cost + float(self._final[s]) for s, cost in ways.items()), default=math.inf)

    def _free(self, ways: dict[int, float]) -> dict[int, float]:
        todo = list(ways)
        while todo:
            state = todo.pop()
            for label, weight, target in self._arcs[state]:
                if label in (0, JUMP) and ways[state] + weight < ways.get(target, math.inf) - 1e-6:
                    ways[target] = ways[state] + weight
                    todo.append(target)
        return ways


def costs_of(catalogue: Path | None, state: str) -> Costs:
    """Of a catalogue's grammar in a dialogue state, made in a process of its own (see voice/recognition/openfst)."""
    with ProcessPoolExecutor(1, get_context("spawn")) as pool:
        acceptor, words = pool.submit(_grammar, catalogue, state).result()
    return Costs(FstArrays.from_bytes(acceptor), words)


def _grammar(catalogue: Path | None, state: str) -> tuple[bytes, tuple[str, ...]]:
    from voice.recognition.word_grammar import word_grammar
    from voice.shop.catalogue import load_catalogue

    grammar = word_grammar(load_catalogue(catalogue), "en", state)
    return grammar.acceptor.to_bytes(), grammar.words
