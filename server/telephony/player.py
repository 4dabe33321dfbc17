"""Plays sentences to the peer at the pace its protocol needs, and knows what has really been heard."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

from server.telephony.contract import Frame, Provider
from server.telephony.transport import TransportClosedError
from voice.types import AudioChunk

CATCH_UP = 0.1
"""Seconds behind its schedule up to which the player catches up rather than starting a new one"""
MARK_PATIENCE = 3.0
"""Seconds after its due time at which a mark that has not come back counts as reached"""
HEARD_SHARE = 0.85
"""A sentence of which so much was played counts as heard"""


@dataclass(slots=True)
class Sentence:
    """One sentence on its way: queued, then sent, then heard."""

    mark: str
    chunk: AudioChunk
    starts: float = 0.0
    """When the peer begins to play it, by the clock; 0 until its first frame is sent"""
    ends: float = 0.0
    """When it has been played; 0 until its last frame is sent"""
    marked: bool = False
    """The peer said that it has been played"""


class Player:
    """Runs in a thread of its own; `play` and `clear` come from another, `mark_reached` from a third."""

    def __init__(
        self,
        provider: Provider,
        send: Callable[[Frame], None],
        on_idle: Callable[[], None],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """`on_idle` is called when everything queued has been heard."""
        self._provider, self._send, self._on_idle, self._clock = provider, send, on_idle, clock
        self._changed = threading.Condition()
        self._queue: deque[tuple[bytes, Sentence, bool]] = deque()
        """Frames to send: samples, whose they are, whether they are the sentence's last"""
        self._reply: list[Sentence] = []
        self._free = 0.0
        """When the peer will have played all that was sent, by the clock"""
        self._marks_come = True
        """As long as the peer has not left the first of them unanswered"""
        self._paused = False
        self._ended = False
        self._idle = True
        self.on_audio: Callable[[], None] | None = None
        """Called once when the next sentence's first frame is sent"""

    # --- asked by the call -----------------------------------------------------------------------------------------

    def begin_reply(self) -> None:
        """What follows is a new answer: `heard` counts from here."""
        with self._changed:
            self._reply = []

    def play(self, chunk: AudioChunk, mark: str) -> None:
        """Queues one sentence, cut into the provider's frames; the last is filled up with silence."""
        size = 2 * round(self._provider.frame_seconds * chunk.rate)
        sentence = Sentence(mark, chunk)
        pieces = [chunk.pcm[i : i + size] for i in range(0, len(chunk.pcm), size)] or [b""]
        pieces[-1] = pieces[-1].ljust(size, b"\0")
        with self._changed:
            self._reply.append(sentence)
            self._idle = False
            for index, piece in enumerate(pieces):
                self._queue.append((piece, sentence, index == len(pieces) - 1))
            self._changed.notify_all()

    def clear(self) -> int:
        """Drops what has not been played. Returns how many sentences of the reply were heard."""
        with self._changed:
            now = self._clock()
            heard = self._heard()
            unplayed = bool(self._queue) or self._free > now or not all(self._done(s, now) for s in self._reply)
            self._queue.clear()
            self._reply, self._free, self._idle, self._paused = [], 0.0, True, False
            if unplayed and not self._ended:
                for frame in self._provider.clear():
                    self._send(frame)
        return heard

    def mark_reached(self, name: str) -> None:
        """A mark that is not outstanding (it comes after `clear`, or was never sent) says nothing."""
        with self._changed:
            self._marks_come = True
            for sentence in self._reply:
                if sentence.mark == name and sentence.ends:
                    sentence.marked = True
            self._changed.notify_all()

    def pause(self, paused: bool) -> None:
        with self._changed:
            self._paused = paused
            self._changed.notify_all()

    def heard(self) -> int:
        """Sentences of the reply heard so far."""
        with self._changed:
            return self._heard()

    @property
    def speaking(self) -> bool:
        """Something is still to be heard."""
        return not self._idle

    def end(self) -> None:
        with self._changed:
            self._ended = True
            self._changed.notify_all()

    def wait_until_heard(self, seconds: float) -> bool:
        """Whether all has been heard within the time."""
        with self._changed:
            return self._changed.wait_for(lambda: self._idle or self._ended, seconds)

    # --- the thread ------------------------------------------------------------------------------------------------

    def run(self) -> None:
        """Sends until `end` or until the connection closes."""
        try:
            while not self._ended:
                self._step()
        except TransportClosedError:
            self.end()

    def _step(self) -> None:
        with self._changed:
            now = self._clock()
            self._notice_idle(now)
            frame_seconds, lead = self._provider.frame_seconds, self._provider.lead
            something = bool(self._queue) and not self._paused
            if not something and not self._provider.idle_silence:
                self._changed.wait(0.05 if not self._idle else 1.0)
                return
            due = self._free - lead
            if now < due:
                self._changed.wait(due - now)
                return
            if now - self._free > CATCH_UP:
                self._free = now
            if something:
                self._send_next(*self._queue.popleft(), now=now)
            else:
                self._send_silence()
            self._free += frame_seconds

    def _send_next(self, piece: bytes, sentence: Sentence, last: bool, now: float) -> None:
        if not sentence.starts:
            sentence.starts = max(self._free, now)
            for frame in self._provider.begin_sentence(sentence.mark):
                self._send(frame)
            if self.on_audio:
                self.on_audio()
                self.on_audio = None
        for frame in self._provider.audio(AudioChunk(piece, self._provider.format.rate)):
            self._send(frame)
        if last:
            sentence.ends = self._free + self._provider.frame_seconds
            for frame in self._provider.mark(sentence.mark):
                self._send(frame)

    def _send_silence(self) -> None:
        rate = self._provider.format.rate
        silence = AudioChunk(bytes(2 * round(self._provider.frame_seconds * rate)), rate)
        for frame in self._provider.audio(silence):
            self._send(frame)

    def _notice_idle(self, now: float) -> None:
        if self._idle or self._queue or not all(self._done(s, now) for s in self._reply):
            return
        self._idle = True
        self._changed.notify_all()
        self._on_idle()

    def _done(self, sentence: Sentence, now: float) -> bool:
        if not sentence.ends:
            return False
        if not (self._provider.marks and self._marks_come):
            return sentence.marked or now >= sentence.ends
        if not sentence.marked and now >= sentence.ends + MARK_PATIENCE:
            self._marks_come = False  # as an Asterisk that is too old for MARK_MEDIA: the clock tells as well
            return True
        return sentence.marked

    def _share(self, sentence: Sentence, now: float) -> float:
        if not sentence.starts or not sentence.chunk.pcm:
            return 0.0
        return min(1.0, max(0.0, (now - sentence.starts) / sentence.chunk.seconds))

    def _heard(self) -> int:
        now = self._clock()
        count = 0
        for sentence in self._reply:
            if not self._done(sentence, now) and self._share(sentence, now) < HEARD_SHARE:
                break
            count += 1
        return count
