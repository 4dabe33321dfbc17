"""Progress of the steps that take long (building a model, compiling a grammar), a bar each, gone when it is done."""

from __future__ import annotations

from rich.console import Console
from rich.progress import Progress, TaskID


class Steps(Progress):
    """Use as a context; `show` is an `OnProgress`."""

    def __init__(self, console: Console) -> None:
        super().__init__(console=console, transient=True)
        self._steps: dict[str, TaskID] = {}

    def show(self, step: str, done: float) -> None:
        """`done` from 0 to 1."""
        if step not in self._steps:
            self._steps[step] = self.add_task(step, total=1.0)
        self.update(self._steps[step], completed=done, visible=done < 1)
