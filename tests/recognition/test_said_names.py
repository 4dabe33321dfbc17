"""What people call products, sizes and options beside the shop's names for them."""

from __future__ import annotations

import pytest

from voice.language import load_language
from voice.recognition.said_names import option_names, product_names, variant_names
from voice.shop.model import Option, OptionGroup, Product, Variant

EN = load_language("en")


def group(name: str, *options: str) -> OptionGroup:
    return OptionGroup(name, name, tuple(Option(o, o) for o in options))


@pytest.mark.parametrize(
    ("options", "called"),
    [
        (group("milk options", "oat", "almond"), {"oat milk", "almond milk"}),
        (group("kind of milk", "oat milk"), {"oat"}),
        (group("syrups", "vanilla"), {"vanilla syrup"}),
        (group("espresso shots", "double"), {"double shot", "double espresso shot"}),
        (group("milk", "skim milk"), {"skim", "nonfat milk", "fat free milk"}),
    ],
)
def test_an_option_is_called_with_its_group_or_without(options: OptionGroup, called: set[str]) -> None:
    assert called <= set(option_names(options, EN))


@pytest.mark.parametrize(
    "options",
    [
        group("foam", "extra foam", "no foam"),  # "extra" and "no" name nothing
        group("milk on the side", "cream"),  # "cream milk side"
        group("numberOfShots", "single shot"),  # an id
    ],
)
def test_what_would_be_no_name_is_not_made(options: OptionGroup) -> None:
    made = set(option_names(options, EN))
    assert not made & {"extra", "no", "cream side", "cream milk side"}
    assert not any("numberof" in name for name in made)


def test_the_names_that_the_shop_gives_are_not_made_again() -> None:
    milk = OptionGroup("milk", "milk", (Option("oat", "oat", ("oat milk",)),))
    assert "oat milk" not in option_names(milk, EN)


def test_sizes_are_told_by_what_differs() -> None:
    bags = (Variant("s", "small bag", 100), Variant("l", "large bag", 200))
    assert variant_names(bags, EN) == ["small", "large"]
    assert variant_names((Variant("s", "small", 100),), EN) == []


@pytest.mark.parametrize(
    ("name", "category", "called"),
    [
        ("ham and cheese sandwich", "sandwiches", {"ham and cheese", "ham cheese sandwich"}),
        ("pizza margherita", "pizzas", {"margherita pizza"}),
        ("french fries", "sides", {"fries"}),
        ("soup of the day", "soups", set()),
        ("chocolate muffin", "bakery", set()),
    ],
)
def test_a_product_is_called_by_parts_of_its_name(name: str, category: str, called: set[str]) -> None:
    made = set(product_names(Product("p", name, 100, category=category), EN))
    assert called <= made
    assert called or not made
