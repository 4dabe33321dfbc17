"""Whole orders on a published menu, said by synthetic voices: is what is heard understood as what was said?

    python -m tests.benchmarks.spoken_orders --menu MENU.json --gold GOLD.jsonl [--every 10] [--start 0]
    python -m tests.benchmarks.spoken_orders --dialogues GOLD.jsonl [--every 40]

The menus are those of orders.py (PIZZA, FoodOrdering) and dialogues.py (Taskmaster-4). A sentence counts as right when
the intents and line items of its recording are those of its text, and as changed when other items are understood.
"""

from __future__ import annotations

import argparse
import json
import time
from collections import Counter
from collections.abc import Sequence
from itertools import cycle
from pathlib import Path
from typing import Any

from tests.benchmarks import dialogues, menus
from tests.benchmarks.barista import settings_with
from tests.benchmarks.matching import read_jsonl
from voice.evaluation.degrade import Degradation, degrade
from voice.evaluation.make_samples import Speaker
from voice.evaluation.metrics import word_errors
from voice.evaluation.samples import as_written
from voice.language import load_language
from voice.recognition.service import RecognitionService
from voice.shop.model import Catalogue
from voice.types import Utterance
from voice.understanding.understander import Understander

VOICES = ("flite-slt", "flite-rms", "flite-awb", "espeak-en-us")


def main() -> None:
    args = _arguments()
    catalogue, sentences = _menu(args)
    service = RecognitionService(settings_with(args.data_dir), catalogue, "en")
    understander = Understander(catalogue, load_language("en"))
    count, wrong, words, seconds, busy = Counter[str](), 0, 0, 0.0, 0.0
    speaker = Speaker()
    for said, voice in zip(sentences[args.start :: args.every], cycle(VOICES), strict=False):
        audio = speaker.speak(said, voice)
        audio = degrade(audio, Degradation(channel="phone")) if args.phone else audio
        busy -= time.process_time()
        utterance = service.recognize(audio, None)
        busy += time.process_time()
        wanted, got = (as_written(understander.interpret(u)) for u in (Utterance.typed(said), utterance))
        errors = word_errors(said, utterance.text)
        right = wanted == got
        count.update(all=1, right=right, changed=_items(wanted) != _items(got))
        wrong, words, seconds = wrong + errors.errors, words + errors.words, seconds + audio.seconds
        if args.show and not right:
            print(f"{voice}\n  said  {said}\n  heard {utterance.text}", flush=True)
    speaker.close()
    print(f"{'sentences':<24}{count['all']:>8}")
    for name in ("right", "changed"):
        print(f"{name:<24}{count[name] / max(1, count['all']):>8.1%}")
    print(f"{'word errors':<24}{wrong / max(1, words):>8.1%}")
    print(f"{'real-time factor':<24}{busy / max(1.0, seconds):>8.2f}")


def _menu(args: argparse.Namespace) -> tuple[Catalogue, Sequence[str]]:
    if args.dialogues:
        rows = read_jsonl(args.dialogues)
        said = [turn["text"] for row in rows for turn in row["turns"] if turn["speaker"] == "user"]
        return dialogues.read_menu(rows), list(dict.fromkeys(said))
    menu = menus.read_menu(json.loads(args.menu.read_text(encoding="utf-8")))
    return menu.catalogue, [row["utterance"] for row in read_jsonl(args.gold)]


def _items(understood: Sequence[Any]) -> list[Any]:
    return [item for intent in understood for item in intent.get("items", ())]


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--menu", type=Path)
    parser.add_argument("--gold", type=Path)
    parser.add_argument("--dialogues", type=Path)
    parser.add_argument("--every", type=int, default=1, help="only every Nth sentence")
    parser.add_argument("--start", type=int, default=0, help="the first of those")
    parser.add_argument("--phone", action="store_true", help="over a telephone line: 8 kHz, mu-law")
    parser.add_argument("--data-dir", type=Path, help="where models and graphs are kept")
    parser.add_argument("--show", action="store_true", help="print what is not right")
    args = parser.parse_args()
    if not args.dialogues and not (args.menu and args.gold):
        parser.error("give --menu and --gold, or --dialogues")
    return args


if __name__ == "__main__":
    main()
