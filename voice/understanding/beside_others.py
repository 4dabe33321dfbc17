"""Sentences that set one thing against what was said or ordered before: "only the coke", "what about the muffin",
"vanilla for the caramel"."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from voice.shop.model import LineItem
from voice.types import Intent, ItemMention
from voice.understanding.readings import Context, in_cart, product_question


def only(items: tuple[ItemMention, ...], slots: dict[str, Any], context: Context) -> Intent | None:
    """ "no, just the latte", of which there is one: nothing more, whatever else was heard. Beside other lines it may
    mean that these are not wanted, so the order is read back; "actually only the latte" (`only`) says so. Of nothing
    that is ordered it is an order."""
    asked = bool(slots.pop("only", ""))
    kept = tuple(line for line in context.lines if any(_is_of(item, line) for item in items))
    if asked and all(any(_is_of(item, line) for line in kept) for item in items):
        done = len(kept) == len(context.lines)
        return Intent("order.finish", slots=slots) if done else Intent("order.remove", items, slots={"others": "yes"})
    missing = tuple(item for item in items if not in_cart(item, context.lines))
    if len(missing) == len(items):
        return None
    if missing:
        return Intent("order.add", missing)
    covered = all(any(in_cart(item, [line]) for item in items) for line in context.lines)
    return Intent("order.finish", slots=slots) if covered else Intent("order.review")


def _is_of(item: ItemMention, line: LineItem) -> bool:
    """Whether the line is what was named, as many as there are of it where no number is said."""
    return in_cart(item if item.quantity_said else replace(item, quantity=line.quantity), [line])


def asked_about(items: Sequence[ItemMention], context: Context) -> bool:
    """Whether "what about the muffin" is no answer and no order: one thing, without a number, that is not offered."""
    item, *others = items
    named = item.product_id is not None or product_question(item)
    return named and not others and not item.quantity_said and item.product_id not in context.expectation.choices


def swapped(new: ItemMention, old: ItemMention) -> ItemMention:
    """ "vanilla" for "caramel": the new option in place of another of its group, where several may be chosen."""
    if new.product_id is not None or old.product_id is not None:
        return new
    groups, wanted = {o.group_id for o in new.options}, {o.option_id for o in new.options}
    gone = (o for o in old.options if o.group_id in groups and o.option_id not in wanted)
    return replace(new, options=(*(replace(o, negated=True, amount=None) for o in gone), *new.options))
