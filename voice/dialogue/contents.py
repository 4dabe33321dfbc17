"""What is in a line of the order, as far as the owner wrote it down: for the rest a person must be asked."""

from __future__ import annotations

from collections.abc import Sequence

from voice.dialogue import details
from voice.dialogue.context import TurnContext
from voice.diets import Diets, load_diets, plain
from voice.shop.model import ChosenOption, LineItem, Product
from voice.types import ItemMention


def contained(product: Product, line: LineItem) -> tuple[str, ...]:
    """Allergens of a line: the product's own, and those of each option chosen, or of the usual one where none is."""
    found = list(product.allergens)
    for group in product.groups:
        chosen = [o.option_id for o in line.options if o.group_id == group.id and not o.negated]
        left_out = {o.option_id for o in line.options if o.group_id == group.id and o.negated}
        kept = chosen if chosen and group.max == 1 else [*chosen, *(o for o in group.default if o not in left_out)]
        found += [allergen for o in group.options if o.id in kept for allergen in o.allergens]
    return tuple(dict.fromkeys(found))


def as_said(product: Product, item: ItemMention) -> LineItem:
    """The line that the words would make, for a question about it."""
    found = [(o, *details.find_option(product, o)) for o in item.options]
    chosen = (ChosenOption(g.id, o.id, negated=said.negated) for said, g, o in found if g and o)
    return LineItem("", product.id, options=tuple(chosen))


def held_of(ctx: TurnContext, line: LineItem, tag: str) -> list[str]:
    """The allergens of a line that a tag or an allergen speaks of, by the owner's names."""
    names = _diets(ctx).names(allergen_of(ctx, tag) or tag)
    return [allergen for allergen in contained(ctx.product(line), line) if plain(allergen) in names]


def allergen_of(ctx: TurnContext, tag: str) -> str:
    """The allergen in question, of "gluten free" and of "gluten"; "" of a diet."""
    word = _diets(ctx).free_of(tag) or tag
    return word if word and _diets(ctx).is_allergen(word, ctx.catalogue) else ""


def vouched(ctx: TurnContext, line: LineItem, tag: str) -> str:
    """The owner's tag by which a line is what was asked for; "" where he did not write it, or not of these options."""
    product, diets = ctx.product(line), _diets(ctx)
    free = diets.free_of(tag) or plain(tag)
    usual = set(contained(product, line)) <= set(product.contains)
    for own in product.tags:
        if diets.free_of(own) == free and usual:
            return plain(own)
        if plain(own) in diets.kept_by(tag) and usual and not _added(product, line):
            return plain(own)
    return ""


def tell(ctx: TurnContext, line: LineItem, tag: str) -> bool:
    """Answers for one line whether it is fit for the tag, or what it contains where none was said; true when the owner
    says that it is fit."""
    words, held = _words(ctx, line), contained(ctx.product(line), line)
    allergen, found = allergen_of(ctx, tag), held_of(ctx, line, tag) if tag else []
    if found:
        ctx.say("allergens.contains", item=words, allergens=found)
    elif own := vouched(ctx, line, tag):
        ctx.say("allergens.is", item=words, tag=own)
        return True
    elif tag and not allergen:
        ctx.say("allergens.not_promised", item=words, tag=plain(tag))
        if held:
            ctx.say("allergens.contains", item=words, allergens=list(held))
    elif held and allergen:
        ctx.say("allergens.not_listed", item=words, allergen=plain(allergen), allergens=list(held))
    elif held:
        ctx.say("allergens.contains", item=words, allergens=list(held))
    else:
        ctx.say("allergens.unknown", item=words)
    return False


def warn(ctx: TurnContext, lines: Sequence[LineItem]) -> bool:
    """Tells which lines hold what somebody must avoid, as was said; whether there are such."""
    told = [tell(ctx, line, tag) for line in lines for tag in ctx.session.avoid if held_of(ctx, line, tag)]
    if told:
        ask_a_person(ctx)
    return bool(told)


def ask_a_person(ctx: TurnContext) -> None:
    """Says so once a reply, unless an owner's word settled it."""
    doubtful = ("allergens.not_promised", "allergens.not_listed", "allergens.contains", "allergens.these_contain")
    if any(p.key in doubtful for p in ctx.prompts) and not any(p.key == "allergens.ask" for p in ctx.prompts):
        ctx.say("allergens.ask")


def _added(product: Product, line: LineItem) -> bool:
    """Whether something was chosen that nobody had to choose: a tag is the owner's word on the product without it."""
    free = {g.id: g.default for g in product.groups if g.default or not g.required}
    return any(not o.negated and o.group_id in free and o.option_id not in free[o.group_id] for o in line.options)


def _words(ctx: TurnContext, line: LineItem) -> dict[str, object]:
    """The line without its number and size: "the latte with oat milk"."""
    return {**ctx.words(line), "quantity": "1", "variant": None, "unit": None, "notes": []}


def _diets(ctx: TurnContext) -> Diets:
    return load_diets(ctx.language)
