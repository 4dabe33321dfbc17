"""The speaking half of a conversation: one reply, sentence by sentence, that can be interrupted and resumed."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator
from typing import TYPE_CHECKING

from server.telephony.record import Stopwatch, TurnRecord
from voice.audio.turn_taking import FalseStart, TurnTaker
from voice.types import AudioChunk, Turn

if TYPE_CHECKING:
    from server.telephony.call import Call
    from voice.dialogue.session import Session

logger = logging.getLogger(__name__)

LAST_WORDS_SECONDS = 30.0
"""Longest farewell"""


class Speaker:
    """Makes the reply's sentences one after the other and knows which of them were heard."""

    def __init__(self, call: Call) -> None:
        self._call, self._player = call, call.player
        self._assistant, self._metrics = call.shared.assistant, call.shared.metrics
        self._session: Session | None = None
        self._turn: Turn | None = None
        self._entry: TurnRecord | None = None
        self._to_say: Iterator[AudioChunk] | None = None
        self._said = 0
        self._heard_before = 0
        self.holding = False
        """The caller speaks over the reply: what is left of it waits until that is known to be meant"""
        self.played_out = threading.Event()
        """Everything queued has been heard; set by the player's thread too"""

    @property
    def saying(self) -> bool:
        """There are sentences to make, and they may be said."""
        return self._to_say is not None and not self.holding

    @property
    def finished(self) -> bool:
        """The whole reply has been made and played."""
        return self._to_say is None and not self.holding and not self._player.speaking

    def answer(self, session: Session, turn: Turn, entry: TurnRecord, waited: float, aloud: bool) -> None:
        """Begins a reply, `waited` milliseconds after the caller's last word; one that is not spoken counts as read."""
        self._session, self._turn, self._entry = session, turn, entry
        self._said = self._heard_before = 0
        if not aloud:
            self.report_heard()
            self.played_out.set()
            return
        self._player.begin_reply()
        watch = Stopwatch()
        self._player.on_audio = lambda: self._first_audio(entry, watch.milliseconds, waited)
        self._to_say = iter(self._assistant.speak(turn, self._call.provider.format.rate))

    def _first_audio(self, entry: TurnRecord, milliseconds: float, waited: float) -> None:
        entry.milliseconds["first_audio"] = milliseconds
        self._metrics.response.observe((waited + milliseconds) / 1000)

    def say_next(self, taker: TurnTaker) -> None:
        """Makes and queues one sentence: the first is heard while the next is made."""
        assert self._to_say is not None
        assert self._turn is not None
        chunk = next(self._to_say, None)
        if chunk is None:
            self._to_say = None
            if not self._player.speaking:
                self.played_out.set()
            return
        taker.playback_queued(chunk, answers_expected=self._turn.reply.expects.kind == "yes_no")
        self._player.play(chunk, f"{self._number}.{self._said}")
        self._said += 1

    @property
    def _number(self) -> int:
        return self._entry.number if self._entry else 0

    # --- interruptions ---------------------------------------------------------------------------------------------

    def silence(self) -> None:
        """Stops speaking for good."""
        self.stop_playing()
        self._to_say, self.holding = None, False

    def hold(self) -> None:
        """Stops speaking until it is known whether the interruption was meant."""
        self.holding = True
        self.stop_playing()

    def stop_playing(self) -> None:
        if self._player.speaking:
            self._heard_before += self._player.clear()
            self.report_heard(self._heard_before)
        self.played_out.clear()

    def resume(self, false_start: FalseStart) -> bool:
        """The interruption was none: what had not been heard is played after all. False if nothing was left."""
        self.holding = False
        if not false_start.resume:
            self.played_out.set()
            return False
        record = self._call.record
        record.false_barge_ins += 1
        self._player.begin_reply()
        for index, chunk in enumerate(false_start.resume):
            self._player.play(chunk, f"{self._number}.{self._heard_before + index}r{record.false_barge_ins}")
        return True

    def report_heard(self, sentences: int | None = None) -> None:
        """So many sentences of the reply have been heard, or all."""
        if self._entry is None or self._session is None or self._turn is None:
            return
        total = len(self._turn.sentences)
        self._entry.heard_sentences = total if sentences is None else min(sentences, total)
        self._assistant.heard(self._session, self._entry.heard_sentences)

    # --- words of the channel's own ----------------------------------------------------------------------------------

    def fill(self) -> None:
        """Called by a timer: the answer takes long."""
        if not self._call.over.is_set() and not self._player.speaking:
            self._say("one_moment", "filler")

    def apologise(self) -> None:
        try:
            self._player.clear()
            self._say("trouble", "trouble")
            self._player.wait_until_heard(LAST_WORDS_SECONDS)
        except Exception:
            logger.exception("Nor could it be said.")

    def _say(self, words: str, mark: str) -> None:
        text = str(self._assistant.language.topic("channel")[words])
        self._player.play(self._assistant.say(text, self._call.provider.format.rate), mark)
