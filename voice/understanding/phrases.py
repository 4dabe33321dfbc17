"""A trie of word sequences."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Generic, TypeVar

V = TypeVar("V")
_VALUE = ""
"""Edge that holds a node's value; no word is empty"""


class PhraseTrie(Generic[V]):
    """Word sequences and their values; finds all that start at a place in time linear in their length."""

    def __init__(self) -> None:
        self._root: dict[str, object] = {}

    def add(self, words: Iterable[str], value: V) -> None:
        """The first value of a sequence stays."""
        node = self._root
        for word in words:
            node = node.setdefault(word, {})  # type: ignore[assignment]
        node.setdefault(_VALUE, value)

    def matches(self, keys: Sequence[str], start: int) -> Iterator[tuple[int, V]]:
        """(end, value) of every sequence that starts at `start`, shortest first."""
        node = self._root
        for i in range(start, len(keys)):
            following = node.get(keys[i])
            if following is None:
                return
            node = following  # type: ignore[assignment]
            if _VALUE in node:
                yield i + 1, node[_VALUE]  # type: ignore[misc]
