"""Pick-up, delivery or eating in: where, when and for whom. Each detail is asked once, and may be given at any time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from voice.dialogue import agenda, records
from voice.dialogue.arrangements import ask, confirm, drop_question, forget, problems, settle
from voice.dialogue.context import Handlers, TurnContext
from voice.dialogue.session import OpenQuestion
from voice.dialogue.skills import service, timing
from voice.dialogue.spelled import in_figures, street_and_postcode
from voice.dialogue.times import first_time, hear_day, hear_time, is_soon, iso, moment
from voice.shop.hours import local_now
from voice.shop.model import Fulfilment
from voice.shop.pricing import delivery_zone
from voice.types import Expectation, Intent

OPTIONAL = ("name",)
"""Details an order can do without: the order number is enough"""
LONGEST_POSTCODE = 9
"""Figures, as in the United States with the four behind it; longer is a telephone number"""
OFFERED = "address_offered"
"""Among the details that are settled: the address of before was offered"""


def ways(ctx: TurnContext) -> tuple[str, ...]:
    """How this shop hands over orders on this channel."""
    shop = ctx.shop
    kiosk = ctx.session.channel == "kiosk"
    offered = {
        "dine_in": shop.dine_in and kiosk,
        "pickup": shop.pickup,
        "delivery": bool(shop.delivery) and not kiosk,
    }
    return tuple(kind for kind, possible in offered.items() if possible) or ("pickup",)


def ask_next(ctx: TurnContext) -> bool:
    """Asks for the next missing detail; False when the order has all it needs."""
    session = ctx.session
    if "kind" not in session.given and len(kinds := ways(ctx)) == 1:
        settle(ctx, "kind", kind=kinds[0])
    if "kind" not in session.given:
        ask(ctx, "fulfilment", Expectation("fulfilment", choices=ways(ctx)))
        if len(ways(ctx)) == 2:
            ctx.prompts[-1] = replace(ctx.prompts[-1], key="ask." + "_or_".join(ways(ctx)))
        return True
    return _ask_where(ctx) or timing.ask_when(ctx) or _ask_who(ctx)


def _lacks_postcode(ctx: TurnContext) -> bool:
    """Whether the postcode is next to be asked for: nothing of the order is open, and no address is known."""
    session, f = ctx.session, ctx.session.fulfilment
    if f.kind != "delivery" or f.postcode or session.questions or agenda.missing_detail(ctx):
        return False
    return all(zone.postcodes for zone in ctx.shop.delivery) and _known_address(ctx) is None


def _known_address(ctx: TurnContext) -> Fulfilment | None:
    """Where the caller's last delivery went, if the shop still delivers there."""
    known = records.last_address(ctx) if ctx.settings.offer_address else None
    return known if known and delivery_zone(ctx.shop, known.postcode) else None


def _ask_where(ctx: TurnContext) -> bool:
    session = ctx.session
    if session.fulfilment.kind != "delivery":
        return False
    if _offer_address(ctx):
        return True
    zones = ctx.shop.delivery
    if not session.fulfilment.postcode and all(zone.postcodes for zone in zones):
        ask(ctx, "postcode", Expectation("postcode"))
        return True
    for problem in problems(ctx):
        if problem.kind == "outside_delivery":
            _offer_pickup(ctx, "delivery.outside", postcode=session.fulfilment.postcode)
            return True
        if problem.kind == "below_minimum":
            _offer_pickup(ctx, "delivery.below_minimum", minimum=problem.amount, subtotal=ctx.totals().subtotal)
            return True
    if not session.fulfilment.address:
        ask(ctx, "address", Expectation("address"))
        return True
    return False


