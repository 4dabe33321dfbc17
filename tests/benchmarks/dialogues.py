"""Coffee orders over several turns: `python -m tests.benchmarks.dialogues --gold GOLD.jsonl --out PRED.jsonl`.

For files of Taskmaster-4's coffee dialogues. The menu holds the items, attributes and addons that the gold names, as a
shop would list them; the customer's turns alone are read, through the real understanding and the real dialogue.
"""

from __future__ import annotations

import argparse
import json
import time
from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from voice.dialogue.manager import DialogueManager
from voice.dialogue.session import Session, new_session
from voice.language import load_language
from voice.settings import Settings
from voice.shop.model import Catalogue, LineItem, Option, OptionGroup, Product, Shop
from voice.shop.storage import Storage
from voice.types import Utterance
from voice.understanding.understander import Understander

ADDONS = "addons"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--gold", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    arguments = parser.parse_args()
    rows = [json.loads(line) for line in arguments.gold.read_text(encoding="utf-8").splitlines() if line.strip()]
    catalogue = read_menu(rows)
    understander = Understander(catalogue, load_language("en"))
    manager = DialogueManager(catalogue, "en", Settings(), Storage("sqlite://"))
    turns, started, right = 0, time.perf_counter(), Counter[str]()
    with arguments.out.open("w", encoding="utf-8") as out:
        for row in rows:
            said = [t["text"] for t in row["turns"] if t["speaker"] == "user"]
            cart = play(understander, manager, catalogue, said)
            turns += len(said)
            if row.get("strict"):
                right["strict"] += 1
                right["exact"] += _bag(cart) == _bag(row["cart"])
            out.write(json.dumps({"id": row["id"], "cart": cart}) + "\n")
    seconds = time.perf_counter() - started
    print(f"{'dialogues':<28}{len(rows):>8}")
    print(f"{'strict ones':<28}{right['strict']:>8}")
    print(f"{'... with the right cart, %':<28}{100 * right['exact'] / max(1, right['strict']):>8.1f}")
    print(f"{'milliseconds a turn':<28}{1000 * seconds / max(1, turns):>8.1f}")


def read_menu(rows: Iterable[Mapping[str, Any]]) -> Catalogue:
    """Every item with every attribute as a group of which one may be chosen, and the addons."""
    items: dict[str, None] = {}
    attributes: dict[str, dict[str, None]] = {}
    addons: dict[str, None] = {}
    for row in rows:
        for line in row["cart"] or ():
            items.setdefault(line["item"])
            for name, value in (line.get("attributes") or {}).items():
                attributes.setdefault(name, {}).setdefault(str(value))
            addons.update(dict.fromkeys(str(a) for a in line.get("addons") or ()))
    groups = [OptionGroup(name, name, tuple(Option(v, v) for v in values)) for name, values in attributes.items()]
    groups.append(OptionGroup(ADDONS, ADDONS, tuple(Option(a, a) for a in addons), max=None, amounts=True))
    products = tuple(Product(name, name, groups=tuple(groups)) for name in items)
    return Catalogue(Shop("Coffee bar", dine_in=True), products, version="benchmark")


def play(
    understander: Understander, manager: DialogueManager, catalogue: Catalogue, said: Iterable[str]
) -> list[dict[str, Any]]:
    """The cart after the customer's turns."""
    session = new_session("text", "en")
    manager.greet(session)
    for text in said:
        lines = session.cart.lines
        understood = understander.interpret(Utterance.typed(text), session.expects, lines, session.last_line)
        manager.handle(session, understood)
        if session.stage == "placed":
            break
    return cart_of(session)


def cart_of(session: Session) -> list[dict[str, Any]]:
    return [_line(line) for line in session.cart.lines]


def _line(line: LineItem) -> dict[str, Any]:
    chosen = [o for o in line.options if not o.negated]
    row: dict[str, Any] = {"item": line.product_id, "quantity": int(line.quantity)}
    row["attributes"] = {o.group_id: o.option_id for o in chosen if o.group_id != ADDONS}
    row["addons"] = [o.option_id for o in chosen if o.group_id == ADDONS]
    return row


def _bag(cart: Iterable[Mapping[str, Any]] | None) -> Counter[Any]:
    bag: Counter[Any] = Counter()
    for line in cart or ():
        attributes = {k.lower(): str(v).lower() for k, v in (line.get("attributes") or {}).items()}
        addons = sorted({str(a).lower() for a in line.get("addons") or ()})
        bag[line["item"].lower(), tuple(sorted(attributes.items())), tuple(addons)] += int(line.get("quantity", 1))
    return bag


if __name__ == "__main__":
    main()
