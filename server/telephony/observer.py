"""What a channel with a screen is told while a conversation goes on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from voice.types import Turn

if TYPE_CHECKING:
    from voice.dialogue.session import Session


class Observer:
    """What a channel with a screen wants to know. This one wants nothing."""

    def greeted(self, session: Session, turn: Turn) -> None: ...
    def partial(self, text: str) -> None: ...
    def state(self, name: str) -> None: ...
    def answered(self, session: Session, turn: Turn, number: int, kind: str) -> None: ...
    def over(self, outcome: str) -> None: ...
    def spoken(self) -> bool:
        """Whether answers are to be spoken."""
        return True

    def resumes(self) -> str | None:
        """Id of the session to go on with."""
        return None
