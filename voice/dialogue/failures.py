"""When nothing was said or understood: shorter and more helpful each time, then the keys, then a person."""

from __future__ import annotations

from voice.dialogue.context import TurnContext
from voice.dialogue.skills import checkout

UNANSWERED = frozenset({
    "answer.which", "answer.needed", "answer.take_time", "answer.so_many", "option.required", "fulfilment.bad_phone",
    "time.not_understood", "feedback.how", "quantity.not_possible",
})
"""Prompts that say that what was said does not answer the question"""


def no_input(ctx: TurnContext) -> None:
    ctx.session.no_input += 1
    _escalate(ctx, "noinput", ctx.session.no_input)


def no_match(ctx: TurnContext) -> None:
    ctx.session.no_match += 1
    _escalate(ctx, "nomatch", ctx.session.no_match)


def no_answer(ctx: TurnContext) -> None:
    """Understood, but no answer to what was asked ("yes" to "pick-up or delivery?"): whoever is stuck there is helped
    like one who was not understood. What the skill said of it stands in place of "sorry?"."""
    ctx.session.no_match += 1
    said, ctx.prompts = ctx.prompts, []
    _escalate(ctx, "nomatch", ctx.session.no_match)
    if ctx.action == "listen":
        ctx.prompts = said


def answered(ctx: TurnContext) -> bool:
    """Whether the reply says more than that the question is still open."""
    return not ctx.prompts or any(prompt.key not in UNANSWERED for prompt in ctx.prompts)


def _escalate(ctx: TurnContext, kind: str, count: int) -> None:
    """No input and no match count apart, each with its own words; together they are never more than the limit."""
    failures = ctx.session.no_input + ctx.session.no_match
    if failures >= ctx.settings.max_failures:
        if kind == "noinput" and ctx.session.no_match == 0:
            _nobody_there(ctx)
        else:
            checkout.hand_over(ctx, "handover.failed")
        return
    ctx.keys = failures >= ctx.settings.keys_after
    where = ctx.session.expects.kind
    ctx.say(f"{kind}.{min(count, 2)}")
    if failures >= 2 and where == "anything":
        ctx.say("help.examples", options=_examples(ctx))


def _nobody_there(ctx: TurnContext) -> None:
    """Silence all along: the line is given up, the cart is kept."""
    ctx.say("noinput.goodbye_kept" if ctx.lines else "noinput.goodbye")
    ctx.end("hang_up", ctx.session.outcome or "abandoned")


def _examples(ctx: TurnContext) -> list[str]:
    liked = sorted((p for p in ctx.catalogue.products if p.available), key=lambda p: -p.popularity)
    return [p.name for p in liked[:2]]


def succeeded(ctx: TurnContext) -> None:
    ctx.session.no_input = ctx.session.no_match = 0
