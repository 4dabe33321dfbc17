"""Money and opening hours as a screen shows them (Babel's CLDR data); `voice.dialogue.wording` has them as spoken."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, time
from decimal import Decimal
from itertools import groupby

from babel.dates import format_datetime, format_time, get_day_names
from babel.numbers import format_currency, get_currency_precision

from voice.shop.model import OpeningHours, Shop


def money(amount: int, shop: Shop) -> str:
    """Minor units as the shop's locale writes them: 350 is "€3.50"."""
    value = Decimal(amount).scaleb(-get_currency_precision(shop.currency))
    return str(format_currency(value, shop.currency, locale=shop.locale))


def opening_hours(hours: Sequence[OpeningHours], locale: str) -> list[tuple[str, str]]:
    """("Monday – Friday", "7:00 – 18:30") for each run of days with the same hours; closed days have ""."""
    times = {day: [(h.opens, h.closes) for h in hours if h.weekday == day] for day in range(7)} if hours else {}
    names = get_day_names("wide", "stand-alone", locale)
    rows = []
    for spans, group in groupby(sorted(times), key=times.__getitem__):
        days = list(group)
        first, last = str(names[days[0]]), str(names[days[-1]])
        text = ", ".join(f"{_clock(opens, locale)} – {_clock(closes, locale)}" for opens, closes in sorted(spans))
        rows.append((first if len(days) == 1 else f"{first} – {last}", text))
    return rows


def moment(at: datetime, now: datetime, locale: str) -> str:
    """A time of day, with the date unless it is today; both on the shop's clock, as short as the locale writes them."""
    if at.date() == now.date():
        return _clock(at.time(), locale)
    return str(format_datetime(at, "short", locale=locale))


def _clock(value: time, locale: str) -> str:
    return str(format_time(value, "short", locale=locale))
