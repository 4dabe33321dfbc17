"""Adding, removing and changing what is in the order."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from voice.dialogue import contents, items, stock
from voice.dialogue.context import Handlers, TurnContext
from voice.dialogue.references import (
    LAST,
    has_option,
    mention_from_plain,
    mention_to_plain,
    resolve,
    resolve_or_ask,
)
from voice.dialogue.session import OpenQuestion
from voice.dialogue.skills import answers
from voice.shop.model import LineItem
from voice.types import Expectation, Intent, ItemMention, Reference


def add(ctx: TurnContext, intent: Intent) -> None:
    """New lines; but "add cream to it", "to the latte" changes the line that is there."""
    to = intent.slots.get("to")
    whose = intent.items[-1] if to == "line" else None
    wanted = list(intent.items[:-1] if whose else intent.items)
    if whose and not resolve(ctx, Reference("item", item=whose)):
        wanted = [replace(whose, options=wanted[0].options)]  # "cream on the scone" when there is no scone yet
    elif to and wanted[0].options and wanted[0].product_id in (None, whose and whose.product_id):
        option = replace(wanted[0], product_id=None, questions=())  # which product is known
        change(ctx, Intent("order.change", (option,), Reference("item", item=whose) if whose else None))
        return
    intent = replace(intent, items=tuple(wanted))
    if not ctx.doubtful:
        items.reopen(ctx)
    added = [line for item in intent.items if (line := items.add_item(ctx, item))]
    say_lines(ctx, "order.added", added)


def say_lines(ctx: TurnContext, key: str, lines: list[LineItem]) -> None:
    """Implicit confirmation: what was understood is said as it now stands."""
    if lines := [line for i in dict.fromkeys(line.id for line in lines) if (line := ctx.line(i))]:
        ctx.say(key, items=[ctx.words(line) for line in lines])


def remove(ctx: TurnContext, intent: Intent) -> None:
    if intent.slots.get("others"):
        _ask_only(ctx, intent)
        return
    first, *whose = intent.items or (ItemMention(None),)
    if first.options and first.product_id in (None, *(item.product_id for item in whose if _only_named(ctx, item))):
        _remove_options(ctx, intent)
        return
    for reference in items.references_of(intent):
        if answers.take_back(ctx, reference):
            continue
        lines = resolve_or_ask(ctx, reference, intent)
        for line in lines:
            _remove_from(ctx, line, reference.item)


def _ask_only(ctx: TurnContext, intent: Intent) -> None:
    """ "actually only the coke": whether all else shall go."""
    kept = [line for item in intent.items for line in resolve(ctx, Reference("item", item=item))]
    others = [line for line in ctx.lines if line not in kept]
    if kept and others:
        values = {"items": [ctx.words(line) for line in ctx.lines if line in kept]}
        ctx.ask(OpenQuestion("confirm", action="only", data={"gone": [line.id for line in others], "values": values}))


def _only_named(ctx: TurnContext, item: ItemMention) -> bool:
    """Whether nothing is said of it but which it is: an option may be its name, as in "earl grey"."""
    product = ctx.catalogue.by_id.get(item.product_id or "")
    naming = {g.id for g in product.groups if g.names_product} if product else set()
    return all(option.group_id in naming for option in item.options)


def _remove_options(ctx: TurnContext, intent: Intent) -> None:
    """ "take the oat milk off (the latte)": an option goes, not a line."""
    item, *whose = intent.items
    negated = tuple(replace(option, negated=True) for option in item.options)
    reference = Reference("item", item=whose[0]) if whose else intent.reference
    change(ctx, Intent("order.change", (replace(item, product_id=None, options=negated, questions=()),), reference))


def _remove_from(ctx: TurnContext, line: LineItem, item: ItemMention | None) -> None:
    """One line goes, or as many pieces of it as were said."""
    said = item.quantity if item and item.quantity_said else None
    left = line.quantity - said if said is not None and said < line.quantity else Decimal(0)
    gone = replace(line, quantity=line.quantity - left)
    words = ctx.words(gone)
    if left:
        ctx.change(line.id, quantity=left)
    else:
        ctx.put([other for other in ctx.lines if other.id != line.id])
    ctx.say("order.removed", items=[words])


def change(ctx: TurnContext, intent: Intent) -> None:
    """ "make it large", "with oat milk", "I said decaf"."""
    if not ctx.lines:
        ctx.say("order.nothing_to_change")
        return
    item = intent.items[0] if intent.items else ItemMention(None)
    if intent.slots.get("all") or (intent.reference and intent.reference.kind == "all"):
        lines = items.holding(ctx, item) or items.asked_of(ctx, item)
    elif intent.slots.get("back") and (without := items.without(ctx, item)):
        lines = without[:1]
    else:
        lines = resolve_or_ask(ctx, items.reference_for_change(ctx, intent), intent)
    changed = [after for line in lines if (after := items.apply_change(ctx, line, item))]
    say_lines(ctx, "order.changed", changed)
    contents.warn(ctx, changed)
    if intent.slots.get("all") and not lines:
        ctx.say("order.cannot_change")


def quantity(ctx: TurnContext, intent: Intent) -> None:
    """ "make that two", "another one"."""
    if _of_what_is_asked(ctx, intent):
        return
    if not ctx.lines:
        ctx.say("order.nothing_to_change")
        return
    if _of_the_end(ctx, intent):
        return
    reference = Reference("item", item=intent.items[0]) if intent.items else intent.reference
    unit = intent.slots.get("unit")
    wanted, relative = intent.slots.get("quantity"), intent.slots.get("relative")
    lines = resolve_or_ask(ctx, reference or items.reference_for_change(ctx, intent), intent)
    if unit and reference in (None, LAST):
        lines = [stock.measured_line(ctx) or line for line in lines]
    if relative is not None:
        more = [stock.in_unit_of(ctx, line, relative, unit) for line in lines]
        set_quantities(ctx, [(line, line.quantity + number) for line, number in zip(lines, more, strict=True)])
    elif wanted is not None:
        set_quantities(ctx, [(line, stock.in_unit_of(ctx, line, wanted, unit)) for line in lines])
    else:
        for line in lines:
            ask_quantity(ctx, line)


def _of_what_is_asked(ctx: TurnContext, intent: Intent) -> bool:
    """ "no, two", "make it two", while it is asked which muffin: how many of what is not in the cart yet."""
    question = answers.open_question(ctx)
    if question is None or question.topic != "product" or intent.reference not in (None, LAST):
        return False
    asked = mention_from_plain(question.data["mention"])
    more, wanted = intent.slots.get("relative"), intent.slots.get("quantity")
    if more is None and wanted is None:
        return False
    value = asked.quantity + Decimal(str(more)) if more is not None else Decimal(str(wanted))
    if value <= 0:
        answers.none(ctx, Intent("answer.none"))
        return True
    said = replace(items.with_certain_quantity(asked), quantity=value, quantity_said=True)
    corrected = replace(question, data={**question.data, "mention": mention_to_plain(said)})
    ctx.session.questions = tuple(corrected if q is question else q for q in ctx.session.questions)
    ctx.say("answer.how_many", count=str(value))
    return True


def _of_the_end(ctx: TurnContext, intent: Intent) -> bool:
    """ "actually fifteen" while the order is read back: of a time just given it is the time, and else it is asked
    whether so many are meant, lest the next yes order them."""
    wanted, line = intent.slots.get("quantity"), ctx.line(ctx.session.last_line) or ctx.lines[-1]
    if ctx.session.stage != "confirming" or wanted is None or intent.items or intent.reference not in (None, LAST):
        return False
    if any(p.key == "fulfilment.time" for p in ctx.session.prompts):
        ctx.ask_openly("ask.time", Expectation("time"))
        return True
    if not intent.slots.get("bare"):
        return False
    number = str(stock.in_unit_of(ctx, line, wanted, intent.slots.get("unit")))
    values = {"item": {**ctx.named(ctx.product(line), line), "quantity": number, "unit": ctx.product(line).unit}}
    data = {"line": line.id, "quantity": number, "values": values}
    ctx.ask(OpenQuestion("confirm", action="quantity", data=data))
    return True


def set_quantity(ctx: TurnContext, line: LineItem, new: Decimal) -> None:
    set_quantities(ctx, [(line, new)])


def set_quantities(ctx: TurnContext, wanted: Sequence[tuple[LineItem, Decimal]]) -> None:
    """Each line with its new number; a line of none goes, and what is too many is asked about."""
    changed = []
    for line, new in wanted:
        if new <= 0:
            _remove_from(ctx, line, None)
        elif items.may_become(ctx, line, new):
            changed.append(ctx.change(line.id, quantity=new))
    say_lines(ctx, "order.changed", changed)


def ask_quantity(ctx: TurnContext, line: LineItem) -> None:
    values = {"item": ctx.named(ctx.product(line), line)}
    ctx.ask(OpenQuestion("quantity", line_id=line.id, data={"values": values, "product_id": line.product_id}))


def same_again(ctx: TurnContext, intent: Intent) -> None:
    if not ctx.lines:
        if ctx.session.caller:
            ctx.say("order.nothing_yet")
        else:
            ctx.say("order.nothing_to_change")
        return
    if intent.items:
        _same_but(ctx, intent)
        return
    set_quantities(ctx, [(line, line.quantity * 2) for line in resolve(ctx, intent.reference)])


def _same_but(ctx: TurnContext, intent: Intent) -> None:
    """ "the same but small", "another one, but decaf": one more line, as the last but for what is said."""
    for line in resolve(ctx, intent.reference):
        number = Decimal(str(intent.slots.get("number", line.quantity)))
        item = items.like(line, intent.items[0], number)
        if added := items.add_item(ctx, item):
            say_lines(ctx, "order.added", [added])


def replace_item(ctx: TurnContext, intent: Intent) -> None:
    """ "a mocha instead of the latte": the new keeps the quantity of the old, unless one is said."""
    if (more_of := _of_another_line(ctx, intent)) is not None:
        set_quantity(ctx, more_of, intent.items[0].quantity)
        return
    old = resolve_or_ask(ctx, intent.reference, intent)
    if not intent.items:
        return
    if not old:
        if ctx.lines and not resolve(ctx, intent.reference):
            add(ctx, intent)  # "not garlic bread, a salad", of an order without either
        return
    item, some = intent.items[0], _some_of(old[0], intent)
    before = replace(old[0], quantity=some or old[0].quantity)
    if not item.quantity_said:
        item = replace(item, quantity=before.quantity)
    line = items.add_item(ctx, item, instead_of=None if some else before.id)
    if some and (line or ctx.session.questions):
        rest = replace(old[0], quantity=old[0].quantity - some)
        ctx.put([rest if x.id == rest.id else x for x in ctx.lines], line.id if line else ctx.session.last_line)
    if line is None:
        return  # what stands there stays until the new one is clear
    for other in intent.items[1:]:
        items.add_item(ctx, other)
    ctx.say("order.replaced", old=ctx.words(before), new=ctx.words(line))


def _some_of(line: LineItem, intent: Intent) -> Decimal | None:
    """How many are replaced of a line that keeps the others: "instead of one of the cokes"."""
    said = intent.reference.item if intent.reference else None
    return said.quantity if said and said.quantity_said and said.quantity < line.quantity else None


def _of_another_line(ctx: TurnContext, intent: Intent) -> LineItem | None:
    """ "make it three croissants" after croissants and a brownie: it is the croissants whose number changes."""
    item = intent.items[0] if intent.items else ItemMention(None)
    implied = intent.reference is None or intent.reference.kind == "last"
    if not implied or not item.quantity_said or len(intent.items) > 1:
        return None
    same = [line for line in ctx.lines if line.product_id == item.product_id]
    same = [line for line in same if all(has_option(line, option) for option in item.options)]
    return next((line for line in same if item.variant_id in (None, line.variant_id)), None)


def _nothing_to_sum_up(ctx: TurnContext) -> bool:
    """Says so when the cart is empty because nothing is chosen yet, or because it is ordered."""
    if not ctx.lines and ctx.session.order_number:
        ctx.say("greeting.was_placed", number=ctx.session.order_number)
    elif not ctx.lines:
        ctx.say("order.empty")
    return not ctx.lines


def review(ctx: TurnContext, intent: Intent) -> None:
    if _nothing_to_sum_up(ctx):
        return
    if ctx.session.stage == "confirming":  # the read-back with the full price follows, once
        ctx.session.told = None
        return
    ctx.say("order.review", items=ctx.all_words(), total=ctx.totals().total)


def total(ctx: TurnContext, intent: Intent) -> None:
    if _nothing_to_sum_up(ctx) or ctx.session.stage == "confirming":  # where the full price is said again anyway
        return
    sums = ctx.totals()
    ctx.say("order.total", total=sums.total, tax=sums.tax)


HANDLERS: Handlers = {
    "order.add": add,
    "order.remove": remove,
    "order.change": change,
    "order.quantity": quantity,
    "order.same_again": same_again,
    "order.replace": replace_item,
    "order.review": review,
    "order.total": total,
}
