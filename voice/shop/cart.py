"""Changes to a cart: pure functions that give a new cart. Quantities are in the product's own unit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

from voice.shop.model import Cart, ChosenOption, LineItem


def add(cart: Cart, line: LineItem) -> tuple[Cart, str]:
    """The cart with the line in it, and the id of the line that now holds it: an equal line grows instead.

    The id of `line` is ignored; the cart gives it one.
    """
    for present in cart.lines:
        if same_thing(present, line):
            return set_quantity(cart, present.id, present.quantity + line.quantity), present.id
    new = replace(line, id=_next_id(cart))
    return Cart((*cart.lines, new)), new.id


def remove(cart: Cart, line_id: str) -> Cart:
    """The cart without the line; the same cart if there is none of that id."""
    return Cart(tuple(line for line in cart.lines if line.id != line_id))


def set_quantity(cart: Cart, line_id: str, quantity: Decimal) -> Cart:
    """The cart with another quantity of the line; zero or less takes the line out."""
    return change(cart, line_id, quantity=quantity) if quantity > 0 else remove(cart, line_id)


def change(cart: Cart, line_id: str, **fields: Any) -> Cart:
    """The cart with fields of the line replaced (`variant_id`, `options`, `product_id`, `quantity`, `notes`)."""
    return Cart(tuple(replace(line, **fields) if line.id == line_id else line for line in cart.lines))


def find(cart: Cart, line_id: str | None) -> LineItem | None:
    return next((line for line in cart.lines if line.id == line_id), None)


def choose(options: Sequence[ChosenOption], chosen: ChosenOption, exclusive: bool) -> tuple[ChosenOption, ...]:
    """The options with one more: it replaces the same option, and in an exclusive group any other of the group."""
    kept = [
        option for option in options
        if option.group_id != chosen.group_id
        or (option.option_id != chosen.option_id and not (exclusive and not chosen.negated and not option.negated))
    ]
    return (*kept, chosen)


def same_thing(one: LineItem, other: LineItem) -> bool:
    """Whether two lines differ in nothing but quantity, in whatever order their options were said."""
    return (
        (one.product_id, one.variant_id) == (other.product_id, other.variant_id)
        and sorted(map(repr, one.options)) == sorted(map(repr, other.options))
        and sorted(one.notes) == sorted(other.notes)
    )


def _next_id(cart: Cart) -> str:
    return str(max((int(line.id) for line in cart.lines if line.id.isdecimal()), default=0) + 1)
