"""From what was said of an item to a line of the cart. What cannot be decided becomes a question."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

from voice.dialogue import contents, details, stock
from voice.dialogue.agenda import lacks
from voice.dialogue.context import TurnContext
from voice.dialogue.references import LAST, mention_to_plain
from voice.dialogue.session import OpenQuestion, new_session
from voice.shop.model import Fulfilment, LineItem, OptionGroup, Product
from voice.shop.validation import REFUSED_TIMES
from voice.types import Intent, ItemMention, OptionMention, Question, Reference


def reopen(ctx: TurnContext) -> None:
    """After a placed order, a new item begins a new order."""
    session = ctx.session
    if session.stage == "placed":
        session.stage, session.order_number, session.undo, session.suggested = "ordering", "", (), False
        session.idempotency_key = new_session("", "").idempotency_key
        session.fulfilment = replace(session.fulfilment, at=None) if session.given else Fulfilment()
        session.day = None
        session.questions = tuple(q for q in session.questions if q.topic != "feedback")


def add_item(
    ctx: TurnContext, item: ItemMention, instead_of: str | None = None, sure: bool = False, warned: bool = False
) -> LineItem | None:
    """Adds a line, or puts it in place of another; None when something must be asked or cannot be had.

    `sure`: quantity and words were confirmed already; `warned`: it is wanted whatever it contains.
    """
    if item.product_id is None:
        ask_which(ctx, item, instead_of)
        return None
    product = ctx.catalogue.by_id.get(item.product_id)
    if product is None:
        say_unknown(ctx, item.text)
        return None
    ctx.session.last_products = (product.id,)
    data = {"mention": mention_to_plain(item), "instead_of": instead_of}
    item = replace(item, quantity=stock.in_product_unit(ctx, product, item))
    if not stock.can_be_had(ctx, product):
        return None
    if not sure and (ctx.doubtful or item.confidence < ctx.settings.confirm_below):
        values = {"item": {**ctx.named(product), "quantity": str(item.quantity), "unit": product.unit}}
        ctx.ask(OpenQuestion("confirm", action="heard", data={**data, "values": values}))
        return None
    if not warned and _is_withheld(ctx, product, item, data):
        return None
    asked = stock.may_be_pieces(ctx, product, item)
    if not sure and not allow_quantity(ctx, product, item.quantity, data, asked):
        return None
    if sure:
        item = with_certain_quantity(item)
    if not stock.enough(ctx, product, item.quantity, data):
        return None
    return _put(ctx, product, item, instead_of)


def _is_withheld(ctx: TurnContext, product: Product, item: ItemMention, data: dict[str, Any]) -> bool:
    """Whether it is not fit for what it was asked to be, or for who has an allergy: then it is no more than offered."""
    line = contents.as_said(product, item)
    avoided = [tag for tag in ctx.session.avoid if contents.held_of(ctx, line, tag)]
    fit = [contents.tell(ctx, line, tag) for tag in dict.fromkeys((*item.diets, *avoided))]
    if all(fit):
        return False
    contents.ask_a_person(ctx)
    words = {**ctx.named(product), "quantity": str(item.quantity), "unit": product.unit}
    ctx.ask(OpenQuestion("confirm", action="anyway", data={**data, "values": {"item": words}}))
    return True


def with_certain_quantity(item: ItemMention) -> ItemMention:
    """How many is no longer a question."""
    return replace(item, questions=tuple(q for q in item.questions if q.kind != "quantity"))


def ask_which(ctx: TurnContext, item: ItemMention, instead_of: str | None = None) -> None:
    """Asks among the products that the words may mean, or says that there is none."""
    candidates = [c for q in item.questions if q.kind == "product" for c in q.candidates]
    known = tuple(dict.fromkeys(c for c in candidates if c in ctx.catalogue.by_id))
    if not known:
        if item.options or item.variant_id:
            ctx.say("item.which_product")
        else:
            say_unknown(ctx, item.text)
        return
    data = {"mention": mention_to_plain(item), "instead_of": instead_of, "values": {"text": item.text}}
    ctx.ask(OpenQuestion("product", known, data=data))


def say_unknown(ctx: TurnContext, text: str) -> None:
    if text:
        ctx.say("item.unknown", text=text)
    else:
        ctx.say("item.unknown_plain")


def _put(ctx: TurnContext, product: Product, item: ItemMention, instead_of: str | None) -> LineItem:
    line = LineItem(
        instead_of or ctx.new_line_id(), product.id, item.quantity, default_variant(product), notes=item.notes
    )
    line = details.with_variant(ctx, line, product, item.variant_id)
    line = details.with_options(ctx, line, product, item)
    if instead_of:
        ctx.put([line if other.id == instead_of else other for other in ctx.lines], line.id)
    elif twin := _twin(ctx, line, item):
        line = ctx.change(twin.id, quantity=twin.quantity + line.quantity)
    else:
        ctx.put([*ctx.lines, line], line.id)
    for question in reversed(item.questions):
        _ask_about(ctx, line, product, question, item)
    return line


def default_variant(product: Product) -> str | None:
    if len(product.variants) == 1:
        return product.variants[0].id
    default = product.default_variant
    return default if default and product.variant(default).available else None


def _twin(ctx: TurnContext, line: LineItem, item: ItemMention) -> LineItem | None:
    """A line that differs in nothing but its number, and has nothing open."""
    product = ctx.product(line)
    if item.questions or (product.variants and not line.variant_id) or any(lacks(line, g) for g in product.groups):
        return None
    return next((o for o in ctx.lines if replace(o, id=line.id, quantity=line.quantity) == line), None)


def _ask_about(ctx: TurnContext, line: LineItem, product: Product, question: Question, item: ItemMention) -> None:
    if question.kind == "quantity":
        values = {"item": ctx.named(product, line)}
        data = {"values": values, "product_id": product.id}
        ctx.ask(OpenQuestion("quantity", line_id=line.id, data=data))
    elif question.kind == "variant":
        known = tuple(c for c in question.candidates if any(v.id == c and v.available for v in product.variants))
        if known:
            ctx.ask(OpenQuestion("variant", known, line_id=line.id, data={"ambiguous": True}))
    elif question.kind == "option" and (group := _group_of(product, question)):
        known = tuple(c for c in question.candidates if any(o.id == c and o.available for o in group.options))
        if known:
            ctx.ask(OpenQuestion("option", known, line_id=line.id, group_id=group.id, data={"ambiguous": True}))


def _group_of(product: Product, question: Question) -> OptionGroup | None:
    wanted = set(question.candidates)
    fits = [g for g in product.groups if g.id == question.group_id or wanted & {o.id for o in g.options}]
    return fits[0] if fits else None


def like(line: LineItem, said: ItemMention, number: Decimal) -> ItemMention:
    """So many more as the line is, but for what was said."""
    kept = (OptionMention(o.group_id, o.option_id, o.amount, o.negated, o.portion, quantity=o.quantity)
            for o in line.options)
    options = tuple(o for o in kept if all(o.option_id != other.option_id for other in said.options))
    return replace(
        said, product_id=line.product_id, quantity=number, quantity_said=True,
        variant_id=said.variant_id or line.variant_id, options=options + said.options, confidence=1.0,
        notes=tuple(dict.fromkeys((*line.notes, *said.notes))),
    )


# --- changes


def references_of(intent: Intent) -> list[Reference]:
    """What an order to remove speaks of; several items are several references."""
    if intent.items and (len(intent.items) > 1 or intent.reference is None or intent.reference.item is None):
        return [Reference("item", item=item) for item in intent.items]
    return [intent.reference or LAST]


def reference_for_change(ctx: TurnContext, intent: Intent) -> Reference:
    """Without a reference the change is for the line being asked about, else for the one last touched."""
    question = ctx.session.questions[0] if ctx.session.questions else None
    open_line = ctx.line(question.line_id) if question else None
    item = intent.items[0] if intent.items else None
    implied = intent.reference is None or (intent.reference.kind == "last" and item and open_line)
    if implied and open_line and (intent.reference is None or details.takes(ctx, open_line, item or ItemMention(None))):
        return Reference("ordinal", index=ctx.lines.index(open_line))
    last = ctx.line(ctx.session.last_line)
    if not open_line and intent.reference in (None, LAST) and (held := holding(ctx, item)) and last not in held:
        return Reference("ordinal", index=ctx.lines.index(held[-1]))
    if intent.reference is not None:
        return intent.reference
    able = [line for line in ctx.lines if item and details.takes(ctx, line, item)]
    return Reference("ordinal", index=ctx.lines.index(able[-1])) if last and able and last not in able else LAST


def holding(ctx: TurnContext, item: ItemMention | None) -> list[LineItem]:
    """The lines that come with all that is left out: "take off the olives" speaks of what has olives."""
    if item is None or not item.options or not all(o.negated for o in item.options):
        return []
    wanted = {o.option_id for o in item.options}
    return [x for x in ctx.lines if wanted <= {o.option_id for o in x.options if not o.negated}]


def without(ctx: TurnContext, item: ItemMention) -> list[LineItem]:
    """The lines from which the options were left out or taken off, the last first: "put the bacon back"."""
    wanted = {o.option_id for o in item.options}
    out = [x for x in ctx.lines if wanted & {o.option_id for o in x.options if o.negated}]
    had = {x.id for cart in ctx.session.undo for x in cart.lines if wanted & {o.option_id for o in x.options}}
    taken_off = [x for x in ctx.lines if x.id in had and not wanted & {o.option_id for o in x.options}]
    return [*reversed(out), *reversed(taken_off)]


def asked_of(ctx: TurnContext, item: ItemMention) -> list[LineItem]:
    """The lines that "both small" speaks of: those of which the size is open, where it is; else all that take it."""
    able = [line for line in ctx.lines if details.takes(ctx, line, item)]
    lacking = [x for x in able if item.variant_id and x.variant_id is None and ctx.product(x).variants]
    groups = {o.group_id for o in item.options}
    lacking += [x for x in able if any(lacks(x, g) for g in ctx.product(x).groups if g.id in groups)]
    return lacking or able


def apply_change(ctx: TurnContext, line: LineItem, item: ItemMention) -> LineItem | None:
    """The line after "make it large with oat milk"; None when nothing changed. Fewer pieces than it holds split it."""
    product = ctx.product(line)
    if item.product_id and item.product_id != product.id:
        kept = item if item.quantity_said else replace(item, quantity=line.quantity)
        return add_item(ctx, kept, instead_of=line.id)
    if item.product_id is None and any(q.kind == "product" for q in item.questions):
        ask_which(ctx, replace(item, quantity=line.quantity), instead_of=line.id)
        return None
    if not (item.variant_id or item.options or item.notes or item.quantity_said or item.questions):
        ctx.say("change.what", item=ctx.named(product, line))
        return None
    changed = details.with_variant(ctx, line, product, item.variant_id)
    changed = details.with_options(ctx, changed, product, item)
    if item.notes:
        changed = replace(changed, notes=tuple(dict.fromkeys((*changed.notes, *item.notes))))
    if item.quantity_said and item.quantity < line.quantity and changed != line:
        return _split(ctx, line, changed, item.quantity)
    if item.quantity_said and item.quantity != line.quantity:
        if not may_become(ctx, line, item.quantity):
            return None
        changed = replace(changed, quantity=item.quantity)
    for question in item.questions:
        _ask_about(ctx, line, product, question, item)
    if changed == line:
        return None if item.questions or ctx.prompts else line
    ctx.put([changed if other.id == line.id else other for other in ctx.lines], line.id)
    return changed


def _split(ctx: TurnContext, line: LineItem, changed: LineItem, count: Decimal) -> LineItem:
    part = replace(changed, id=ctx.new_line_id(), quantity=count)
    rest = replace(line, quantity=line.quantity - count)
    lines: list[LineItem] = []
    for other in ctx.lines:
        lines += [rest, part] if other.id == line.id else [other]
    ctx.put(lines, part.id)
    return part


def may_become(ctx: TurnContext, line: LineItem, quantity: Decimal) -> bool:
    """Whether a line of the cart may hold so many, by the shop's limit and its stock; asks or refuses otherwise."""
    product, data = ctx.product(line), {"line": line.id}
    return allow_quantity(ctx, product, quantity, data) and stock.enough(ctx, product, quantity, data)


def allow_quantity(
    ctx: TurnContext, product: Product, quantity: Decimal, data: dict[str, Any], asked: bool = False
) -> bool:
    """Whether so many may be ordered unasked; asks or refuses otherwise. `asked`: in any case."""
    limit = product.max_quantity or ctx.shop.max_quantity
    if quantity <= 0 or (product.unit is None and quantity != quantity.to_integral_value()):
        ctx.say("quantity.not_possible", item=ctx.named(product))
        return False
    if quantity > limit * REFUSED_TIMES:
        ctx.say("quantity.too_many", item=ctx.named(product), limit=limit * REFUSED_TIMES)
        return False
    if quantity > limit or asked:
        words = {**ctx.named(product), "quantity": str(quantity), "unit": product.unit}
        more = {**data, "quantity": str(quantity), "values": {"item": words}}
        ctx.ask(OpenQuestion("confirm", action="quantity", data=more))
        return False
    return True
