"""How details of an order's fulfilment are asked for, and noted when they are given."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from voice.dialogue import agenda
from voice.dialogue.context import TurnContext
from voice.dialogue.session import OpenQuestion
from voice.shop.validation import OrderProblem, order_problems
from voice.types import Expectation


def ask(ctx: TurnContext, what: str, expects: Expectation, **values: Any) -> None:
    ctx.say(f"ask.{what}", **values)
    ctx.session.expects = expects


def confirm(ctx: TurnContext, question: OpenQuestion) -> None:
    ctx.session.questions = (question,)
    agenda.ask_question(ctx, question)


def problems(ctx: TurnContext) -> tuple[OrderProblem, ...]:
    return order_problems(ctx.catalogue, ctx.session.cart, ctx.session.fulfilment, ctx.now)


def settle(ctx: TurnContext, detail: str, **values: Any) -> None:
    """Notes a detail of the fulfilment. The price told before no longer counts when the way changes."""
    session = ctx.session
    session.fulfilment = replace(session.fulfilment, **values)
    session.given = tuple(dict.fromkeys((*session.given, detail)))
    if detail in ("kind", "postcode"):
        session.told = None


def forget(ctx: TurnContext, detail: str) -> None:
    """A detail that was wrong is asked for once more."""
    settle(ctx, detail, **{detail: ""})
    ctx.session.given = tuple(d for d in ctx.session.given if d != detail)


def drop_question(ctx: TurnContext, action: str) -> None:
    ctx.session.questions = tuple(q for q in ctx.session.questions if q.action != action)
