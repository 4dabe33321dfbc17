"""Sizes and options of one line: what its product has of what was said, and the line with it."""

from __future__ import annotations

from dataclasses import replace

from voice.dialogue.context import TurnContext, chosen
from voice.dialogue.references import has_option
from voice.shop.model import ChosenOption, LineItem, Option, OptionGroup, Product, Variant
from voice.types import ItemMention, OptionMention


def with_variant(ctx: TurnContext, line: LineItem, product: Product, variant_id: str | None) -> LineItem:
    if variant_id is None:
        return line
    variant = find_variant(product, variant_id)
    if variant is None:
        ctx.say("change.no_variant", item=ctx.named(product))
        if product.variants:
            names = [v.name for v in product.variants if v.available]
            ctx.say("change.no_variant_options", item=ctx.named(product), options=names)
        return line
    if not variant.available:
        ctx.say("option.unavailable", option=variant.name)
        return line
    return replace(line, variant_id=variant.id)


def with_options(ctx: TurnContext, line: LineItem, product: Product, item: ItemMention) -> LineItem:
    """The line with all options said. What is written down as left out ("no cheese") only need not be chosen."""
    for option in item.options:
        noted = option.negated and any(note.endswith(option.text) for note in item.notes)
        if not noted or has_option(line, replace(option, negated=False)):
            line = with_option(ctx, line, product, option)
    return line


def with_option(ctx: TurnContext, line: LineItem, product: Product, said: OptionMention) -> LineItem:
    """The line with an option as it was said: chosen, left out, or in another amount."""
    group, option = find_option(product, said)
    if group is None or option is None:
        ctx.say("change.no_option", option=said.text or said.option_id, item=ctx.named(product))
        return line
    same = [o for o in line.options if (o.group_id, o.option_id, o.portion) == (group.id, option.id, said.portion)]
    rest = tuple(o for o in line.options if o not in same)
    if said.negated:
        plain = any(not o.negated for o in same) and option.id not in group.default
        left_out = () if plain or not group.negatable else (ChosenOption(group.id, option.id, negated=True),)
        return replace(line, options=rest + left_out)
    if not option.available:
        ctx.say("option.unavailable", option=option.name)
        return line
    new = ChosenOption(group.id, option.id, said.amount, False, said.portion, said.quantity)
    if group.max == 1 and said.portion is None:
        rest = tuple(o for o in rest if o.group_id != group.id)
    elif group.max is not None and len(chosen(replace(line, options=rest), group)) >= group.max:
        ctx.say("option.too_many", group=group.name, count=group.max, option=option.name)
        return line
    return replace(line, options=(*rest, new))


def find_variant(product: Product, variant_id: str | None) -> Variant | None:
    """By its id; else by name: what is "small" of one product may be another's "regular", also called small."""
    exact = next((v for v in product.variants if v.id == variant_id), None)
    words = (variant_id or "").replace("_", " ").lower()
    return exact or next((v for v in product.variants if words in (v.name.lower(), *map(str.lower, v.aliases))), None)


def find_option(product: Product, said: OptionMention) -> tuple[OptionGroup | None, Option | None]:
    """By group and id; else the same option of another group of the product."""
    groups = sorted(product.groups, key=lambda g: g.id != said.group_id)
    found = ((g, o) for g in groups for o in g.options if o.id == said.option_id)
    return next(found, (None, None))


def takes(ctx: TurnContext, line: LineItem, item: ItemMention) -> bool:
    """Whether a line's product has the variant and the options that were said."""
    product = ctx.product(line)
    if item.variant_id and find_variant(product, item.variant_id) is None:
        return False
    return all(find_option(product, option)[1] for option in item.options)
