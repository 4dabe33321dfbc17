"""What is not an order must not change the cart: `python -m tests.benchmarks.rejection --sentences FILE.jsonl`.

Plays every sentence of the file ({"utterance": ...} a line) to the demonstration shop, once with an empty cart and once
with two lines in it, and counts the turns that changed the cart.
"""

from __future__ import annotations

import argparse
import json
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from voice.commands.understand import DEMO
from voice.dialogue.manager import DialogueManager
from voice.dialogue.session import new_session
from voice.language import load_language
from voice.settings import Settings
from voice.shop.catalogue import load_catalogue
from voice.shop.model import Cart
from voice.shop.storage import Storage
from voice.types import Understood, Utterance
from voice.understanding.understander import Understander

ORDER = "a large latte and a brownie"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sentences", type=Path, required=True)
    parser.add_argument("--catalogue", type=Path, default=DEMO)
    parser.add_argument("--show", action="store_true", help="print the sentences that changed the cart")
    arguments = parser.parse_args()
    catalogue = load_catalogue(arguments.catalogue)
    understander = Understander(catalogue, load_language("en"))
    manager = DialogueManager(catalogue, "en", Settings(), Storage("sqlite://"))
    rows = [json.loads(line) for line in arguments.sentences.read_text(encoding="utf-8").splitlines() if line.strip()]
    said = [str(row["utterance"]) for row in rows]
    intents: Counter[str] = Counter()
    print(f"{'':<24}{'turns':>8}{'changed':>9}{'%':>8}")
    for label, before in (("empty cart", ()), ("two lines in the cart", (ORDER,))):
        changed = [text for text in said if _changes(understander, manager, before, text, intents)]
        print(f"{label:<24}{len(said):>8}{len(changed):>9}{100 * len(changed) / max(1, len(said)):>8.2f}")
        if arguments.show:
            print("\n".join(f"    {text}" for text in changed))
    print(f"answered as: {', '.join(f'{name} {n}' for name, n in intents.most_common(12))}")


def _changes(
    understander: Understander, manager: DialogueManager, before: Sequence[str], text: str, intents: Counter[str]
) -> bool:
    """Whether `text` changes the cart of a fresh session, after what was ordered before."""
    session = new_session("text", "en")
    manager.greet(session)
    cart = Cart()
    for words in (*before, text):
        cart = session.cart
        said = Utterance.typed(words)
        meaning = understander.interpret(said, session.expects, session.cart.lines, session.last_line)
        manager.handle(session, meaning)
    if isinstance(meaning, Understood):
        intents.update(i.name for i in meaning.intents)
    else:
        intents["nothing"] += 1
    return session.cart != cart


if __name__ == "__main__":
    main()
