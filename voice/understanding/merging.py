"""Two mentions that may be one item: when they go together, and what comes of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from voice.shop.model import Product
from voice.types import ItemMention, OptionMention
from voice.understanding.concepts import Chunk


def merged(item: ItemMention, more: ItemMention) -> ItemMention:
    """The item with what `more` says of it; what is said later wins."""
    said = {(o.group_id, o.option_id) for o in more.options}
    kept = tuple(o for o in item.options if (o.group_id, o.option_id) not in said)
    questions = item.questions + tuple(q for q in more.questions if q.kind in ("option", "variant"))
    return replace(
        item,
        variant_id=more.variant_id or item.variant_id,
        options=kept + more.options,
        questions=questions,
        notes=item.notes + more.notes,
        diets=item.diets + more.diets,
    )


def one_more_option(item: ItemMention, more: ItemMention, said: Sequence[Chunk], product: Product) -> bool:
    """ "a mocha with milk and a brown sugar": an option counted as one (in the words `said`) is not another mocha."""
    number, *named = said
    if item.quantity != 1 or more.quantity != 1 or number.quantity is None or number.again or not named:
        return False
    if more.variant_id or _excluded(item, more, product):
        return False
    joining = ("and", "note", "negation")
    return all(c.amount or c.role in joining or (c.concept is not None and not c.is_product) for c in named)


def _excluded(item: ItemMention, more: ItemMention, product: Product) -> bool:
    """Whether it was said already, is of a group of which only one may be chosen, or names a product by itself."""
    chosen = {(o.group_id, o.option_id) for o in item.options if not o.negated}
    taken = {g for g, _ in chosen if product.group(g).max == 1} | {g.id for g in product.groups if g.names_product}
    return any(o.group_id in taken or (o.group_id, o.option_id) in chosen for o in more.options)


def conflict(item: ItemMention, more: ItemMention) -> bool:
    """Whether both say something of the same group or both name a variant: then they are two items."""
    if item.variant_id and more.variant_id:
        return True
    return bool({o.group_id for o in item.options} & {o.group_id for o in more.options})


def has_options(product: Product, options: Sequence[OptionMention]) -> bool:
    """Whether the product can be had with all of them."""
    had = {(group.id, option.id) for group in product.groups for option in group.options}
    return all((option.group_id, option.option_id) in had for option in options)
