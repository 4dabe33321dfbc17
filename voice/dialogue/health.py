"""What somebody must not eat, as was said, is health data: kept in memory for the length of the call, never stored."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from dataclasses import replace

from voice.dialogue.session import Session

MAX_CALLS = 1000


def without_health(session: Session) -> Session:
    """As it may be stored: nothing that was said of allergies, nor what was answered to it."""
    if not session.avoid:
        return session
    prompts = tuple(prompt for prompt in session.prompts if not prompt.key.startswith("allergens."))
    return replace(session, avoid=(), prompts=prompts, more=())


class HealthMemory:
    """What is left out of stored sessions, for callers whose line is cut and who come back at once."""

    def __init__(self, seconds: float) -> None:
        """`seconds` after its last turn a call is forgotten (setting `welcome_back_after`)."""
        self._seconds = seconds
        self._calls: OrderedDict[str, tuple[float, Session]] = OrderedDict()
        """Id -> when its last turn was (time.monotonic()), and the session then"""
        self._lock = threading.Lock()

    def keep(self, session: Session) -> None:
        with self._lock:
            self._calls.pop(session.id, None)
            if session.avoid:
                self._calls[session.id] = (time.monotonic(), replace(session))
            self._drop_old()

    def restore(self, session: Session) -> None:
        """Gives back to a session that was stored what was left out of it."""
        with self._lock:
            self._drop_old()
            if session.id in self._calls:
                _, kept = self._calls[session.id]
                session.avoid, session.prompts, session.more = kept.avoid, kept.prompts, kept.more

    def _drop_old(self) -> None:
        oldest = time.monotonic() - self._seconds
        while self._calls and (len(self._calls) > MAX_CALLS or next(iter(self._calls.values()))[0] < oldest):
            self._calls.popitem(last=False)