def _offer_address(ctx: TurnContext) -> bool:
    """ "To Mill Lane 4 again?", once, for a caller whose last delivery went to where the shop still delivers."""
    session, f = ctx.session, ctx.session.fulfilment
    known = None if f.address or f.postcode or OFFERED in session.given else _known_address(ctx)
    if known is None:
        return False
    session.given = (*session.given, OFFERED)
    data = {"address": known.address, "postcode": known.postcode, "values": {"address": known.address}}
    confirm(ctx, OpenQuestion("confirm", action="address", data=data))
    return True


def accept_address(ctx: TurnContext, data: Mapping[str, Any]) -> None:
    settle(ctx, "postcode", postcode=str(data["postcode"]))
    settle(ctx, "address", address=str(data["address"]))


def _offer_pickup(ctx: TurnContext, key: str, **values: Any) -> None:
    """Delivery is not possible as things stand."""
    ctx.say(key, **values)
    ctx.session.given = tuple(d for d in ctx.session.given if d not in ("postcode",))
    if ctx.shop.pickup:
        confirm(ctx, OpenQuestion("confirm", action="pickup_instead"))
    else:
        ctx.session.stage = "ordering"
        ctx.say("ask.anything_else")
        ctx.session.expects = Expectation("anything")


def _ask_who(ctx: TurnContext) -> bool:
    session = ctx.session
    f = session.fulfilment
    if ctx.settings.ask_name and session.channel != "kiosk" and not f.name and "name" not in session.given:
        ask(ctx, "name", Expectation("name"))
        return True
    if f.kind == "delivery" and not f.phone and not session.caller and "phone" not in session.given:
        ask(ctx, "phone", Expectation("phone"))
        return True
    return False


# --- what the caller says of it, at any time


def set_kind(ctx: TurnContext, kind: str) -> None:
    if kind not in ways(ctx) and not (kind == "dine_in" and ctx.shop.dine_in):
        ctx.say(f"fulfilment.no_{kind}")
        return
    if ctx.session.fulfilment.kind != kind or "kind" not in ctx.session.given:
        settle(ctx, "kind", kind=kind)
        ctx.say(f"fulfilment.{kind}")


def kind(ctx: TurnContext, intent: Intent) -> None:
    """The way, and what was said with it: "delivery to 12 Mill Lane", "for pick-up at noon"."""
    drop_question(ctx, "pickup_instead")
    set_kind(ctx, str(intent.slots.get("kind", "pickup")))
    if intent.slots.get("postcode") or intent.slots.get("address"):
        address(ctx, intent)
    if intent.slots.get("time"):
        time(ctx, intent)
    if ctx.session.stage == "ordering" and ctx.lines and _lacks_postcode(ctx):
        ctx.ask_openly("ask.postcode", Expectation("postcode"))  # who says "delivery" goes on with it


def name(ctx: TurnContext, intent: Intent) -> None:
    said = str(intent.slots.get("name", "")).strip()
    if intent.slots.get("again"):
        forget(ctx, "name")
        return
    just_said = any(p.key == "fulfilment.name" for p in ctx.session.prompts)
    if intent.slots.get("corrected") == "perhaps" and not just_said:
        ctx.say("answer.which")  # "no, ..." may be of anything
        return
    if intent.slots.get("corrected") and not ctx.session.fulfilment.name:
        ctx.say("answer.which")  # "no, it's ..." of something else than a name
        return
    if len(letters := said.split()) > 1 and all(len(letter) == 1 for letter in letters):
        said = "".join(letters)  # spelled
    if not said or in_figures(said, ctx.language).isdigit():
        ctx.say("answer.needed")
        return
    settle(ctx, "name", name=capitalised(said))
    ctx.say("fulfilment.name", name=ctx.session.fulfilment.name)


def capitalised(words: str) -> str:
    """Names and streets as they are written: a recogniser has no capitals."""
    return " ".join(word[:1].upper() + word[1:] for word in words.split())


