"""A catalogue of many thousand products: how long its speech grammar takes to compile, and orders spoken from it.

    python -m tests.benchmarks.large_catalogue --names NAMES.jsonl [--data-dir DIR] [--orders 40]

Rows {id, name}. The catalogue is written in the product's CSV format and read as an owner's is; then "can i have two
..." is said of products picked by chance, in synthetic voices (flite's need Debian's `flite`). Compiled anew unless the
data directory has it. Set: Open Food Facts, names in the United States (ODbL).
"""

from __future__ import annotations

import argparse
import csv
import random
import tempfile
import time
from pathlib import Path

from tests.benchmarks.barista import settings_with
from tests.benchmarks.matching import memory_mb, read_jsonl
from voice.evaluation.make_samples import Speaker
from voice.language import load_language
from voice.recognition.compact.builder import embedded_model
from voice.recognition.graph import graph_folder
from voice.recognition.service import RecognitionService
from voice.shop.catalogue import load_catalogue
from voice.shop.model import Catalogue
from voice.types import Expectation, Understood
from voice.understanding.understander import Understander

VOICES = ("flite-slt", "flite-rms", "flite-awb", "espeak-en-us")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--names", type=Path, required=True)
    parser.add_argument("--data-dir", type=Path, help="where models and graphs are kept; a temporary one without it")
    parser.add_argument("--orders", type=int, default=40)
    args = parser.parse_args()
    if not args.names.is_file():
        print(f"skipped: there is no {args.names}")
        return
    with tempfile.TemporaryDirectory() as temporary:
        run(args.names, args.data_dir or Path(temporary), args.orders)


def run(names: Path, data_dir: Path, orders: int) -> None:
    data_dir.mkdir(parents=True, exist_ok=True)
    settings, catalogue = settings_with(data_dir), _catalogue(names, data_dir / "large.csv")
    acoustic = embedded_model(settings.models_dir)
    began = time.perf_counter()
    graph_folder(catalogue, "en", "open", acoustic, settings.cache_dir)
    print(f"{len(catalogue.products)} products: compiled in {time.perf_counter() - began:.1f} s", flush=True)
    began = time.perf_counter()
    service = RecognitionService(settings, catalogue, "en")
    print(f"loaded in {time.perf_counter() - began:.1f} s, {memory_mb():.0f} MB", flush=True)
    _order(service, catalogue, orders)


def _catalogue(names: Path, target: Path) -> Catalogue:
    with target.open("w", encoding="utf-8", newline="") as out:
        rows = csv.writer(out)
        rows.writerow(["id", "name", "price"])
        rows.writerows([row["id"], row["name"], "2.50"] for row in read_jsonl(names))
    return load_catalogue(target)


def _order(service: RecognitionService, catalogue: Catalogue, orders: int) -> None:
    understander, chance, speaker = Understander(catalogue, load_language("en")), random.Random(1), Speaker()
    right, seconds, busy = 0, 0.0, 0.0
    for product in chance.sample(catalogue.products, orders):
        audio = speaker.speak(f"can i have two {product.name} please", chance.choice(VOICES))
        began = time.process_time()
        utterance = service.recognize(audio)
        busy += time.process_time() - began
        seconds += audio.seconds
        meaning = understander.interpret(utterance, Expectation(), (), None)
        items = [i for intent in meaning.intents for i in intent.items] if isinstance(meaning, Understood) else []
        names = [catalogue.product(i.product_id).name.lower() for i in items if i.product_id]
        right += names == [product.name.lower()] and items[0].quantity == 2  # several products may have one name
    speaker.close()
    print(f"{orders} orders: {100 * right / orders:.1f}% right, real-time factor {busy / seconds:.3f}")


if __name__ == "__main__":
    main()
