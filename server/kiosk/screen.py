"""The kiosk's screen: a page that follows the conversation at the machine's own microphone, as the voice button does.

The page is told by server-sent events (https://html.spec.whatwg.org/multipage/server-sent-events.html) in the messages
of server/api/__init__.py, and says in turn when its talk button is pressed. Only this machine's browser may look on.
"""

from __future__ import annotations

import json
import queue
import threading
from collections.abc import Iterator
from typing import Any

from server.api.views import turn_view
from voice.assistant import Assistant
from voice.kiosk import Button, Shown

MAX_MESSAGES = 400
"""Kept of one customer's conversation; beyond, what was recognised on the way goes first"""
ALIVE_SECONDS = 15.0
"""After so long without news a comment is sent: a page that has gone is noticed"""


class Screen:
    """What is shown. A page that comes later is told what stands there; a new customer begins with an empty one."""

    def __init__(self, assistant: Assistant, *, push_to_talk: bool) -> None:
        self.push_to_talk = push_to_talk
        self._assistant = assistant
        self._changed = threading.Condition()
        self._messages: list[dict[str, Any]] = []
        self._round = 0
        """Counts how often `_messages` was begun anew"""
        self._session_id = ""
        self._pressed: queue.SimpleQueue[bool] = queue.SimpleQueue()

    # --- what the kiosk does -----------------------------------------------------------------------------------------

    def show(self, shown: Shown) -> None:
        message = self._message(shown)
        with self._changed:
            if shown.session is not None and shown.session.id != self._session_id:
                self._begin(shown.session.id, [])
            elif len(self._messages) >= MAX_MESSAGES:
                turns = [kept for kept in self._messages if kept["type"] == "turn"]
                self._begin(self._session_id, turns[-MAX_MESSAGES // 2 :])
            self._messages.append(message)
            self._changed.notify_all()

    def button(self) -> Button:
        """What the page's talk button did."""
        try:
            return Button.BEGIN if self._pressed.get_nowait() else Button.END
        except queue.Empty:
            return Button.NOTHING

    def _begin(self, session_id: str, messages: list[dict[str, Any]]) -> None:
        self._session_id, self._messages = session_id, messages
        self._round += 1

    def _message(self, shown: Shown) -> dict[str, Any]:
        if shown.turn is None or shown.session is None:
            return {"type": shown.kind, "text": shown.text}
        assistant = self._assistant
        number = sum(message["type"] == "turn" for message in self._messages)
        kind = shown.turn.utterance.kind
        view: dict[str, Any] = turn_view(
            shown.session, shown.turn, number, kind, assistant.catalogue, assistant.language
        )
        return view

    # --- what the page does ------------------------------------------------------------------------------------------

    def press(self, active: bool) -> None:
        self._pressed.put(active)

    def watch(self) -> Iterator[str]:
        """The events of one page, from the beginning of the conversation on, without end."""
        seen, at = -1, 0
        while True:
            with self._changed:
                self._changed.wait_for(lambda: seen != self._round or at < len(self._messages), ALIVE_SECONDS)  # noqa: B023
                if began := seen != self._round:
                    seen, at = self._round, 0
                news = self._messages[at:]
                at += len(news)
            if began:
                yield event({"type": "begin", "push_to_talk": self.push_to_talk})
            yield from (event(message) for message in news)
            if not began and not news:
                yield ": alive\n\n"


def event(message: dict[str, Any]) -> str:
    return f"data: {json.dumps(message, ensure_ascii=False, separators=(',', ':'))}\n\n"
