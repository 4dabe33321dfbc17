"""Whole orders on a published menu.

`python -m tests.benchmarks.orders --menu MENU.json --gold GOLD.jsonl --out PRED.jsonl`

Reads menus of the PIZZA and the FoodOrdering format; writes {"id", "exr"} a line, as those sets' scorers read it.
"""

from __future__ import annotations

import argparse
import json
import statistics
import time
from pathlib import Path

from tests.benchmarks.menus import Menu, read_menu, to_exr
from voice.language import load_language
from voice.types import ItemMention, Understood, Utterance
from voice.understanding.understander import Understander


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--menu", type=Path, required=True)
    parser.add_argument("--gold", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--language", default="en")
    arguments = parser.parse_args()
    menu = read_menu(json.loads(arguments.menu.read_text(encoding="utf-8")))
    understander = Understander(menu.catalogue, load_language(arguments.language))
    rows = [json.loads(line) for line in arguments.gold.read_text(encoding="utf-8").splitlines() if line.strip()]
    times, nothing = [], 0
    with arguments.out.open("w", encoding="utf-8") as out:
        for row in rows:
            started = time.perf_counter()
            items = understand(understander, row["utterance"])
            times.append((time.perf_counter() - started) * 1000)
            nothing += not items
            out.write(json.dumps({"id": row["id"], "exr": to_exr(items, menu)}) + "\n")
    print(f"{'orders':<28}{len(rows):>8}")
    print(f"{'nothing understood':<28}{nothing:>8}")
    print(f"{'milliseconds, median':<28}{statistics.median(times):>8.2f}")
    print(f"{'milliseconds, 95th percentile':<28}{sorted(times)[int(len(times) * 0.95)]:>7.2f}")
    print(f"Score it with the set's own scorer: GOLD {arguments.gold} PRED {arguments.out}")


def understand(understander: Understander, utterance: str) -> list[ItemMention]:
    """The line items that one utterance orders."""
    found = understander.interpret(Utterance.typed(utterance))
    intents = found.intents if isinstance(found, Understood) else ()
    return [item for intent in intents if intent.name.startswith("order.") for item in intent.items]


__all__ = ["Menu", "main", "understand"]

if __name__ == "__main__":
    main()
