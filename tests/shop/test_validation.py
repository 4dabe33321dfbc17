from __future__ import annotations

from datetime import datetime
from decimal import Decimal

import pytest

from voice.shop.model import Cart, Catalogue, ChosenOption, Fulfilment, LineItem
from voice.shop.validation import line_problems, order_problems

MORNING = datetime(2026, 11, 23, 9)
EVENING = datetime(2026, 11, 23, 21)


def line(product: str, quantity: str = "1", variant: str | None = None, *options: ChosenOption) -> LineItem:
    return LineItem("1", product, Decimal(quantity), variant, options)


@pytest.mark.parametrize(
    ("item", "at", "kinds"),
    [
        (line("tea"), MORNING, []),
        (line("latte", "1", "small", ChosenOption("milk", "oat_milk")), MORNING, []),
        (line("pizza"), MORNING, ["unknown_product"]),
        (line("mug"), MORNING, ["unavailable"]),
        (line("egg"), EVENING, ["out_of_hours"]),
        (line("latte"), MORNING, ["variant_missing"]),
        (line("latte", "1", "huge"), MORNING, ["variant_unknown"]),
        (line("bagel"), MORNING, ["option_missing"]),
        (line("bagel", "1", None, ChosenOption("kind", "plain")), MORNING, []),
        (line("latte", "1", "small", ChosenOption("milk", "goat_milk")), MORNING, ["option_unavailable"]),
        (line("latte", "1", "small", ChosenOption("milk", "yak")), MORNING, ["option_unknown"]),
        (line("tea", "1", None, ChosenOption("milk", "oat_milk")), MORNING, ["option_unknown"]),
        (line("latte", "1", "small", ChosenOption("shots", "shot", quantity=3)), MORNING, ["too_many_options"]),
        (line("latte", "1", "small", ChosenOption("size_of_cup", "my_cup", negated=True)), MORNING,
         ["option_not_removable"]),
        (line("tea", "0"), MORNING, ["quantity_not_positive"]),
        (line("tea", "1.5"), MORNING, ["quantity_not_whole"]),
        (line("focaccia", "1.5"), MORNING, []),
        (line("tea", "6"), MORNING, ["quantity_unusual"]),
        (line("tea", "51"), MORNING, ["quantity_refused"]),
        (line("loaf", "4"), MORNING, ["out_of_stock"]),
    ],
)
def test_what_stands_in_the_way_of_a_line(shop: Catalogue, item: LineItem, at: datetime, kinds: list[str]) -> None:
    assert [problem.kind for problem in line_problems(shop, item, at)] == kinds


@pytest.mark.parametrize(
    ("cart", "to", "at", "kinds"),
    [
        (Cart((line("tea"),)), Fulfilment(), MORNING, []),
        (Cart(), Fulfilment(), MORNING, ["empty"]),
        (Cart((line("tea"),)), Fulfilment(), EVENING, ["closed"]),
        (Cart((line("tea"),)), Fulfilment("dine_in"), MORNING, ["not_offered"]),
        (Cart((line("tea", "5"),)), Fulfilment("delivery", address="a", postcode="10117"), MORNING, []),
        (Cart((line("tea"),)), Fulfilment("delivery", address="a", postcode="10117"), MORNING, ["below_minimum"]),
        (Cart((line("tea"),)), Fulfilment("delivery", address="a", postcode="999"), MORNING, ["outside_delivery"]),
        (Cart((line("tea"),)), Fulfilment("delivery", address="a"), MORNING, ["address_missing"]),
        (Cart((line("focaccia", "40"),)), Fulfilment(), MORNING, ["above_maximum"]),
        (Cart((line("tea"),)), Fulfilment(at="2026-11-23T08:30"), MORNING, ["time_past"]),
        (Cart((line("tea"),)), Fulfilment(at="2026-11-23T09:05"), MORNING, ["time_too_soon"]),
        (Cart((line("tea"),)), Fulfilment(at="2026-11-23T19:00"), MORNING, ["time_closed"]),
        (Cart((line("tea"),)), Fulfilment(at="2026-11-24T10:00"), EVENING, []),
    ],
)
def test_what_stands_in_the_way_of_an_order(
    shop: Catalogue, cart: Cart, to: Fulfilment, at: datetime, kinds: list[str]
) -> None:
    assert [problem.kind for problem in order_problems(shop, cart, to, at)] == kinds
