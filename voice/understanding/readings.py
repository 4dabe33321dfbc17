"""What a sentence being read is made of, and how the readings of its parts are put together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

from voice.shop.model import LineItem
from voice.types import Expectation, Intent, ItemMention
from voice.understanding.concepts import Chunk
from voice.understanding.forms import SHORTENED
from voice.understanding.free_answers import FREE
from voice.understanding.grammar import Chart
from voice.understanding.line_items import LineItems
from voice.understanding.tokens import Token

_SILENT = frozenset({"social.greeting", "social.thanks", "control.wait"})
"""Said around something else, these ask for no answer"""


@dataclass(frozen=True, slots=True)
class Context:
    """What the dialogue knows when a sentence is read."""

    expectation: Expectation
    lines: Sequence[LineItem]
    last_line: str | None

    @property
    def last(self) -> LineItem | None:
        named = (line for line in self.lines if line.id == self.last_line)
        return next(named, self.lines[-1] if self.lines else None)


@dataclass(frozen=True, slots=True)
class Reading:
    """One way to understand a stretch of words."""

    intents: tuple[Intent, ...]
    score: float
    """0 to 1: how sure"""
    unknown: tuple[str, ...] = ()


@dataclass(slots=True)
class Sentence:
    """One hypothesis being read: its tokens, what they name, and what has been worked out about them."""

    tokens: tuple[Token, ...]
    concepts: list[int]
    """Words before each place that name something"""
    untimed: list[int]
    """... and may be no time's, as the "two" of "tomorrow at two" """
    chart: Chart
    context: Context
    parsed: dict[tuple[int, int], LineItems] = field(default_factory=dict)


def not_twice(intents: tuple[Intent, ...], lines: Sequence[LineItem]) -> tuple[Intent, ...]:
    """ "a latte, yes, that's it" as an answer says again what is in the cart; it orders no second one."""
    if not any(i.name == "answer.yes" for i in intents):
        return intents
    return tuple(i for i in intents if i.name != "order.add" or not all(in_cart(item, lines) for item in i.items))


def in_cart(item: ItemMention, lines: Sequence[LineItem]) -> bool:
    said = {(o.group_id, o.option_id, o.negated) for o in item.options}
    return any(
        line.product_id == item.product_id
        and line.quantity == item.quantity
        and item.variant_id in (None, line.variant_id)
        and said <= {(o.group_id, o.option_id, o.negated) for o in line.options}
        for line in lines
    )


def no_answers(chunk: Chunk, context: Context) -> bool:
    """Whether "no" before this product more likely answers: "no, a latte". A kind ("no bread") and what was ordered
    before is left out, and where nothing was said yet there is nothing to answer."""
    if chunk.concept is None or not chunk.is_product or chunk.concept.quality < SHORTENED:
        return False
    if context.expectation.kind in FREE or (not context.lines and context.expectation == Expectation()):
        return False
    return not any(line.product_id in chunk.concept.products for line in context.lines)


def inner_questions(item: ItemMention) -> tuple[Any, ...]:
    return tuple(q for q in item.questions if q.kind != "product")


def product_question(item: ItemMention) -> bool:
    return any(q.kind == "product" for q in item.questions) and not item.options


def adds_up(context: Context) -> bool:
    """Whether "another two" can be more of what was ordered last, and is no answer to how many."""
    return context.last is not None and context.expectation.kind != "quantity"


def quantity_slots(slots: dict[str, Any]) -> dict[str, Any]:
    relative = slots.get("relative")
    if "asked" in slots:
        return {}
    number = slots.get("number", Decimal(1))
    said_with = {key: value for key, value in slots.items() if key in ("unit", "bare")}
    if relative in ("more", "less"):
        return {"relative": number if relative == "more" else -number, **said_with}
    if relative is not None:
        return {"relative": Decimal(relative)}
    return {"quantity": number, **said_with}


def joined(left: Reading, right: Reading) -> Reading:
    both = left.intents + right.intents
    said = tuple(i for i in both if i.name not in _SILENT) or both[:1]
    merged: list[Intent] = []
    for intent in said:
        if merged and merged[-1].name == intent.name == "order.add":
            merged[-1] = replace(merged[-1], items=merged[-1].items + intent.items)
        else:
            merged.append(intent)
    return Reading(tuple(merged), min(left.score, right.score), left.unknown + right.unknown)
