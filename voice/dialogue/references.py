"""Which lines of the cart a sentence speaks of: "the last one", "the second", "the large latte", "all of them"."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from typing import Any

from pydantic import TypeAdapter

from voice.dialogue.context import TurnContext
from voice.dialogue.session import OpenQuestion
from voice.shop.model import LineItem
from voice.types import Intent, ItemMention, OptionMention, Reference

LAST = Reference("last")


def resolve(ctx: TurnContext, reference: Reference | None) -> list[LineItem]:
    """The lines meant, best guess; empty when the cart holds none such."""
    lines, last = list(ctx.lines), ctx.line(ctx.session.last_line)
    if not lines:
        return []
    kind = reference.kind if reference else "last"
    if reference and kind == "item" and reference.item:
        return _by_item(ctx, reference.item)
    if reference and kind == "ordinal":
        index = reference.index if reference.index is not None else -1
        return [lines[index]] if -len(lines) <= index < len(lines) else []
    if kind == "all":
        return lines
    if kind == "others":
        return [line for line in lines if line is not last] if len(lines) > 1 else []
    return [last or lines[-1]]


def resolve_or_ask(ctx: TurnContext, reference: Reference | None, intent: Intent) -> list[LineItem]:
    """As `resolve`; where several different lines fit, asks which, and says so where none does."""
    found = resolve(ctx, reference)
    if not found:
        described = _described(ctx, reference)
        if described:
            ctx.say("order.not_in_order", item=described)
        else:
            ctx.say("order.not_in_order_plain")
        return []
    single = reference is not None and reference.kind == "item"
    if single and len(found) > 1 and intent.name != "order.review":
        choices = tuple(line.id for line in found)
        ctx.ask(OpenQuestion("line", choices, data={"intent": intent_to_plain(intent)}))
        return []
    return found


def _by_item(ctx: TurnContext, item: ItemMention) -> list[LineItem]:
    """Lines of the product said; the variant and the options narrow them down where they can."""
    products = {item.product_id} if item.product_id else {c for q in item.questions for c in q.candidates}
    found = [line for line in ctx.lines if not products or line.product_id in products]
    if item.variant_id and (narrower := [line for line in found if line.variant_id == item.variant_id]):
        found = narrower
    elif item.variant_id and not item.product_id:
        return []
    for option in item.options:
        narrower = [line for line in found if has_option(line, option)] or _with_default(ctx, found, option)
        if not narrower and not item.product_id:
            return []
        found = narrower or found
    return found if products or item.variant_id or item.options else []


def _with_default(ctx: TurnContext, lines: list[LineItem], option: OptionMention) -> list[LineItem]:
    """The lines that come with the option though nobody chose it: the bacon of a club sandwich."""
    wanted = {option.option_id} if not option.negated else set()
    without = {line.id for line in lines if has_option(line, replace(option, negated=True))}
    groups = ((line, group) for line in lines if line.id not in without for group in ctx.product(line).groups)
    return [line for line, group in groups if group.id == option.group_id and wanted & {*group.default}]


def has_option(line: LineItem, option: OptionMention) -> bool:
    wanted = (option.group_id, option.option_id, option.negated)
    return any((o.group_id, o.option_id, o.negated) == wanted for o in line.options)


def _described(ctx: TurnContext, reference: Reference | None) -> str:
    item = reference.item if reference else None
    if item and item.product_id and item.product_id in ctx.catalogue.by_id:
        return ctx.catalogue.product(item.product_id).name
    return item.text if item else ""


@lru_cache
def _intents() -> TypeAdapter[Intent]:
    return TypeAdapter(Intent)


@lru_cache
def _mentions() -> TypeAdapter[ItemMention]:
    return TypeAdapter(ItemMention)


def intent_to_plain(intent: Intent) -> Any:
    return _intents().dump_python(intent, mode="json")


def intent_from_plain(data: Any) -> Intent:
    return _intents().validate_python(data)


def mention_to_plain(item: ItemMention) -> Any:
    return _mentions().dump_python(item, mode="json")


def mention_from_plain(data: Any) -> ItemMention:
    return _mentions().validate_python(data)
