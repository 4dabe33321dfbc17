"""The kiosk: a microphone in, a loudspeaker out, one order after the other.

It is half-duplex unless told otherwise: loudspeaker and microphone stand side by side, and PortAudio cancels no echo.
Between two customers it waits in silence; the first sound (or the key) starts an order.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Protocol

from voice.audio.turn_taking import (
    BargeIn,
    EndOfTurn,
    Event,
    FalseStart,
    NoInput,
    PromptHeard,
    SpeechStarted,
    TurnTaker,
)
from voice.errors import AudioError
from voice.types import AudioChunk, Turn, Utterance

if TYPE_CHECKING:
    from voice.assistant import Assistant
    from voice.dialogue.session import Session
    from voice.recognition.service import StreamingRecognizer

logger = logging.getLogger(__name__)

RETRY_SECONDS = 2.0
_PARTIAL_EVERY = 0.1


class AudioIn(Protocol):
    """A microphone, or files in its place. Chunks come at `rate` hertz; iterating raises AudioError when it is lost."""

    rate: int

    def open(self) -> None: ...
    def __iter__(self) -> Iterator[AudioChunk]: ...
    def discard(self) -> None: ...
    def close(self) -> None: ...


class AudioOut(Protocol):
    """A loudspeaker, or files in its place."""

    def open(self) -> None: ...
    def play(self, chunk: AudioChunk) -> None: ...
    def stop(self) -> None: ...
    @property
    def busy(self) -> bool: ...
    def close(self) -> None: ...


class Button(Enum):
    """What the push-to-talk key did since it was last asked."""

    NOTHING = 0
    BEGIN = 1
    END = 2
    QUIT = 3


@dataclass(frozen=True, slots=True)
class Shown:
    """Something for the screen."""

    kind: str
    """"idle", "partial", "turn", "device_lost", "device_back" """
    text: str = ""
    turn: Turn | None = None
    session: Session | None = None
    """Whose turn it was"""


def no_button() -> Button:
    return Button.NOTHING


class Ears:
    """A recogniser that is opened with each turn of the customer's and fed while he speaks."""

    def __init__(self, open_recognizer: Callable[[], StreamingRecognizer]) -> None:
        self._open = open_recognizer
        self._recognizer: StreamingRecognizer | None = None
        self.partial, self.complete = "", False
        self._since = 0.0

    @property
    def listening(self) -> bool:
        return self._recognizer is not None

    def begin(self, audio: AudioChunk | None = None) -> None:
        self._recognizer, self.partial, self.complete, self._since = self._open(), "", False, 0.0
        if audio is not None:
            self.accept(audio)

    def accept(self, chunk: AudioChunk) -> bool:
        """True when the words so far have changed."""
        if self._recognizer is None or not chunk.pcm:
            return False
        self._recognizer.accept(chunk)
        self._since += chunk.seconds
        if self._since < _PARTIAL_EVERY:
            return False
        self._since, before = 0.0, self.partial
        self.partial, self.complete = self._recognizer.partial(), self._recognizer.complete()
        return self.partial != before

    def finish(self) -> Utterance:
        recognizer = self._recognizer
        self.drop()
        return recognizer.finish() if recognizer else Utterance.silence()

    def drop(self) -> None:
        self._recognizer, self.partial, self.complete = None, "", False


