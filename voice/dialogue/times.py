"""Times of an order, on the shop's clock: when it can be had, and when the caller wants it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from num2words import num2words

from voice.dialogue.context import TurnContext
from voice.language import load_language
from voice.shop.hours import earliest, is_open
from voice.shop.model import Shop
from voice.shop.pricing import delivery_zone


def first_time(ctx: TurnContext) -> datetime | None:
    """When this order could be had at the earliest."""
    f = ctx.session.fulfilment
    zone = delivery_zone(ctx.shop, f.postcode) if f.kind == "delivery" else None
    return earliest(ctx.shop, f.kind, zone, ctx.now)


def order_time(ctx: TurnContext) -> datetime:
    """When the order will be made: now, or when it is wanted."""
    if ctx.session.fulfilment.at:
        return datetime.fromisoformat(ctx.session.fulfilment.at)
    return first_time(ctx) or ctx.now


def moment(at: datetime, now: datetime) -> dict[str, str]:
    """What the `moment` format of prompts says."""
    return {"at": iso(at), "now": iso(now)}


def iso(at: datetime) -> str:
    """Local time to the minute."""
    return at.replace(tzinfo=None, second=0, microsecond=0).isoformat()


def is_soon(text: str, language: str) -> bool:
    """Whether "as soon as possible" was said."""
    return re.search(_rules(language)["soon"], text, re.IGNORECASE) is not None


def hear_time(text: str, now: datetime, language: str, shop: Shop) -> datetime | None:
    """ "half past ten", "5 pm", "in twenty minutes", ISO 8601; None when no time is in the words.

    An hour that may be morning or evening is the next one at which the shop is open.
    """
    if re.match(r"\d{4}-\d\d-\d\dT", text):
        return datetime.fromisoformat(text).replace(tzinfo=now.tzinfo)
    rules = _rules(language)
    said = _in_digits(text.lower(), language)
    found = next((m for rule in rules["rules"] if (m := re.search(rule, said))), None)
    if found is None:
        return None
    part = found.groupdict()
    if part.get("minutes"):
        return now + timedelta(minutes=int(part["minutes"]))
    if part.get("hours"):
        return now + timedelta(hours=int(part["hours"]) if part["hours"].isdigit() else 1)
    minute = int(part.get("minute") or part.get("past") or 0) - int(part.get("to") or 0)
    day = now.replace(hour=0, minute=0, second=0, microsecond=0)
    day += timedelta(days=1 if re.search(rules["tomorrow"], said) else 0)
    if int(part["hour"]) > 24 or abs(minute) > 59:
        return None
    return _best(_hours(int(part["hour"]), said, rules), minute, day, now, shop)


def _hours(hour: int, said: str, rules: Mapping[str, Any]) -> list[int]:
    """The hours of the day that may be meant."""
    if re.search(rules["evening"], said) and hour < 12:
        return [hour + 12]
    if re.search(rules["morning"], said):
        return [hour % 12]
    return [hour, hour + 12] if 0 < hour < 12 else [hour]


def _best(hours: list[int], minute: int, day: datetime, now: datetime, shop: Shop) -> datetime:
    candidates = [day + timedelta(hours=hour, minutes=minute) for hour in hours]
    coming = [at for at in candidates if at >= now]
    return next((at for at in coming if is_open(shop, at)), coming[0] if coming else candidates[-1])


def _in_digits(text: str, language: str) -> str:
    """Number words up to ninety-nine as digits: "half past ten" is "30 past 10"."""
    words: dict[str, str] = dict(_rules(language)["words"])
    for number in range(100):
        spoken = str(num2words(number, lang=language))
        words[spoken] = words[spoken.replace("-", " ")] = str(number)
    pattern = "|".join(sorted(map(re.escape, words), key=len, reverse=True))
    return re.sub(rf"\b({pattern})\b", lambda m: words[m.group()], text)


def _rules(language: str) -> Mapping[str, Any]:
    rules: Mapping[str, Any] = load_language(language).topic("speech")["heard_times"]
    return rules
