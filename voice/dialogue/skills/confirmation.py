"""Explicit confirmation where a mistake would cost: large quantities, doubtful words, starting over, cancelling."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any

from voice.dialogue import items
from voice.dialogue.context import Handlers, TurnContext
from voice.dialogue.references import mention_from_plain
from voice.dialogue.session import OpenQuestion
from voice.dialogue.skills import checkout, fulfilment, timing
from voice.shop.model import Fulfilment
from voice.types import Intent

NEEDED = ("time", "pickup_instead")
"""Confirmations that an order cannot do without"""
DESTRUCTIVE = {"cancel": "order.cancel", "start_over": "order.start_over"}
"""Confirmations before work is destroyed -> what asks for it"""

Outcome = Callable[[TurnContext, Mapping[str, Any]], None]


def start_over(ctx: TurnContext, intent: Intent) -> None:
    _confirm_or_do(ctx, "start_over")


def cancel(ctx: TurnContext, intent: Intent) -> None:
    if ctx.session.expects.kind == "digits":  # "never mind", of the number of an order
        ctx.say("answer.dropped")
        return
    if ctx.session.stage == "placed" and not intent.slots.get("lightly"):
        ctx.say("order.placed_cannot_cancel", number=ctx.session.order_number)
    elif intent.slots.get("lightly") and not _must_be_asked(ctx):
        ctx.session.questions = ctx.session.questions[1:]
        ctx.say("answer.dropped")
    else:
        _confirm_or_do(ctx, "cancel")


def _must_be_asked(ctx: TurnContext) -> bool:
    """Whether "never mind" may mean the order: there is one, and nothing else is on the table that can be dropped."""
    question = ctx.session.questions[0] if ctx.session.questions else None
    droppable = question is not None and question.line_id is None and question.action not in NEEDED
    return bool(ctx.lines) and not droppable


def _confirm_or_do(ctx: TurnContext, action: str) -> None:
    """What destroys work is asked first."""
    if not ctx.lines:
        CONFIRMED[action](ctx, {})
    elif not any(q.action == action for q in ctx.session.questions):
        ctx.ask(OpenQuestion("confirm", action=action, data={"values": {"items": ctx.all_words()}}))


def answer(ctx: TurnContext, question: OpenQuestion, yes: bool) -> None:
    """Takes the question off the table and does what the answer says."""
    ctx.session.questions = tuple(q for q in ctx.session.questions if q is not question)
    (CONFIRMED if yes else DECLINED)[question.action or ""](ctx, question.data)


def _started_over(ctx: TurnContext, data: Mapping[str, Any]) -> None:
    ctx.put([])
    session = ctx.session
    session.questions, session.stage = (), "ordering"
    session.fulfilment, session.given, session.day = Fulfilment(), (), None
    ctx.say("order.started_over")


def _cancelled(ctx: TurnContext, data: Mapping[str, Any]) -> None:
    ctx.put([])
    ctx.session.questions, ctx.session.stage = (), "ended"
    ctx.say("order.cancelled")
    ctx.end("hang_up", "cancelled")


def _kept(ctx: TurnContext, data: Mapping[str, Any]) -> None:
    ctx.say("order.kept")


def _resumed(ctx: TurnContext, data: Mapping[str, Any]) -> None:
    ctx.say("order.resumed")


def _add(ctx: TurnContext, data: Mapping[str, Any], warned: bool = False) -> None:
    item = mention_from_plain(data["mention"])
    if "quantity" in data:
        item = replace(item, quantity=Decimal(data["quantity"]), quantity_said=True, unit=None)
    items.reopen(ctx)
    if line := items.add_item(ctx, item, data.get("instead_of"), sure=True, warned=warned):
        ctx.say("order.added", items=[ctx.words(line)])


def _quantity(ctx: TurnContext, data: Mapping[str, Any]) -> None:
    line = ctx.line(data.get("line"))
    if line:
        ctx.say("order.changed", items=[ctx.words(ctx.change(line.id, quantity=Decimal(data["quantity"])))])
    elif "mention" in data:
        _add(ctx, data)


def _only(ctx: TurnContext, data: Mapping[str, Any]) -> None:
    ctx.put([line for line in ctx.lines if line.id not in data["gone"]])
    ctx.say("order.changed", items=ctx.all_words())


def _left_out(ctx: TurnContext, data: Mapping[str, Any]) -> None:
    ctx.say("order.left_out")


def _ask_how_many(ctx: TurnContext, data: Mapping[str, Any]) -> None:
    """The large number was misheard: how many then?"""
    item = data.get("values", {}).get("item")
    payload = {k: v for k, v in data.items() if k != "values"}
    ctx.ask(OpenQuestion("quantity", line_id=data.get("line"), data={**payload, "values": {"item": item}}))


def _say_again(ctx: TurnContext, data: Mapping[str, Any]) -> None:
    if ctx.session.stage == "ordering":
        ctx.ask_openly("order.say_again")
    else:
        ctx.say("order.misheard")  # what was asked is asked again


def _no_offer(ctx: TurnContext, data: Mapping[str, Any]) -> None:
    """An offer that was not wanted needs no words."""


def _record(ctx: TurnContext, agreed: bool) -> None:
    ctx.session.recording_consent = agreed
    ctx.say("recording.agreed" if agreed else "recording.declined")


def _fresh(ctx: TurnContext, data: Mapping[str, Any]) -> None:
    ctx.put([])
    ctx.session.stage = "ordering"
    ctx.say("order.started_over")


CONFIRMED: Mapping[str, Outcome] = {
    "start_over": _started_over,
    "cancel": _cancelled,
    "heard": _add,
    "offer": _add,
    "anyway": lambda ctx, data: _add(ctx, data, warned=True),
    "fewer": _quantity,
    "quantity": _quantity,
    "only": _only,
    "resume": _resumed,
    "suggest": _add,
    "address": fulfilment.accept_address,
    "record": lambda ctx, data: _record(ctx, True),
    "pickup_instead": lambda ctx, data: checkout.choose(ctx, "pickup"),
    "time": timing.accept_time,
    "hand_over": lambda ctx, data: checkout.hand_over(ctx),
}

DECLINED: Mapping[str, Outcome] = {
    "start_over": _kept,
    "cancel": _kept,
    "heard": _say_again,
    "offer": _no_offer,
    "anyway": _no_offer,
    "fewer": _left_out,
    "quantity": _ask_how_many,
    "only": _kept,
    "resume": _fresh,
    "suggest": _no_offer,
    "address": _no_offer,
    "record": lambda ctx, data: _record(ctx, False),
    "time": timing.decline_time,
    "pickup_instead": lambda ctx, data: checkout.back_to_ordering(ctx),
    "hand_over": lambda ctx, data: ctx.say("answer.dropped"),
}

HANDLERS: Handlers = {"order.start_over": start_over, "order.cancel": cancel}
