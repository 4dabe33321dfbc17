"""After the order: a rating from one to five, words of praise or complaint, and goodbye."""

from __future__ import annotations

from decimal import Decimal

from voice.dialogue import records
from voice.dialogue.context import Handlers, TurnContext
from voice.dialogue.session import OpenQuestion
from voice.types import Intent


def rate(ctx: TurnContext, intent: Intent) -> None:
    try:
        value = int(Decimal(str(intent.slots.get("value"))))
    except ArithmeticError:
        value = 0
    if not 1 <= value <= 5:
        ctx.say("feedback.how")
        return
    ctx.session.rating = value
    records.save_feedback(ctx, rating=value)
    ctx.session.questions = tuple(q for q in ctx.session.questions if q.topic != "feedback")
    ctx.say("feedback.good" if value >= 4 else "feedback.poor")
    if ctx.session.stage == "placed":
        goodbye(ctx, intent)


def comment(ctx: TurnContext, intent: Intent) -> None:
    """ "The coffee was cold" is kept in the caller's own words; who has only said that there is something is asked
    what, or on the telephone, where free words are not understood, put through if he likes."""
    text = str(intent.slots.get("text", ""))
    if text:
        ctx.session.questions = tuple(q for q in ctx.session.questions if q.topic != "comment")
        records.save_feedback(ctx, text=text)
        ctx.say("feedback.noted")
    elif ctx.session.channel == "phone" and ctx.shop.phone:
        ctx.ask(OpenQuestion("confirm", action="hand_over"))
    else:
        ctx.ask(OpenQuestion("comment"))


def thanks(ctx: TurnContext, intent: Intent) -> None:
    if ctx.session.stage == "placed" and not ctx.session.questions:
        goodbye(ctx, intent)
    else:
        ctx.say("social.thanks")


def goodbye(ctx: TurnContext, intent: Intent) -> None:
    """Ends the call; a cart that was not ordered is kept, and the caller is told so."""
    if ctx.lines:
        ctx.say("goodbye.kept")
        ctx.end("hang_up", ctx.session.outcome or "abandoned")
    else:
        ctx.say("goodbye")
        ctx.end("hang_up", ctx.session.outcome or "ended")


HANDLERS: Handlers = {
    "answer.rating": rate,
    "social.feedback": comment,
    "social.thanks": thanks,
    "control.goodbye": goodbye,
}
