"""Whatever is said or typed: nothing raises, work is bounded, and nothing absurd is ordered unasked."""

from __future__ import annotations

import random
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.understanding.catalogues import SHOPS
from tests.understanding.test_orders import LINES, understander
from voice.types import Interpretation, Understood, Utterance
from voice.understanding.tokens import MAX_TOKENS

WORDS = [
    "two",
    "no",
    "sorry",
    "a",
    "latte",
    "large",
    "oat",
    "milk",
    "with",
    "without",
    "and",
    "all",
    "one",
    "the",
    "other",
    "half",
    "minus",
    "million",
    "muffin",
    "it",
    "make",
    "that",
    "remove",
    "cancel",
    "instead",
    "of",
    "how",
    "much",
    "is",
    "yes",
    "extra",
    "light",
    "on",
    "side",
    "kilo",
    "another",
    "second",
    "please",
    "um",
    "to",
    "go",
    "i",
    "want",
]
ODD = [
    "21O@B",  # so many of what is not sold
    "\x00\x07\x1b[2J",
    "латте и два маффина",
    "拿铁咖啡两杯",
    "☕️🍕🔥" * 5,
    "1 2 3 4 5 6 7 8 9 0" * 9,
    "²½¼%&+@",
    "❶ latte ❷",
    "'",
    "-- --",
    "e\u0301" * 40,
]


def checked(text: str, shop: str = "cafe") -> Interpretation:
    """Interprets and checks that every unusual quantity carries its question."""
    lines = LINES if shop == "cafe" else ()
    found = understander(shop).interpret(Utterance.typed(text), lines=lines, last_line="l2" if lines else None)
    if isinstance(found, Understood):
        limit = SHOPS[shop].shop.max_quantity
        for intent in found.intents:
            for item in intent.items:
                asked = any(q.kind == "quantity" for q in item.questions)
                by_piece = item.unit is None
                assert asked or item.quantity > 0
                assert asked or not by_piece or intent.name != "order.add" or item.quantity <= limit
    return found


@pytest.mark.parametrize("seed", [0, 1, *(pytest.param(n, marks=pytest.mark.slow) for n in range(2, 10))])
def test_a_thousand_random_sentences(seed: int) -> None:
    rng = random.Random(seed)
    shops = sorted(SHOPS)
    for _ in range(1_000):
        words = rng.choices(WORDS, k=rng.randint(1, 12)) + rng.choices(ODD, k=int(rng.random() < 0.1))
        rng.shuffle(words)
        checked(" ".join(words), rng.choice(shops))


@settings(max_examples=200, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.text(max_size=300))
def test_any_text(text: str) -> None:
    checked(text)


@pytest.mark.parametrize("text", ODD)
def test_odd_text(text: str) -> None:
    checked(text)


@pytest.mark.parametrize(
    "word", ["latte", "no", "two", "with", "and a latte", "no sorry", "make it", "half", "zzz", "9"]
)
def test_very_long_sentences_are_cut(word: str) -> None:
    found = checked(f"{word} " * 20_000)
    said = sum(len(i.text.split()) for i in getattr(found, "intents", ()) for i in i.items)
    assert said <= MAX_TOKENS


@pytest.mark.parametrize(
    ("text", "quantity"),
    [
        ("a million croissants", 1_000_000),
        ("minus two lattes", -2),
        ("zero lattes", 0),
        ("two and a half lattes", "2.5"),
    ],
)
def test_absurd_quantities_are_asked_about(text: str, quantity: int | str) -> None:
    found = checked(text)
    assert isinstance(found, Understood)
    (item,) = found.intents[0].items
    assert item.quantity == Decimal(quantity)
    assert [q.kind for q in item.questions] == ["quantity"]


def test_nested_corrections() -> None:
    found = checked("two no three no sorry four wait no five lattes")
    assert isinstance(found, Understood)
    assert [i.quantity for i in found.intents[0].items] == [Decimal(5)]
