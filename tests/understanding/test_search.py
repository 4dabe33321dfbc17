"""A catalogue too large for every short form of every name: what people call its products is searched for."""

from __future__ import annotations

from functools import lru_cache
from itertools import product as pairs

import pytest

from voice.language import load_language
from voice.shop.model import Catalogue, Product, Shop, Variant
from voice.types import Interpretation, ItemMention, NoMatch, Understood, Utterance
from voice.understanding.understander import Understander

MAKERS = [
    "Hartwell",
    "Brisbane",
    "Oakridge",
    "Pemberton",
    "Silverlake",
    "Marchetti",
    "Donovan",
    "Kowalski",
    "Tanaka",
    "Lindqvist",
]
STYLES = ["organic", "smoked", "roasted", "salted", "unsweetened", "crunchy", "creamy", "vintage", "alpine", "classic"]
GOODS = [
    "almond butter",
    "apricot jam",
    "barley soup",
    "black bean chili",
    "buckwheat flour",
    "cashew nuts",
    "cider vinegar",
    "coconut water",
    "corn chips",
    "cranberry juice",
    "fig cookies",
    "ginger ale",
    "goat cheese",
    "honey mustard",
    "lentil curry",
    "maple syrup",
    "oat crackers",
    "olive tapenade",
    "onion rings",
    "pumpkin seeds",
    "quinoa salad",
    "rice noodles",
    "rye bread",
    "sardines",
    "sesame oil",
    "sunflower spread",
    "sweet potato fries",
    "tomato passata",
    "turkey jerky",
    "vanilla pudding",
    "walnut brownies",
    "wild salmon",
]


@lru_cache
def warehouse() -> Understander:
    sizes = (Variant("small", "small", 100), Variant("large", "large", 200))
    products = [
        Product(f"{maker}/{style}/{good}", f"{maker} {style} {good}", variants=sizes)
        for maker, style, good in pairs(MAKERS, STYLES, GOODS)
    ]
    products.append(Product("kettle", "Zeppelin enamel stovetop kettle", price=3000))
    return Understander(Catalogue(Shop("Warehouse"), tuple(products)), load_language("en"))


def interpret(said: str) -> Interpretation:
    return warehouse().interpret(Utterance.typed(said))


def items(said: str) -> list[ItemMention]:
    found = interpret(said)
    assert isinstance(found, Understood), said
    return [item for intent in found.intents for item in intent.items]


@pytest.mark.parametrize("said", ["a stovetop kettle", "the enamel kettle please", "one zepelin enamel ketle"])
def test_a_part_of_a_name_that_means_one_product_orders_it(said: str) -> None:
    assert [item.product_id for item in items(said)] == ["kettle"]


def test_a_search_stands_among_other_items() -> None:
    found = items("two large hartwell smoked almond butter and an enamel kettle")
    assert [(i.product_id, int(i.quantity), i.variant_id) for i in found] == [
        ("Hartwell/smoked/almond butter", 2, "large"),
        ("kettle", 1, None),
    ]


def test_a_size_is_no_part_of_the_name_searched_for() -> None:
    _, item = items("two enamel kettles and a large tanaka apricot crunchy")
    assert item.variant_id == "large"
    asked = [candidate for question in item.questions for candidate in question.candidates]
    assert "Tanaka/crunchy/apricot jam" in (item.product_id, *asked)


@pytest.mark.parametrize("said", ["a hartwell turkey jerky", "two packs of hartwell jerky", "hartwell turkey jerky"])
def test_what_many_are_called_is_asked_with_at_most_three(said: str) -> None:
    (item,) = items(said)
    assert item.product_id is None
    (question,) = item.questions
    assert question.kind == "product"
    assert 2 <= len(question.candidates) <= 3
    assert all(c.startswith("Hartwell/") and c.endswith("turkey jerky") for c in question.candidates)


@pytest.mark.parametrize("said", ["what is the weather in london", "remind me to call my mother", "zzyzx qwfp"])
def test_what_no_product_is_called_is_refused(said: str) -> None:
    assert isinstance(interpret(said), NoMatch)
