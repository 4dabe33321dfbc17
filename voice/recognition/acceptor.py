"""Whether words are a sentence of the word grammar: the acceptor behind the graph, run over a text."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

from voice.recognition.compact.fst_arrays import JUMP, FstArrays


class WordAcceptor:
    """Runs a word grammar over texts. Weights do not count."""

    def __init__(self, fst: FstArrays, words: Sequence[str]) -> None:
        """`words[0]` is word 1."""
        self._number = {word: i for i, word in enumerate(words, 1)}
        self._next: dict[tuple[int, int], list[int]] = defaultdict(list)
        columns = (fst.source, fst.arcs["ilabel"], fst.arcs["next"])
        for source, label, target in zip(*(c.tolist() for c in columns), strict=True):
            self._next[source, 0 if label in (0, JUMP) else label].append(target)
        self._final = {i for i, weight in enumerate(fst.final.tolist()) if weight != float("inf")}
        self._start = fst.start

    def accepts(self, text: str) -> bool:
        """Whether `text` is a whole sentence."""
        states = self._closure([self._start])
        for word in text.split():
            number = self._number.get(word)
            if number is None or not states:
                return False
            states = self._closure(t for s in states for t in self._next.get((s, number), ()))
        return bool(states & self._final)

    def _closure(self, states: Iterable[int]) -> set[int]:
        reached = set(states)
        todo = list(reached)
        while todo:
            for target in self._next.get((todo.pop(), 0), ()):
                if target not in reached:
                    reached.add(target)
                    todo.append(target)
        return reached
