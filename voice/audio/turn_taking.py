"""Whose turn it is, decided in one place for the telephone, the website and the kiosk.

A TurnTaker is fed with the caller's audio as it comes (before any resampling: the filter would delay it), with what the
streaming recogniser makes of it, and with reports of what has been played. It answers with events (`turn_events`). Its
only clock is the audio itself, so the same audio always gives the same events.

    taker = TurnTaker(settings, language, rate=8000)
    taker.playback_queued(sentence)                      # for each sentence of the reply that is sent off
    for event in taker.push(chunk, partial, complete):   # for each chunk received
        ...

A channel without echo control is half-duplex: nothing is listened to while the assistant speaks.
"""

from __future__ import annotations

from collections import deque

from voice.audio.echo_guard import FAINT_DB, EchoGuard
from voice.audio.endpointing import FRAME_SECONDS, Background, Frame, SpeechDetector
from voice.audio.pcm import Blocks
from voice.audio.playback import Playback
from voice.audio.turn_events import BargeIn, EndOfTurn, Event, FalseStart, NoInput, PromptHeard, SpeechStarted
from voice.audio.turn_words import Reason, TurnWords
from voice.language import Language
from voice.settings import Settings
from voice.types import AudioChunk

__all__ = ["BargeIn", "EndOfTurn", "Event", "FalseStart", "NoInput", "PromptHeard", "SpeechStarted", "TurnTaker"]

PRE_ROLL = 0.3
"""Seconds kept from before the first sound: soft consonants, and the recogniser's need for some silence"""
_START = 0.1
"""Sound that starts a turn while nothing is played"""
_WINDOW = 0.32
"""... within this stretch"""
_VOICED_SHARE = 0.4
"""Part of it that must be voiced: a cough, a breath or a door is not"""
_STEADY_DB = 4.0
"""A sound whose level moves less is hum or a machine: speech begins with a rise"""
_ABOVE_BACKGROUND_DB = 4.0
"""Louder than the voices and noises around by this much"""
_VOICED_HOLD = 0.24
"""Sound without voice this long after the last voiced frame ("-sks") still belongs to the word"""
_BELOW_PEAK_DB = 28.0
"""Softer than the caller's loudest by more than this is somebody else"""
_BURST = 0.2
"""Voiced sound in all, below which something without recognised words was no turn"""
_SURE = 0.7
"""Voiced sound in all, from which an interruption is meant even before words are recognised"""
_SURE_IN_SPITE_OF_WORDS = 1.4
"""... although only a backchannel was recognised"""
_FALSE_AFTER = 0.5
"""Silence after which an interruption without words is taken back"""


