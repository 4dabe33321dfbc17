"""What always works: help, repeat, slower, back, undo, more, a person, another language, privacy."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from voice.dialogue import agenda, records
from voice.dialogue.context import Handlers, TurnContext
from voice.dialogue.skills import checkout
from voice.errors import GrammarError
from voice.language import load_language
from voice.types import Intent

SLOWER, FASTER, SLOWEST, FASTEST = 0.8, 1.25, 0.5, 2.0
"""Factors of the speaking rate, and its bounds"""


def help_(ctx: TurnContext, intent: Intent) -> None:
    """What can be said here; a second call for help in a row offers the keys."""
    asked_before = any(p.key.startswith("help.") for p in ctx.session.prompts)
    where = "question" if ctx.session.questions else ctx.session.stage
    ctx.say(f"help.{where}" if where in ("question", "checkout", "confirming", "placed") else "help.ordering")
    ctx.keys = asked_before


def repeat(ctx: TurnContext, intent: Intent) -> None:
    """The last reply in the same words; what was being asked stays as it was."""
    ctx.prompts = list(ctx.session.prompts)
    ctx.repeated = ctx.quiet = True


def _at_rate(ctx: TurnContext, rate: float, intent: Intent) -> None:
    ctx.session.rate = min(max(rate, SLOWEST), FASTEST)
    repeat(ctx, intent)


def slower(ctx: TurnContext, intent: Intent) -> None:
    _at_rate(ctx, ctx.session.rate * SLOWER, intent)


def faster(ctx: TurnContext, intent: Intent) -> None:
    _at_rate(ctx, ctx.session.rate * FASTER, intent)


def louder(ctx: TurnContext, intent: Intent) -> None:
    """The channel has the volume; the words are said again."""
    repeat(ctx, intent)


def back(ctx: TurnContext, intent: Intent) -> None:
    """One step back: the detail given last is asked again; before the checkout it is the last change that goes."""
    session = ctx.session
    given = [d for d in session.given if d in ("kind", "postcode", "address", "time", "name", "phone")]
    if session.stage in ("checkout", "confirming") and given:
        session.given = tuple(d for d in session.given if d != given[-1])
        empty: dict[str, Any] = {"time": None, "kind": "pickup"}
        field = "at" if given[-1] == "time" else given[-1]
        session.fulfilment = replace(session.fulfilment, **{field: empty.get(given[-1], "")})
        session.day = None if field == "at" else session.day
        session.stage, session.told, session.questions = "checkout", None, ()
        ctx.say("control.back")
    elif session.stage in ("checkout", "confirming"):
        session.stage, session.told = "ordering", None
        ctx.say("control.back")
    else:
        undo(ctx, intent)


REFUSALS = ("item.unavailable", "item.sold_out", "item.out_of_hours", "item.no_more", "item.unknown")
"""Prompts after which there is nothing new to undo"""


def undo(ctx: TurnContext, intent: Intent) -> None:
    """The cart as it was before the last change; "scratch that" of what was refused changes nothing."""
    session = ctx.session
    said = [p.key for p in session.prompts]
    if any(key.startswith(REFUSALS) for key in said) and "order.added" not in said:
        ctx.say("answer.dropped")
        return
    if not session.undo:
        placed = session.stage == "placed" and session.order_number
        ctx.say("order.placed_cannot_cancel" if placed else "control.nothing_to_undo", number=session.order_number)
        return
    history = session.undo
    ctx.put(history[-1].lines)
    session.undo = history[:-1]
    session.questions = ()
    ctx.say("control.undone" if ctx.lines else "control.undone_empty", items=ctx.all_words())


def more(ctx: TurnContext, intent: Intent) -> None:
    """The next three of whatever was being read out."""
    session = ctx.session
    question = session.questions[0] if session.questions else None
    list_read = session.more and any(p.key == "more.hint" for p in session.prompts)
    if not list_read and question and question.topic in ("variant", "option", "product", "line"):
        step = ctx.settings.choices_at_once
        if question.shown + step >= len(question.choices):
            ctx.say("more.that_is_all")
        session.questions = (agenda.next_choices(question, step), *session.questions[1:])
    elif session.more:
        read_list(ctx, session.more_key or "more.list", session.more)
    else:
        ctx.say("more.nothing" if not session.more_key else "more.that_is_all")


def read_list(ctx: TurnContext, key: str, product_ids: tuple[str, ...], **values: Any) -> None:
    """Says three of a list of products (ids) or of names, and keeps the rest for "more"."""
    step = ctx.settings.choices_at_once
    now, rest = product_ids[:step], product_ids[step:]
    ctx.session.more, ctx.session.more_key = rest, "more.list"
    names = [ctx.catalogue.product(p).name if p in ctx.catalogue.by_id else p for p in now]
    known = tuple(p for p in now if p in ctx.catalogue.by_id)
    ctx.session.last_products = known or ctx.session.last_products
    ctx.say(key, options=names, **values)
    if rest:
        ctx.say("more.hint")


def agent(ctx: TurnContext, intent: Intent) -> None:
    checkout.hand_over(ctx)


def wait(ctx: TurnContext, intent: Intent) -> None:
    ctx.say("control.take_your_time")
    ctx.quiet = True


def greeting(ctx: TurnContext, intent: Intent) -> None:
    ctx.say("social.hello")


def language(ctx: TurnContext, intent: Intent) -> None:
    """Goes on in another language, where the shop has one."""
    wanted = str(intent.slots.get("language", ""))
    try:
        load_language(wanted).topic("prompts")
    except GrammarError:
        ctx.say("control.no_language")
        return
    ctx.session.language = wanted
    ctx.say("control.language")


def privacy(ctx: TurnContext, intent: Intent) -> None:
    """What is kept; "delete my data" and "don't record me" do it."""
    if intent.slots.get("delete"):
        records.forget(ctx)
        ctx.session.avoid = ()
        ctx.say("privacy.deleted")
    elif intent.slots.get("recording"):
        ctx.session.recording_consent = False
        ctx.session.questions = tuple(q for q in ctx.session.questions if q.action != "record")
        ctx.say("recording.declined")
    else:
        ctx.say("privacy.recorded" if ctx.session.recording_consent else "privacy.not_recorded")
        ctx.say("privacy.health")
        ctx.say("privacy.answer")


def card_number(ctx: TurnContext, intent: Intent) -> None:
    """Was masked before it came here; see `voice.dialogue.privacy`."""
    ctx.say("privacy.no_cards")


HANDLERS: Handlers = {
    "control.help": help_,
    "control.repeat": repeat,
    "control.slower": slower,
    "control.faster": faster,
    "control.louder": louder,
    "control.back": back,
    "control.undo": undo,
    "control.more": more,
    "control.agent": agent,
    "control.wait": wait,
    "control.language": language,
    "control.privacy": privacy,
    "privacy.card_number": card_number,
    "social.greeting": greeting,
}
