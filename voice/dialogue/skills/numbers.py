"""A number alone: how many, which of the choices, a rating."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from voice.dialogue import items, stock
from voice.dialogue.context import Handlers, TurnContext
from voice.dialogue.references import mention_from_plain
from voice.dialogue.session import OpenQuestion
from voice.dialogue.skills import answers, feedback, ordering, questions, service
from voice.types import Intent


def number(ctx: TurnContext, intent: Intent) -> None:
    """A number alone is what was asked for: how many, which one, a rating; else how many of the last item."""
    value = Decimal(str(intent.slots.get("value", 0)))
    question = answers.open_question(ctx)
    if question and question.topic == "quantity":
        answers.close(ctx, question)
        _give_quantity(ctx, question, value, intent.slots.get("unit"))
    elif question and question.action in questions.OFFERS and value > 0:
        answers.close(ctx, question)  # "do you have bagels?" "shall I add one?" "I'll take five"
        _give_quantity(ctx, question, value, intent.slots.get("unit"))
    elif question and question.topic == "feedback":
        feedback.rate(ctx, Intent("answer.rating", slots={"value": value}))
    elif question and question.topic in answers.CHOICES and "unit" in intent.slots:
        ctx.say("answer.which")
    elif (question and question.topic in answers.CHOICES) or ctx.session.expects.kind == "fulfilment":
        answers.choice(ctx, Intent("answer.choice", slots={"index": int(value) - 1}))
    elif ctx.session.expects.kind == "digits":
        service.order_status(ctx, Intent("ask.order_status", slots={"number": str(value)}))
    elif question is None and ctx.lines and ctx.session.stage == "ordering":
        how = "quantity" if value >= 0 else "relative"  # "minus two"
        ordering.quantity(ctx, Intent("order.quantity", slots={**intent.slots, how: value}))
    else:
        ctx.say("answer.which")


def _give_quantity(ctx: TurnContext, question: OpenQuestion, value: Decimal, unit: str | None) -> None:
    line = ctx.line(question.line_id or question.data.get("line"))
    if line:
        ordering.set_quantity(ctx, line, stock.in_unit_of(ctx, line, value, unit))
    elif "mention" in question.data:
        asked = items.with_certain_quantity(mention_from_plain(question.data["mention"]))
        item = replace(asked, quantity=value, quantity_said=True, unit=unit)
        if added := items.add_item(ctx, item, instead_of=question.data.get("instead_of")):
            ctx.say("order.added", items=[ctx.words(added)])


HANDLERS: Handlers = {"answer.number": number}
