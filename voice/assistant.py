"""Assistant.take_turn(): the whole pipeline on one screen."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator
from datetime import datetime
from time import perf_counter
from typing import TYPE_CHECKING

from voice.dialogue import keys, privacy
from voice.dialogue.health import HealthMemory
from voice.dialogue.manager import DialogueManager
from voice.dialogue.prompts import PromptRenderer
from voice.dialogue.records import load_session, save_session, sync_stock
from voice.dialogue.session import Session, new_session
from voice.errors import StorageError
from voice.language import Language, load_language
from voice.settings import Settings
from voice.shop.catalogue import load_catalogue
from voice.shop.model import Catalogue
from voice.shop.storage import Storage
from voice.types import (
    AudioChunk,
    Expectation,
    Hypothesis,
    Intent,
    Interpretation,
    NoInput,
    Prompt,
    Reply,
    Turn,
    Understood,
    Utterance,
)
from voice.understanding.understander import Understander

if TYPE_CHECKING:
    from voice.recognition.service import RecognitionService, StreamingRecognizer
    from voice.speech.synthesizer import Synthesizer

logger = logging.getLogger(__name__)

OnProgress = Callable[[str, float], None]
"""Hears of a step's name and how far it is, 0 to 1"""

PERSONAL = frozenset({"name", "phone", "address", "postcode"})
"""Values of prompts whose speech is not cached on disk"""
KEPT_VERSIONS = 4
"""Catalogue versions held for the calls that began with them"""


class Engine:
    """What one catalogue version needs in one language. Recognition and the voice are loaded when first used."""

    def __init__(
        self, catalogue: Catalogue, language: str, settings: Settings, storage: Storage,
        clock: Callable[[], datetime] | None = None, on_progress: OnProgress | None = None,
    ) -> None:
        self.catalogue, self.settings = catalogue, settings
        self._on_progress = on_progress or (lambda step, done: None)
        self.language = load_language(language)
        self.understander = Understander(catalogue, self.language)
        self.manager = DialogueManager(catalogue, language, settings, storage, clock)
        self.prompts = PromptRenderer(self.language, catalogue.shop)
        self._recognition: RecognitionService | None = None
        self._synthesizer: Synthesizer | None = None
        self._lock = threading.Lock()

    @property
    def recognition(self) -> RecognitionService:
        from voice.recognition.service import RecognitionService

        with self._lock:
            if self._recognition is None:
                self._recognition = RecognitionService(
                    self.settings, self.catalogue, self.language.code, self._on_progress
                )
            return self._recognition

    @property
    def synthesizer(self) -> Synthesizer:
        from voice.speech.synthesizer import Synthesizer

        with self._lock:
            if self._synthesizer is None:
                self._synthesizer = Synthesizer(self.settings, self.language)
            return self._synthesizer

    def close(self) -> None:
        if self._synthesizer is not None:
            self._synthesizer.close()


