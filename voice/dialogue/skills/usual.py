"""Being recognised: "my usual" is the caller's last order, as far as the shop still has it."""

from __future__ import annotations

from dataclasses import replace

from voice.dialogue import items, records, stock
from voice.dialogue.context import Handlers, TurnContext
from voice.dialogue.references import mention_to_plain
from voice.dialogue.times import order_time
from voice.shop.model import LineItem
from voice.shop.validation import line_problems
from voice.types import Intent, ItemMention, OptionMention


def usual(ctx: TurnContext, intent: Intent) -> None:
    if not ctx.session.caller:
        ctx.say("usual.who")
        return
    lines = records.last_order(ctx)
    if not lines:
        ctx.say("usual.none")
        return
    items.reopen(ctx)
    possible = [line for line in lines if _can_be_had(ctx, line)]
    added = [replace(line, id=ctx.new_line_id()) for line in possible]
    if added:
        ctx.put([*ctx.lines, *added], added[-1].id)
        ctx.say("usual.added", items=[ctx.words(line) for line in added])


def _can_be_had(ctx: TurnContext, line: LineItem) -> bool:
    product = ctx.catalogue.by_id.get(line.product_id)
    if product is None:
        ctx.say("usual.gone")
        return False
    gone = ("unknown_product", "variant_unknown", "variant_unavailable", "option_unknown", "option_unavailable")
    if any(p.kind in gone for p in line_problems(ctx.catalogue, line, order_time(ctx))):
        ctx.say("item.unavailable", item=ctx.named(product))
        return False
    return stock.can_be_had(ctx, product) and stock.enough(ctx, product, line.quantity, {
        "mention": mention_to_plain(_mention(line))
    })


def _mention(line: LineItem) -> ItemMention:
    """The line as if it had been said."""
    options = tuple(
        OptionMention(o.group_id, o.option_id, o.amount, o.negated, o.portion, quantity=o.quantity)
        for o in line.options
    )
    return ItemMention(line.product_id, line.quantity, True, None, line.variant_id, options, notes=line.notes)


HANDLERS: Handlers = {"order.usual": usual}
