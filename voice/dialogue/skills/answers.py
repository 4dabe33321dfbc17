"""Answers to the question on the table: yes, no, one of the choices, "I don't know"."""

from __future__ import annotations

from dataclasses import replace

from voice.dialogue import agenda, details, items
from voice.dialogue.context import Handlers, TurnContext
from voice.dialogue.references import LAST, intent_from_plain, mention_from_plain, mention_to_plain, resolve
from voice.dialogue.session import OpenQuestion
from voice.dialogue.skills import checkout, confirmation, feedback
from voice.shop.model import LineItem
from voice.types import Intent, ItemMention, OptionMention, Reference

_CHOSEN = 0.9
"""How sure at least is what was named among the choices offered"""
CHOICES = ("variant", "option", "product", "line")


def take(ctx: TurnContext, intent: Intent) -> bool:
    """Whether a sentence about items answered the open question: "large", "a large one", "the tuna salad"."""
    question = open_question(ctx)
    if question is None or not intent.items or intent.name not in ("order.add", "order.change", "order.replace"):
        return False
    item = intent.items[0]
    if question.topic == "product" and len(intent.items) == 1 and _narrows(ctx, question, item):
        return True
    if question.topic == "product" and item.product_id in question.choices:
        _choose(ctx, question, str(item.product_id), item)
        for other in intent.items[1:]:  # "two blueberry and one chocolate", "the blueberry one and a coke"
            sure = max(other.confidence, _CHOSEN) if other.product_id in question.choices else other.confidence
            if line := items.add_item(ctx, replace(other, confidence=sure)):
                ctx.say("order.added", items=[ctx.words(line)])
        return True
    if question.action == "heard" and intent.name == "order.replace" and intent.reference == LAST:
        close(ctx, question)  # "no, I said a cola": not what was heard, and nothing that stands in the order
        if line := items.add_item(ctx, item, instead_of=question.data.get("instead_of")):
            ctx.say("order.added", items=[ctx.words(line)])
        return True
    line = ctx.line(question.line_id)
    if line is None or question.topic not in ("variant", "option") or len(intent.items) > 1:
        return False
    if intent.name == "order.change" and item.quantity_said and item.quantity < line.quantity:
        return False  # "large for the first", of two
    about = intent.reference is None or intent.reference.kind == "last"
    if not about or not _settles(question, line, item, intent):
        return False
    close(ctx, question)
    kept = replace(item, product_id=None, quantity=line.quantity, quantity_said=False)
    if changed := items.apply_change(ctx, line, kept):
        _acknowledge(ctx, changed)
    return True


def _narrows(ctx: TurnContext, question: OpenQuestion, item: ItemMention) -> bool:
    """ "with oat milk", while it is asked which coffee: said of whichever it will be, and it is asked on."""
    if item.product_id is not None or item.quantity_said or not (item.options or item.variant_id):
        return False
    asked = [ctx.catalogue.product(c) for c in question.choices if c in ctx.catalogue.by_id]
    able = [p for p in asked if all(details.find_option(p, o)[1] for o in item.options)]
    if not [p for p in able if not item.variant_id or details.find_variant(p, item.variant_id)]:
        return False
    before = mention_from_plain(question.data["mention"])
    said = replace(before, options=before.options + item.options, variant_id=item.variant_id or before.variant_id)
    noted = replace(question, data={**question.data, "mention": mention_to_plain(said)})
    ctx.session.questions = tuple(noted if q is question else q for q in ctx.session.questions)
    return True


def take_back(ctx: TurnContext, reference: Reference) -> bool:
    """ "remove the muffin", while it is asked which muffin: it never comes into the cart."""
    question, item = open_question(ctx), reference.item
    if question is None or question.topic != "product" or item is None or resolve(ctx, reference):
        return False
    named = {item.product_id, *(c for q in item.questions for c in q.candidates)}
    if named.isdisjoint(question.choices):
        return False
    none(ctx, Intent("answer.none"))
    return True


