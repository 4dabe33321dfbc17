"""An order as it is kept: what was told to the customer, fixed at that moment, in words and in minor units."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Literal

from voice.shop.model import Cart, Catalogue, ChosenOption, Fulfilment, LineItem, Product, Totals
from voice.shop.pricing import price_line

Status = Literal["placed", "accepted", "ready", "done", "cancelled"]
STATUSES: tuple[Status, ...] = ("placed", "accepted", "ready", "done", "cancelled")


@dataclass(frozen=True, slots=True)
class OrderLine:
    """A line with its names and price as they were when the order was placed."""

    item: LineItem
    name: str
    price: int
    """Minor units, for the whole line"""
    variant: str = ""
    options: tuple[str, ...] = ()
    """As the kitchen reads them: "oat milk", "no onion", "2 x extra shot" """
    unit: str | None = None
    """None for pieces"""


@dataclass(frozen=True, slots=True)
class OrderDraft:
    """Everything about an order but its number, ready to be placed."""

    lines: tuple[OrderLine, ...]
    totals: Totals
    placed_at: datetime
    """Time zone aware, on the shop's clock: its date numbers the order"""
    fulfilment: Fulfilment = field(default_factory=Fulfilment)
    ready_at: datetime | None = None
    """When the customer was told it would be ready; time zone aware"""
    currency: str = "EUR"
    prices_include_tax: bool = True
    catalogue_version: str = ""
    session_id: str = ""
    caller: str | None = None
    """Phone number or account; stored as a keyed hash only"""
    channel: str = ""
    language: str = ""


@dataclass(frozen=True, slots=True)
class PlacedOrder:
    """An order in the database."""

    id: str
    number: str
    """Short, in digits, unique on its day"""
    status: Status
    draft: OrderDraft
    """`caller` is always None here: the hash cannot be turned back"""
    updated_at: datetime

    @property
    def ready_at(self) -> datetime | None:
        return self.draft.ready_at


def draft_order(catalogue: Catalogue, cart: Cart, totals: Totals, placed_at: datetime, *,
                fulfilment: Fulfilment | None = None, ready_at: datetime | None = None, session_id: str = "",
                caller: str | None = None, channel: str = "", language: str = "") -> OrderDraft:
    """The order of a cart at the prices of its catalogue version. `totals` is what the customer was told."""
    return OrderDraft(
        lines=tuple(_order_line(catalogue, line) for line in cart.lines), totals=totals, placed_at=placed_at,
        fulfilment=fulfilment or Fulfilment(), ready_at=ready_at, currency=catalogue.shop.currency,
        prices_include_tax=catalogue.shop.prices_include_tax, catalogue_version=catalogue.version,
        session_id=session_id, caller=caller, channel=channel, language=language,
    )


def _order_line(catalogue: Catalogue, line: LineItem) -> OrderLine:
    product = catalogue.product(line.product_id)
    variant_id = line.variant_id or (product.default_variant if product.variants else None)
    return OrderLine(
        item=line, name=product.name, price=price_line(catalogue, line),
        variant=product.variant(variant_id).name if variant_id else "",
        options=tuple(_option_words(product, chosen) for chosen in line.options), unit=product.unit,
    )


def _option_words(product: Product, chosen: ChosenOption) -> str:
    name = product.group(chosen.group_id).option(chosen.option_id).name
    if chosen.negated:
        return f"- {name}"
    parts = [f"{chosen.quantity} x" if chosen.quantity > 1 else "", chosen.amount or "", name,
             f"({chosen.portion})" if chosen.portion else ""]
    return " ".join(part for part in parts if part)


def quantity_text(line: OrderLine) -> str:
    """"2", or "0.35 kg"."""
    number = format(line.item.quantity.normalize() if line.item.quantity else Decimal(0), "f")
    return f"{number} {line.unit}" if line.unit else number
