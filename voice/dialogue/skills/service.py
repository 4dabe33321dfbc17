"""What callers ask about the shop itself, answered at any hour: opening, place, delivery, waiting, order status."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from voice.dialogue import records
from voice.dialogue.context import Handlers, TurnContext
from voice.dialogue.spelled import as_postcode
from voice.dialogue.times import first_time, hear_day, moment
from voice.shop.hours import hours_on, is_open, next_opening
from voice.shop.pricing import delivery_zone
from voice.types import Expectation, Intent


def hours(ctx: TurnContext, intent: Intent) -> None:
    """Today's hours, or those of the day asked for, and when the shop opens next if it is closed."""
    said = intent.slots.get("day") or hear_day(str(intent.slots.get("time", "")), ctx.now, ctx.language)
    day = said if isinstance(said, date) else date_of(ctx, said)
    spans = [[opens.isoformat("minutes"), closes.isoformat("minutes")] for opens, closes in hours_on(ctx.shop, day)]
    named = {"day": day.weekday(), "date": moment(datetime.combine(day, time()), ctx.now)}
    if not ctx.shop.hours and day not in ctx.shop.closed_on:
        ctx.say("hours.always")
    elif not spans:
        ctx.say("hours.closed_on", **named)
    elif said is None or day == ctx.now.date():
        ctx.say("hours.today", spans=spans)
        if not is_open(ctx.shop, ctx.now):
            tell_opening(ctx)
    else:
        ctx.say("hours.day", **named, spans=spans)


def tell_opening(ctx: TurnContext) -> None:
    when = next_opening(ctx.shop, ctx.now)
    if when is None:
        ctx.say("hours.closed")
    else:
        ctx.say("hours.next", when=moment(when, ctx.now))


def date_of(ctx: TurnContext, said: object) -> date:
    """The slot `day`: "today", "tomorrow", a weekday from 0 (Monday), or month and day ("12-25")."""
    today = ctx.now.date()
    if said == "tomorrow":
        return today + timedelta(days=1)
    month, _, day = str(said).partition("-")
    if day:
        this_year = today.replace(month=int(month), day=int(day))
        return this_year if this_year >= today else this_year.replace(year=today.year + 1)
    if said is None or not str(said).isdecimal():
        return today
    return today + timedelta(days=(int(str(said)) - today.weekday()) % 7)


def location(ctx: TurnContext, intent: Intent) -> None:
    """Where the shop is, or its telephone number."""
    if intent.slots.get("phone") and ctx.shop.phone:
        ctx.say("location.phone", phone=ctx.shop.phone)
    elif ctx.shop.address:
        ctx.say("location.address", address=ctx.shop.address)
    else:
        topic_answer(ctx, "location")


def delivery(ctx: TurnContext, intent: Intent) -> None:
    """Whether, where and for how much the shop delivers."""
    zones = ctx.shop.delivery
    said = as_postcode(str(intent.slots.get("postcode") or ""), ctx.language)
    postcode = said or ctx.session.fulfilment.postcode
    if not zones:
        ctx.say("delivery.no")
        return
    zone = delivery_zone(ctx.shop, postcode) if postcode else zones[0] if len(zones) == 1 else None
    if zone is None and postcode:
        ctx.say("delivery.outside", postcode=postcode)
    elif zone is None:
        ctx.say("delivery.zones", zones=[z.name for z in zones], fee=min(z.fee for z in zones))
    else:
        ctx.say("delivery.zone" if zone.fee else "delivery.zone_free",
                zone=zone.name, fee=zone.fee, minutes=zone.minutes)
        if zone.minimum:
            ctx.say("delivery.minimum", minimum=zone.minimum)
        if zone.fee and zone.free_from is not None:
            ctx.say("delivery.free_from", amount=zone.free_from)


def wait(ctx: TurnContext, intent: Intent) -> None:
    """How long the order takes if it is placed now."""
    soonest = first_time(ctx)
    if soonest is None or not is_open(ctx.shop, ctx.now):
        tell_opening(ctx)
        return
    ctx.say("wait.minutes", minutes=max(round((soonest - ctx.now).total_seconds() / 60), 1))


def returns(ctx: TurnContext, intent: Intent) -> None:
    topic_answer(ctx, "returns")


def payment(ctx: TurnContext, intent: Intent) -> None:
    if "payment" in ctx.shop.answers:
        topic_answer(ctx, "payment")
    else:
        ctx.say("payment.answer")


def identity(ctx: TurnContext, intent: Intent) -> None:
    """ "are you a robot?" """
    ctx.say("identity.answer")


def discount(ctx: TurnContext, intent: Intent) -> None:
    """The shop's discounts come off by themselves; whoever has a code is told where it counts."""
    if intent.slots.get("code"):
        ctx.say("discount.no_codes")
    names = [d.name for d in ctx.shop.discounts][: ctx.settings.choices_at_once]
    if names:
        ctx.say("discount.have", names=names)
    elif not intent.slots.get("code"):
        ctx.say("discount.none")


def topic(ctx: TurnContext, intent: Intent) -> None:
    topic_answer(ctx, str(intent.slots.get("topic", "")))


def topic_answer(ctx: TurnContext, name: str) -> None:
    """The shop's own words; where it has none, an honest word and a person's number."""
    if answer := ctx.shop.answers.get(name):
        ctx.say("topic.answer", answer=answer)
    elif ctx.shop.phone:
        ctx.say("topic.unknown", phone=ctx.shop.phone)
    else:
        ctx.say("topic.unknown_nobody")


def order_status(ctx: TurnContext, intent: Intent) -> None:
    """By the number said, else the caller's own last order."""
    number = str(intent.slots.get("number") or "")
    if not number and ctx.session.order_number:
        number = ctx.session.order_number
    order = records.find_order(ctx, number)
    if order is None and not number:
        ctx.say("status.which")
        ctx.session.expects = Expectation("digits")
        ctx.quiet = True
    elif order is None:
        ctx.say("status.unknown", number=number)
    else:
        ctx.say(f"status.{order.status}", number=order.number)


HANDLERS: Handlers = {
    "ask.hours": hours,
    "ask.location": location,
    "ask.delivery": delivery,
    "ask.wait": wait,
    "ask.returns": returns,
    "ask.payment": payment,
    "ask.discount": discount,
    "ask.identity": identity,
    "ask.topic": topic,
    "ask.order_status": order_status,
}
