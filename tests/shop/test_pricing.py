from __future__ import annotations

import random
from datetime import datetime
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from voice.shop.catalogue import load_catalogue
from voice.shop.model import Cart, Catalogue, ChosenOption, Fulfilment, LineItem
from voice.shop.pricing import delivery_zone, price_line, rounded, tax_in, totals

NOON = datetime(2026, 11, 23, 12, 0)
BREAD_HOUR = datetime(2026, 11, 23, 17, 30)
DEMO = load_catalogue()


def line(product: str, quantity: str = "1", variant: str | None = None, *options: ChosenOption) -> LineItem:
    return LineItem("1", product, Decimal(quantity), variant, options)


@pytest.mark.parametrize(
    ("item", "minor"),
    [
        (line("latte", "2", "large"), 800),
        (line("latte"), 300),
        (line("latte", "1", "small", ChosenOption("milk", "oat_milk")), 350),
        (line("latte", "1", "small", ChosenOption("milk", "oat_milk", negated=True)), 300),
        (line("latte", "3", "small", ChosenOption("shots", "shot", quantity=2)), 3 * 460),
        (line("latte", "1", "small", ChosenOption("shots", "shot", amount="double")), 460),
        (line("latte", "1", "small", ChosenOption("size_of_cup", "my_cup")), 0),
        (line("focaccia", "0.35"), 522),
        (line("focaccia", "0.001"), 1),
        (line("toast", "1", None, ChosenOption("filling", "cheese")), 600),
        (line("toast", "1", None, ChosenOption("filling", "cheese", amount="extra")), 700),
        (line("toast", "1", None, ChosenOption("filling", "cheese", amount="double")), 700),
        (line("toast", "1", None, ChosenOption("filling", "cheese", negated=True)), 600),
        (line("toast", "1", None, ChosenOption("filling", "tomato", amount="double")), 680),
        (line("toast", "1", None, ChosenOption("filling", "tomato", amount="extra")), 640),
        (line("toast", "1", None, ChosenOption("filling", "ham", amount="light")), 750),
        (line("toast", "1", None, ChosenOption("filling", "ham", amount="extra")), 820),
    ],
)
def test_a_line_costs_what_the_counter_would_say(shop: Catalogue, item: LineItem, minor: int) -> None:
    assert price_line(shop, item) == minor


def test_half_a_cent_is_rounded_up() -> None:
    assert [rounded(Decimal(x)) for x in ("0.5", "1.5", "2.49", "0.4999")] == [1, 2, 2, 0]
    assert tax_in(1100, Decimal(10), included=True) == 100
    assert tax_in(1000, Decimal("8.875"), included=False) == 89


def test_the_longest_postcode_prefix_decides(shop: Catalogue) -> None:
    zones = [delivery_zone(shop.shop, code) for code in ("10115", "10 117", "99999", "")]
    assert [zone.name if zone else None for zone in zones] == ["square", "centre", None, None]


def test_delivery_is_added_and_free_from_an_amount(shop: Catalogue) -> None:
    to = Fulfilment("delivery", postcode="10117")
    assert totals(shop, Cart((line("tea", "3"),)), to, NOON).total == 900
    assert totals(shop, Cart((line("tea", "15"),)), to, NOON).total == 3000
    assert totals(shop, Cart(), to, NOON).total == 0


def test_discounts_keep_to_category_hours_and_minimum(shop: Catalogue) -> None:
    cart = Cart((line("loaf", "2"), line("tea")))
    assert totals(shop, cart, None, NOON).discount == 0
    assert totals(shop, cart, None, BREAD_HOUR).discount == 500
    assert totals(shop, Cart((line("tea", "25"),)), None, NOON).discount == 500


def test_tax_is_taken_class_by_class(shop: Catalogue) -> None:
    result = totals(shop, Cart((line("tea", "2"), line("bagel", "2"))), None, NOON)
    assert result.tax == rounded(Decimal(400) * 10 / 110) + rounded(Decimal(500) * 22 / 122)
    assert result.total == 900


def carts() -> st.SearchStrategy[Cart]:
    quantities = st.decimals(Decimal("0.001"), Decimal(40), places=3, allow_nan=False)
    rows = st.tuples(st.sampled_from(DEMO.products), quantities, st.randoms(use_true_random=False))
    return st.lists(rows, max_size=8).map(
        lambda rows: Cart(tuple(_line(str(i), *row) for i, row in enumerate(rows)))
    )


def _line(line_id: str, product: object, quantity: Decimal, chance: random.Random) -> LineItem:
    item = DEMO.product(product.id)  # type: ignore[attr-defined]
    variant = chance.choice(item.variants).id if item.variants else None
    options = tuple(
        ChosenOption(group.id, chance.choice(group.options).id, chance.choice([None, "extra", "double", "light"]),
                     chance.random() < 0.2, quantity=chance.randint(1, 3))
        for group in item.groups if chance.random() < 0.5
    )
    return LineItem(line_id, item.id, quantity if item.unit else Decimal(int(quantity) + 1), variant, options)


@settings(max_examples=60, deadline=None)
@given(carts(), st.sampled_from(["1012", "1018", "9999"]), st.sampled_from([NOON, BREAD_HOUR]), st.randoms())
def test_totals_add_up_whatever_is_ordered(cart: Cart, postcode: str, at: datetime, chance: random.Random) -> None:
    to = Fulfilment("delivery", postcode=postcode)
    result = totals(DEMO, cart, to, at)
    assert result.subtotal == sum(price_line(DEMO, item) for item in cart.lines)
    assert result.total == result.subtotal - result.discount + result.delivery
    assert 0 <= result.discount <= result.subtotal and 0 <= result.tax <= result.total
    shuffled = list(cart.lines)
    chance.shuffle(shuffled)
    assert totals(DEMO, Cart(tuple(shuffled)), to, at) == result
