"""When the shop is open, when a product is sold, and when an order can be had, in the shop's own time zone.

All moments are time zone aware. Elapsed minutes are counted in UTC, so that a change of the clocks moves nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta, timezone
from zoneinfo import ZoneInfo

from voice.shop.model import DeliveryZone, OpeningHours, Product, Shop

DAYS_AHEAD = 60
"""How far an opening is looked for: a shop closed for longer has no next opening"""


def local_now(shop: Shop, at: datetime | None = None) -> datetime:
    """The moment (None is now; naive is shop time) on the shop's clock."""
    zone = ZoneInfo(shop.timezone)
    if at is None:
        return datetime.now(zone)
    return at.replace(tzinfo=zone) if at.tzinfo is None else at.astimezone(zone)


def later(moment: datetime, minutes: int) -> datetime:
    """That many real minutes later, on the same clock."""
    return (moment.astimezone(timezone.utc) + timedelta(minutes=minutes)).astimezone(moment.tzinfo)


def in_hours(hours: Sequence[OpeningHours], moment: datetime, closed_on: Sequence[date] = ()) -> bool:
    """Whether the moment lies in one of the stretches; `moment` is on the shop's clock."""
    return any(opens <= moment < closes for opens, closes in _stretches(hours, moment, 1, closed_on))


def is_open(shop: Shop, at: datetime | None = None) -> bool:
    """Whether the shop is open. A shop without hours always is, but for its closed days."""
    return in_hours(_hours_of(shop), local_now(shop, at), shop.closed_on)


def closing(shop: Shop, at: datetime | None = None) -> datetime | None:
    """When the shop closes next, if it is open now and ever closes."""
    moment = local_now(shop, at)
    if not is_open(shop, moment) or (not shop.hours and not shop.closed_on):
        return None
    ends = [moment]
    for opens, closes in _stretches(_hours_of(shop), moment, DAYS_AHEAD, shop.closed_on):
        if opens <= ends[-1] < closes:
            ends.append(closes)
    return ends[-1]


def next_opening(shop: Shop, at: datetime | None = None) -> datetime | None:
    """When the shop opens next; the moment itself if it is open; None within `DAYS_AHEAD` days."""
    return _next_start(_hours_of(shop), local_now(shop, at), shop.closed_on)


def sold_now(shop: Shop, product: Product, at: datetime | None = None) -> bool:
    """Whether the product's own hours (breakfast) include the moment. The shop's hours are another matter."""
    return not product.hours or in_hours(product.hours, local_now(shop, at))


def next_sale(shop: Shop, product: Product, at: datetime | None = None) -> datetime | None:
    """When the product is sold next."""
    moment = local_now(shop, at)
    return moment if not product.hours else _next_start(product.hours, moment, shop.closed_on)


def hours_on(shop: Shop, day: date) -> list[tuple[time, time]]:
    """Opening and closing times of a date, earliest first; empty when closed."""
    if day in shop.closed_on:
        return []
    return sorted((h.opens, h.closes) for h in _hours_of(shop) if h.weekday == day.weekday())


def earliest(shop: Shop, kind: str = "pickup", zone: DeliveryZone | None = None,
             at: datetime | None = None) -> datetime | None:
    """When an order placed at the moment can be collected, served or delivered; None if the shop does not open soon.

    The order must be started while the shop is open, and be ready for collection before it closes.
    """
    minutes = zone.minutes if kind == "delivery" and zone else shop.pickup_minutes
    moment = local_now(shop, at)
    while (start := next_opening(shop, moment)) is not None:
        ends = closing(shop, start)
        ready = later(start, minutes)
        if ends is None or ready <= ends or kind == "delivery":
            return ready
        if (later_start := _next_start(_hours_of(shop), ends, shop.closed_on)) is None or later_start <= start:
            return None
        if later(later_start, minutes) > (closing(shop, later_start) or later(later_start, minutes)):
            return later(later_start, minutes)  # every stretch is shorter than the kitchen needs
        moment = later_start
    return None


def _hours_of(shop: Shop) -> tuple[OpeningHours, ...]:
    return shop.hours or tuple(OpeningHours(day, time(0), time(0)) for day in range(7))


def _next_start(hours: Sequence[OpeningHours], moment: datetime, closed_on: Sequence[date]) -> datetime | None:
    stretches = _stretches(hours, moment, DAYS_AHEAD, closed_on)
    return next((max(opens, moment) for opens, closes in stretches if closes > moment), None)


def _stretches(hours: Sequence[OpeningHours], moment: datetime, days: int,
               closed_on: Sequence[date]) -> Iterator[tuple[datetime, datetime]]:
    """Stretches from the day before the moment on, in order: one that runs past midnight belongs to its first day."""
    for offset in range(-1, days):
        day = moment.date() + timedelta(days=offset)
        if day in closed_on:
            continue
        for entry in sorted((h for h in hours if h.weekday == day.weekday()), key=lambda h: h.opens):
            opens = datetime.combine(day, entry.opens, moment.tzinfo)
            ends_on = day if entry.closes > entry.opens else day + timedelta(days=1)
            yield opens, datetime.combine(ends_on, entry.closes, moment.tzinfo)
