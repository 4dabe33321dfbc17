"""Options whose words are also a size's, and amounts that look like numbers."""

from __future__ import annotations

import pytest

from tests.understanding.catalogues import CAFE
from tests.understanding.meanings import of_interpretation
from voice.language import load_language
from voice.shop.model import Catalogue, Option, OptionGroup, Product, Shop, Variant
from voice.types import Understood, Utterance
from voice.understanding.understander import Understander

ROAST = OptionGroup(
    "roast",
    "roast",
    (Option("light", "light roast"), Option("medium_roast", "medium roast", ("medium",)), Option("dark", "dark roast")),
)
MILK = OptionGroup("milk", "milk", (Option("milk", "milk"), Option("oat", "oat milk")), max=None, amounts=True)
SIZES = (Variant("small", "small", 200), Variant("medium", "medium", 250), Variant("large", "large", 300))
ROASTERY = Understander(
    Catalogue(
        Shop("Roastery"),
        (
            Product("coffee", "coffee", variants=SIZES, groups=(ROAST, MILK)),
            Product("latte", "latte", variants=SIZES, groups=(ROAST, MILK)),
        ),
    ),
    load_language("en"),
)
BAR = Understander(CAFE, load_language("en"))


@pytest.mark.parametrize(
    ("said", "means"),
    [
        ("a medium medium roast coffee", "1 coffee/medium medium_roast"),
        ("two medium medium roast lattes", "2 latte/medium medium_roast"),
        ("a large medium roast coffee", "1 coffee/large medium_roast"),
        ("a medium a medium coffee", "1 coffee/medium"),
        ("a medium medium coffee", "1 coffee/medium"),
        ("a coffee with a lot of milk", "1 coffee milk=extra"),
        ("a coffee, lots of oat milk", "1 coffee oat=extra"),
        ("two lattes with a lot of milk and a coffee", "2 latte milk=extra; 1 coffee"),
    ],
)
def test_words_of_two_meanings(said: str, means: str) -> None:
    assert of_interpretation(ROASTERY.interpret(Utterance.typed(said))) == [f"order.add: {means}"]


def test_a_stutter_is_still_one(said: str = "a vanilla vanilla syrup latte") -> None:
    assert of_interpretation(BAR.interpret(Utterance.typed(said))) == ["order.add: 1 latte vanilla"]


def test_a_lot_of_a_product_is_a_number_to_ask_for() -> None:
    found = BAR.interpret(Utterance.typed("i need a lot of croissants"))
    assert isinstance(found, Understood)
    assert [q.kind for q in found.intents[0].items[0].questions] == ["quantity"]


def test_the_text_of_an_option_holds_its_amount() -> None:
    found = ROASTERY.interpret(Utterance.typed("a coffee with a little bit of oat milk"))
    assert isinstance(found, Understood)
    (option,) = found.intents[0].items[0].options
    assert (option.text, option.amount) == ("a little bit of oat milk", "light")
