"""Prompts as data: every key that code uses exists, every placeholder is given, values are said as people say them."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from pathlib import Path

import pytest

import voice.dialogue
from voice.dialogue.prompts import PromptRenderer, placeholders
from voice.dialogue.wording import Wording
from voice.errors import GrammarError
from voice.language import load_language
from voice.shop.model import Shop
from voice.types import Prompt

FOLDER = Path(voice.dialogue.__file__).parent
PROMPTS = load_language("en").topic("prompts")


def said_in_code() -> Iterator[tuple[str, set[str] | None]]:
    """Each literal key given to say() or Prompt(), with the names of its values (None when they come as a mapping)."""
    for file in sorted(FOLDER.rglob("*.py")):
        for call in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if not isinstance(call, ast.Call) or not call.args:
                continue
            if not (isinstance(call.func, ast.Attribute) and call.func.attr == "say"):
                continue
            names = {k.arg for k in call.keywords}
            given = None if None in names else {str(name) for name in names}
            yield from ((key, given) for key in literal_keys(call.args[0]))


def literal_keys(node: ast.expr) -> list[str]:
    if isinstance(node, ast.IfExp):
        return literal_keys(node.body) + literal_keys(node.orelse)
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return [node.value]
    if isinstance(node, ast.JoinedStr):
        start = node.values[0]
        prefix = str(start.value) if isinstance(start, ast.Constant) else ""
        return [] if any(key.startswith(prefix) for key in PROMPTS) else [prefix]
    return []


def test_every_prompt_that_code_says_exists_and_gets_its_values() -> None:
    found = list(said_in_code())
    assert len(found) > 100
    for key, given in found:
        assert key in PROMPTS, f"grammars/en/prompts.yaml lacks '{key}'"
        if given is None:
            continue
        texts = PROMPTS[key] if isinstance(PROMPTS[key], list) else [PROMPTS[key]]
        used = {name for text in texts for name in placeholders(text)} - {"shop"}
        assert used <= given, f"'{key}' uses {sorted(used - given)}, which the code does not give"


def test_an_unknown_prompt_says_where_to_add_it() -> None:
    with pytest.raises(GrammarError, match=r"prompts\.yaml has no prompt"):
        PromptRenderer(load_language("en"), Shop("S")).render(Prompt("no.such"))


def test_a_shop_words_a_prompt_its_own_way_and_variants_take_turns() -> None:
    renderer = PromptRenderer(load_language("en"), Shop("The Bun", prompts={"greeting": "Welcome to {shop}!"}))
    assert renderer.render(Prompt("greeting"), 3) == "Welcome to The Bun!"
    said = {renderer.render(Prompt("ask.first"), turn) for turn in range(4)}
    assert len(said) == 2


@pytest.fixture
def wording() -> Wording:
    return Wording(load_language("en"), "EUR")


@pytest.mark.parametrize(
    ("amount", "said"),
    [
        (450, "four euros fifty"), (400, "four euros"), (100, "one euro"), (1, "one cent"), (85, "eighty-five cents"),
        (0, "nothing"), (-25, "minus twenty-five cents"), (12345, "123 euros forty-five"), (105, "one euro five"),
    ],
)
def test_money(wording: Wording, amount: int, said: str) -> None:
    assert wording.money(amount) == said


def test_other_currencies_are_named_by_cldr() -> None:
    english = load_language("en")
    assert Wording(english, "GBP").money(250) == "two pounds fifty"
    assert Wording(english, "JPY").money(300) == "300 Japanese yen"
    assert Wording(english, "USD").money(50) == "fifty cents"


LATTE: dict[str, object] = {
    "product": "latte", "quantity": "1", "unit": None, "variant": "large", "options": [], "notes": [],
}
OAT = {"name": "oat milk", "amount": None, "negated": False, "portion": None, "quantity": 1, "named": False}


@pytest.mark.parametrize(
    ("item", "said"),
    [
        (LATTE, "a large latte"),
        ({**LATTE, "quantity": "2", "variant": None}, "two lattes"),
        ({**LATTE, "options": [OAT]}, "a large latte with oat milk"),
        ({**LATTE, "options": [OAT, {**OAT, "name": "foam", "negated": True}]},
         "a large latte with oat milk and without foam"),
        ({**LATTE, "options": [{**OAT, "amount": "extra"}]}, "a large latte with extra oat milk"),
        ({**LATTE, "product": "espresso", "variant": None}, "an espresso"),
        ({**LATTE, "product": "carrot cake", "variant": "slice", "quantity": "2"}, "two slices of carrot cake"),
        ({**LATTE, "product": "bagel", "variant": None, "quantity": "3",
          "options": [{**OAT, "name": "sesame bagel", "named": True}]}, "three sesame bagels"),
        ({**LATTE, "product": "tomatoes", "variant": None, "unit": "kg", "quantity": "0.5"}, "half a kilo of tomatoes"),
        ({**LATTE, "product": "flour", "variant": None, "unit": "kg", "quantity": "2.5"},
         "two and a half kilos of flour"),
        ({**LATTE, "product": "bread", "variant": None, "notes": ["well done"]}, "a bread, well done"),
        ({**LATTE, "product": "pizza", "variant": None, "options": [{**OAT, "name": "ham", "portion": "left"}]},
         "a pizza with ham on the left half"),
        ({**LATTE, "product": "cherry", "variant": None, "quantity": "2"}, "two cherries"),
        ({**LATTE, "product": "cup of soup", "variant": None, "quantity": "2"}, "two cups of soup"),
        ({**LATTE, "product": "french fries", "variant": None, "quantity": "2"}, "two french fries"),
    ],
)
def test_items(wording: Wording, item: dict[str, object], said: str) -> None:
    assert wording.item(item) == said


def test_numbers_lists_digits_and_times(wording: Wording) -> None:
    assert wording.number(Decimal(21)) == "twenty-one"
    assert wording.list(["a", "b", "c"]) == "a, b and c"
    assert wording.list(["a", "b"], "or") == "a or b"
    assert wording.digits("A417") == "A 4 1 7"
    now = datetime(2026, 3, 4, 9, 0)
    assert wording.moment(datetime(2026, 3, 4, 9, 30), now) == "today at 9:30 am"
    assert wording.moment(datetime(2026, 3, 5, 12, 0), now) == "tomorrow at noon"
    assert wording.moment(datetime(2026, 3, 7, 17, 0), now) == "on Saturday at 5 pm"
    assert wording.day(0) == "Monday"