class Assistant:
    """Takes orders. One serves all calls of a shop: any number of threads, each with its own session."""

    def __init__(
        self, settings: Settings, catalogue: Catalogue, storage: Storage,
        clock: Callable[[], datetime] | None = None, on_progress: OnProgress | None = None,
    ) -> None:
        """`clock` gives the time (tests and demonstrations set it); `on_progress` hears of steps that take long."""
        self.settings, self.catalogue, self.storage = settings, catalogue, storage
        self._clock, self._on_progress = clock, on_progress
        self._health = HealthMemory(settings.welcome_back_after)
        self._engines: dict[tuple[str, str], Engine] = {}
        self._lock = threading.Lock()
        sync_stock(storage, catalogue)
        self.engine(settings.language)

    @classmethod
    def open(cls, settings: Settings, on_progress: OnProgress | None = None) -> Assistant:
        """Raises CatalogueError, GrammarError or StorageError with what to do."""
        storage = Storage(settings.database_url)
        storage.keep(settings.retention_days)
        return cls(settings, load_catalogue(settings.catalogue), storage, on_progress=on_progress)

    def prepare(self) -> None:
        """Builds and loads what speech needs, so that no caller waits for it. Raises ModelError, SpeechError."""
        engine = self.engine(self.settings.language)
        engine.recognition.recognizer()
        engine.synthesizer.speak(engine.prompts.render(Prompt("greeting")), 16000)

    @property
    def language(self) -> Language:
        """The one a call begins in."""
        return load_language(self.settings.language)

    def engine(self, language: str, version: str = "") -> Engine:
        """Of the catalogue version a call began with; of the current one when that is gone."""
        with self._lock:
            key = (version, language)
            if key not in self._engines:
                key = (self.catalogue.version, language)
            if key not in self._engines:
                self._engines[key] = Engine(
                    self.catalogue, language, self.settings, self.storage, self._clock, self._on_progress
                )
            return self._engines[key]

    def use(self, catalogue: Catalogue) -> None:
        """Changes to another version of the catalogue; calls under way keep theirs."""
        sync_stock(self.storage, catalogue)
        with self._lock:
            self.catalogue = catalogue
            versions = list(dict.fromkeys(version for version, _ in self._engines))
            for version in versions[: -KEPT_VERSIONS + 1 or None]:
                for key in [key for key in self._engines if key[0] == version]:
                    self._engines.pop(key).close()

    def start(self, channel: str, caller: str | None = None, resume: str | None = None) -> tuple[Session, Turn]:
        """A new conversation and its greeting, or one taken up again: by its id, or by the caller's number."""
        session = load_session(self.storage, resume, caller, self.settings.resume_hours)
        if session is None:
            session = new_session(channel, self.settings.language, caller)
        cut = session.id == resume and session.channel == channel
        if cut:
            self._health.restore(session)
        session.channel, session.caller = channel, caller or session.caller
        engine = self.engine(session.language)
        started = perf_counter()
        reply = engine.manager.greet(session, cut)
        turn = self._turn(session, engine, Utterance.silence(), NoInput(), reply, {}, started)
        return session, turn

    def recognizer(self, session: Session, rate: int) -> StreamingRecognizer:
        """For one utterance of audio at `rate` hertz, biased to what was asked."""
        return self._engine_of(session).recognition.recognizer(rate, session.expects)

    def recognize(self, session: Session, chunk: AudioChunk) -> Utterance:
        """A whole utterance at once."""
        return self._engine_of(session).recognition.recognize(chunk, session.expects)

    def take_turn(self, session: Session, utterance: Utterance) -> Turn:
        """One exchange: what was said becomes meaning, the dialogue answers, the session is stored."""
        engine = self._engine_of(session)
        started = perf_counter()
        utterance, interpretation = self._understand(session, engine, utterance)
        understood = perf_counter()
        reply = engine.manager.handle(session, interpretation, spoken=utterance.kind == "speech")
        milliseconds = {
            "understanding": (understood - started) * 1000,
            "dialogue": (perf_counter() - understood) * 1000,
        }
        return self._turn(session, engine, utterance, interpretation, reply, milliseconds, perf_counter())

    def _understand(self, session: Session, engine: Engine, said: Utterance) -> tuple[Utterance, Interpretation]:
        interpretation = _interpret(session, engine, said, session.expects)
        if session.also and not _says_more(interpretation):
            second = _interpret(session, engine, said, session.also)
            interpretation = second if _says_more(second) else interpretation
        shortest = privacy.LONGER_THAN_A_PHONE if session.expects.kind == "phone" else privacy.SHORTEST
        masked = privacy.mask_card_numbers(said.text, session.language, shortest)
        if masked != said.text:
            said = Utterance(said.kind, (Hypothesis(masked),), said.seconds)
            interpretation = Understood((Intent("privacy.card_number"),), masked)
        return said, interpretation

    def _turn(
        self, session: Session, engine: Engine, utterance: Utterance, interpretation: Interpretation, reply: Reply,
        milliseconds: dict[str, float], started: float,
    ) -> Turn:
        if session.language != engine.language.code:
            engine = self.engine(session.language, session.catalogue_version)
        sentences = tuple(engine.prompts.render(prompt, session.variety) for prompt in reply.prompts)
        rendered = perf_counter()
        self._store(session)
        milliseconds["prompts"] = (rendered - started) * 1000
        milliseconds["storage"] = (perf_counter() - rendered) * 1000
        return Turn(utterance, interpretation, reply, sentences, milliseconds)

    def _store(self, session: Session) -> None:
        """A turn whose session cannot be stored goes on from memory; an order that cannot be is told to the caller."""
        self._health.keep(session)
        try:
            save_session(self.storage, session)
        except StorageError as error:
            logger.error("A session could not be stored: %s", error)

    def speak(self, turn: Turn, rate: int) -> Iterator[AudioChunk]:
        """The reply as speech, a chunk a sentence, the first while the others are not made yet."""
        for sentence, prompt in zip(turn.sentences, turn.reply.prompts, strict=True):
            private = not PERSONAL.isdisjoint(prompt.values)
            yield self.say(sentence, rate, turn.reply.rate, private=private)

    def say(self, text: str, rate: int, speed: float = 1.0, private: bool = False) -> AudioChunk:
        """Any words of the channel's own; `private` ones stay off the disk. Raises SpeechError."""
        return self.engine(self.settings.language).synthesizer.speak(text, rate, speed, private=private)

    def heard(self, session: Session, sentences: int) -> None:
        """How many sentences of the last reply were played before the caller spoke; call it before take_turn()."""
        self._engine_of(session).manager.heard(session, sentences)

    def hang_up(self, session: Session) -> None:
        """The line is gone; the cart is kept for the next call."""
        self._engine_of(session).manager.hang_up(session)
        self._store(session)

    def close(self) -> None:
        with self._lock:
            for engine in self._engines.values():
                engine.close()
            self._engines.clear()
        self.storage.close()

    def __enter__(self) -> Assistant:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _engine_of(self, session: Session) -> Engine:
        return self.engine(session.language, session.catalogue_version)


def _interpret(session: Session, engine: Engine, said: Utterance, expects: Expectation) -> Interpretation:
    if said.kind == "dtmf":
        return keys.interpret(said.text, expects, bool(session.cart.lines))
    return engine.understander.interpret(said, expects, session.cart.lines, session.last_line)


def _says_more(interpretation: Interpretation) -> bool:
    """Whether more was understood than a bare number."""
    return isinstance(interpretation, Understood) and any(i.name != "answer.number" for i in interpretation.intents)
