"""Allergens and diets: what is in a product, in the order, in the shop.

Only what the owner wrote is said; for the rest, and for whoever has an allergy, a person must be asked.
"""

from __future__ import annotations

from voice.dialogue import contents
from voice.dialogue.context import Handlers, TurnContext
from voice.dialogue.references import has_option, resolve
from voice.dialogue.skills import questions
from voice.dialogue.skills.control import read_list
from voice.dialogue.skills.recommendations import on_sale, spoken_of
from voice.diets import load_diets, plain
from voice.shop.model import LineItem, Product
from voice.types import Intent, ItemMention, Reference


def answer(ctx: TurnContext, intent: Intent) -> None:
    tag = str(intent.slots.get("tag") or "")
    if intent.slots.get("allergy") == "no":
        ctx.session.avoid = tuple(other for other in ctx.session.avoid if tag and other != tag)
        ctx.say("answer.dropped")
        return
    if intent.slots.get("allergy") == "yes" and tag:
        ctx.session.avoid = tuple(dict.fromkeys((*ctx.session.avoid, tag)))
        if not intent.items and contents.warn(ctx, ctx.lines):
            return
    lines = _lines(ctx, intent)
    if not lines and _of_the_shop(ctx, intent, tag):
        return
    product = spoken_of(ctx, intent)
    if not lines and product is None:
        ctx.say("ask.which_product")
        return
    lines = lines or [LineItem("", product.id)] if product else lines
    for line in lines:
        contents.tell(ctx, line, tag)
    contents.ask_a_person(ctx)
    ctx.session.last_products = tuple(dict.fromkeys(line.product_id for line in lines))
    if intent.slots.get("of") == "wanted" and product and len(lines) == 1:
        questions.offer(ctx, product, intent.items[0])


def _lines(ctx: TurnContext, intent: Intent) -> list[LineItem]:
    """What the question is about, with what was chosen: oat milk has gluten. Of lines of the order, or imagined."""
    if intent.slots.get("of") in ("order", "mentioned") or (intent.reference and intent.reference.kind == "all"):
        return list(ctx.lines)
    if intent.items:
        return [line for item in intent.items for line in _of_item(ctx, item)]
    product = spoken_of(ctx, intent) if intent.reference else None
    return [line for line in resolve(ctx, intent.reference) if product and line.product_id == product.id]


def _of_item(ctx: TurnContext, item: ItemMention) -> list[LineItem]:
    """Lines of the order that are as was said; else one of each product that it may be."""
    ordered = resolve(ctx, Reference("item", item=item))
    fitting = [line for line in ordered if all(has_option(line, option) for option in item.options)]
    if fitting:
        return fitting
    asked = [item.product_id] if item.product_id else [c for q in item.questions for c in q.candidates]
    products = [ctx.catalogue.by_id[i] for i in dict.fromkeys(asked) if i in ctx.catalogue.by_id]
    return [contents.as_said(product, item) for product in products]


def _of_the_shop(ctx: TurnContext, intent: Intent, tag: str) -> bool:
    """Whether it is a question about all that is sold; then it is answered."""
    if intent.items or intent.reference or intent.slots.get("of"):
        return False
    category = intent.slots.get("category")
    offered = [p for p in on_sale(ctx, ctx.catalogue.products) if category in (None, p.category)]
    offered.sort(key=lambda p: -p.popularity)
    allergen, stated = contents.allergen_of(ctx, tag), bool(intent.slots.get("allergy"))
    fitting = [p for p in offered if tag and contents.vouched(ctx, LineItem("", p.id), tag)]
    if stated or (allergen and not fitting and not _is_group(ctx, tag)):
        to_avoid(ctx, allergen or tag, offered)
    elif fitting:
        ctx.say("allergens.list_intro", tag=plain(tag))
        read_list(ctx, "allergens.list", tuple(p.id for p in fitting))
    elif tag and _is_group(ctx, tag):
        questions.options(ctx, Intent("ask.options", slots={"group": tag}))  # "which milks do you have"
    elif tag:
        ctx.say("allergens.none_with", tag=plain(tag))
    return bool(tag or stated)


def _is_group(ctx: TurnContext, tag: str) -> bool:
    return any(g.id == tag for p in ctx.catalogue.products for g in p.groups)


def to_avoid(ctx: TurnContext, allergen: str, offered: list[Product]) -> None:
    """ "I'm allergic to nuts", "anything without nuts": what is known to hold them, and a person for the rest."""
    names = {a for a in ctx.catalogue.allergens if plain(a) in load_diets(ctx.language).names(allergen)}
    options = (o for p in offered for g in p.groups for o in g.options)
    holding = [p.id for p in offered if names & {*p.contains}] + [o.name for o in options if names & {*o.allergens}]
    if holding:
        read_list(ctx, "allergens.these_contain", tuple(dict.fromkeys(holding)), allergens=sorted(names))
        ctx.session.last_products = ()  # "the first one" orders none of them
    elif allergen:
        ctx.say("allergens.not_known", allergen=plain(allergen))
    ctx.say("allergens.ask")


HANDLERS: Handlers = {"ask.allergens": answer}
