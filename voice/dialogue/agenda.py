"""What to ask next: one question a turn, last, and never more than three choices at once."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from voice.dialogue.context import TurnContext, chosen
from voice.dialogue.session import OpenQuestion
from voice.shop.model import LineItem, OptionGroup, Product
from voice.types import Expectation, Prompt


def ask_next(ctx: TurnContext) -> None:
    """Ends the reply with the question on the table, or with the next one the order needs."""
    session = ctx.session
    session.questions = tuple(q for q in session.questions if _still_open(ctx, q))
    if not session.questions and (detail := missing_detail(ctx)):
        session.questions = (detail,)
    if session.questions:
        ask_question(ctx, session.questions[0])
    else:
        _ask_for_stage(ctx)
    if ctx.keys:
        _offer_keys(ctx)


def missing_detail(ctx: TurnContext) -> OpenQuestion | None:
    """The first size or required option that a line still lacks."""
    return next((found for line in ctx.lines if (found := _missing_of(ctx, line))), None)


def _missing_of(ctx: TurnContext, line: LineItem) -> OpenQuestion | None:
    product = ctx.product(line)
    if product.variants and line.variant_id is None:
        return OpenQuestion("variant", tuple(v.id for v in product.variants if v.available), line_id=line.id)
    for group in product.groups:
        if lacks(line, group):
            return OpenQuestion("option", open_options(line, group), line_id=line.id, group_id=group.id)
    return None


def lacks(line: LineItem, group: OptionGroup) -> bool:
    """Whether a required choice is open: a default fills it without asking."""
    return not group.default and sum(o.quantity for o in chosen(line, group)) < group.min


def open_options(line: LineItem, group: OptionGroup) -> tuple[str, ...]:
    taken = {o.option_id for o in line.options if o.group_id == group.id} if not group.repeatable else set()
    return tuple(o.id for o in group.options if o.available and o.id not in taken)


def _still_open(ctx: TurnContext, question: OpenQuestion) -> bool:
    line = ctx.line(question.line_id)
    if question.line_id is not None and line is None:
        return False
    if line is None:
        return True
    if not set(question.choices) <= _choices_of(ctx.product(line), question):
        return False  # something else stands there by now
    if question.data.get("ambiguous"):
        return True
    if question.topic == "variant":
        return line.variant_id is None
    if question.topic == "option" and question.group_id:
        return lacks(line, ctx.product(line).group(question.group_id))
    return True


def _choices_of(product: Product, question: OpenQuestion) -> set[str]:
    """What could be chosen of a product where a size or an option is asked."""
    if question.topic == "variant":
        return {v.id for v in product.variants}
    if question.topic == "option":
        return {o.id for g in product.groups if g.id == question.group_id for o in g.options}
    return set(question.choices)


# --- questions about the order


def ordered_choices(question: OpenQuestion) -> tuple[str, ...]:
    """The choices, those read out last first: so "the second one" counts from what was heard."""
    return question.choices[question.shown :] + question.choices[: question.shown]


def read_out(ctx: TurnContext, question: OpenQuestion) -> tuple[str, ...]:
    return question.choices[question.shown : question.shown + ctx.settings.choices_at_once]


def choice_name(ctx: TurnContext, question: OpenQuestion, choice: str) -> Any:
    """A choice as prompts name it: a name, or the words of a line."""
    line = ctx.line(question.line_id)
    if question.topic == "line":
        found = ctx.line(choice)
        return ctx.words(found) if found else choice
    if question.topic == "product":
        return ctx.catalogue.product(choice).name
    product = ctx.product(line) if line else ctx.catalogue.product(str(question.data["product_id"]))
    if question.topic == "variant":
        return product.variant(choice).name
    return product.group(str(question.group_id)).option(choice).name


ALSO = {"time": Expectation("time"), "pickup_instead": Expectation("postcode"), "address": Expectation("address")}
"""What may be said in place of yes or no: another time, another postcode, another address"""


def ask_question(ctx: TurnContext, question: OpenQuestion) -> None:
    """Says an open question; `Session.expects` becomes what answers it."""
    if question.topic in ("variant", "option", "product", "line"):
        _ask_choice(ctx, question)
    elif question.topic == "confirm":
        ctx.say(f"confirm.{question.action}", **question.data.get("values", {}))
        ctx.session.expects, ctx.session.also = Expectation("yes_no"), ALSO.get(question.action or "")
    elif question.topic == "quantity":
        ctx.say("ask.quantity", **question.data.get("values", {}))
        ctx.session.expects = Expectation("quantity", question.data.get("product_id"))
    elif question.topic == "feedback":
        ctx.say("ask.feedback")
        ctx.session.expects = Expectation("rating")
    elif question.topic == "comment":
        ctx.say("ask.comment")
        ctx.session.expects = Expectation("comment")


def _ask_choice(ctx: TurnContext, question: OpenQuestion) -> None:
    names = [choice_name(ctx, question, choice) for choice in read_out(ctx, question)]
    some = "_some" if question.shown + len(names) < len(question.choices) else ""
    values: dict[str, Any] = {"options": names, **question.data.get("values", {})}
    line = ctx.line(question.line_id)
    product: Product | None = ctx.product(line) if line else None
    if product:
        values["item"] = ctx.named(product, line)
    if question.topic == "option" and product:
        group = product.group(str(question.group_id))
        values |= {"group": group.name, "count": max(group.min, 1)}
        named = "_named" if group.names_product else ""
        ctx.say(f"ask.option{named}{some}", **values)
    else:
        ctx.say(f"ask.{question.topic}{some}", **values)
    kind: Any = {"line": "choice"}.get(question.topic, question.topic)
    product_id = product.id if product else None
    ctx.session.expects = Expectation(kind, product_id, question.group_id, ordered_choices(question))


def next_choices(question: OpenQuestion, step: int) -> OpenQuestion:
    """The same question with the choices that "more" reads out; after the last it begins again."""
    shown = question.shown + step
    return replace(question, shown=shown if shown < len(question.choices) else 0)


# --- questions of the stage


def _ask_for_stage(ctx: TurnContext) -> None:
    from voice.dialogue.skills import checkout  # the checkout asks through this file in turn

    session = ctx.session
    session.expects = Expectation("anything")
    if session.stage in ("checkout", "confirming"):
        checkout.ask_next(ctx)
    elif session.stage == "placed":
        ctx.say("ask.after_order")
    elif session.stage == "ordering":
        ctx.say("ask.anything_else" if ctx.lines else "ask.first")


# --- telephone keys


def _offer_keys(ctx: TurnContext) -> None:
    """Adds "press 1 for ..." to a question that was not answered twice; Session.expects must be set."""
    ctx.session.keys = True
    expects = ctx.session.expects
    question = ctx.session.questions[0] if ctx.session.questions else None
    if question and expects.kind in ("variant", "option", "product", "choice"):
        names = [choice_name(ctx, question, choice) for choice in read_out(ctx, question)]
        key = "keys.line" if question.topic == "line" else "keys.choice"
        ctx.prompts += [Prompt(key, {"key": str(n), "name": name}) for n, name in enumerate(names, 1)]
    elif expects.kind == "fulfilment":
        ctx.prompts += [Prompt(f"keys.{kind}", {"key": str(n)}) for n, kind in enumerate(expects.choices, 1)]
    elif expects.kind in ("yes_no", "rating", "phone", "postcode", "quantity", "digits", "anything"):
        ctx.say("keys.menu" if expects.kind == "anything" and not ctx.lines else f"keys.{expects.kind}")
    ctx.say("keys.person")
