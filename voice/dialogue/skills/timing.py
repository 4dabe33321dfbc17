"""When an order is wanted, and whether it can be had then. The first possible time is offered where it cannot."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime, time
from typing import Any

from voice.dialogue.arrangements import ask, confirm, problems, settle
from voice.dialogue.context import TurnContext
from voice.dialogue.session import OpenQuestion
from voice.dialogue.times import first_sale, iso, moment, order_time, unsold
from voice.shop.hours import local_now
from voice.types import Expectation


def ask_when(ctx: TurnContext) -> bool:
    """The hour of a day that was said. An order that cannot be had then is offered for the first possible time."""
    session = ctx.session
    wanted = session.fulfilment.at
    if session.day and not wanted:
        what, values = _hour_of(ctx)
        ask(ctx, what, Expectation("time"), **values)
        return True
    timely = ("closed", "closing", "time_past", "time_closed", "time_too_soon")
    problem = next((p.kind for p in problems(ctx) if p.kind in timely), None)
    line = unsold(ctx, order_time(ctx)) if problem is None else None
    if problem is None and line is None:
        return False
    if line:
        ctx.say("time.not_sold", item=ctx.named(ctx.product(line)), when=moment(order_time(ctx), ctx.now))
    soonest = first_sale(ctx, _other_day(ctx))
    if wanted:
        session.fulfilment = replace(session.fulfilment, at=None)
    if soonest is None:
        ctx.say("time.never")
        ctx.quiet = True
        return True
    if problem:
        ctx.say("time.closed_now" if problem == "closed" else f"time.{problem.removeprefix('time_')}")
    values = {"when": moment(soonest, ctx.now)}
    confirm(ctx, OpenQuestion("confirm", action="time", data={"at": iso(soonest), "values": values}))
    return True


def _hour_of(ctx: TurnContext) -> tuple[str, dict[str, Any]]:
    """What asks for the hour of the day that was said."""
    day = ctx.session.day
    return ("time_on", {"day": as_moment(ctx, day)}) if day and day != ctx.now.date() else ("time", {})


def as_moment(ctx: TurnContext, day: date) -> dict[str, str]:
    return moment(datetime.combine(day, time()), ctx.now)


def _other_day(ctx: TurnContext) -> datetime | None:
    """The time wanted where it is on another day: what is offered instead is not before it."""
    at = ctx.session.fulfilment.at
    wanted = local_now(ctx.shop, datetime.fromisoformat(at)) if at else ctx.now
    return wanted if wanted.date() > ctx.now.date() else None


def accept_time(ctx: TurnContext, data: Mapping[str, Any]) -> None:
    ctx.session.day = datetime.fromisoformat(str(data["at"])).date()
    settle(ctx, "time", at=str(data["at"]))


def decline_time(ctx: TurnContext, data: Mapping[str, Any]) -> None:
    what, values = _hour_of(ctx)
    ctx.ask_openly(f"ask.{what}", Expectation("time"), **values)
