"""Times of an order, on the shop's clock."""

from __future__ import annotations

from datetime import datetime, timedelta

from voice.dialogue.context import TurnContext
from voice.shop.hours import earliest
from voice.shop.pricing import delivery_zone


def first_time(ctx: TurnContext) -> datetime | None:
    """When this order could be had at the earliest, on the shop's clock."""
    f = ctx.session.fulfilment
    zone = delivery_zone(ctx.shop, f.postcode) if f.kind == "delivery" else None
    return earliest(ctx.shop, f.kind, zone, ctx.now)


def read_time(text: str, now: datetime) -> datetime | None:
    """An ISO 8601 moment, or "HH:MM" today (tomorrow when that is past); None for "as soon as possible"."""
    try:
        if len(text) <= 5:
            hours, minutes = (int(part) for part in text.split(":"))
            at = now.replace(hour=hours, minute=minutes, second=0, microsecond=0)
            return at if at >= now else at + timedelta(days=1)
        read = datetime.fromisoformat(text)
    except ValueError:
        return None
    return read.replace(tzinfo=now.tzinfo) if read.tzinfo is None else read.astimezone(now.tzinfo)


def moment(at: datetime, now: datetime) -> dict[str, str]:
    """What the `moment` format of prompts says: local times, seconds apart."""
    return {"at": iso(at), "now": iso(now)}


def iso(at: datetime) -> str:
    return at.replace(tzinfo=None, second=0, microsecond=0).isoformat()


def order_time(ctx: TurnContext) -> datetime:
    """When the order will be made: now, or when it is wanted."""
    if ctx.session.fulfilment.at:
        return datetime.fromisoformat(ctx.session.fulfilment.at)
    return first_time(ctx) or ctx.now
