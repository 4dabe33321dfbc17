"""Recognition for one shop: graphs compiled once, models shared by all calls, one recogniser an utterance."""

from __future__ import annotations

import logging
import threading
from dataclasses import replace
from pathlib import Path

from voice.errors import ComandaError, ModelError
from voice.language import load_language
from voice.recognition.acceptor import WordAcceptor
from voice.recognition.compact.builder import Band, Recipe, embedded_model
from voice.recognition.graph import dialogue_state, graph_folder, loop_folder, read_grammar
from voice.recognition.models import find_model
from voice.recognition.overlay import overlay_folder, time_scale
from voice.recognition.phrases import phrase_list
from voice.recognition.progress import Progress, silent
from voice.recognition.rejection import Rejection
from voice.recognition.speech_input import SpeechInput
from voice.recognition.vosk_recognizer import VoskDecoder, VoskModel
from voice.settings import Settings
from voice.shop.model import Catalogue
from voice.types import AudioChunk, Expectation, Hypothesis, Utterance

log = logging.getLogger(__name__)

ALTERNATIVES = 5
SHORTEST = 0.1
"""Seconds of sound that can be a word"""
NARROW = 11025
"""Hertz: audio of this rate or less carries the telephone band alone"""


class Graph:
    """A model in memory with the grammar compiled into it; without one for a model that takes none."""

    def __init__(
        self,
        model: VoskModel,
        garbage: str = "[unk]",
        acceptor: WordAcceptor | None = None,
        loop: VoskModel | None = None,
        rejection: Rejection | None = None,
    ) -> None:
        """`loop`: the same acoustic model with common words in any order, by which `rejection` judges readings."""
        self.model = model
        self.garbage = garbage
        self.acceptor = acceptor
        self.loop = loop
        self.rejection = rejection


class StreamingRecognizer:
    """Hears one utterance. Not to be used from two threads at once."""

    def __init__(self, graph: Graph, rate: int) -> None:
        self._graph = graph
        self._input = SpeechInput(rate)
        self._decoder = VoskDecoder(graph.model, ALTERNATIVES)
        self._loop = VoskDecoder(graph.loop, 1, with_times=False) if graph.loop else None
        self._rate = rate
        self._seconds = 0.0

    def accept(self, chunk: AudioChunk) -> None:
        """Takes in the next piece of audio, of the rate the recogniser was made for."""
        if chunk.rate != self._rate:
            raise ValueError(f"a recogniser for {self._rate} Hz was given audio of {chunk.rate} Hz")
        self._seconds += chunk.seconds
        self._decode(self._input.process(chunk.pcm))

    def _decode(self, pcm: bytes) -> None:
        self._decoder.accept(pcm)
        if self._loop:
            self._loop.accept(pcm)

    def partial(self) -> str:
        """The words so far; they may still change."""
        return self._text(self._decoder.partial())

    def complete(self) -> bool:
        """Whether the words so far are a whole sentence of the grammar."""
        text = self.partial()
        return bool(text) and self._graph.acceptor is not None and self._graph.acceptor.accepts(text)

    def finish(self) -> Utterance:
        """The end of the utterance. "speech" without hypotheses: something that is none of the grammar's words."""
        self._decode(self._input.flush())
        heard = self._judged(self._decoder.finish(self._input.lead))
        if not heard or self._input.audible < SHORTEST:
            return Utterance("silence", seconds=self._seconds)
        return Utterance("speech", self._without_garbage(heard), self._seconds)

    def _judged(self, heard: tuple[Hypothesis, ...]) -> tuple[Hypothesis, ...]:
        """With the confidence of the likeliest reading; it is all garbage when that is too little."""
        loop, rejection = self._loop.finish() if self._loop else (), self._graph.rejection
        if not heard or not loop or rejection is None:
            return heard
        sure = rejection.confidence(heard[0], loop[0].score)
        if sure < rejection.refused:
            return (replace(heard[0], text=self._graph.garbage, confidence=sure),)
        return tuple(replace(h, confidence=sure) for h in heard)

    def _text(self, text: str) -> str:
        return " ".join(w for w in text.split() if w != self._graph.garbage)

    def _without_garbage(self, heard: tuple[Hypothesis, ...]) -> tuple[Hypothesis, ...]:
        """Nothing when the likeliest reading is all garbage; else the readings without it."""
        if not self._text(heard[0].text):
            return ()
        kept: dict[str, Hypothesis] = {}
        for h in heard:
            words = tuple(w for w in h.words if w.text != self._graph.garbage)
            text = self._text(h.text)
            if text:
                kept.setdefault(text, Hypothesis(text, words, h.score, h.confidence))
        return tuple(kept.values())


