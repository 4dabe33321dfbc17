"""The conversations of the website's callers that are in memory, each with the lock that keeps its turns in order."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from dataclasses import dataclass, field

from voice.dialogue.session import Session

MAX_SESSIONS = 1000
SECONDS = 1800.0
"""A session that nobody used for so long leaves memory; its cart stays in storage"""


@dataclass(slots=True)
class Held:
    session: Session
    lock: threading.RLock = field(default_factory=threading.RLock)
    used: float = field(default_factory=time.monotonic)
    turns: int = 0


class SessionPool:
    """At most MAX_SESSIONS, the longest unused leave first."""

    def __init__(self) -> None:
        self._held: OrderedDict[str, Held] = OrderedDict()
        self._lock = threading.Lock()

    def hold(self, session: Session) -> Held:
        """Puts a session in (a resumed one replaces what was there, under the same lock)."""
        with self._lock:
            held = self._held.pop(session.id, None) or Held(session)
            held.session, held.used = session, time.monotonic()
            self._held[session.id] = held
            oldest = held.used - SECONDS
            while len(self._held) > MAX_SESSIONS or next(iter(self._held.values())).used < oldest:
                self._held.popitem(last=False)
            return held

    def get(self, session_id: str) -> Held | None:
        with self._lock:
            held = self._held.get(session_id)
            if held is None:
                return None
            if time.monotonic() - held.used > SECONDS:
                del self._held[session_id]
                return None
            held.used = time.monotonic()
            self._held.move_to_end(session_id)
            return held
