"""What a caller hears when there is no line for him."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from server.state import ServerState


def busy_sentence(shared: ServerState) -> str:
    return str(shared.assistant.language.topic("channel")["busy"])