def _settles(question: OpenQuestion, line: LineItem, item: ItemMention, intent: Intent) -> bool:
    """Whether the item says what was asked about the line, and is not a further item."""
    if item.product_id not in (None, line.product_id):
        return False
    if intent.name == "order.add" and item.product_id and item.quantity_said and item.quantity != line.quantity:
        return False
    if question.topic == "variant":
        return item.variant_id is not None
    return any(option.group_id == question.group_id for option in item.options)


def open_question(ctx: TurnContext) -> OpenQuestion | None:
    return ctx.session.questions[0] if ctx.session.questions else None


def close(ctx: TurnContext, question: OpenQuestion) -> None:
    ctx.session.questions = tuple(q for q in ctx.session.questions if q is not question)


def _acknowledge(ctx: TurnContext, line: LineItem) -> None:
    """Says the line as it stands once nothing of it is open; before that the next question is enough."""
    if not any(p.key == "order.added" for p in ctx.prompts):
        ctx.say("order.noted", items=[ctx.words(line)])


def _choose(ctx: TurnContext, question: OpenQuestion, choice: str, said: ItemMention | None = None) -> None:
    """Applies a choice to what the question was about."""
    close(ctx, question)
    if question.topic == "product":
        _choose_product(ctx, question, choice, said)
        return
    if question.topic == "line":
        _choose_line(ctx, question, choice)
        return
    line = ctx.line(question.line_id)
    if line is None:
        return
    if question.topic == "variant":
        item = ItemMention(None, variant_id=choice)
    else:
        item = ItemMention(None, options=(OptionMention(str(question.group_id), choice),))
    if changed := items.apply_change(ctx, line, item):
        _acknowledge(ctx, changed)


def _choose_product(ctx: TurnContext, question: OpenQuestion, choice: str, said: ItemMention | None) -> None:
    asked = mention_from_plain(question.data["mention"])
    rest = tuple(q for q in asked.questions if q.kind != "product")
    item = replace(asked, product_id=choice, questions=rest, confidence=1.0)
    if said:  # "the large one", "two of the second": what was said now adds to what was said before
        item = replace(
            item,
            variant_id=said.variant_id or item.variant_id,
            options=item.options + said.options,
            quantity=said.quantity if said.quantity_said else item.quantity,
            quantity_said=said.quantity_said or item.quantity_said,
        )
    product = ctx.catalogue.product(choice)
    have = {(g.id, o.id) for g in product.groups for o in g.options}
    item = replace(item, options=tuple(o for o in item.options if (o.group_id, o.option_id) in have))
    items.reopen(ctx)
    if line := items.add_item(ctx, item, instead_of=question.data.get("instead_of")):
        ctx.say("order.added", items=[ctx.words(line)])


def _choose_line(ctx: TurnContext, question: OpenQuestion, choice: str) -> None:
    from voice.dialogue.skills import ordering  # it asks which line through this file's question

    intent = intent_from_plain(question.data["intent"])
    index = next((i for i, line in enumerate(ctx.lines) if line.id == choice), None)
    if index is None:
        return
    item = intent.reference.item if intent.reference else None
    if intent.name == "order.remove":
        intent = replace(intent, items=())
    ordering.HANDLERS[intent.name](ctx, replace(intent, reference=Reference("ordinal", index=index, item=item)))


# --- yes, no, none, whatever


def yes(ctx: TurnContext, intent: Intent) -> None:
    question = open_question(ctx)
    if question is None:
        if ctx.session.stage in ("confirming", "checkout"):
            checkout.agree(ctx)
        elif ctx.session.stage == "placed":
            ctx.ask_openly("ask.what_else")
        else:
            ctx.ask_openly("order.go_on")
    elif question.topic == "confirm":
        keeps = bool(intent.slots.get("keep")) and question.action in confirmation.DESTRUCTIVE  # "I do want it"
        if keeps or heard_question(ctx):
            confirmation.answer(ctx, question, not keeps)
    elif question.topic in CHOICES and len(question.choices) == 1:
        _choose(ctx, question, question.choices[0])
    elif question.topic == "feedback":
        ctx.say("feedback.how")
    else:
        ctx.say("answer.which")


