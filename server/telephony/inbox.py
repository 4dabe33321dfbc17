"""What a call has yet to think about: bounded, so that a peer faster than real time costs itself, not the server."""

from __future__ import annotations

import threading
from collections import deque
from typing import Generic, TypeVar

from server.telephony.contract import AudioIn

T = TypeVar("T")

MAX_AUDIO_SECONDS = 10.0
MAX_EVENTS = 1000


class Inbox(Generic[T]):
    """A queue of events. Beyond MAX_AUDIO_SECONDS the oldest audio goes; beyond MAX_EVENTS the newest event does."""

    def __init__(self) -> None:
        self._events: deque[T | AudioIn] = deque()
        self._seconds = 0.0
        self._changed = threading.Condition()
        self.dropped_seconds = 0.0

    def put(self, event: T | AudioIn) -> bool:
        """False if there was no room."""
        with self._changed:
            if isinstance(event, AudioIn):
                self._seconds += event.chunk.seconds
                while self._seconds > MAX_AUDIO_SECONDS or len(self._events) >= MAX_EVENTS:
                    if not self._drop_oldest_audio():
                        break
            if len(self._events) >= MAX_EVENTS:
                return False
            self._events.append(event)
            self._changed.notify()
            return True

    def _drop_oldest_audio(self) -> bool:
        for index, event in enumerate(self._events):
            if isinstance(event, AudioIn):
                del self._events[index]
                self._seconds -= event.chunk.seconds
                self.dropped_seconds += event.chunk.seconds
                return True
        return False

    def get(self, timeout: float) -> T | AudioIn | None:
        """The next event, or None after `timeout` seconds."""
        with self._changed:
            if not self._events:
                self._changed.wait(timeout)
            if not self._events:
                return None
            event = self._events.popleft()
            if isinstance(event, AudioIn):
                self._seconds -= event.chunk.seconds
            return event

    @property
    def seconds(self) -> float:
        """Audio waiting."""
        return max(0.0, self._seconds)
