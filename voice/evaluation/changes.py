"""How simulated callers change their minds: each way alters what is wanted, and gives the words for it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from voice.evaluation.wishes import Wish, say_plainly
from voice.shop.model import ChosenOption

if TYPE_CHECKING:
    from voice.evaluation.callers import Caller

Change = Callable[["Caller", Wish], str | None]


def change(caller: Caller, wish: Wish) -> str:
    """A random change of one wish; where it cannot be changed so, the order is asked for."""
    for way in caller.rng.sample(WAYS, len(WAYS)):
        if said := way(caller, wish):
            return said
    return caller.one("review")


def _put(caller: Caller, old: Wish, new: Wish) -> None:
    caller.wishes = [new if w is old else w for w in caller.wishes]


def remove(caller: Caller, wish: Wish) -> str | None:
    if len(caller.wishes) < 2:
        return None
    caller.wishes.remove(wish)
    return caller.one("remove", product=wish.name)


def another_size(caller: Caller, wish: Wish) -> str | None:
    others = [v for v in wish.product.variants if v.id != wish.variant and v.available]
    if not others:
        return None
    variant = caller.rng.choice(others)
    _put(caller, wish, replace(wish, variant=variant.id))
    return caller.one("change_variant", product=wish.name, variant=variant.name)


def another_quantity(caller: Caller, wish: Wish) -> str | None:
    new = wish.with_quantity(wish.quantity + caller.rng.choice((1, 2)))
    _put(caller, wish, new)
    return caller.one("change_quantity", product=wish.name, products=wish.plural(), quantity=new.number)


def further_option(caller: Caller, wish: Wish) -> str | None:
    """ "with cinnamon on the latte": of a group that has room and nothing usual of its own."""
    taken = {o.group_id for o in wish.options}
    groups = [g for g in wish.product.groups if g.id not in taken and not (g.default or g.min or g.names_product)]
    free = [ChosenOption(g.id, o.id) for g in groups for o in g.options if o.available]
    if not free:
        return None
    option = caller.rng.choice(free)
    _put(caller, wish, replace(wish, options=(*wish.options, option)))
    return caller.one("add_option", product=wish.name, option=wish.option_name(option))


def without_option(caller: Caller, wish: Wish) -> str | None:
    groups = {g.id: g for g in wish.product.groups}
    gone = [o for o in wish.options if not groups[o.group_id].min and not groups[o.group_id].names_product]
    gone = [o for o in gone if not groups[o.group_id].default]
    if not gone:
        return None
    _put(caller, wish, replace(wish, options=tuple(o for o in wish.options if o is not gone[0])))
    return caller.one("remove_option", product=wish.name, option=wish.option_name(gone[0]))


def other_product(caller: Caller, wish: Wish) -> str | None:
    """Something else of the same kind that leaves nothing open."""
    ordered = {w.product.id for w in caller.wishes}
    others = [
        p for p in caller.catalogue.products
        if p.category == wish.product.category and p.id not in ordered and p.available and p.stock is None
        and not p.variants and not p.hours and p.unit is None and not any(g.min and not g.default for g in p.groups)
    ]
    if not others:
        return None
    new = Wish(caller.rng.choice(others), wish.quantity, None, (), wish.language)
    _put(caller, wish, new)
    return caller.one("other_product", product=wish.name, items=say_plainly(caller, new))


def take_back(caller: Caller) -> str:
    """Something is ordered by mistake, and taken back in the next breath."""
    ordered = {w.product.id for w in caller.wishes}
    others = [p for p in caller.catalogue.products if p.available and p.id not in ordered and p.unit is None]
    caller.urgent.append(caller.one("undo"))
    return caller.one("next", items=f"{caller.one('quantity_one')} {caller.rng.choice(others).name}")


WAYS: tuple[Change, ...] = (remove, another_size, another_quantity, further_option, without_option, other_product)
