"""From "that's all" to a placed order: how, where, who, the full price, and one explicit yes."""

from __future__ import annotations

from voice.dialogue import records, stock
from voice.dialogue.context import Handlers, TurnContext
from voice.dialogue.session import OpenQuestion, Told
from voice.dialogue.skills import fulfilment
from voice.errors import ComandaError
from voice.shop.model import Cart, Totals
from voice.types import Expectation, Intent

PRICE_KEYS = ("checkout.order", "checkout.total", "checkout.total_again")
"""What must have been heard before a "yes" places an order"""


def finish(ctx: TurnContext, intent: Intent) -> None:
    """ "that's all"; to "shall I place the order?" it may be a yes."""
    session = ctx.session
    if intent.slots.get("declined"):
        session.questions = tuple(q for q in session.questions if q.action != "heard")
    if session.stage == "confirming" and intent.slots.get("agreed"):
        agree(ctx)
        return
    if session.stage == "placed":
        from voice.dialogue.skills import feedback

        feedback.goodbye(ctx, intent)
    elif not ctx.lines and any(p.key == "order.empty" for p in session.prompts):
        from voice.dialogue.skills import feedback

        feedback.goodbye(ctx, intent)  # he wants nothing, and has said so twice
    elif not ctx.lines:
        ctx.say("order.empty")
    elif session.stage == "ordering":
        from voice.dialogue.skills import recommendations  # it reads lists through control, which hands over from here

        session.stage = "checkout"
        recommendations.suggest(ctx)


def choose(ctx: TurnContext, kind: str) -> None:
    fulfilment.set_kind(ctx, kind)


def back_to_ordering(ctx: TurnContext) -> None:
    ctx.session.stage = "ordering"
    ctx.session.told = None
    ctx.ask_openly("order.what_to_change")


def ask_next(ctx: TurnContext) -> None:
    """The next detail that is missing, or the full price and the final question."""
    session = ctx.session
    if not ctx.lines:
        session.stage = "ordering"
        ctx.say("ask.first")
        return
    if fulfilment.ask_next(ctx):
        session.stage = "checkout"
        return
    sums = ctx.totals()
    if ctx.shop.max_total is not None and sums.total > ctx.shop.max_total:
        hand_over(ctx, "handover.large_order")
        return
    _tell_price(ctx, sums)


def _tell_price(ctx: TurnContext, sums: Totals) -> None:
    session = ctx.session
    told = Told(sums.total, session.cart, session.fulfilment.kind, ctx.catalogue.version)
    if session.told == told and session.stage == "confirming":
        ctx.say("checkout.total_again", total=sums.total)
    else:
        ctx.say("checkout.order", items=ctx.all_words())
        if sums.discount:
            ctx.say("checkout.discount", amount=sums.discount)
        if session.fulfilment.kind == "delivery":
            ctx.say("checkout.delivery" if sums.delivery else "checkout.delivery_free", amount=sums.delivery)
        ctx.say("checkout.total" if sums.tax else "checkout.total_no_tax", total=sums.total, tax=sums.tax)
        fulfilment.tell(ctx)
    session.told, session.stage = told, "confirming"
    session.expects = Expectation("yes_no")
    ctx.say("confirm.place")


def agree(ctx: TurnContext) -> None:
    """ "yes": places the order when the caller heard exactly its price; else the price is told (again)."""
    session = ctx.session
    if session.stage != "confirming" or session.told is None or not ctx.lines:
        ctx.say("answer.which")
        return
    sums = ctx.totals()
    now = Told(sums.total, session.cart, session.fulfilment.kind, ctx.catalogue.version)
    if now != session.told:
        ctx.say("checkout.price_changed")
        session.told = None
        return
    if not _heard_price(ctx):
        return
    place(ctx, sums)


def _heard_price(ctx: TurnContext) -> bool:
    """Whether the caller heard the order and its price in the last reply; a price told earlier was heard then. "Okay"
    to "take your time" is no yes."""
    heard = ctx.session.heard
    if not any(p.key == "confirm.place" for p in ctx.session.prompts):
        return False
    if heard is None:
        return True
    last = [i for i, p in enumerate(ctx.session.prompts) if p.key in PRICE_KEYS]
    if not last or heard > last[-1]:
        return True
    ctx.session.told = None if heard <= last[0] and len(last) > 1 else ctx.session.told
    return False


def place(ctx: TurnContext, sums: Totals) -> None:
    """Stores the order once. When storage refuses, the caller is told and the cart stays."""
    session = ctx.session
    try:
        placed = records.place_order(ctx, sums)
    except records.OutOfStock as shortage:
        stock.reduce_to(ctx, shortage.product_id, shortage.left)
        return
    except ComandaError as error:
        records.logger.error("An order could not be stored: %s", error)
        hand_over(ctx, "order.not_stored")
        return
    session.order_number = placed.number
    session.stage, session.outcome = "placed", "placed"
    session.cart, session.undo, session.told, session.last_line = Cart(), (), None, None
    ctx.say("order.placed", number=placed.number)
    fulfilment.tell_ready(ctx)
    ctx.say("order.pay_on_delivery" if session.fulfilment.kind == "delivery" else "order.pay_at_counter")
    if ctx.settings.ask_feedback and session.rating is None:
        ctx.ask(OpenQuestion("feedback"))


def decline(ctx: TurnContext) -> None:
    """ "no" to a question about name, time or address."""
    if not fulfilment.skip(ctx):
        ctx.say("answer.needed")


def hand_over(ctx: TurnContext, reason: str = "handover.wanted") -> None:
    """To a person, with the cart; or, where nobody can be reached, an honest word and the cart kept."""
    if reason != "handover.wanted":
        ctx.say(reason)
    records.hand_over(ctx, reason)
    if ctx.shop.phone and ctx.session.channel == "phone":
        ctx.say("handover.transfer")
    elif ctx.shop.phone:
        ctx.say("handover.call_us", phone=ctx.shop.phone)
    else:
        ctx.say("handover.nobody")
    if ctx.lines:
        ctx.say("handover.kept")
    ctx.end("transfer" if ctx.shop.phone else "hang_up", "handed_over")


HANDLERS: Handlers = {"order.finish": finish}
