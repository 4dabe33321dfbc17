"""Options and products named in full, though each of their words may be one of the language's own."""

from __future__ import annotations

from itertools import permutations
from pathlib import Path

import pytest

from tests.understanding.meanings import of_interpretation
from voice.language import load_language
from voice.shop.catalogue import load_catalogue
from voice.types import Utterance
from voice.understanding.understander import Understander

ROOT = Path(__file__).parents[2]
BARISTA = load_catalogue(ROOT / "tests/benchmarks/barista.yaml")
BAR = Understander(BARISTA, load_language("en"))
DEMO = Understander(load_catalogue(ROOT / "voice/shop/demo/catalogue.yaml"), load_language("en"))
GROUPS = BARISTA.product("latte").groups


def means(bar: Understander, said: str) -> list[str]:
    return of_interpretation(bar.interpret(Utterance.typed(said)))


@pytest.mark.parametrize("group", GROUPS, ids=lambda g: g.id)
def test_every_option_by_its_own_name(group) -> None:  # type: ignore[no-untyped-def]
    for option in group.options:
        assert means(BAR, f"a latte with {option.name}") == [f"order.add: 1 latte {option.id}"]


@pytest.mark.parametrize(("first", "second"), list(permutations(GROUPS, 2)), ids=lambda g: g.id)
def test_two_options_by_their_own_names(first, second) -> None:  # type: ignore[no-untyped-def]
    for one in first.options:
        for other in second.options:
            said = f"a latte with {one.name} and {other.name}"
            assert means(BAR, said) == [f"order.add: 1 latte {one.id} {other.id}"], said


@pytest.mark.parametrize(
    ("said", "meaning"),
    [
        ("matcha lattes with own cup", "1 matcha_latte my_own_cup"),
        ("regular ice tea", "1 iced_tea/regular"),
        ("a large milk coffee with half decaf", "1 latte/large half_decaf"),
        ("a mocha and also one big breakfast with fried", "1 mocha; 1 full_breakfast fried_eggs"),
    ],
)
def test_a_name_of_words_without_weight(said: str, meaning: str) -> None:
    assert means(DEMO, said) == [f"order.add: {meaning}"]


@pytest.mark.parametrize(
    ("said", "meaning"),
    [
        ("a dark roast coffee with brown sugar and a milk", "1 coffee dark_roast brown_sugar milk"),
        ("a mocha with milk and a brown sugar", "1 mocha milk brown_sugar"),
        ("a latte oh and one milk", "1 latte milk"),
        ("a latte and one almond milk", "1 latte almond_milk"),
        ("a mocha with an almond milk", "1 mocha almond_milk"),
        ("a mocha with the milk", "1 mocha milk"),
        ("a mocha and the milk", "1 mocha milk"),
        ("a mocha with milk and a brown sugar and a latte", "1 mocha milk brown_sugar; 1 latte"),
        ("two lattes and one with soy milk", "1 latte; 1 latte soy_milk"),
        ("a mocha with milk and a soy milk", "1 mocha milk; 1 mocha soy_milk"),
        ("a small latte and a large", "1 latte small; 1 latte large"),
        ("a mocha with milk and a coffee", "1 mocha milk; 1 coffee"),
    ],
)
def test_an_option_counted_as_one_is_of_the_same_item(said: str, meaning: str) -> None:
    assert means(BAR, said) == [f"order.add: {meaning}"]


def test_an_option_that_names_its_product_is_one_more() -> None:
    assert means(DEMO, "an earl grey and a green tea") == ["order.add: 1 tea earl_grey; 1 tea green_tea"]


@pytest.mark.parametrize(
    ("said", "meaning"),
    [
        ("two hot dogs", "2 ? ?product"),
        ("can i get some hot dogs", "1 ? ?product"),
        ("two hot dogs and a large latte", "2 ? ?product; 1 latte/large"),
        ("two lattes and a hot dog", "2 latte; 1 ? ?product"),
        ("a large grande latte", "1 latte/large"),
        ("two large oat milk lattes", "2 latte/large oat_milk"),
    ],
)
def test_an_option_before_an_unknown_noun_names_nothing(said: str, meaning: str) -> None:
    assert means(DEMO, said) == [f"order.add: {meaning}"]


@pytest.mark.parametrize(
    ("said", "meaning"),
    [
        ("two small bags of house blend", "2 house_blend/small_bag"),
        ("three small bags of house blend with not ground", "3 house_blend/small_bag whole_beans"),
        ("two small house blends", "2 house_blend/small_bag"),
        ("an americano and one small bag of house blend", "1 americano; 1 house_blend/small_bag"),
    ],
)
def test_sizes_that_are_called_by_their_measure(said: str, meaning: str) -> None:
    assert means(DEMO, said) == [f"order.add: {meaning}"]


@pytest.mark.parametrize(
    ("said", "meaning"),
    [
        ("two camomile teas, no wait, a camomile tea and one cinnamon roll", "1 tea camomile_tea; 1 cinnamon_roll"),
        ("two regular apple juices, no wait, a regular apple juice", "1 fresh_juice/regular apple_juice"),
        (
            "a muffin and two medium lattes with extra shot with cinnamon syrup too with my own cup too, no wait, "
            "a latte with extra shot and gingerbread syrup and reusable cup, medium",
            "1 ? ?product:blueberry_muffin,chocolate_muffin; 1 latte/medium extra_shot cinnamon_syrup my_own_cup",
        ),
    ],
)
def test_a_correction_of_what_an_option_names(said: str, meaning: str) -> None:
    assert means(DEMO, said) == [f"order.add: {meaning}"]


@pytest.mark.parametrize(
    ("said", "meaning"),
    [
        ("two ham and cheese toasties with cold", "2 ham_and_cheese_sandwich cold"),
        ("one avocado toast with egg", "1 avocado_toast egg"),
        ("a toast with eggs with avocado", "1 toast_with_eggs avocado"),
        ("two brownies and a brownie", "2 brownie; 1 brownie"),
        ("two caffe lattes with whip and also a espresso, large", "2 latte whipped_cream; 1 espresso/large"),
    ],
)
def test_products_of_a_further_item(said: str, meaning: str) -> None:
    assert means(DEMO, said) == [f"order.add: {meaning}"]
