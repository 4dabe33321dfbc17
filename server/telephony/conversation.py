"""The thinking half of a call: one thread that hears turns, asks the assistant, and speaks sentence by sentence."""

from __future__ import annotations

import logging
import threading
from typing import TYPE_CHECKING

from server.telephony.contract import (
    AudioIn,
    CallStarted,
    Event,
    KeyPressed,
    Muted,
    SpeechWanted,
    StopSpeaking,
    TalkButton,
    TextTyped,
)
from server.telephony.keys import KeyPad
from server.telephony.listener import Heard, Listener, Partial, TurnEnded
from server.telephony.observer import Observer
from server.telephony.record import Stopwatch, TurnRecord
from server.telephony.recorder import Recorder
from server.telephony.speaker import Speaker
from server.telephony.transport import TransportClosedError
from voice.audio import turn_taking
from voice.audio.pcm import silence
from voice.errors import StorageError
from voice.shop.recordings import sweep
from voice.shop.storage.records import CallRecord
from voice.types import AudioChunk, Turn, Utterance

if TYPE_CHECKING:
    from server.telephony.call import Call
    from voice.dialogue.session import Session

logger = logging.getLogger(__name__)

TICK = 0.05
GAP_SECONDS = 1.0
"""A line from which no audio comes for so long is silent: the turn-taking's clock must go on"""
FILLER_SECONDS = 2.0
"""An answer that takes longer is announced"""


