"""A question asked again of another product: "how much is the brownie?" "and what about the muffin?"."""

from __future__ import annotations

from collections.abc import Sequence

from voice.dialogue.context import Handlers, TurnContext
from voice.dialogue.skills import allergens, questions
from voice.types import Intent

ASKED: Handlers = {
    **{name: questions.HANDLERS[name] for name in ("ask.price", "ask.options", "ask.availability", "ask.describe")},
    **allergens.HANDLERS,
}
"""Questions about a product -> what answers them"""


def about(ctx: TurnContext, intent: Intent) -> None:
    """ "what about the muffin": what was asked before, of that one; else whether there is one, and it is offered."""
    asked = ctx.session.asked
    if asked:
        ASKED[asked["name"]](ctx, Intent(asked["name"], intent.items, slots=asked["slots"]))
    else:
        questions.availability(ctx, intent)


def remember(ctx: TurnContext, intents: Sequence[Intent]) -> None:
    """Keeps what was asked about a product until something else is said."""
    names = [intent.name for intent in intents]
    last = next((i for i in intents if i.name in ASKED and (i.items or i.reference)), None)
    if last is not None:
        kept = {k: v for k, v in last.slots.items() if k in ("tag", "group", "day")}
        ctx.session.asked = {"name": last.name, "slots": kept}
    elif names != ["ask.about"]:
        ctx.session.asked = {}


HANDLERS: Handlers = {"ask.about": about}
