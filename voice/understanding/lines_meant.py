"""What is said of the one line of the order that a product, a size or an option tells from the others.

"oat milk for the cappuccino", "olives on the large one", "make one of the lattes large", "remove the soy one".
"""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from voice.shop.model import LineItem
from voice.types import Intent, ItemMention, Reference
from voice.understanding.line_items import LineItemParser
from voice.understanding.readings import Context, inner_questions
from voice.understanding.single_mention import IMPLIED


def intent(
    parser: LineItemParser,
    some: str | None,
    items: tuple[ItemMention, ...],
    whose: tuple[ItemMention, ...],
    context: Context,
) -> Intent | None:
    """None where the words tell no one line, or the line takes nothing of what was said.

    `some`: the change is for "all" of the line or for "one" of its pieces; None: the line is not wanted.
    `whose`: what tells the line; nothing is the one spoken of last.
    """
    line = one_line(whose[0], context) if len(whose) == 1 else None if whose else context.last
    if line is None:
        return _of_several(parser, items, whose, context) if some == "one" else None
    place = Reference("ordinal", list(context.lines).index(line))
    if some is None:
        return Intent("order.remove", (), place)
    if len(items) != 1:
        return None
    item, one = items[0], some == "one" and line.quantity > 1
    if item.product_id not in (None, line.product_id) and item.confidence > IMPLIED:
        piece = ItemMention(line.product_id, Decimal(1), one, variant_id=line.variant_id)
        other = Intent("order.replace", items, Reference("item", item=piece))
        return other if some == "one" else Intent("order.add", items)  # "a brownie with the latte"
    fitted = parser.reread(item.text, line.product_id)
    if item.quantity_said or fitted is None or not (fitted.options or fitted.variant_id):
        return None
    change = replace(fitted, product_id=None, quantity=Decimal(1), quantity_said=one)
    return Intent("order.change", (replace(change, questions=inner_questions(fitted)),), place)


def _of_several(
    parser: LineItemParser, items: tuple[ItemMention, ...], whose: tuple[ItemMention, ...], context: Context
) -> Intent | None:
    """ "make one of the cheeseburgers a double", of two lines of them: it is asked which."""
    said = whose[0] if len(whose) == 1 else ItemMention(None)
    same = [line for line in context.lines if said.product_id == line.product_id]
    if len(same) < 2 or len(items) != 1:
        return None
    piece = Reference("item", item=ItemMention(said.product_id, Decimal(1), True, text=said.text))
    if items[0].product_id not in (None, said.product_id) and items[0].confidence > IMPLIED:
        return Intent("order.replace", items, piece)
    fitted = parser.reread(items[0].text, same[0].product_id)
    if fitted is None or not (fitted.options or fitted.variant_id):
        return None
    return Intent("order.change", (replace(fitted, product_id=None, quantity=Decimal(1), quantity_said=True),), piece)


def one_line(said: ItemMention, context: Context) -> LineItem | None:
    """The only line with the product, the size and the options said."""
    wanted = {(o.group_id, o.option_id) for o in said.options if not o.negated}
    named = said.product_id if said.confidence > IMPLIED else None
    if not (named or said.variant_id or wanted):
        return None
    fits = [
        line
        for line in context.lines
        if named in (None, line.product_id)
        and said.variant_id in (None, line.variant_id)
        and wanted <= {(o.group_id, o.option_id) for o in line.options if not o.negated}
    ]
    return fits[0] if len(fits) == 1 else None

