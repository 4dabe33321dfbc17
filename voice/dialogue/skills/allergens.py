"""Allergens and diets: what is in a product, in the order, in the shop.

Only what the owner wrote is said; for the rest, and for whoever has an allergy, a person must be asked.
"""

from __future__ import annotations

from collections.abc import Iterable

from voice.dialogue.context import Handlers, TurnContext
from voice.dialogue.references import resolve
from voice.dialogue.skills import questions
from voice.dialogue.skills.control import read_list
from voice.dialogue.skills.recommendations import on_sale, spoken_of
from voice.language import load_language
from voice.shop.model import LineItem, Product
from voice.types import Intent, Reference


def answer(ctx: TurnContext, intent: Intent) -> None:
    tag = str(intent.slots.get("tag") or "")
    lines = _lines(ctx, intent)
    for line in lines:
        _of_line(ctx, line, tag)
    if lines or _of_the_shop(ctx, intent, tag):
        return
    product = spoken_of(ctx, intent)
    if product is None:
        ctx.say("ask.which_product")
        return
    _of_line(ctx, LineItem("", product.id), tag)


def _lines(ctx: TurnContext, intent: Intent) -> list[LineItem]:
    """The lines of the order that the question is about, with what was chosen for them: oat milk has gluten."""
    if intent.slots.get("of") == "order" or (intent.reference and intent.reference.kind == "all"):
        return list(ctx.lines)
    if intent.items and intent.items[0].product_id:
        return resolve(ctx, Reference("item", item=intent.items[0]))
    product = spoken_of(ctx, intent) if intent.reference else None
    return [line for line in resolve(ctx, intent.reference) if product and line.product_id == product.id]


def _of_the_shop(ctx: TurnContext, intent: Intent, tag: str) -> bool:
    """Whether it is a question about all that is sold; then it is answered."""
    if intent.items or intent.reference or intent.slots.get("of"):
        return False
    category = intent.slots.get("category")
    offered = [p for p in on_sale(ctx, ctx.catalogue.products) if category in (None, p.category)]
    offered.sort(key=lambda p: -p.popularity)
    allergen = _free_of(tag, ctx.language)
    fitting = [p for p in offered if tag in p.tags]
    if intent.slots.get("allergy") or (tag and not fitting and _known(ctx, allergen) and not _is_group(ctx, tag)):
        _to_avoid(ctx, allergen, offered)
    elif fitting:
        ctx.say("allergens.list_intro", tag=_words(tag))
        read_list(ctx, "allergens.list", tuple(p.id for p in fitting))
    elif tag and _is_group(ctx, tag):
        questions.options(ctx, Intent("ask.options", slots={"group": tag}))  # "which milks do you have"
    elif tag:
        ctx.say("allergens.none_with", tag=_words(tag))
    return bool(tag or intent.slots.get("allergy"))


def _of_line(ctx: TurnContext, line: LineItem, tag: str) -> None:
    product = ctx.catalogue.product(line.product_id)
    ctx.session.last_products = (product.id,)
    words, free_of, held = ctx.named(product), _free_of(tag, ctx.language), contained(product, line)
    if tag and free_of in held:
        ctx.say("allergens.contains", item=words, allergens=[free_of])
    elif tag in product.tags and set(held) <= set(product.contains):
        ctx.say("allergens.is", item=words, tag=_words(tag))
    elif held:
        ctx.say("allergens.contains", item=words, allergens=list(held))
        ctx.say("allergens.ask")
    else:
        ctx.say("allergens.unknown", item=words)


def contained(product: Product, line: LineItem) -> tuple[str, ...]:
    """Allergens of a line: the product's own, and those of each option chosen, or of the usual one where none is."""
    found = list(product.allergens)
    for group in product.groups:
        chosen = [o.option_id for o in line.options if o.group_id == group.id and not o.negated]
        left_out = {o.option_id for o in line.options if o.group_id == group.id and o.negated}
        kept = chosen if chosen and group.max == 1 else [*chosen, *(o for o in group.default if o not in left_out)]
        found += _allergens(o.allergens for o in group.options if o.id in kept)
    return tuple(dict.fromkeys(found))


def _allergens(of_options: Iterable[tuple[str, ...]]) -> list[str]:
    return [allergen for allergens in of_options for allergen in allergens]


def _free_of(tag: str, language: str) -> str:
    """The allergen that a tag says there is none of, "gluten" of "gluten free"; else the tag."""
    words = _words(tag)
    for form in load_language(language).topic("amounts").get("free_of", ()):
        before, _, after = str(form).partition("{allergen}")
        allergen = words.removeprefix(before).removesuffix(after)
        if allergen and before + allergen + after == words:
            return allergen
    return tag


def _known(ctx: TurnContext, allergen: str) -> bool:
    return any(allergen in p.contains for p in ctx.catalogue.products)


def _is_group(ctx: TurnContext, tag: str) -> bool:
    return any(g.id == tag for p in ctx.catalogue.products for g in p.groups)


def _words(tag: str) -> str:
    return tag.replace("-", " ")


def _to_avoid(ctx: TurnContext, allergen: str, offered: list[Product]) -> None:
    """ "I'm allergic to nuts", "anything without nuts": what is known to hold them, and a person for the rest."""
    holding = [p for p in offered if allergen in p.contains]
    if holding:
        read_list(ctx, "allergens.these_contain", tuple(p.id for p in holding), allergen=allergen)
        ctx.session.last_products = ()  # "the first one" orders none of them
    elif allergen:
        ctx.say("allergens.not_known", allergen=allergen)
    ctx.say("allergens.ask")


HANDLERS: Handlers = {"ask.allergens": answer}
