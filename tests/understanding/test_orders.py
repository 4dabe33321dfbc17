"""What orders and turns mean: tables in tests/understanding/<lang>/, on three shops."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.understanding.catalogues import SHOPS
from tests.understanding.meanings import of_interpretation
from voice.language import load_language
from voice.shop.model import LineItem
from voice.types import Expectation, Hypothesis, NoInput, NoMatch, Understood, Utterance
from voice.understanding.understander import Understander

TABLES = Path(__file__).parent / "en"
LINES = (LineItem("l1", "latte", variant_id="large"), LineItem("l2", "mocha", variant_id="small"))


@lru_cache
def understander(shop: str) -> Understander:
    return Understander(SHOPS[shop], load_language("en"))


def table(name: str) -> Any:
    return yaml.safe_load((TABLES / name).read_text(encoding="utf-8"))


def expectation(kind: str) -> Expectation:
    if kind == "anything":
        return Expectation()
    return Expectation(kind, "latte", "milk", ("latte", "mocha", "cappuccino"))  # type: ignore[arg-type]


ORDERS = [(shop, row) for shop, rows in table("orders.yaml").items() for row in rows]
TURNS = [(block, turn) for block in table("turns.yaml") for turn in block["turns"]]


@pytest.mark.parametrize(("shop", "row"), ORDERS, ids=[row["said"] for _, row in ORDERS])
def test_orders(shop: str, row: dict[str, Any]) -> None:
    found = understander(shop).interpret(Utterance.typed(row["said"]))
    assert of_interpretation(found) == row["means"]
    assert isinstance(found, Understood)
    assert list(found.unknown) == row.get("unknown", [])


@pytest.mark.parametrize(("block", "turn"), TURNS, ids=[f"{b['expects']}: {t['said']}" for b, t in TURNS])
def test_turns(block: dict[str, Any], turn: dict[str, Any]) -> None:
    lines = LINES if block["lines"] else ()
    said = Utterance.typed(turn["said"])
    found = understander("cafe").interpret(said, expectation(block["expects"]), lines, "l2" if lines else None)
    assert of_interpretation(found) == turn["means"]


def test_silence_is_no_input() -> None:
    assert understander("cafe").interpret(Utterance.silence()) == NoInput()
    assert understander("cafe").interpret(Utterance.typed("  ")) == NoInput()


@pytest.mark.parametrize(
    "said", ["play some music in the kitchen", "what is the weather in london", "remind me to call my mother", "lalala"]
)
def test_what_is_not_for_the_shop_is_refused(said: str) -> None:
    found = understander("cafe").interpret(Utterance.typed(said))
    assert isinstance(found, NoMatch)


def test_the_hypothesis_that_the_catalogue_holds_wins() -> None:
    heard = Utterance("speech", (Hypothesis("a lot a with oak milk", score=-10.0), Hypothesis("a latte with oat milk")))
    found = understander("cafe").interpret(heard)
    assert of_interpretation(found) == ["order.add: 1 latte oat"]
    assert isinstance(found, Understood)
    assert found.text == "a latte with oat milk"


def test_the_recogniser_decides_between_equals() -> None:
    heard = Utterance("speech", (Hypothesis("two lattes"), Hypothesis("two mochas")))
    assert of_interpretation(understander("cafe").interpret(heard)) == ["order.add: 2 latte"]


def test_an_item_is_no_surer_than_its_words() -> None:
    found = understander("cafe").interpret(Utterance("speech", (Hypothesis("two lattes", confidence=0.3),)))
    assert isinstance(found, Understood)
    assert found.intents[0].items[0].confidence <= 0.3 and found.intents[0].confidence <= 0.3


def test_names_are_found_by_sound() -> None:
    found = understander("cafe").interpret(Utterance.typed("a capoochino please"))
    assert of_interpretation(found) == ["order.add: 1 cappuccino"]