class Conversation:
    """Begins when `started` is set and `run` is called; ends with Line.end."""

    def __init__(self, call: Call, channel: str, observer: Observer) -> None:
        self._call, self.channel, self._observer = call, channel, observer
        self._shared, self._assistant = call.shared, call.shared.assistant
        self.started: CallStarted | None = None
        self._session: Session | None = None
        self._turn: Turn | None = None
        self._muted = False
        self._spoken = True
        self._quiet_for = 0.0
        self._speaker = Speaker(call)
        self._recorder: Recorder | None = None
        self._recording = ""
        """Its name in the call's record, once it is complete"""

    # --- the thread ------------------------------------------------------------------------------------------------

    def run(self) -> None:
        try:
            self._begin()
            while not self._call.over.is_set():
                self._step()
        except TransportClosedError:
            self._call.end("caller_left")
        except Exception:
            logger.exception("A %s call failed; its order so far is kept.", self._call.provider.name)
            self._speaker.apologise()
            self._call.end("failed")
        finally:
            if self._session is not None:
                self._hang_up(self._session)
            if self._recorder is not None:
                self._recording = self._recorder.close()

    def _begin(self) -> None:
        assert self.started is not None
        caller = self.started.caller
        self._session, turn = self._assistant.start(self.channel, caller=caller, resume=self._observer.resumes())
        session, settings, rate = self._session, self._shared.settings, self.started.format.rate
        self._call.record.session_id = session.id
        self._recorder = recorder = Recorder(settings, self._assistant.storage, session, rate)
        self._listener = Listener(
            settings,
            self._assistant.language,
            rate,
            lambda rate: self._assistant.recognizer(session, rate),
            recorder.hear,
        )
        self._keys = KeyPad(settings, rate, not self._call.provider.key_events)
        self._spoken = self._observer.spoken()
        self._observer.greeted(session, turn)
        self._answer(turn, "greeting", {})

    def _step(self) -> None:
        if self._speaker.played_out.is_set():
            self._speaker.played_out.clear()
            self._after_playing()
        if saying := self._speaker.saying:
            self._speaker.say_next(self._listener.taker)
        event = self._call.inbox.get(0.0 if saying else TICK)
        if event is not None:
            self._take(event)
        elif not saying:
            self._tick()
        if digits := self._keys.due():
            self._ask(Utterance.keys(digits), {})

    def _tick(self) -> None:
        """No event: a line that has gone silent altogether still makes time pass."""
        self._quiet_for += TICK
        if self.channel == "phone" and self._quiet_for >= GAP_SECONDS:
            self._hear(silence(TICK, self._listener.rate))

    # --- what comes in ---------------------------------------------------------------------------------------------

    def _take(self, event: Event) -> None:
        if isinstance(event, AudioIn):
            self._quiet_for = 0.0
            for digit in self._keys.listen(event.chunk):
                self._press(digit)
            self._hear(silence(event.chunk.seconds, event.chunk.rate) if self._keys.sounding else event.chunk)
        elif isinstance(event, KeyPressed):
            self._press(event.digit)
        elif isinstance(event, TextTyped):
            self._silence()
            self._listener.forget()
            self._speaker.report_heard()  # who types has read the answer on the screen
            self._ask(Utterance.typed(event.text), {})
        elif isinstance(event, TalkButton):
            self._talk(event.active)
        elif isinstance(event, Muted):
            self._muted = event.active
            if event.active and (ended := self._listener.let_go()):
                self._turn_ended(ended)
            elif event.active and self._listener.in_turn:  # no more is coming: what was said so far is the turn
                self._hear(silence(self._shared.settings.end_of_turn_incomplete + 0.5, self._listener.rate))
        elif isinstance(event, SpeechWanted):
            self._spoken = event.active
        elif isinstance(event, StopSpeaking):
            self._silence()

    def _hear(self, chunk: AudioChunk) -> None:
        for heard in self._listener.hear(chunk):
            self._react(heard)

    def _react(self, heard: Heard) -> None:
        if isinstance(heard, Partial):
            self._observer.partial(heard.text)
        elif isinstance(heard, TurnEnded):
            self._turn_ended(heard)
        elif isinstance(heard, turn_taking.BargeIn):
            self._call.record.barge_ins += 1
            self._shared.metrics.barge_ins.inc()
            self._speaker.hold()
            self._observer.state("hearing")
        elif isinstance(heard, turn_taking.FalseStart):
            if self._speaker.resume(heard):
                self._observer.state("speaking")
        elif isinstance(heard, turn_taking.NoInput) and not self._muted:
            self._ask(Utterance.silence(), {})

    def _turn_ended(self, ended: TurnEnded) -> None:
        self._observer.state("thinking")
        watch = Stopwatch()
        behind = self._call.inbox.seconds * 1000
        utterance = ended.recognizer.finish()
        times = {"end_of_turn": ended.waited * 1000, "backlog": behind, "recognition": watch.milliseconds}
        self._ask(utterance, times)

    def _press(self, digit: str) -> None:
        self._silence()
        self._listener.forget()
        expects = self._turn.reply.expects if self._turn else None
        if digits := self._keys.press(digit, expects):
            self._ask(Utterance.keys(digits), {})

    def _talk(self, active: bool) -> None:
        if active:
            self._silence()
            self._listener.press()
            self._observer.state("hearing")
        elif ended := self._listener.let_go():
            self._turn_ended(ended)

    # --- what is answered ------------------------------------------------------------------------------------------

    def _ask(self, utterance: Utterance, times: dict[str, float]) -> None:
        """One turn of the assistant's."""
        assert self._session is not None
        self._silence()
        watch = Stopwatch()
        filler = threading.Timer(FILLER_SECONDS, self._speaker.fill if self._spoken else lambda: None)
        filler.daemon = True
        filler.start()
        try:
            turn = self._take_turn(self._session, utterance)
        finally:
            filler.cancel()
        if self._recorder is not None:
            self._recorder.turn_taken(turn.utterance)
        self._answer(turn, utterance.kind, {**times, "assistant": watch.milliseconds})

    def _take_turn(self, session: Session, utterance: Utterance) -> Turn:
        held = self._shared.sessions.get(session.id) if self.channel == "web" else None
        if held is None:
            return self._assistant.take_turn(session, utterance)
        with held.lock:
            return self._assistant.take_turn(session, utterance)

    def _answer(self, turn: Turn, kind: str, times: dict[str, float]) -> None:
        assert self._session is not None
        self._turn = turn
        entry = self._call.record.add(turn, kind)
        entry.milliseconds = {**entry.milliseconds, **times}
        self._observe_stages(entry)
        self._observer.answered(self._session, turn, entry.number, kind)
        if self._spoken:
            self._observer.state("speaking")
        self._speaker.answer(self._session, turn, entry, sum(times.values()), self._spoken)

    def _observe_stages(self, entry: TurnRecord) -> None:
        for stage, milliseconds in entry.milliseconds.items():
            self._shared.metrics.stage.labels(stage).observe(milliseconds / 1000)

    def all_heard(self) -> None:
        """Called by the player's thread: everything queued has been heard."""
        self._speaker.played_out.set()

    def _after_playing(self) -> None:
        if self._turn is None or not self._speaker.finished:
            return
        for event in self._listener.taker.playback_finished():
            logger.debug("%s", event)
        self._speaker.report_heard()
        self._observer.state("listening")
        if self._turn.reply.action == "hang_up":
            self._leave("hung_up")
        elif self._turn.reply.action == "transfer":
            self._leave("handed_over")

    def _silence(self) -> None:
        """Stops speaking for good."""
        self._listener.taker.interrupt()
        self._speaker.silence()

    # --- the end ---------------------------------------------------------------------------------------------------

    def _leave(self, outcome: str) -> None:
        provider, record = self._call.provider, self._call.record
        if outcome == "handed_over":
            self._shared.remember_outcome(record.call_id, "transfer")
        for frame in provider.hand_over() if outcome == "handed_over" else provider.hang_up():
            self._call.transport.send(frame)
        self._call.end(outcome)

    def _hang_up(self, session: Session) -> None:
        try:
            self._assistant.hang_up(session)
        except Exception:
            logger.exception("The end of a session could not be stored.")

    def stop(self) -> None:
        """Called by the reading thread once the call is over."""
        self._observer.over(self._call.record.outcome)

    def write_down(self) -> None:
        """Keeps the call's record: times, turns and outcome, no words."""
        record, session = self._call.record, self._session
        if session is None or record.ended is None:
            return
        outcome = session.outcome or record.outcome
        kept = CallRecord(
            record.call_id, session.id, self.channel, record.started, record.ended, len(record.turns), outcome,
            session.order_number, record.steps(), self._recording,
        )  # fmt: skip
        try:
            self._assistant.storage.run(lambda work: work.calls.save(kept, record.caller))
            if self._recorder is not None:
                self._recorder.publish()
                sweep(self._assistant.storage, self._shared.settings.call_audio_dir)  # who asked to be forgotten is
        except StorageError as error:
            logger.error("A call's record could not be kept: %s", error)
