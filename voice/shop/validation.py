"""What stands in the way of a line or an order, as values for the dialogue to speak. Nothing here raises or changes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Literal

from voice.shop.hours import closing, earliest, is_open, local_now, next_opening, next_sale, sold_now
from voice.shop.model import Cart, Catalogue, ChosenOption, Fulfilment, LineItem, OptionGroup, Product
from voice.shop.pricing import delivery_zone, totals

REFUSED_TIMES = 10
"""A quantity above the usual limit is confirmed; this many times the limit is refused"""


@dataclass(frozen=True, slots=True)
class LineProblem:
    """One reason why a line cannot be sold as it stands."""

    kind: Literal[
        "unknown_product", "unavailable", "out_of_hours", "variant_missing", "variant_unknown", "variant_unavailable",
        "option_missing", "option_unknown", "option_unavailable", "too_few_options", "too_many_options",
        "option_not_removable", "quantity_not_positive", "quantity_not_whole", "quantity_unusual", "quantity_refused",
        "out_of_stock",
    ]
    line_id: str
    product_id: str
    group_id: str | None = None
    option_id: str | None = None
    limit: Decimal | None = None
    """What is possible: the most options, the largest quantity, the pieces left"""
    when: datetime | None = None
    """When it is sold next, for "out_of_hours" """


@dataclass(frozen=True, slots=True)
class OrderProblem:
    """One reason why an order as a whole cannot be placed."""

    kind: Literal[
        "empty", "closed", "not_offered", "address_missing", "outside_delivery", "below_minimum", "above_maximum",
        "time_past", "time_closed", "time_too_soon", "closing",
    ]
    amount: int | None = None
    """Minor units: the least or the most that is possible"""
    when: datetime | None = None
    """The earliest time that is possible"""


def line_problems(catalogue: Catalogue, line: LineItem, at: datetime | None = None,
                  stock: Mapping[str, Decimal] | None = None) -> tuple[LineProblem, ...]:
    """Everything that stands in the way of one line. `stock` is what is left now, by product id; without it the
    catalogue's own figure counts."""
    product = catalogue.by_id.get(line.product_id)
    if product is None:
        return (LineProblem("unknown_product", line.id, line.product_id),)
    found = [*_product_problems(catalogue, product, line, at), *_quantity_problems(catalogue, product, line)]
    for group in product.groups:
        found += _group_problems(group, line)
    known = {group.id for group in product.groups}
    found += [LineProblem("option_unknown", line.id, product.id, o.group_id, o.option_id)
              for o in line.options if o.group_id not in known]
    return (*found, *_stock_problems(product, line, stock))


def order_problems(catalogue: Catalogue, cart: Cart, fulfilment: Fulfilment,
                   at: datetime | None = None) -> tuple[OrderProblem, ...]:
    """What keeps the whole order from being placed; the lines are `line_problems`' business."""
    shop = catalogue.shop
    offered = {"pickup": shop.pickup, "delivery": bool(shop.delivery), "dine_in": shop.dine_in}
    found: list[OrderProblem] = []
    if not cart.lines:
        found.append(OrderProblem("empty"))
    if not offered[fulfilment.kind]:
        found.append(OrderProblem("not_offered"))
    elif fulfilment.kind == "delivery":
        found += _delivery_problems(catalogue, cart, fulfilment, at)
    found += _time_problems(catalogue, fulfilment, at)
    if shop.max_total is not None and cart.lines and totals(catalogue, cart, fulfilment, at).total > shop.max_total:
        found.append(OrderProblem("above_maximum", amount=shop.max_total))
    return tuple(found)


def _product_problems(catalogue: Catalogue, product: Product, line: LineItem,
                      at: datetime | None) -> Iterator[LineProblem]:
    if not product.available:
        yield LineProblem("unavailable", line.id, product.id)
    if not sold_now(catalogue.shop, product, at):
        yield LineProblem("out_of_hours", line.id, product.id, when=next_sale(catalogue.shop, product, at))
    variants = {variant.id: variant for variant in product.variants}
    if line.variant_id is None:
        if variants and product.default_variant is None:
            yield LineProblem("variant_missing", line.id, product.id)
    elif line.variant_id not in variants:
        yield LineProblem("variant_unknown", line.id, product.id, option_id=line.variant_id)
    elif not variants[line.variant_id].available:
        yield LineProblem("variant_unavailable", line.id, product.id, option_id=line.variant_id)


