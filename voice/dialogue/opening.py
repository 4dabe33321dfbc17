"""The first words of a call."""

from __future__ import annotations

from dataclasses import replace

from voice.dialogue import records
from voice.dialogue.context import TurnContext
from voice.dialogue.session import OpenQuestion
from voice.dialogue.skills.service import tell_opening
from voice.shop.hours import is_open
from voice.shop.validation import line_problems

GONE = (
    "unknown_product", "unavailable", "variant_unknown", "variant_unavailable", "option_unknown", "option_unavailable",
)
"""Problems for which a line left from an earlier call is dropped"""


def carry_on(ctx: TurnContext) -> bool:
    """A network cut of a moment: the last reply once more, without a welcome. False after a longer absence, after the
    end of the call, and when the shop has another catalogue meanwhile.
    """
    session = ctx.session
    if session.last_turn is None or not session.prompts or session.action != "listen":
        return False
    if session.catalogue_version != ctx.catalogue.version:
        return False
    if (ctx.now - session.last_turn).total_seconds() > ctx.settings.welcome_back_after:
        return False
    session.outcome = "placed" if session.stage == "placed" else ""
    ctx.prompts, ctx.quiet = list(session.prompts), True
    return True


def greet(ctx: TurnContext) -> None:
    """Greets with the disclosure that a machine speaks; recognises the caller; takes up what was left."""
    session = ctx.session
    session.avoid = ()  # health data, which is of one call
    back = session.turns > 0
    if customer := records.find_customer(ctx):
        session.customer_name = session.customer_name or customer.name
        session.fulfilment = replace(
            session.fulfilment,
            name=session.fulfilment.name or customer.name,
        )
    if back:
        _welcome_back(ctx)
    elif session.customer_name:
        ctx.say("greeting.known", name=session.customer_name)
    else:
        ctx.say("greeting")
    if not back and not is_open(ctx.shop, ctx.now):
        ctx.say("greeting.closed")
        tell_opening(ctx)
    session.catalogue_version = ctx.catalogue.version
    _ask_to_record(ctx)


_UNRECORDED = frozenset({"text", "kiosk"})
"""Channels whose audio is never kept"""


def _ask_to_record(ctx: TurnContext) -> None:
    """Consent is of one call: it is asked in each, where there is a voice and the shop would keep it."""
    session = ctx.session
    session.recording_consent = None
    if ctx.settings.recording == "ask" and session.channel not in _UNRECORDED:
        ctx.ask(OpenQuestion("confirm", action="record"))


def _welcome_back(ctx: TurnContext) -> None:
    """An order goes on where it stopped; what the shop no longer has is left out, and the price is told anew."""
    session = ctx.session
    session.no_input = session.no_match = 0
    session.told, session.outcome, session.action = None, "", "listen"
    session.undo = () if session.catalogue_version != ctx.catalogue.version else session.undo
    kept = [line for line in ctx.lines if not any(p.kind in GONE for p in line_problems(ctx.catalogue, line, ctx.now))]
    gone = len(ctx.lines) - len(kept)
    ctx.put(kept)
    if session.stage in ("ended", "confirming"):
        session.stage = "ordering" if session.stage == "ended" else "checkout"
    key = "greeting.back_known" if session.customer_name else "greeting.back"
    ctx.say(key, name=session.customer_name)
    if gone:
        ctx.say("greeting.gone", count=gone)
    if kept:
        ctx.say("greeting.you_had", items=ctx.all_words())
        session.questions = (OpenQuestion("confirm", action="resume"),)
    elif session.order_number:
        ctx.say("greeting.was_placed", number=session.order_number)
        session.questions = ()
