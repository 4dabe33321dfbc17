from __future__ import annotations

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from voice.shop.cart import add, change, choose, find, remove, same_thing, set_quantity
from voice.shop.model import Cart, ChosenOption, LineItem

OPTIONS = [ChosenOption("milk", "oat"), ChosenOption("milk", "soy"), ChosenOption("syrup", "vanilla", "extra")]
LINES = st.builds(
    LineItem, id=st.just(""), product_id=st.sampled_from(["latte", "tea", "muffin"]),
    quantity=st.integers(1, 5).map(Decimal), variant_id=st.sampled_from([None, "small"]),
    options=st.lists(st.sampled_from(OPTIONS), max_size=2, unique=True).map(tuple),
)


def filled(lines: list[LineItem]) -> Cart:
    cart = Cart()
    for line in lines:
        cart, _ = add(cart, line)
    return cart


@given(st.lists(LINES, max_size=10))
def test_nothing_is_lost_and_nothing_stands_twice(lines: list[LineItem]) -> None:
    cart = filled(lines)
    assert sum(line.quantity for line in cart.lines) == sum(line.quantity for line in lines)
    assert len({line.id for line in cart.lines}) == len(cart.lines)
    assert not any(same_thing(a, b) for i, a in enumerate(cart.lines) for b in cart.lines[:i])


@given(st.lists(LINES, min_size=1, max_size=6), LINES)
def test_adding_and_taking_away_again_changes_nothing(lines: list[LineItem], line: LineItem) -> None:
    cart = filled(lines)
    more, line_id = add(cart, line)
    now = find(more, line_id)
    assert now is not None
    assert set_quantity(more, line_id, now.quantity - line.quantity) == cart


def test_options_said_in_another_order_are_the_same_thing() -> None:
    cart, first = add(Cart(), LineItem("", "latte", options=(OPTIONS[0], OPTIONS[2])))
    cart, second = add(cart, LineItem("", "latte", options=(OPTIONS[2], OPTIONS[0])))
    assert first == second and cart.lines[0].quantity == 2


def test_change_and_remove_touch_one_line_only() -> None:
    cart = filled([LineItem("", "latte"), LineItem("", "tea")])
    changed = change(cart, "1", variant_id="small")
    assert [line.variant_id for line in changed.lines] == ["small", None]
    assert [line.id for line in remove(changed, "1").lines] == ["2"]
    assert remove(changed, "9") == changed and find(changed, None) is None


def test_an_exclusive_choice_replaces_and_others_gather() -> None:
    oat, soy, _ = OPTIONS
    assert choose((oat,), soy, exclusive=True) == (soy,)
    assert choose((oat,), soy, exclusive=False) == (oat, soy)
    assert choose((oat,), ChosenOption("milk", "oat", negated=True), exclusive=True)[0].negated