def _quantity_problems(catalogue: Catalogue, product: Product, line: LineItem) -> Iterator[LineProblem]:
    usual = product.max_quantity or catalogue.shop.max_quantity
    if not line.quantity.is_finite() or line.quantity <= 0:
        yield LineProblem("quantity_not_positive", line.id, product.id)
    elif product.unit is None and line.quantity != line.quantity.to_integral_value():
        yield LineProblem("quantity_not_whole", line.id, product.id)
    elif line.quantity > usual * REFUSED_TIMES:
        yield LineProblem("quantity_refused", line.id, product.id, limit=Decimal(usual * REFUSED_TIMES))
    elif line.quantity > usual:
        yield LineProblem("quantity_unusual", line.id, product.id, limit=Decimal(usual))


def _group_problems(group: OptionGroup, line: LineItem) -> Iterator[LineProblem]:
    mentioned = [option for option in line.options if option.group_id == group.id]
    known = {option.id: option for option in group.options}
    for chosen in mentioned:
        option = known.get(chosen.option_id)
        if option is None:
            yield LineProblem("option_unknown", line.id, line.product_id, group.id, chosen.option_id)
        elif not option.available and not chosen.negated:
            yield LineProblem("option_unavailable", line.id, line.product_id, group.id, chosen.option_id)
        elif chosen.negated and not group.negatable:
            yield LineProblem("option_not_removable", line.id, line.product_id, group.id, chosen.option_id)
    count = _count(group, mentioned)
    if group.max is not None and count > group.max:
        yield LineProblem("too_many_options", line.id, line.product_id, group.id, limit=Decimal(group.max))
    if count == 0 and group.required and not group.default:
        yield LineProblem("option_missing", line.id, line.product_id, group.id, limit=Decimal(group.min))
    elif 0 < count < group.min:
        yield LineProblem("too_few_options", line.id, line.product_id, group.id, limit=Decimal(group.min))


def _count(group: OptionGroup, mentioned: list[ChosenOption]) -> int:
    wanted = [option for option in mentioned if not option.negated]
    return sum(option.quantity for option in wanted) if group.repeatable else len(wanted)


def _stock_problems(product: Product, line: LineItem, stock: Mapping[str, Decimal] | None) -> Iterator[LineProblem]:
    left = (stock or {}).get(product.id, None if product.stock is None else Decimal(product.stock))
    if left is not None and line.quantity > left:
        yield LineProblem("out_of_stock", line.id, product.id, limit=left)


def _delivery_problems(catalogue: Catalogue, cart: Cart, fulfilment: Fulfilment,
                       at: datetime | None) -> Iterator[OrderProblem]:
    if not fulfilment.postcode and not any(not zone.postcodes for zone in catalogue.shop.delivery):
        yield OrderProblem("address_missing")
        return
    zone = delivery_zone(catalogue.shop, fulfilment.postcode)
    if zone is None:
        yield OrderProblem("outside_delivery")
        return
    if not fulfilment.address:
        yield OrderProblem("address_missing")
    costs = totals(catalogue, cart, fulfilment, at)
    if cart.lines and costs.subtotal - costs.discount < zone.minimum:
        yield OrderProblem("below_minimum", amount=zone.minimum)


def _time_problems(catalogue: Catalogue, fulfilment: Fulfilment, at: datetime | None) -> Iterator[OrderProblem]:
    shop, now = catalogue.shop, local_now(catalogue.shop, at)
    zone = delivery_zone(shop, fulfilment.postcode) if fulfilment.kind == "delivery" else None
    soonest = earliest(shop, fulfilment.kind, zone, now)
    if fulfilment.at is None:
        if not is_open(shop, now):
            yield OrderProblem("closed", when=next_opening(shop, now))
        elif soonest and (ends := closing(shop, now)) and soonest > ends and fulfilment.kind != "delivery":
            yield OrderProblem("closing", when=soonest)
        return
    wanted = local_now(shop, datetime.fromisoformat(fulfilment.at))
    if wanted < now:
        yield OrderProblem("time_past", when=soonest)
    elif not is_open(shop, wanted):
        yield OrderProblem("time_closed", when=next_opening(shop, wanted))
    elif soonest is not None and wanted < soonest:
        yield OrderProblem("time_too_soon", when=soonest)
