"""How long work tells what it is doing."""

from __future__ import annotations

from collections.abc import Callable

Progress = Callable[[str, float], None]
"""(stage, fraction done of it from 0 to 1)"""


def silent(stage: str, fraction: float) -> None:
    """A progress callback that shows nothing."""
