"""Numbers of things in what the operator reads."""

from __future__ import annotations


def counted(count: int, noun: str) -> str:
    """ "1 order", "2 orders"; for nouns whose plural is made with s."""
    return f"{count} {noun}{'' if count == 1 else 's'}"
