"""Spoken coffee orders of real people through the product's own recogniser and understanding.

    python -m tests.benchmarks.barista --manifest barista_orders.jsonl --out PRED.jsonl [--gain -24] [--every 4]
        [--channel phone] [--noise white|pink|babble|hum|FILE.wav --snr 6,12,24]

The manifest has rows {id, audio, slots}; audio paths are relative to it. PRED rows are {id, slots}. A command is right
when every slot of the manifest is. Set: Picovoice speech-to-intent benchmark, Apache-2.0.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import soundfile

from voice.evaluation.degrade import SYNTHETIC, Degradation, degrade
from voice.evaluation.speech import noisy
from voice.language import load_language
from voice.recognition.service import RecognitionService
from voice.settings import Settings, load_settings
from voice.shop.catalogue import load_catalogue
from voice.shop.model import Catalogue
from voice.types import AudioChunk, Expectation, ItemMention, Understood
from voice.understanding.understander import Understander

CATALOGUE = Path(__file__).with_name("barista.yaml")
DRINK = "coffeeDrink"
Row = Mapping[str, Any]


def main() -> None:
    args = _arguments()
    catalogue = load_catalogue(CATALOGUE)
    service = RecognitionService(settings_with(args.data_dir, args.model), catalogue, "en")
    understander = Understander(catalogue, load_language("en"))
    rows = [json.loads(line) for line in args.manifest.read_text(encoding="utf-8").splitlines() if line.strip()]
    rows = rows[args.start :: args.every]
    print(f"{'condition':32}{'commands':>10}{'right':>8}{'RTF':>8}")
    with args.out.open("w", encoding="utf-8") as out:
        for condition in _conditions(args):
            right, seconds, busy = 0, 0.0, 0.0
            for row in rows:
                audio = degrade(read_audio(args.manifest.parent / row["audio"]), condition, row["id"])
                began = time.process_time()
                slots, text = understood(service, understander, catalogue, audio)
                busy += time.process_time() - began
                seconds += audio.seconds
                good = all(slots.get(k) == v for k, v in row["slots"].items())
                right += good
                out.write(json.dumps({"id": row["id"], "slots": slots, "text": text}) + "\n")
                if args.verbose and not good:
                    print(f"  {text} | {slots} | {row['slots']}")
            score = 100 * right / len(rows)
            print(f"{condition.label:32}{len(rows):10}{score:7.2f}%{busy / seconds:8.3f}", flush=True)


def understood(
    service: RecognitionService, understander: Understander, catalogue: Catalogue, audio: AudioChunk
) -> tuple[dict[str, str], str]:
    """The slots of the one order in the audio, and the words heard."""
    utterance = service.recognize(audio)
    meaning = understander.interpret(utterance, Expectation(), (), None)
    if not isinstance(meaning, Understood):
        return {}, utterance.text
    items = [item for intent in meaning.intents if intent.name == "order.add" for item in intent.items]
    return (slots_of(items[0], catalogue) if items else {}), utterance.text


def slots_of(item: ItemMention, catalogue: Catalogue) -> dict[str, str]:
    """A line item as that set writes it: the group's name -> the words of the option with its amount."""
    if item.product_id is None:
        return {}
    product = catalogue.product(item.product_id)
    slots = {DRINK: product.name}
    for mention in item.options:
        group = product.group(mention.group_id)
        slots[group.name] = group.option(mention.option_id).name
    return slots


def read_audio(path: Path) -> AudioChunk:
    samples, rate = soundfile.read(path, dtype="int16")
    return AudioChunk(samples.astype("<i2").tobytes(), rate)


def settings_with(data_dir: Path | None, model: Path | None = None) -> Settings:
    """The settings, with what a benchmark was given in place of theirs."""
    given = {"data_dir": data_dir, "model": model}
    return load_settings().model_copy(update={name: value for name, value in given.items() if value})


def _conditions(args: argparse.Namespace) -> Iterator[Degradation]:
    for gain in args.gain.split(","):
        plain = Degradation(gain_db=float(gain), channel="phone" if args.channel == "phone" else None)
        yield from noisy(plain, args.noise, args.snr) if args.noise else [plain]


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--manifest", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--gain", default="0", help="dB, or several with commas")
    parser.add_argument("--every", type=int, default=1, help="only every Nth row")
    parser.add_argument("--start", type=int, default=0, help="the first row of those")
    parser.add_argument("--noise", action="append", help=f"a WAV, or one of {', '.join(SYNTHETIC)}; may be repeated")
    parser.add_argument("--snr", default="24", help="dB, or several with commas")
    parser.add_argument("--channel", choices=["direct", "phone"], default="direct")
    parser.add_argument("--data-dir", type=Path, help="where models and graphs are kept")
    parser.add_argument("--model", type=Path, help="a Vosk model's folder, in place of the embedded one")
    parser.add_argument("--verbose", action="store_true", help="print what went wrong")
    return parser.parse_args()


if __name__ == "__main__":
    main()
