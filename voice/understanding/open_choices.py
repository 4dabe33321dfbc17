"""What is named alone and may be what a line of the order still lacks: the fries and the coke of a menu.

"A burger menu." "Which side?" "Fries, and a coke with that."
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from voice.shop.model import Catalogue, LineItem
from voice.types import Intent, ItemMention, OptionMention, Reference
from voice.understanding.readings import Context, product_question

Fitted = Callable[[ItemMention, str], ItemMention | None]
"""(what was said, a product's id) -> what it says of that product"""


def filled(
    items: Sequence[ItemMention], context: Context, catalogue: Catalogue, fitted: Fitted
) -> tuple[tuple[ItemMention, ...], list[Intent]]:
    """The items that are ordered by themselves, and the changes of lines of which the others fill an open choice."""
    left: list[ItemMention] = []
    found: dict[str, list[OptionMention]] = {}
    for item in items:
        for line in _lines(context):
            taken = {o.group_id for o in found.get(line.id, ())}
            if option := _choice(item, line, taken, catalogue, fitted):
                found.setdefault(line.id, []).append(option)
                break
        else:
            left.append(item)
    return tuple(left), list(_changes(found, context))


def _changes(found: dict[str, list[OptionMention]], context: Context) -> Iterator[Intent]:
    for index, line in enumerate(context.lines):
        if options := tuple(found.get(line.id, ())):
            said = ItemMention(None, options=options, text=" ".join(o.text for o in options))
            place = Reference("last") if line is context.last else Reference("ordinal", index)
            yield Intent("order.change", (said,), place)


def _lines(context: Context) -> list[LineItem]:
    """The one that is asked about first, then those spoken of last."""
    last = [context.last] if context.last else []
    others = [line for line in reversed(context.lines) if line is not context.last]
    return sorted((*last, *others), key=lambda line: line.product_id != context.expectation.product_id)


def _choice(
    item: ItemMention, line: LineItem, taken: set[str], catalogue: Catalogue, fitted: Fitted
) -> OptionMention | None:
    """The option that the words name of a choice that must be made and is open; of a large one, or of another number,
    it is no part of the line."""
    if item.product_id is None and not product_question(replace(item, options=())):
        return None
    if item.product_id in (None, line.product_id) and not item.options:
        return None
    own = item.options if item.product_id is not None else ()
    if item.variant_id or own or item.notes or item.diets or (item.quantity_said and item.quantity != line.quantity):
        return None
    said, product = fitted(item, line.product_id), catalogue.product(line.product_id)
    if said is None or said.questions or said.variant_id or len(said.options) != 1 or said.options[0].negated:
        return None
    group = product.group(said.options[0].group_id)
    chosen = {o.group_id for o in line.options if not o.negated} | taken
    return said.options[0] if group.required and not group.default and group.id not in chosen else None
