"""Whether a product can be had now, and how much of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any

from voice.dialogue import records
from voice.dialogue.context import TurnContext
from voice.dialogue.session import OpenQuestion
from voice.dialogue.times import moment, order_time
from voice.language import load_language
from voice.shop.hours import next_sale, sold_now
from voice.shop.model import LineItem, Product
from voice.types import ItemMention


def can_be_had(ctx: TurnContext, product: Product) -> bool:
    """Whether the product is sold at the time of the order; says why not, and what is there instead."""
    if not product.available:
        ctx.say("item.unavailable", item=ctx.named(product))
    elif not sold_now(ctx.shop, product, order_time(ctx)):
        when = next_sale(ctx.shop, product, order_time(ctx))
        if when is None:
            ctx.say("item.unavailable", item=ctx.named(product))
        else:
            ctx.say("item.out_of_hours", item=ctx.named(product), when=moment(when, ctx.now))
    else:
        return True
    if others := alternatives(ctx, product):
        ctx.say("item.instead", options=[other.name for other in others])
    return False


def alternatives(ctx: TurnContext, product: Product) -> list[Product]:
    """Up to three of the same kind that can be had, the most popular first."""
    same = [
        p for p in ctx.catalogue.products
        if p.category == product.category and p.id != product.id and p.available and sold_now(ctx.shop, p, ctx.now)
    ]
    return sorted(same, key=lambda p: -p.popularity)[: ctx.settings.choices_at_once]


def enough(ctx: TurnContext, product: Product, quantity: Decimal, data: dict[str, Any]) -> bool:
    """Whether so many are left, counting those in the cart; offers what is left otherwise."""
    left = records.stock_left(ctx, product)
    if left is None:
        return True
    taken = sum((line.quantity for line in ctx.lines if line.product_id == product.id), Decimal(0))
    own = data.get("instead_of") or data.get("line")
    if (line := ctx.line(own)) and line.product_id == product.id:
        taken -= line.quantity
    free = left - taken
    if quantity <= free:
        return True
    if free <= 0 and taken:
        ctx.say("item.no_more", item={**ctx.named(product), "quantity": str(taken), "unit": product.unit})
        return False
    if free <= 0:
        ctx.say("item.sold_out", item=ctx.named(product))
        if others := alternatives(ctx, product):
            ctx.say("item.instead", options=[other.name for other in others])
        return False
    words = {**ctx.named(product), "quantity": str(free), "unit": product.unit}
    values = {"item": words}
    ctx.ask(OpenQuestion("confirm", action="fewer", data={**data, "quantity": str(free), "values": values}))
    return False


def reduce_to(ctx: TurnContext, product_id: str, left: Decimal) -> None:
    """Others were faster: the cart keeps what is left, and the new price is told."""
    lines: list[LineItem] = []
    for line in ctx.lines:
        if line.product_id == product_id:
            line = replace(line, quantity=min(line.quantity, left))
            left -= line.quantity
        lines.append(line)
    product = ctx.catalogue.product(product_id)
    ctx.put([line for line in lines if line.quantity > 0])
    remaining = sum((line.quantity for line in ctx.lines if line.product_id == product_id), Decimal(0))
    if remaining:
        ctx.say("item.only_left", item={**ctx.named(product), "quantity": str(remaining), "unit": product.unit})
    else:
        ctx.say("item.sold_out", item=ctx.named(product))


def in_product_unit(ctx: TurnContext, product: Product, item: ItemMention) -> Decimal:
    """The quantity said, in the unit the product is sold by: 500 g of a product by the kilo is 0.5."""
    if not item.unit or not product.unit or item.unit == product.unit:
        return item.quantity
    units = load_language(ctx.language).topic("units")["units"]
    said, sold = _in_base(units, item.unit), _in_base(units, product.unit)
    return item.quantity * said[1] / sold[1] if said[0] == sold[0] else item.quantity


def may_be_pieces(ctx: TurnContext, product: Product, item: ItemMention) -> bool:
    """Whether a bare number is of what is sold by weight: "six apples" are hardly six kilos."""
    weights = load_language(ctx.language).topic("units").get("weights", ())
    return item.quantity_said and item.unit is None and product.unit in weights


def measured_line(ctx: TurnContext) -> LineItem | None:
    """The line that a kilo or a metre may be of: the one last touched, else the latest that is sold by measure."""
    last = ctx.line(ctx.session.last_line)
    sold = [line for line in (*ctx.lines, *([last] if last else [])) if ctx.product(line).unit]
    return sold[-1] if sold else None


def in_unit_of(ctx: TurnContext, line: LineItem, number: Any, unit: str | None) -> Decimal:
    """A number said in some unit, in the one that the line is counted in."""
    return in_product_unit(
        ctx, ctx.product(line), ItemMention(line.product_id, Decimal(str(number)), unit=unit)
    )


def _in_base(units: Mapping[str, Any], unit: str) -> tuple[str, Decimal]:
    """The unit that a unit is counted in, and how many of it one makes."""
    entry = units.get(unit, {})
    return str(entry.get("of") or unit), Decimal(str(entry.get("value", 1)))