class RecognitionService:
    """Speech to words for one catalogue and language. Thread-safe; a call keeps the recogniser it began with."""

    def __init__(
        self, settings: Settings, catalogue: Catalogue, language: str = "en", on_progress: Progress = silent
    ) -> None:
        """Builds what is missing (the embedded model, the graph of each dialogue state) and loads the open state.

        Raises ModelError when there is no model for the language or the folders cannot be written.
        """
        self._settings = settings
        self._catalogue = catalogue
        self._language = language
        self._on_progress = on_progress
        self._info = find_model(settings)
        self._graphs: dict[tuple[str, Band], Graph] = {}
        self._loops: dict[str, VoskModel] = {}
        self._locks: dict[tuple[str, str], threading.Lock] = {}
        self._preparing: set[tuple[str, Band]] = set()
        self._in_background = threading.Lock()
        """One graph after the other, so that the calls under way keep the other cores"""
        self._graph("open", "wide")

    def recognizer(self, rate: int = 16000, expectation: Expectation | None = None) -> StreamingRecognizer:
        """A recogniser for one utterance at `rate` hertz. What is expected is likelier; the rest stays possible."""
        state = dialogue_state(expectation.kind if expectation else "anything", self._language)
        return StreamingRecognizer(self._graph(state, "telephone" if rate <= NARROW else "wide"), rate)

    def recognize(self, chunk: AudioChunk, expectation: Expectation | None = None) -> Utterance:
        """A whole utterance at once."""
        recognizer = self.recognizer(chunk.rate, expectation)
        recognizer.accept(chunk)
        return recognizer.finish()

    def _graph(self, state: str, band: Band) -> Graph:
        """The graph of a state; the open one while that is still being prepared, so that no call waits for it."""
        if self._info.path is not None:
            band = "wide"  # such a model has one acoustic part
        if self._info.kind == "official":
            state = "open"  # and takes no grammar
        if graph := self._graphs.get((state, band)):
            return graph
        if state == "open":
            return self._ready("open", band)
        self.prepare(state, band)
        return self._ready("open", band)

    def prepare(self, state: str, band: Band = "wide") -> None:
        """Compiles and loads the graph of a dialogue state in the background."""
        if (state, band) not in self._preparing:
            self._preparing.add((state, band))
            threading.Thread(target=self._prepare, args=(state, band), daemon=True, name=f"graph-{state}").start()

    def _prepare(self, state: str, band: Band) -> None:
        try:
            with self._in_background:
                self._ready(state, band)
        except ComandaError:
            log.exception("The graph for '%s' is not ready; the open one is used instead.", state)

    def _ready(self, state: str, band: Band) -> Graph:
        with self._locks.setdefault((state, band), threading.Lock()):
            if (state, band) not in self._graphs:
                self._graphs[state, band] = self._load(state, band)
            return self._graphs[state, band]

    def _load(self, state: str, band: Band) -> Graph:
        cache, model = self._settings.cache_dir, self._info.path
        loop: VoskModel | None = None
        if model is not None and self._info.kind == "official":
            return Graph(VoskModel(model, time_scale(model)))
        if model is not None:
            try:
                folder = overlay_folder(self._catalogue, self._language, state, model, cache, self._on_progress)
            except ModelError as error:
                log.warning("%s The shop's words are used without its grammar.", error)
                return Graph(VoskModel(model, time_scale(model), phrase_list(self._catalogue, self._language)))
        else:
            acoustic = embedded_model(self._settings.models_dir, Recipe(band), on_progress=self._on_progress)
            folder = graph_folder(self._catalogue, self._language, state, acoustic, cache, self._on_progress)
            if state in load_language(self._language).topic("spoken_order").get("refusing", ()):
                loop = self._word_loop(acoustic)
        grammar, words, garbage = read_grammar(folder)
        s = self._settings
        rejection = Rejection(s.confidence_even, s.confidence_width, s.refuse_below)
        return Graph(VoskModel(folder, time_scale(folder)), garbage, WordAcceptor(grammar, words), loop, rejection)

    def _word_loop(self, acoustic: Path) -> VoskModel:
        """One for all states of a band."""
        with self._locks.setdefault(("loop", acoustic.name), threading.Lock()):
            if acoustic.name not in self._loops:
                folder = loop_folder(acoustic, self._settings.cache_dir, self._on_progress)
                self._loops[acoustic.name] = VoskModel(folder, time_scale(folder))
            return self._loops[acoustic.name]
