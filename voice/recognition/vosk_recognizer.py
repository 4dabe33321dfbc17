"""Vosk: the one file that uses it. Audio in, n-best hypotheses with word times out."""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

from voice.errors import ModelError
from voice.recognition.vosk_words import PART
from voice.types import Hypothesis, Word

for _threads in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(_threads, "1")  # a call takes one core; must stand before the library is loaded

import vosk  # noqa: E402

vosk.SetLogLevel(-2)  # without warnings of words cut off at an utterance's end, which are many and say nothing

UNKNOWN = "[unk]"
"""What a phrase list calls other speech"""
RATE = 16000
"""Hertz: what every model here is fed with"""
_loading = threading.Lock()
"""One model at a time: each takes a core and its memory while it is read"""


class VoskModel:
    """A model folder in memory. Shared by all calls; recognisers are made from it under a lock."""

    def __init__(self, folder: Path, time_scale: float = 1.0, phrases: Iterable[str] = ()) -> None:
        """`time_scale`: Vosk counts three frames of 10 ms a decoder frame; a model that has one needs 1/3.
        `phrases`: limits a dynamic-graph model to their words; those with a word that it does not know are left out.

        Raises ModelError when Vosk cannot load the folder.
        """
        self.folder = folder
        self.time_scale = time_scale
        self._making = threading.Lock()  # of its own: a call must not wait until some other model has been loaded
        try:
            with _loading:
                self._model = vosk.Model(model_path=str(folder))
        except Exception as error:  # vosk raises a bare Exception
            raise ModelError(f"Vosk cannot load the model in {folder}. Delete the folder and try again.") from error

        known = [p for p in phrases if all(self.knows(word) for word in p.split())]
        self._limits = (json.dumps([*known, UNKNOWN], ensure_ascii=False),) if known else ()

    def recognizer(self) -> vosk.KaldiRecognizer:
        with self._making:
            return vosk.KaldiRecognizer(self._model, RATE, *self._limits)

    def knows(self, word: str) -> bool:
        """Whether the word stands in the model's vocabulary."""
        return int(self._model.vosk_model_find_word(word)) >= 0


class VoskDecoder:
    """One utterance through one recogniser: feed samples, look at the partial text, finish."""

    def __init__(self, model: VoskModel, alternatives: int, with_times: bool = True) -> None:
        self._recognizer = model.recognizer()
        self._recognizer.SetMaxAlternatives(alternatives)
        self._recognizer.SetWords(with_times)
        self._scale = model.time_scale

    def accept(self, pcm: bytes) -> None:
        """16 kHz s16le samples."""
        if pcm:
            self._recognizer.AcceptWaveform(pcm)

    def partial(self) -> str:
        text: str = json.loads(self._recognizer.PartialResult()).get("partial", "")
        return _joined_text(text)

    def finish(self, lead: float = 0.0) -> tuple[Hypothesis, ...]:
        """Hypotheses, best first, without doubles; none when nothing was heard. Times count from `lead` seconds on."""
        result = json.loads(self._recognizer.FinalResult())
        alternatives: list[dict[str, Any]] = result.get("alternatives") or [result]
        return _distinct(self._hypothesis(a, lead) for a in alternatives)

    def _hypothesis(self, alternative: dict[str, Any], lead: float) -> Hypothesis:
        words: list[Word] = []
        for w in alternative.get("result", ()):
            start, end = (max(0.0, w[at] * self._scale - lead) for at in ("start", "end"))
            word = Word(w["word"], start, end, w.get("conf", 1.0))
            if word.text == PART and words:
                word = replace(words.pop(), end=word.end)
            words.append(word)
        text = _joined_text(alternative.get("text", ""))
        return Hypothesis(text, tuple(words), alternative.get("confidence", 0.0))


def _joined_text(text: str) -> str:
    return " ".join(word for word in text.split() if word != PART)


def _distinct(hypotheses: Iterable[Hypothesis]) -> tuple[Hypothesis, ...]:
    seen: dict[str, Hypothesis] = {}
    for h in hypotheses:
        seen.setdefault(h.text, h)
    return tuple(h for h in seen.values() if h.text)