class TurnTaker:
    """One call's turn-taking. Not thread-safe: call it from the thread that reads the caller's audio."""

    def __init__(self, settings: Settings, language: Language, rate: int, *, half_duplex: bool = False) -> None:
        """`rate`: hertz of the chunks to come. `half_duplex` overrides the setting `barge_in` for this channel."""
        self._settings = settings
        self._words = TurnWords(settings, language)
        self._rate = rate
        self._barge_in = settings.barge_in and not half_duplex
        self._detector = SpeechDetector(rate)
        self._frame_bytes = 2 * self._detector.frame_samples
        self._frames = Blocks(self._frame_bytes)
        self._clock = 0.0
        self._playback = Playback()
        self._answers_expected = False
        self._waiting_since: float | None = None
        self._echo = EchoGuard(rate, settings.echo_return_loss)
        self._window: deque[tuple[bool, bool]] = deque(maxlen=round(_WINDOW / FRAME_SECONDS))
        self._levels: deque[float] = deque(maxlen=self._window.maxlen)
        self._background = Background()
        self._pre_roll: deque[bytes] = deque(maxlen=round((PRE_ROLL + _WINDOW) / FRAME_SECONDS))
        self._interrupting_gap = 0.0
        self._reset_speech()

    def _reset_speech(self) -> None:
        self._speaking = False
        self._doubtful = False  # it interrupted the assistant, and no words confirm it yet
        self._audio: list[bytes] = []
        self._started = self._last_loud = self._last_voiced = self._clock
        self._voiced_seconds = 0.0
        self._peak = -120.0
        self._window.clear()

    # --- playing --------------------------------------------------------------------------------------------------

    def playback_queued(self, sentence: AudioChunk, *, answers_expected: bool = False) -> None:
        """One more sentence of the reply is on its way to the caller; the first starts the playback.

        `answers_expected`: the reply asks for a yes or no, so that "okay" in the middle of it is an answer.
        """
        if not self._playback.active:
            self._playback = Playback()
        self._playback.queue(sentence)
        self._answers_expected = answers_expected
        self._waiting_since = None

    def playback_progress(self, seconds: float) -> list[Event]:
        """So much of the current reply has been played, as the other side reports it.

        Between reports, or without any, playing is taken to keep pace with the audio that comes in.
        """
        return self._prompt_heard() if self._playback.report(seconds) else []

    def playback_finished(self) -> list[Event]:
        """The whole reply has been played (a last mark, an empty buffer)."""
        return self._prompt_heard() if self._playback.active and self._playback.finish() else []

    def interrupt(self) -> BargeIn | None:
        """A key was pressed or a button touched: what had been heard of the reply that is to stop now, if one plays."""
        if not self._playback.active:
            return None
        event = self._interruption()
        self._stop_playback()
        self._reset_speech()
        return event

    def drop_turn(self) -> None:
        """What the caller was just saying is no turn of speech: he typed, pressed a key or holds a button instead."""
        self._reset_speech()

    def _interruption(self) -> BargeIn:
        return BargeIn(self._clock, self._playback.heard_sentences(), self._playback.position)

    def _prompt_heard(self) -> list[Event]:
        self._waiting_since = self._clock
        return [PromptHeard(self._clock, self._playback.heard_sentences())]

    def _stop_playback(self) -> None:
        self._playback = Playback()

    # --- listening ------------------------------------------------------------------------------------------------

    @property
    def speaking(self) -> bool:
        """A turn of the caller's is under way: chunks belong to the recogniser."""
        return self._speaking

    @property
    def clock(self) -> float:
        """Seconds of audio pushed so far."""
        return self._clock

    def push(self, chunk: AudioChunk, partial: str = "", complete: bool = False) -> list[Event]:
        """Takes in audio of any length.

        `partial`: the words recognised so far in this turn; `complete`: they are a whole sentence of the grammar.
        Both speak of the audio before this chunk.
        """
        events: list[Event] = []
        data = self._frames.cut(chunk.pcm)
        for start in range(0, len(data), self._frame_bytes):
            events += self._frame(data[start : start + self._frame_bytes], partial, complete)
            if events and isinstance(events[-1], (EndOfTurn, FalseStart)):
                partial, complete = "", False
        return [self._with_audio(event, events[i + 1 :]) for i, event in enumerate(events)]

    def _with_audio(self, event: Event, later: list[Event]) -> Event:
        """A start's audio reaches to the end of the chunk, or to the end of the turn if that came within it."""
        if not isinstance(event, SpeechStarted):
            return event
        end = next((e for e in later if isinstance(e, EndOfTurn | FalseStart)), None)
        if isinstance(end, EndOfTurn):
            return SpeechStarted(event.at, end.audio)
        now = b"".join(self._audio) + self._frames.rest if end is None else b""
        return SpeechStarted(event.at, AudioChunk(now, self._rate))

    def _frame(self, pcm: bytes, partial: str, complete: bool) -> list[Event]:
        self._clock += FRAME_SECONDS
        events: list[Event] = []
        if self._playback.advance(FRAME_SECONDS):
            events += self._prompt_heard()
        frame = self._detector.process(pcm)
        if self._playback.active and not self._playback.paused and not self._barge_in:
            self._window.clear()
            self._pre_roll.clear()
            return events
        audible = frame.loud and frame.level > self._background.level + _ABOVE_BACKGROUND_DB
        learning = not self._speaking  # asked of soft frames too: it learns from silence
        echo = self._echo.hears(pcm, frame, audible, self._playback, learning=learning)
        loud = audible and not echo
        if not self._speaking:
            self._pre_roll.append(pcm)
            return events + self._waiting(frame, loud)
        self._audio.append(pcm)
        self._follow(frame, loud)
        return events + self._decide(partial, complete)

    def _waiting(self, frame: Frame, loud: bool) -> list[Event]:
        self._window.append((loud, loud and frame.voiced))
        self._levels.append(frame.level)
        played = self._playback.recent_level()
        if played < FAINT_DB or frame.level > played - self._echo.loss:  # not our own echo
            self._background.hear(frame.level)
        needed = self._settings.barge_in_after if self._playback.active else _START
        loud_seconds = sum(is_loud for is_loud, _ in self._window) * FRAME_SECONDS
        voiced_seconds = sum(is_voiced for _, is_voiced in self._window) * FRAME_SECONDS
        begins = loud and loud_seconds >= needed - 1e-9 and voiced_seconds >= _VOICED_SHARE * needed
        if begins and max(self._levels) - min(self._levels) > _STEADY_DB:
            return self._start(voiced_seconds)
        since = self._waiting_since
        if since is not None and self._clock - since >= self._settings.no_input:
            self._waiting_since = None
            return [NoInput(self._clock)]
        return []

    def _start(self, voiced_seconds: float) -> list[Event]:
        first = next(i for i, (is_loud, _) in enumerate(self._window) if is_loud)
        ago = (len(self._window) - first) * FRAME_SECONDS
        self._speaking = True
        self._audio = list(self._pre_roll)[-round((ago + PRE_ROLL) / FRAME_SECONDS) :]
        self._pre_roll.clear()
        self._background.turn_began()
        self._started, self._last_loud = self._clock - ago, self._clock
        self._last_voiced, self._voiced_seconds = self._clock, voiced_seconds
        self._peak = -120.0
        events: list[Event] = [SpeechStarted(self._started, AudioChunk(b"", self._rate))]
        if self._playback.active:
            self._doubtful = self._playback.paused = True
            self._interrupting_gap = self._playback.recent_level() - max(self._levels)
            events.append(self._interruption())
        return events

    def _follow(self, frame: Frame, loud: bool) -> None:
        loud = loud and frame.level > self._peak - _BELOW_PEAK_DB
        if loud and frame.voiced:
            self._last_voiced = self._clock
            self._voiced_seconds += FRAME_SECONDS
            self._peak = max(self._peak, frame.level)
        if loud and self._clock - self._last_voiced < _VOICED_HOLD:
            self._last_loud = self._clock

    def _decide(self, partial: str, complete: bool) -> list[Event]:
        silence = self._clock - self._last_loud
        if self._doubtful:
            meant = self._words.is_answer(partial) if self._answers_expected else self._words.interrupts(partial)
            if meant or self._voiced_seconds >= (_SURE_IN_SPITE_OF_WORDS if partial else _SURE):
                self._doubtful = False
                self._stop_playback()
            elif silence >= _FALSE_AFTER:
                return [self._false_start()]
        delay, reason = self._words.delay(partial, complete)
        if self._clock - self._started >= self._settings.max_utterance:
            return [self._end("too_long")]
        if silence < delay - 1e-9 or self._doubtful:
            return []
        if not partial and self._voiced_seconds < _BURST:
            return [self._false_start()]
        return [self._end(reason)]

    def _end(self, reason: Reason) -> EndOfTurn:
        self._stop_playback()
        self._waiting_since = None
        event = EndOfTurn(self._clock, self._last_loud, AudioChunk(b"".join(self._audio), self._rate), reason)
        self._reset_speech()
        return event

    def _false_start(self) -> FalseStart:
        resume: tuple[AudioChunk, ...] = ()
        if self._playback.paused:
            resume = self._playback.rewind()
            self._echo.doubt(self._interrupting_gap)
        self._reset_speech()
        return FalseStart(self._clock, resume)
