"""The reading half of a connection: frames in, events out, bad peers bounded; first until it names its call."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable

from server.state import ServerState
from server.telephony.contract import BadFrame, CallStarted, Event, Provider, Stopped
from server.telephony.observer import Observer
from server.telephony.record import CallRecord
from server.telephony.transport import Transport, TransportClosedError

logger = logging.getLogger(__name__)

START_SECONDS = 5.0
"""A connection that has not named its call by then is closed"""
SILENT_PEER_SECONDS = 30.0
"""A peer that sends nothing at all for so long is gone"""
MAX_BAD_FRAMES = 500
"""Bad frames in a row after which the peer is closed"""
POLL = 0.25

Authorise = Callable[[CallStarted], str | None]


class Line:
    """The reading half that every connection needs: frames in, events out, bad peers bounded."""

    silent_peer_seconds = SILENT_PEER_SECONDS

    def __init__(
        self, shared: ServerState, provider: Provider, transport: Transport, record: CallRecord | None = None
    ) -> None:
        self.shared, self.provider, self.transport = shared, provider, transport
        self.record = record or CallRecord(provider.name)
        self.over = threading.Event()
        self.longest, self.too_long = shared.settings.max_call_seconds, "timed_out"
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
                for event in self.provider.receive(frame) if frame is not None else self.provider.waited():
                    self.dispatch(event)
                if frame is not None:
                    heard = now
                elif now - heard > self.silent_peer_seconds:
                    self.end("timed_out")
                if now - opened > self.longest:
                    self.end(self.too_long)
        except TransportClosedError:
            self.end("caller_left")

    def dispatch(self, event: Event) -> None:
        if isinstance(event, BadFrame):
            self._bad(event)
            return
        self._bad_in_a_row = 0
        if isinstance(event, Stopped):
            self.end("caller_left")
        else:
            self.handle(event)

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

    def handle(self, event: Event) -> None:
        raise NotImplementedError


class Door(Line):
    """A connection until it has named its call: it takes no line yet, and has START_SECONDS."""

    def __init__(self, shared: ServerState, provider: Provider, transport: Transport, authorise: Authorise) -> None:
        super().__init__(shared, provider, transport)
        self._authorise = authorise
        self.longest, self.too_long = START_SECONDS, "refused"
        self.announced: CallStarted | None = None
        self.rest: list[Event] = []
        """What came in the same frame behind the announcement"""

    def dispatch(self, event: Event) -> None:
        if self.announced is not None:
            self.rest.append(event)
            return
        super().dispatch(event)

    def handle(self, event: Event) -> None:
        """Anything but the announcement is dropped."""
        if not isinstance(event, CallStarted):
            return
        call_id = self._authorise(event)
        if call_id is None:
            self.shared.metrics.refused.labels("call").inc()
            logger.warning("A %s call that nothing announced was refused.", self.provider.name)
            self.end("refused")
            return
        self.record.call_id, self.record.caller = call_id, event.caller
        self.announced = event
        self.over.set()

    def turn_away(self, channel: str, observer: Observer) -> None:
        """Closes a connection that became no call."""
        outcome = self.record.outcome or "refused"
        observer.over(outcome)
        self.transport.close()
        self.shared.metrics.calls.labels(channel, outcome).inc()
        logger.info("%s connection closed that named no call: %s (%d bad frames)", self.provider.name, outcome,
                    self.record.bad_frames)  # fmt: skip


class NamedLine(Line):
    """A connection that has named its call, and goes on from the door."""

    def __init__(self, door: Door) -> None:
        super().__init__(door.shared, door.provider, door.transport, door.record)
        self._rest = door.rest
        assert door.announced is not None
        self.announced = door.announced

    def read(self) -> None:
        for event in self._rest:
            self.dispatch(event)
        super().read()
