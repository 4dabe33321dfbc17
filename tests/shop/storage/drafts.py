from __future__ import annotations

from datetime import datetime, timedelta, timezone
from decimal import Decimal

from voice.shop.model import ChosenOption, Fulfilment, LineItem, Totals
from voice.shop.orders import OrderDraft, OrderLine

CLOCK = timezone(timedelta(hours=2))
NOON = datetime(2026, 11, 23, 12, 0, tzinfo=CLOCK)


def draft(product: str = "loaf", quantity: str = "1", caller: str | None = "+39 040 123456",
          placed_at: datetime = NOON) -> OrderDraft:
    options = (ChosenOption("milk", "oat", "extra", quantity=2),)
    item = LineItem("1", product, Decimal(quantity), "large", options, ("hot",))
    return OrderDraft(
        lines=(OrderLine(item, "Loaf", 1040, "large", ("2 x extra oat milk",), None),
               OrderLine(LineItem("2", "focaccia", Decimal("0.350")), "Focaccia", 490, unit="kg")),
        totals=Totals(1530, 30, 250, 145, 1750), placed_at=placed_at, ready_at=placed_at + timedelta(minutes=10),
        fulfilment=Fulfilment("delivery", "Ada", "+39 040 123456", "1 Sea Street", "34121", "2026-11-23T13:00"),
        currency="EUR", catalogue_version="v1", session_id="s1", caller=caller, channel="phone", language="en",
    )