def phone(ctx: TurnContext, intent: Intent) -> None:
    """A string of digits: a telephone number, unless another number was asked for."""
    if ctx.session.expects.kind == "digits":
        service.order_status(ctx, Intent("ask.order_status", slots={"number": intent.slots.get("phone")}))
        return
    digits = "".join(c for c in str(intent.slots.get("phone", "")) if c.isdigit() or c == "+")
    if not 6 <= len(digits.lstrip("+")) <= 15:  # ITU-T E.164: at most 15 digits
        ctx.say("fulfilment.bad_phone")
        return
    settle(ctx, "phone", phone=digits)
    ctx.say("fulfilment.phone", phone=digits)


def address(ctx: TurnContext, intent: Intent) -> None:
    """An address, a postcode or both; whoever gives one wants delivery."""
    if not ctx.shop.delivery:
        ctx.say("fulfilment.no_delivery")
        return
    drop_question(ctx, "pickup_instead")
    drop_question(ctx, "address")
    if intent.slots.get("again"):
        forget(ctx, "address")
        return
    if "kind" not in ctx.session.given or ctx.session.fulfilment.kind != "delivery":
        settle(ctx, "kind", kind="delivery")
    street, postcode = str(intent.slots.get("address") or ""), str(intent.slots.get("postcode") or "")
    asked = ctx.session.expects.kind == "postcode"
    street, postcode = street_and_postcode(street, postcode, ctx.language, ctx.shop, asked)
    if postcode.isdecimal() and len(postcode) > LONGEST_POSTCODE:
        phone(ctx, Intent("answer.phone", slots={"phone": postcode}))
        return
    if postcode:
        settle(ctx, "postcode", postcode=postcode)
        ctx.say("fulfilment.postcode", postcode=postcode)
    if street:
        settle(ctx, "address", address=capitalised(street))
        ctx.say("fulfilment.address", address=capitalised(street))


def time(ctx: TurnContext, intent: Intent) -> None:
    text = str(intent.slots.get("time", ""))
    session = ctx.session
    day = hear_day(text, ctx.now, ctx.language)
    at = hear_time(text, ctx.now, ctx.language, ctx.shop, session.day)
    if at is None and day is None and not is_soon(text, ctx.language):
        ctx.say("time.not_understood")
        return
    drop_question(ctx, "time")
    if kind := intent.slots.get("kind"):
        set_kind(ctx, str(kind))
    session.day = at.date() if at else day
    settle(ctx, "time", at=iso(at) if at else None)
    if at and not any(p.kind.startswith("time_") for p in problems(ctx)):
        ctx.say("fulfilment.time", when=moment(at, ctx.now))
    elif day and not at and session.stage == "ordering":  # else its hour is asked now
        ctx.say("fulfilment.day", day=timing.as_moment(ctx, day))


def skip(ctx: TurnContext) -> bool:
    """The caller would rather not say: fine where the order can do without."""
    if ctx.session.expects.kind in OPTIONAL:
        settle(ctx, ctx.session.expects.kind)
        return True
    return False


# --- telling


def tell(ctx: TurnContext) -> None:
    """When and how the order will come, before the caller agrees."""
    f = ctx.session.fulfilment
    if f.at:
        ctx.say(f"checkout.{f.kind}_at", when=moment(datetime.fromisoformat(f.at), ctx.now))
    elif (soonest := first_time(ctx)) is not None:
        minutes = round((soonest - ctx.now).total_seconds() / 60)
        ctx.say(f"checkout.{f.kind}_in", minutes=minutes)


def tell_ready(ctx: TurnContext) -> None:
    """The same after the order is placed."""
    f = ctx.session.fulfilment
    at = datetime.fromisoformat(f.at) if f.at else first_time(ctx)
    if at is not None:
        key = "order.delivered_at" if f.kind == "delivery" else "order.ready_at"
        ctx.say(key, when=moment(local_now(ctx.shop, at), ctx.now))


HANDLERS: Handlers = {
    "answer.fulfilment": kind,
    "answer.name": name,
    "answer.phone": phone,
    "answer.address": address,
    "answer.time": time,
}
