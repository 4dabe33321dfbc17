"""How long understanding takes: `python -m tests.benchmarks.understanding_speed [--products 200]`.

Makes a catalogue of the given size in the shape of the demonstration shop's and orders from it, three items a sentence.
Prints milliseconds a sentence on one core.
"""

from __future__ import annotations

import argparse
import random
import statistics
import time
from dataclasses import replace

from voice.commands.understand import DEMO
from voice.language import load_language
from voice.shop.catalogue import load_catalogue
from voice.shop.model import Catalogue, Product
from voice.types import Understood, Utterance
from voice.understanding.understander import Understander

ADJECTIVES = [
    "smoky",
    "crispy",
    "golden",
    "silky",
    "rustic",
    "velvet",
    "autumn",
    "harvest",
    "alpine",
    "coastal",
    "midnight",
    "copper",
]
COUNTS = ("a", "two", "three", "half a dozen", "another")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--products", type=int, default=200)
    parser.add_argument("--sentences", type=int, default=300)
    arguments = parser.parse_args()
    catalogue = enlarged(load_catalogue(DEMO), arguments.products)
    started = time.perf_counter()
    understander = Understander(catalogue, load_language("en"))
    loading = time.perf_counter() - started
    rng = random.Random(1)
    sentences = [sentence(catalogue, rng) for _ in range(arguments.sentences)]
    times, right = [], 0
    for said, wanted in sentences:
        started = time.perf_counter()
        found = understander.interpret(Utterance.typed(said))
        times.append((time.perf_counter() - started) * 1000)
        items = [i for intent in found.intents for i in intent.items] if isinstance(found, Understood) else []
        right += [i.product_id for i in items] == wanted
    print(f"{'products':<28}{len(catalogue.products):>8}")
    print(f"{'seconds to load':<28}{loading:>8.2f}")
    print(f"{'sentences of three items':<28}{len(sentences):>8}")
    print(f"{'... understood rightly, %':<28}{100 * right / len(sentences):>8.1f}")
    print(f"{'milliseconds, median':<28}{statistics.median(times):>8.2f}")
    print(f"{'milliseconds, 95th perc.':<28}{sorted(times)[int(len(times) * 0.95)]:>8.2f}")


def enlarged(catalogue: Catalogue, size: int) -> Catalogue:
    """The catalogue with further products of the same kinds under new names."""
    products: list[Product] = list(catalogue.products)
    for adjective in ADJECTIVES:
        for product in catalogue.products:
            if len(products) < size:
                name = f"{adjective} {product.name}"
                products.append(replace(product, id=f"{product.id}_{adjective}", name=name, aliases=()))
    return replace(catalogue, products=tuple(products[:size]))


def sentence(catalogue: Catalogue, rng: random.Random) -> tuple[str, list[str]]:
    """Three items with a size and an option here and there, and the products meant."""
    parts, wanted = [], []
    for product in rng.sample(catalogue.products, 3):
        words = [rng.choice(COUNTS)]
        if product.variants and rng.random() < 0.5:
            words.append(rng.choice(product.variants).name)
        words.append(product.name)
        groups = [g for g in product.groups if not g.names_product]
        if groups and rng.random() < 0.5:
            words += ["with", rng.choice(rng.choice(groups).options).name]
        parts.append(" ".join(words))
        wanted.append(product.id)
    return f"can i get {parts[0]} {parts[1]} and {parts[2]} please", wanted


if __name__ == "__main__":
    main()
