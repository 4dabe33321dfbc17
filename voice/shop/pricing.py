"""What things cost, in minor units. Quantities and rates are decimals; each line is rounded once, half up.

An option of the group's default is in the product's price already: only what goes beyond it is charged ("extra cheese"
on a sandwich that comes with cheese), and leaving it out gives nothing back.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal

from voice.shop.hours import in_hours, local_now
from voice.shop.model import (
    Cart,
    Catalogue,
    ChosenOption,
    DeliveryZone,
    Discount,
    Fulfilment,
    LineItem,
    OptionGroup,
    Product,
    Shop,
    Totals,
)

_Shelf = tuple[str, str]
"""Category and tax class: what discounts and taxes go by"""


def rounded(amount: Decimal) -> int:
    """Half up, as shops and tax offices do."""
    return int(amount.quantize(Decimal(1), ROUND_HALF_UP))


def option_price(group: OptionGroup, chosen: ChosenOption) -> Decimal:
    """Surcharge for one unit of the product, in minor units, not yet rounded."""
    if chosen.negated:
        return Decimal(0)
    option = group.option(chosen.option_id)
    amount = chosen.amount or ""
    if amount in option.amount_prices:
        return Decimal(option.amount_prices[amount]) * chosen.quantity
    if amount in group.amount_added:
        return option.price * group.amount_added[amount] * chosen.quantity
    included = 1 if option.id in group.default else 0
    portions = chosen.quantity * group.amount_factors.get(amount, Decimal(1)) - included
    return option.price * max(portions, Decimal(0))


def base_price(product: Product, variant_id: str | None = None) -> int:
    """Price of one unit without options. With variants and none chosen: the default one's, else the lowest."""
    if not product.variants:
        return product.price
    wanted = variant_id or product.default_variant
    if wanted is None:
        return min(variant.price for variant in product.variants)
    return product.variant(wanted).price


def unit_price(product: Product, line: LineItem) -> Decimal:
    """Price of one unit with its options, never below zero, not yet rounded."""
    surcharges = (option_price(product.group(chosen.group_id), chosen) for chosen in line.options)
    return max(sum(surcharges, Decimal(base_price(product, line.variant_id))), Decimal(0))


def price_line(catalogue: Catalogue, line: LineItem) -> int:
    """What the line costs, in minor units. Raises KeyError or StopIteration for ids the catalogue does not have:
    `validation.line_problems` tells before."""
    return rounded(unit_price(catalogue.product(line.product_id), line) * line.quantity)


def delivery_zone(shop: Shop, postcode: str) -> DeliveryZone | None:
    """The zone whose postcode prefix fits best; a zone without postcodes is everywhere."""
    code = "".join(c for c in postcode if c.isalnum()).upper()
    fitting = [(len(prefix), -index) for index, zone in enumerate(shop.delivery)
               for prefix in zone.postcodes or ("",) if code.startswith(prefix.upper())]
    return shop.delivery[-max(fitting)[1]] if fitting else None


def totals(catalogue: Catalogue, cart: Cart, fulfilment: Fulfilment | None = None,
           at: datetime | None = None) -> Totals:
    """What the order costs. `at` (time zone aware, None is now) decides discounts that have hours."""
    shop = catalogue.shop
    shelves: dict[_Shelf, int] = {}
    for line in cart.lines:
        product = catalogue.product(line.product_id)
        shelf = (product.category, product.tax_class)
        shelves[shelf] = shelves.get(shelf, 0) + price_line(catalogue, line)
    subtotal = sum(shelves.values())
    left = _discounted(shop, shelves, local_now(shop, at))
    discount = subtotal - sum(left.values())
    delivery = _delivery_fee(shop, fulfilment, subtotal - discount) if cart.lines else 0
    tax = sum(_taxes(shop, left, delivery).values())
    total = subtotal - discount + delivery + (0 if shop.prices_include_tax else tax)
    return Totals(subtotal=subtotal, discount=discount, delivery=delivery, tax=tax, total=total)


def _discounted(shop: Shop, shelves: Mapping[_Shelf, int], now: datetime) -> dict[_Shelf, int]:
    """What is left of each shelf's amount after all discounts, in the owner's order."""
    left = {shelf: shelves[shelf] for shelf in sorted(shelves)}
    subtotal = sum(shelves.values())
    for discount in shop.discounts:
        counts = subtotal >= discount.minimum and (not discount.hours or in_hours(discount.hours, now))
        eligible = {s: amount for s, amount in left.items() if counts and discount.category in (None, s[0])}
        for shelf, taken in _taken(discount, eligible).items():
            left[shelf] -= taken
    return left


def _taken(discount: Discount, eligible: Mapping[_Shelf, int]) -> dict[_Shelf, int]:
    """How much comes off each shelf. A fixed amount is spread in proportion and never exceeds what is there."""
    if discount.percent:
        return {shelf: rounded(amount * discount.percent / 100) for shelf, amount in eligible.items()}
    whole = sum(eligible.values())
    taken, running, given = {}, 0, 0
    for shelf, amount in eligible.items():
        running += amount
        until = min(discount.amount, whole) * running // whole if whole else 0
        taken[shelf], given = until - given, until
    return taken


def _delivery_fee(shop: Shop, fulfilment: Fulfilment | None, value: int) -> int:
    if fulfilment is None or fulfilment.kind != "delivery":
        return 0
    zone = delivery_zone(shop, fulfilment.postcode)
    if zone is None or (zone.free_from is not None and value >= zone.free_from):
        return 0
    return zone.fee


def _taxes(shop: Shop, shelves: Mapping[_Shelf, int], delivery: int) -> dict[str, int]:
    """Tax class -> tax in minor units. Delivery has its own class if the shop names one "delivery", else the standard
    rate, else the highest of the order."""
    amounts: dict[str, int] = {}
    for (_, tax_class), amount in shelves.items():
        amounts[tax_class] = amounts.get(tax_class, 0) + amount
    if delivery:
        highest = max(amounts, key=lambda name: (shop.taxes.get(name, Decimal(0)), name))
        fee_class = next((name for name in ("delivery", "standard") if name in shop.taxes), highest)
        amounts[fee_class] = amounts.get(fee_class, 0) + delivery
    return {name: tax_in(amount, shop.taxes.get(name, Decimal(0)), shop.prices_include_tax)
            for name, amount in amounts.items()}


def tax_in(amount: int, percent: Decimal, included: bool) -> int:
    """The tax of an amount that includes it, or to be put on top."""
    return rounded(amount * percent / ((100 + percent) if included else Decimal(100)))
