"""The order of numbered media frames: duplicates go, swapped ones are put right, a gap never stalls the call."""

from __future__ import annotations

from typing import Generic, TypeVar

T = TypeVar("T")

RESYNC = 25
"""So many late frames in a row mean that the peer began to count anew"""


class Sequence(Generic[T]):
    """Hands frames on in the order of their numbers, holding at most `depth` back while one is missing."""

    def __init__(self, depth: int = 0) -> None:
        self._depth = depth
        self._next: int | None = None
        self._held: dict[int, T] = {}
        self._late = 0

    def add(self, number: str, item: T) -> tuple[list[T], str]:
        """The frames that can be used now, and what was wrong with this one ("" for nothing).

        A number that is none (absent, not digits) is taken as next in turn.
        """
        if not (number.isascii() and number.isdigit() and len(number) < 16):
            return [item], ""
        value = int(number)
        if self._next is None:
            self._next = value
        if value < self._next or value in self._held:
            self._late += 1
            if self._late < RESYNC:
                return [], "duplicate or late media frame"
            self._next, self._held = value, {}
        self._late = 0
        self._held[value] = item
        return self._ready(), ""

    def _ready(self) -> list[T]:
        ready: list[T] = []
        while self._held and (self._next in self._held or len(self._held) > self._depth):
            first = min(self._held)
            ready.append(self._held.pop(first))
            self._next = first + 1
        return ready
