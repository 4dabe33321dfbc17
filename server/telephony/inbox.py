"""What a call has yet to think about: bounded, so that a peer faster than real time costs itself, not the server."""

from __future__ import annotations

import threading
from collections import deque
from typing import Generic, TypeVar

from server.telephony.contract import AudioIn
from voice.types import AudioChunk

T = TypeVar("T")

MAX_AUDIO_SECONDS = 30.0
"""A whole long turn: on a machine too slow for the moment an answer comes late rather than to words cut out"""
MAX_EVENTS = 1000
JOIN_SECONDS = 0.1


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
            if not self._joined(event):
                self._events.append(event)
            self._changed.notify()
            return True

    def _joined(self, event: T | AudioIn) -> bool:
        """Short packets that wait one behind the other become one."""
        last = self._events[-1] if self._events else None
        if not (isinstance(event, AudioIn) and isinstance(last, AudioIn)):
            return False
        if last.chunk.rate != event.chunk.rate or last.chunk.seconds >= JOIN_SECONDS:
            return False
        self._events[-1] = AudioIn(AudioChunk(last.chunk.pcm + event.chunk.pcm, last.chunk.rate))
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
