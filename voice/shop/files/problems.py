"""Mistakes in a catalogue file, gathered so that the owner sees all of them at once."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from voice.errors import CatalogueError

Location = tuple[str | int, ...]
"""Keys and indexes from the top of the file to a value: ("products", 3, "price")"""

MOST_SHOWN = 50


def suggestion(word: str, known: Iterable[str]) -> str:
    """' Did you mean ...?' for the closest known word, the known words if they are few, or nothing."""
    names = sorted(set(known))
    if close := difflib.get_close_matches(word, names, 1, 0.6):
        return f" Did you mean '{close[0]}'?"
    return f" Known: {', '.join(names)}." if 0 < len(names) <= 30 else ""


@dataclass
class Problems:
    """Collects mistakes of one file with the line of each."""

    source: Path
    lines: Mapping[Location, int]
    """Line (from 1) of each value and key"""
    found: list[tuple[str, int, str]] = field(default_factory=list)

    def add(self, location: Location, message: str) -> None:
        entry = (str(self.source), self.line(location), message)
        if entry not in self.found:
            self.found.append(entry)

    def line(self, location: Location) -> int:
        """The line of the value, or of the nearest thing around it that has one."""
        for length in range(len(location), 0, -1):
            if location[:length] in self.lines:
                return self.lines[location[:length]]
        return 1

    def raise_if_any(self) -> None:
        if not self.found:
            return
        ordered = sorted(self.found, key=lambda entry: entry[:2])
        shown = [f"{source}:{line}: {message}" for source, line, message in ordered[:MOST_SHOWN]]
        if (rest := len(ordered) - MOST_SHOWN) > 0:
            shown.append(f"... and {rest} more.")
        raise CatalogueError("\n".join(shown))
