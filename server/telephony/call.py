"""One call: the thread that reads the peer, and the two it starts, one to think (Conversation) and one to play."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable

from server.state import ServerState
from server.telephony.busy import busy_sentence
from server.telephony.contract import (
    AudioIn,
    BadFrame,
    CallStarted,
    Event,
    FlowControl,
    MarkReached,
    Provider,
    Stopped,
)
from server.telephony.conversation import Conversation
from server.telephony.inbox import Inbox
from server.telephony.observer import Observer
from server.telephony.pace import Pace
from server.telephony.player import Player
from server.telephony.record import CallRecord
from server.telephony.transport import Transport, TransportClosedError

logger = logging.getLogger(__name__)

START_SECONDS = 10.0
"""A connection that has not named its call by then is closed"""
SILENT_PEER_SECONDS = 30.0
"""A peer that sends nothing at all for so long is gone"""
MAX_BAD_FRAMES = 500
"""Bad frames in a row after which the peer is closed"""
POLL = 0.25

Authorise = Callable[[CallStarted], str | None]


def serve_call(
    shared: ServerState,
    provider: Provider,
    transport: Transport,
    authorise: Authorise,
    channel: str = "phone",
    observer: Observer | None = None,
) -> None:
    """Serves one connection to its end, in this thread; says the busy message when all lines are taken."""
    with shared.admission.call() as admitted:
        if admitted:
            Call(shared, provider, transport, authorise, channel, observer or Observer()).run()
            return
    with shared.admission.courtesy() as place:
        shared.metrics.refused.labels("busy").inc()
        if place:
            BusyCall(shared, provider, transport, authorise).run()
        else:
            transport.close()


class Line:
    """The reading half that every connection needs: frames in, events out, bad peers bounded."""

    silent_peer_seconds = SILENT_PEER_SECONDS

    def __init__(self, shared: ServerState, provider: Provider, transport: Transport, authorise: Authorise) -> None:
        self.shared, self.provider, self.transport, self._authorise = shared, provider, transport, authorise
        self.record = CallRecord(provider.name)
        self.over = threading.Event()
        self._bad_in_a_row = 0

    def end(self, outcome: str) -> None:
        """Marks the call as over; the first reason given stays."""
        if not self.over.is_set():
            self.record.outcome = self.record.outcome or outcome
            self.over.set()

    def read(self) -> None:
        """Reads until the call is over."""
        opened = heard = time.monotonic()
        try:
            while not self.over.is_set():
                frame = self.transport.receive(POLL)
                now = time.monotonic()
                if frame is not None:
                    heard = now
                    for event in self.provider.receive(frame):
                        self._dispatch(event)
                elif now - heard > self.silent_peer_seconds:
                    self.end("timed_out")
                if not self.record.call_id and now - opened > START_SECONDS:
                    self.end("refused")
                if now - opened > self.shared.settings.max_call_seconds:
                    self.end("timed_out")
        except TransportClosedError:
            self.end("caller_left")

    def _dispatch(self, event: Event) -> None:
        if isinstance(event, BadFrame):
            self._bad(event)
            return
        self._bad_in_a_row = 0
        if isinstance(event, CallStarted):
            self._start(event)
        elif isinstance(event, Stopped):
            self.end("caller_left")
        elif self.record.call_id:
            self.handle(event)

    def _start(self, event: CallStarted) -> None:
        call_id = self._authorise(event)
        if call_id is None:
            self.shared.metrics.refused.labels("call").inc()
            logger.warning("A %s call that nothing announced was refused.", self.provider.name)
            self.end("refused")
            return
        self.record.call_id, self.record.caller = call_id, event.caller
        self.started(event)

    def _bad(self, event: BadFrame) -> None:
        self.record.bad_frames += 1
        self._bad_in_a_row += 1
        self.shared.metrics.bad_frames.labels(self.provider.name).inc()
        if self.record.bad_frames in (1, 10, 100, 1000):
            logger.warning(
                "%s: %s (bad frame %d of this call)", self.provider.name, event.reason, self.record.bad_frames
            )
        if self._bad_in_a_row >= MAX_BAD_FRAMES:
            logger.warning("%s: closed after %d bad frames in a row.", self.provider.name, MAX_BAD_FRAMES)
            self.end("failed")

    def started(self, event: CallStarted) -> None:
        raise NotImplementedError

    def handle(self, event: Event) -> None:
        raise NotImplementedError


class Call(Line):
    """A call that was admitted."""

    def __init__(
        self,
        shared: ServerState,
        provider: Provider,
        transport: Transport,
        authorise: Authorise,
        channel: str,
        observer: Observer,
    ) -> None:
        super().__init__(shared, provider, transport, authorise)
        if channel == "web":
            self.silent_peer_seconds = shared.settings.max_call_seconds
        self.inbox: Inbox[Event] = Inbox()
        self.player = Player(provider, transport.send, self._idle)
        self.conversation = Conversation(self, channel, observer)
        self._pace = Pace()
        self._threads: list[threading.Thread] = []

    def run(self) -> None:
        with self.shared.lock:
            self.shared.calls.add(self)
        try:
            self.read()
        finally:
            self._finish()
            with self.shared.lock:
                self.shared.calls.discard(self)

    def started(self, event: CallStarted) -> None:
        self.conversation.started = event
        self.shared.remember_call(self.record)
        for name, target in (("player", self.player.run), ("conversation", self.conversation.run)):
            thread = threading.Thread(target=target, name=f"call-{name}", daemon=True)
            self._threads.append(thread)
            thread.start()

    def handle(self, event: Event) -> None:
        if isinstance(event, MarkReached):
            self.player.mark_reached(event.name)
        elif isinstance(event, FlowControl):
            self.player.pause(event.paused)
        elif isinstance(event, AudioIn):
            self.inbox.put(event)
            if self.conversation.channel == "phone" and (remark := self._pace.remark(event.chunk.seconds)):
                logger.warning("%s: %s", self.provider.name, remark)
        elif not self.inbox.put(event):
            logger.warning("%s: an event was dropped, too many are waiting.", self.provider.name)

    def shut_down(self) -> None:
        """Ends the call because the server stops: the order so far is kept."""
        self.end("shutdown")

    def _idle(self) -> None:
        self.conversation.all_heard()

    def _finish(self) -> None:
        """The conversation says its last words to the peer; then everything is closed and written down."""
        self.conversation.stop()
        self.player.end()
        self.transport.close()
        for thread in self._threads:
            thread.join(10)
        if dropped := self.inbox.dropped_seconds:
            self.record.dropped_seconds = dropped
            self.shared.metrics.dropped.inc(dropped)
        self.record.close(self.record.outcome or "caller_left")
        self.conversation.write_down()
        self.shared.metrics.calls.labels(self.conversation.channel, self.record.outcome).inc()
        logger.info(
            "%s call over: %s after %.0f s and %d turns (%d bad frames, %.1f s of audio dropped)",
            self.provider.name, self.record.outcome, self.record.seconds, len(self.record.turns),
            self.record.bad_frames, self.record.dropped_seconds,
        )  # fmt: skip


class BusyCall(Line):
    """A call for which there is no line: a polite sentence, then passed on or ended."""

    def __init__(self, shared: ServerState, provider: Provider, transport: Transport, authorise: Authorise) -> None:
        super().__init__(shared, provider, transport, authorise)
        self._player = Player(provider, transport.send, lambda: self.end("busy"))

    def run(self) -> None:
        self.read()
        self._player.end()
        phone = self.shared.assistant.catalogue.shop.phone
        passing = self.shared.settings.when_full == "transfer" and self.provider.hands_over and bool(phone)
        if passing and self.record.call_id:
            self.shared.remember_outcome(self.record.call_id, "transfer")
        try:
            for frame in self.provider.hand_over() if passing else self.provider.hang_up():
                self.transport.send(frame)
        except TransportClosedError:
            pass
        self.transport.close()
        logger.info("%s call turned away: all %d lines are taken.", self.provider.name, self.shared.admission.limit)

    def started(self, event: CallStarted) -> None:
        if self.shared.settings.when_full == "transfer":
            self.end("busy")
            return
        rate = self.provider.format.rate
        self._player.play(self.shared.assistant.say(busy_sentence(self.shared), rate), "busy")
        threading.Thread(target=self._player.run, name="busy-player", daemon=True).start()

    def handle(self, event: Event) -> None:
        if isinstance(event, MarkReached):
            self._player.mark_reached(event.name)
