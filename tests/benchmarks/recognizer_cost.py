"""What a call costs: the product's recogniser beside the plain way of vosk-server, with the same model and graph.

    python -m tests.benchmarks.recognizer_cost [--audio audio_samples] [--catalogue FILE] [--calls 8] [--data-dir DIR]

vosk-server (https://github.com/alphacep/vosk-server) gives each connection a KaldiRecognizer of one shared model and
feeds it what comes; the product also brings speech to one level, suppresses noise and judges each reading by a second
decoder. Each way runs in a process of its own: seconds to load, processor time for a second of speech, and the memory
that another call takes while it speaks (Linux: the resident set).
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from tests.benchmarks.barista import read_audio, settings_with
from tests.benchmarks.matching import memory_mb
from voice.commands.understand import DEMO
from voice.recognition.compact.builder import embedded_model
from voice.recognition.graph import graph_folder
from voice.recognition.service import RecognitionService
from voice.recognition.vosk_recognizer import VoskModel
from voice.settings import ROOT, Settings
from voice.shop.catalogue import load_catalogue
from voice.types import AudioChunk

RATE = 16000
Feed = Callable[[bytes], object]
"""Takes in a piece of a call's audio"""
Finish = Callable[[], object]
NewCall = Callable[[], tuple[Feed, Finish]]
PIECE = RATE // 50 * 2
"""Bytes of 20 ms, as telephony sends them"""


def main() -> None:
    args = _arguments()
    files = sorted(Path(args.audio).rglob("*.wav"))
    settings, catalogue = settings_with(args.data_dir), load_catalogue(args.catalogue)
    RecognitionService(settings, catalogue, "en")  # compiles what is missing
    folder = graph_folder(catalogue, "en", "open", embedded_model(settings.models_dir), settings.cache_dir)
    print(f"{'way':14}{'load, s':>9}{'RTF':>8}{'MB a call':>11}{'MB in all':>11}")
    for way in (_plain, _product):
        with multiprocessing.get_context("spawn").Pool(1) as pool:
            job = (way, settings, args.catalogue, folder, files, args.calls)
            load, factor, each, whole = pool.apply(_measured, job)
        print(f"{way.__name__[1:]:14}{load:9.2f}{factor:8.3f}{each:11.1f}{whole:11.0f}", flush=True)


def _measured(
    way: Callable[[Settings, Path, Path], NewCall],
    settings: Settings, catalogue: Path, folder: Path, files: Sequence[Path], calls: int,
) -> tuple[float, float, float, float]:  # fmt: skip
    began = time.perf_counter()
    new_call = way(settings, catalogue, folder)
    load = time.perf_counter() - began
    audio = [a for a in map(read_audio, files) if a.rate == RATE]
    _whole(new_call(), audio[0])
    cpu = time.process_time()
    for one in audio:
        _whole(new_call(), one)
    factor = (time.process_time() - cpu) / sum(a.seconds for a in audio)
    before, speaking = memory_mb(), [new_call() for _ in range(calls)]
    for feed, _ in speaking:
        _speak(feed, audio[0])
    return load, factor, (memory_mb() - before) / calls, memory_mb()


def _whole(call: tuple[Feed, Finish], audio: AudioChunk) -> None:
    feed, finish = call
    _speak(feed, audio)
    finish()


def _speak(feed: Feed, audio: AudioChunk) -> None:
    for at in range(0, len(audio.pcm), PIECE):
        feed(audio.pcm[at : at + PIECE])


def _plain(settings: Settings, catalogue: Path, folder: Path) -> NewCall:
    model = VoskModel(folder)

    def new_call() -> tuple[Feed, Finish]:
        recognizer = model.recognizer()
        recognizer.SetWords(True)
        return recognizer.AcceptWaveform, lambda: json.loads(recognizer.FinalResult())

    return new_call


def _product(settings: Settings, catalogue: Path, folder: Path) -> NewCall:
    service = RecognitionService(settings, load_catalogue(catalogue), "en")

    def new_call() -> tuple[Feed, Finish]:
        recognizer = service.recognizer(RATE)
        return lambda pcm: recognizer.accept(AudioChunk(pcm, RATE)), recognizer.finish

    return new_call


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--audio", type=Path, default=ROOT / "audio_samples")
    parser.add_argument("--catalogue", type=Path, default=DEMO)
    parser.add_argument("--calls", type=int, default=8, help="calls at once whose memory is counted")
    parser.add_argument("--data-dir", type=Path, help="where models and graphs are kept")
    return parser.parse_args()


if __name__ == "__main__":
    main()
