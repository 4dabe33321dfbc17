"""Times of an order, on the shop's clock: when it can be had, and when the caller wants it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from typing import Any

from num2words import num2words

from voice.dialogue.context import TurnContext
from voice.language import load_language
from voice.shop.hours import earliest, is_open, next_sale, sold_now
from voice.shop.model import LineItem, Shop
from voice.shop.pricing import delivery_zone


def first_time(ctx: TurnContext, after: datetime | None = None) -> datetime | None:
    """When this order could be had at the earliest, of now or `after` some other time."""
    f = ctx.session.fulfilment
    zone = delivery_zone(ctx.shop, f.postcode) if f.kind == "delivery" else None
    return earliest(ctx.shop, f.kind, zone, max(ctx.now, after) if after else ctx.now)


def first_sale(ctx: TurnContext, after: datetime | None = None) -> datetime | None:
    """When it could be had at the earliest so that everything in it is sold then; None when there is no such time."""
    at = first_time(ctx, after)
    for _ in ctx.lines:
        line = unsold(ctx, at) if at else None
        if line is None:
            return at
        at = first_time(ctx, next_sale(ctx.shop, ctx.product(line), at))
    return at if at and unsold(ctx, at) is None else None


def unsold(ctx: TurnContext, at: datetime) -> LineItem | None:
    """The first line that is not sold at that time: breakfast in the afternoon."""
    return next((line for line in ctx.lines if not sold_now(ctx.shop, ctx.product(line), at)), None)


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


def hear_day(text: str, now: datetime, language: str) -> date | None:
    """ "tomorrow", "on friday", "december twenty fifth", "the third": the coming one; None without a day."""
    return _day(_in_digits(text.lower(), language), now.date(), _rules(language))[0]


def hear_time(text: str, now: datetime, language: str, shop: Shop, on: date | None = None) -> datetime | None:
    """ "half past ten", "5 pm", "on friday at noon", "in twenty minutes", ISO 8601; None when no time is in the words.

    An hour that may be morning or evening is the next one at which the shop is open; without a day it is `on` that one.
    """
    if re.match(r"\d{4}-\d\d-\d\dT", text):
        return datetime.fromisoformat(text).replace(tzinfo=now.tzinfo)
    rules = _rules(language)
    said = _in_digits(text.lower(), language)
    day, rest = _day(said, now.date(), rules)
    found = next((m for rule in rules["rules"] if (m := re.search(rule, rest))), None)
    if found is None or re.search(rules["unclear"], said):
        return None
    part = found.groupdict()
    if part.get("minutes"):
        return now + timedelta(minutes=int(part["minutes"]))
    if part.get("hours"):
        return now + timedelta(hours=int(part["hours"]) if part["hours"].isdigit() else 1)
    minute = int(part.get("minute") or part.get("past") or 0) - int(part.get("to") or 0)
    if int(part["hour"]) > 24 or abs(minute) > 59:
        return None
    midnight = datetime.combine(day or on or now.date(), time(0), now.tzinfo)
    return _best(_hours(int(part["hour"]), said, rules), minute, midnight, now, shop)


def _day(said: str, today: date, rules: Mapping[str, Any]) -> tuple[date | None, str]:
    """The day in the words, and the words without it."""
    if re.search(rules["unclear"], said):
        return None, said
    months = "|".join(rules["months"])
    for rule in rules["dates"]:
        if m := re.search(rule["when"].replace("{month}", f"(?P<month>{months})"), said):
            part = {**rule, **m.groupdict()}
            month = rules["months"].get(part.get("month"), part.get("month"))
            return _coming(today, int(part["date"]), month), said.replace(m[0], " ")
    for rule in rules["days"]:
        if m := re.search(rule["when"], said):
            part = {**rule, **m.groupdict()}
            ahead = (rule["weekday"] - today.weekday()) % 7 if "weekday" in rule else int(part["ahead"])
            again = 7 if ahead == 0 and part.get("next") else 0
            return today + timedelta(days=ahead + again), said.replace(m[0], " ")
    return None, said


def _coming(today: date, day: int, month: int | None) -> date | None:
    """The next such date of the calendar; None when there is none."""
    coming = (today + timedelta(days=n) for n in range(366))
    return next((d for d in coming if d.day == day and month in (None, d.month)), None)


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
    """Number words up to ninety-nine as digits: "half past ten" is "30 past 10", "the fifth" is "the 5th"."""
    words, pattern = _number_words(language)
    return pattern.sub(lambda m: words[m.group()], text)


@lru_cache
def _number_words(language: str) -> tuple[Mapping[str, str], re.Pattern[str]]:
    """What `_in_digits` replaces by what, and the pattern that finds it."""
    words: dict[str, str] = dict(_rules(language)["words"])
    for number in range(100):
        spoken = str(num2words(number, lang=language))
        words[spoken] = words[spoken.replace("-", " ")] = str(number)
        ordinal = str(num2words(number, lang=language, to="ordinal"))
        words[ordinal] = words[ordinal.replace("-", " ")] = str(num2words(number, lang=language, to="ordinal_num"))
    pattern = "|".join(sorted(map(re.escape, words), key=len, reverse=True))
    return words, re.compile(rf"\b({pattern})\b")


def _rules(language: str) -> Mapping[str, Any]:
    rules: Mapping[str, Any] = load_language(language).topic("speech")["heard_times"]
    return rules