def heard_question(ctx: TurnContext) -> bool:
    """What the caller did not hear is not confirmed: the question, last in the reply, must have been heard; and "okay"
    to "take your time" answers no question at all."""
    heard, said = ctx.session.heard, ctx.session.prompts
    return any(p.key.startswith("confirm.") for p in said) and (heard is None or heard >= len(said))


def no(ctx: TurnContext, intent: Intent) -> None:
    question = open_question(ctx)
    stage = ctx.session.stage
    if question is None:
        if stage == "confirming" and intent.slots.get("fine"):
            checkout.agree(ctx)  # "no, that's fine": nothing to change
        elif stage == "confirming":
            checkout.back_to_ordering(ctx)
        elif stage == "checkout":
            checkout.decline(ctx)
        elif stage == "placed":
            feedback.goodbye(ctx, intent)
        else:
            checkout.finish(ctx, intent)
    elif question.topic == "confirm":
        confirmation.answer(ctx, question, False)
    elif question.topic == "feedback":
        close(ctx, question)
        feedback.goodbye(ctx, intent)
    else:
        none(ctx, intent)


def none(ctx: TurnContext, intent: Intent) -> None:
    question = open_question(ctx)
    if question is None or question.topic in ("confirm", "feedback"):
        no(ctx, intent)
    elif question.topic == "product":
        close(ctx, question)
        ctx.say("order.left_out")
    elif question.topic == "comment":
        close(ctx, question)
        ctx.say("answer.dropped")
    elif question.topic == "option" and _optional(ctx, question):
        close(ctx, question)
    elif question.topic in ("variant", "option"):
        ctx.say("option.required")
    else:
        close(ctx, question)
        ctx.say("order.kept")


def _optional(ctx: TurnContext, question: OpenQuestion) -> bool:
    line = ctx.line(question.line_id)
    return line is None or not agenda.lacks(line, ctx.product(line).group(str(question.group_id)))


def unsure(ctx: TurnContext, intent: Intent) -> None:
    """ "I don't know, whatever": the usual choice where there is one, else advice."""
    question = open_question(ctx)
    if question and question.topic in ("variant", "option"):
        middle = (len(question.choices) - 1) // 2 if question.topic == "variant" else 0
        choice = question.choices[middle]
        ctx.say("answer.chosen", option=agenda.choice_name(ctx, question, choice))
        _choose(ctx, question, choice)
    elif question and question.topic == "feedback":
        no(ctx, intent)
    elif ctx.session.expects.kind == "digits":
        ctx.say("answer.dropped")  # the number of an order: nothing hangs on it
    elif question:
        ctx.say("answer.take_time")
    elif ctx.session.stage == "ordering":
        from voice.dialogue.skills import recommendations

        recommendations.recommend(ctx, intent)
    else:
        ctx.say("answer.take_time")


# --- choices


def choice(ctx: TurnContext, intent: Intent) -> None:
    """ "the second one", counted from what was read out."""
    index = int(intent.slots.get("index", 0))
    question = open_question(ctx)
    if question and question.topic in CHOICES:
        named = bool(intent.slots.get("named"))
        said = agenda.ordered_choices(question) if named else agenda.read_out(ctx, question)
        if -len(said) <= index < len(said):
            _choose(ctx, question, said[index])
        else:
            ctx.say("answer.so_many", count=len(said))
    elif ctx.session.expects.kind == "fulfilment" and 0 <= index < len(ctx.session.expects.choices):
        checkout.choose(ctx, ctx.session.expects.choices[index])
    elif question is None and ctx.session.more_key and -3 <= index < 3 and ctx.session.last_products:
        _order_listed(ctx, index)
    else:
        ctx.say("answer.which")


def _order_listed(ctx: TurnContext, index: int) -> None:
    """ "the second one" of the products just recommended."""
    listed = ctx.session.last_products
    if not -len(listed) <= index < len(listed):
        ctx.say("answer.so_many", count=len(listed))
        return
    if line := items.add_item(ctx, ItemMention(listed[index])):
        ctx.say("order.added", items=[ctx.words(line)])


HANDLERS: Handlers = {
    "answer.yes": yes,
    "answer.no": no,
    "answer.none": none,
    "answer.unsure": unsure,
    "answer.choice": choice,
}