class Kiosk:
    """Runs in one thread: `run()` returns when the audio ends or somebody quits."""

    def __init__(
        self, assistant: Assistant, audio_in: AudioIn, audio_out: AudioOut, *, show: Callable[[Shown], None],
        button: Callable[[], Button] = no_button, push_to_talk: bool = False, barge_in: bool = False,
    ) -> None:
        """`show` gets everything a screen wants to know; `button` is asked every 20 ms."""
        self._assistant, self._in, self._out = assistant, audio_in, audio_out
        self._show, self._button, self._push_to_talk = show, button, push_to_talk
        self._half_duplex = not barge_in
        self._session: Session | None = None
        self._turn: Turn | None = None
        self._taker = self._new_taker()
        self._ears = Ears(self._recognizer)
        self._talking = False

    def _new_taker(self) -> TurnTaker:
        assistant = self._assistant
        return TurnTaker(assistant.settings, assistant.language, self._in.rate, half_duplex=self._half_duplex)

    def _recognizer(self) -> StreamingRecognizer:
        assert self._session is not None
        return self._assistant.recognizer(self._session, self._in.rate)

    # --- the devices

    def run(self) -> None:
        """Serves customers. A device that disappears is waited for, and the order goes on; the first opening may fail.

        Raises AudioError when a device is not there at the start.
        """
        self._open()
        try:
            while not self._served_to_the_end():
                self._reopen()
        finally:
            self._close()
            if self._session is not None:
                self._assistant.hang_up(self._session)

    def _served_to_the_end(self) -> bool:
        """False when a device was lost on the way."""
        try:
            self._serve()
        except AudioError as error:
            logger.warning("%s", error)
            self._show(Shown("device_lost", str(error)))
            return False
        return True

    def _open(self) -> None:
        self._in.open()
        self._out.open()

    def _can_open(self) -> bool:
        try:
            self._open()
        except AudioError as error:
            logger.debug("%s", error)
            return False
        return True

    def _close(self) -> None:
        self._in.close()
        self._out.close()

    def _reopen(self) -> None:
        self._close()
        while not self._can_open():
            self._close()
            time.sleep(RETRY_SECONDS)
        self._show(Shown("device_back"))
        self._taker = self._new_taker()
        self._ears.drop()
        self._talking = False
        if self._turn is not None:
            self._say(self._turn)  # it may not have been heard

    # --- the conversation

    def _serve(self) -> None:
        if self._session is None:
            self._begin()
        self._in.discard()
        for chunk in self._in:
            button = self._button()
            if button is Button.QUIT:
                return
            if self._session is None:
                self._idle(chunk, button)
                continue
            if not self._out.busy:
                self._handle(self._taker.playback_finished())
            if self._push_to_talk:
                self._pushed(chunk, button)
            else:
                self._hear(chunk)

    def _begin(self) -> None:
        self._session, turn = self._assistant.start("kiosk")
        self._answer(turn)

    def _idle(self, chunk: AudioChunk, button: Button) -> None:
        """Nobody is served: the first sound, or the key, starts an order."""
        started = any(isinstance(event, SpeechStarted) for event in self._taker.push(chunk))
        if button is Button.BEGIN or (started and not self._push_to_talk):
            self._taker = self._new_taker()
            self._begin()

    def _hear(self, chunk: AudioChunk) -> None:
        if self._ears.accept(chunk):
            self._show(Shown("partial", self._ears.partial))
        self._handle(self._taker.push(chunk, self._ears.partial, self._ears.complete))

    def _pushed(self, chunk: AudioChunk, button: Button) -> None:
        if button is Button.BEGIN:
            self._talking = True
            self._out.stop()
            if (barge := self._taker.interrupt()) is not None:
                self._handle([barge])
            self._ears.begin()
        if self._talking and self._ears.accept(chunk):
            self._show(Shown("partial", self._ears.partial))
        elif not self._talking:
            events = self._taker.push(AudioChunk(bytes(len(chunk.pcm)), chunk.rate))  # the clock goes on
            self._handle(event for event in events if isinstance(event, PromptHeard | NoInput))
        if button is Button.END and self._talking:
            self._talking = False
            self._take_turn(self._ears.finish())

    def _handle(self, events: Iterator[Event] | list[Event]) -> None:
        for event in events:
            if self._session is None:
                return
            if isinstance(event, SpeechStarted):
                self._ears.begin(event.audio)
            elif isinstance(event, BargeIn):
                self._out.stop()
                self._assistant.heard(self._session, event.heard_sentences)
            elif isinstance(event, FalseStart):
                self._ears.drop()
                for rest in event.resume:
                    self._out.play(rest)
            elif isinstance(event, EndOfTurn):
                self._take_turn(self._ears.finish())
            elif isinstance(event, NoInput):
                self._take_turn(Utterance.silence())
            elif self._turn is not None and self._turn.reply.action != "listen":
                self._end()  # PromptHeard: the last words were said

    def _take_turn(self, utterance: Utterance) -> None:
        assert self._session is not None
        self._answer(self._assistant.take_turn(self._session, utterance))

    def _answer(self, turn: Turn) -> None:
        self._turn = turn
        self._show(Shown("turn", turn=turn, session=self._session))
        self._say(turn)

    def _say(self, turn: Turn) -> None:
        for sentence in self._assistant.speak(turn, self._in.rate):
            self._out.play(sentence)
            self._taker.playback_queued(sentence, answers_expected=turn.reply.expects.kind == "yes_no")

    def _end(self) -> None:
        """The customer is served, or has left: wait for the next."""
        assert self._session is not None
        self._assistant.hang_up(self._session)
        self._session = self._turn = None
        self._ears.drop()
        self._taker = self._new_taker()
        self._show(Shown("idle"))
