"""Changes of lines of which a detail alone is said: "the same but small", "caramel to vanilla", "coke for both"."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

from voice.types import Intent, ItemMention, Reference
from voice.understanding.beside_others import swapped
from voice.understanding.line_items import LineItemParser
from voice.understanding.readings import Context, inner_questions

_LAST = Reference("last")


class LineChanges:
    """Reads them for the lines of an order, with the parser of one catalogue."""

    def __init__(self, parser: LineItemParser) -> None:
        self._parser = parser

    def _fitted(self, said: ItemMention, product_id: str) -> ItemMention | None:
        return self._parser.reread(said.text, product_id)

    def same_but(self, items: tuple[ItemMention, ...], slots: dict[str, Any], context: Context) -> Intent | None:
        """ "the same but small": one more of the last line, with what is said of it."""
        item, last = items[0], context.last
        if last is None or len(items) > 1 or item.product_id is not None or item.quantity_said:
            return None
        fitted = self._fitted(item, last.product_id)
        if fitted is None or not (fitted.options or fitted.variant_id or fitted.questions):
            return None
        return Intent("order.same_again", (replace(fitted, product_id=None),), _LAST, slots)

    def swap(self, new: ItemMention, old: ItemMention, context: Context) -> Intent | None:
        """ "change the caramel to vanilla", of the one line that has caramel."""
        if old.product_id is not None or not old.options:
            return None
        found = []
        for line in context.lines:
            before, after = self._fitted(old, line.product_id), self._fitted(new, line.product_id)
            if before and after and after.options and self._parser.holds(line, before):
                found.append((line, swapped(replace(after, product_id=None), replace(before, product_id=None))))
        if len(found) != 1:
            return None
        return Intent("order.change", (found[0][1],), Reference("ordinal", list(context.lines).index(found[0][0])))

    def chosen(self, group: str, items: tuple[ItemMention, ...], context: Context) -> Intent | None:
        """ "the drink is a coke": an option of the line that has such a choice."""
        if len(items) != 1 or items[0].quantity_said:
            return None
        for line in ([context.last] if context.last else []) + list(reversed(context.lines)):
            said = self._fitted(items[0], line.product_id)
            if said is not None and said.options and all(o.group_id == group for o in said.options):
                place = Reference("ordinal", list(context.lines).index(line))
                return Intent("order.change", (replace(said, product_id=None, questions=inner_questions(said)),), place)
        return None

    def details(self, items: tuple[ItemMention, ...], context: Context) -> tuple[ItemMention, ...]:
        """What is "for both": no product, but one that a line has as a choice ("coke for both"), and not two sizes."""
        if len(items) != 1 or any(q.kind == "variant" for q in items[0].questions):
            return ()
        if items[0].product_id is None:
            return items
        able = (self._fitted(items[0], line.product_id) for line in reversed(context.lines))
        said = next((f for f in able if f is not None and f.options and not f.variant_id), None)
        return (replace(said, product_id=None, questions=()),) if said is not None else ()

    def counted(self, slots: dict[str, Any], reference: Reference, context: Context) -> Intent | None:
        """ "actually twenty" of ten nuggets, which come by ten and by twenty: another size, not twenty times ten."""
        number, last = slots.get("quantity"), context.last
        if number is None or last is None or last.variant_id is None or reference != _LAST:
            return None
        variant_id = self._parser.of_so_many(last.product_id, number)
        if variant_id is None or last.quantity != 1:
            return None
        return Intent("order.change", (ItemMention(None, variant_id=variant_id, text=str(number)),), reference)


def of_pieces(
    items: tuple[ItemMention, ...], reference: Reference, context: Context
) -> tuple[tuple[ItemMention, ...], Reference]:
    """ "large for the first" of two lattes, the only line there is: of one of them."""
    index, line = reference.index or 0, context.last
    if len(context.lines) > 1 or line is None or not 0 <= index < line.quantity or line.quantity < 2:
        return items, reference
    return tuple(replace(item, quantity=Decimal(1), quantity_said=True) for item in items), _LAST
