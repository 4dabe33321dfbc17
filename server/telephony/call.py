"""One call: the thread that reads the peer, and the two it starts, one to think (Conversation) and one to play."""

from __future__ import annotations

import logging
import threading

from server.state import ServerState
from server.telephony.busy import busy_sentence
from server.telephony.contract import AudioIn, CallStarted, Event, FlowControl, MarkReached, Provider
from server.telephony.conversation import Conversation
from server.telephony.inbox import Inbox
from server.telephony.line import Authorise, Door, NamedLine
from server.telephony.observer import Observer
from server.telephony.pace import Pace
from server.telephony.player import Player
from server.telephony.transport import Transport, TransportClosedError
from voice.errors import SpeechError

logger = logging.getLogger(__name__)


def serve_call(
    shared: ServerState,
    provider: Provider,
    transport: Transport,
    authorise: Authorise,
    channel: str = "phone",
    observer: Observer | None = None,
) -> None:
    """Serves one connection to its end, in this thread; says the busy message when all lines are taken."""
    observer = observer or Observer()
    door = Door(shared, provider, transport, authorise)
    with shared.lobby.wait(transport.abort):
        door.read()
    if door.announced is None:
        door.turn_away(channel, observer)
        return
    with shared.admission.call() as admitted:
        if admitted:
            Call(door, channel, observer).run()
            return
    with shared.admission.courtesy() as place:
        shared.metrics.refused.labels("busy").inc()
        if place:
            BusyCall(door).run()
        else:
            transport.close()


class Call(NamedLine):
    """A call that was admitted."""

    def __init__(self, door: Door, channel: str, observer: Observer) -> None:
        super().__init__(door)
        shared, provider, transport = door.shared, door.provider, door.transport
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
            self._begin()
            self.read()
        finally:
            self._finish()
            with self.shared.lock:
                self.shared.calls.discard(self)

    def _begin(self) -> None:
        self.conversation.started = self.announced
        self.shared.remember_call(self.record)
        for name, target in (("player", self.player.run), ("conversation", self.conversation.run)):
            thread = threading.Thread(target=target, name=f"call-{name}", daemon=True)
            self._threads.append(thread)
            thread.start()

    def handle(self, event: Event) -> None:
        if isinstance(event, CallStarted):
            return  # a second announcement
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


class BusyCall(NamedLine):
    """A call for which there is no line: a polite sentence, then passed on or ended."""

    def __init__(self, door: Door) -> None:
        super().__init__(door)
        self._player = Player(self.provider, self.transport.send, lambda: self.end("busy"))

    def run(self) -> None:
        self._begin()
        self.read()
        self._player.end()
        phone = self.shared.assistant.catalogue.shop.phone
        passing = self.shared.settings.when_full == "transfer" and self.provider.hands_over and bool(phone)
        if passing:
            self.shared.remember_outcome(self.record.call_id, "transfer")
        try:
            for frame in self.provider.hand_over() if passing else self.provider.hang_up():
                self.transport.send(frame)
        except TransportClosedError:
            pass
        self.transport.close()
        logger.info("%s call turned away: all %d lines are taken.", self.provider.name, self.shared.admission.limit)

    def _begin(self) -> None:
        if self.shared.settings.when_full == "transfer":
            self.end("busy")
            return
        try:
            said = self.shared.assistant.say(busy_sentence(self.shared), self.provider.format.rate)
        except SpeechError as error:
            logger.error("A caller could not be told that all lines are taken: %s", error)
            self.end("busy")
            return
        self._player.play(said, "busy")
        threading.Thread(target=self._player.run, name="busy-player", daemon=True).start()

    def handle(self, event: Event) -> None:
        if isinstance(event, MarkReached):
            self._player.mark_reached(event.name)
