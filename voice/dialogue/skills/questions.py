"""Questions about what is sold: prices, sizes and options, what is in it, what there is."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, time
from decimal import Decimal

from voice.dialogue import agenda, contents, details, items, stock
from voice.dialogue.context import Handlers, TurnContext
from voice.dialogue.references import mention_to_plain, resolve
from voice.dialogue.session import OpenQuestion
from voice.dialogue.skills import service
from voice.dialogue.skills.control import read_list
from voice.dialogue.skills.recommendations import on_sale, spoken_of
from voice.dialogue.times import moment
from voice.shop.hours import next_opening, next_sale
from voice.shop.model import LineItem, Option, Product
from voice.types import Intent, ItemMention

NAMED = 0.75
"""Less sure is a product of which no more than an option was said"""
OFFERS = ("offer", "suggest")
"""Confirmations of something to order, of which the last is meant"""


def price(ctx: TurnContext, intent: Intent) -> None:
    """ "how much is a large latte", "how much is it with cream" """
    item = intent.items[0] if intent.items else ItemMention(None)
    product = spoken_of(ctx, intent)
    if item.product_id is None and (unknown := _unknown(ctx, item)):
        items.say_unknown(ctx, unknown)
        return
    if product is None:
        ctx.say("ask.which_product")
        return
    ctx.session.last_products = (product.id,)
    line = _imagined(ctx, product, item, intent)
    if product.variants and line.variant_id is None:
        prices = []
        for variant in (v for v in product.variants if v.available):
            one = replace(line, variant_id=variant.id)
            prices.append([variant.name, ctx.line_price(one)])
        ctx.say("price.variants", item=ctx.named(product), prices=prices)
    else:
        ctx.say("price.one", item=ctx.words(line), price=ctx.line_price(line))
        offer(ctx, product, item)


def _unknown(ctx: TurnContext, item: ItemMention) -> str:
    asked = any(q.kind == "product" for q in item.questions)
    return item.text if asked and not any(q.candidates for q in item.questions) else ""


def _imagined(ctx: TurnContext, product: Product, item: ItemMention, intent: Intent) -> LineItem:
    """The line whose price is asked, made from the one in the cart where "it" is meant; nothing is changed."""
    in_cart = next((line for line in resolve(ctx, intent.reference) if line.product_id == product.id), None)
    if in_cart is None or item.product_id:
        in_cart = LineItem("", product.id, Decimal(1), items.default_variant(product))
    line = replace(in_cart, quantity=item.quantity if item.quantity_said else Decimal(1))
    line = details.with_variant(ctx, line, product, item.variant_id)
    return details.with_options(ctx, line, product, item)


def offer(ctx: TurnContext, product: Product, item: ItemMention | None = None) -> None:
    """ "Would you like one?", unless something else is open. Anything else that is said lets it drop."""
    if any(q.action not in OFFERS for q in ctx.session.questions) or ctx.session.stage != "ordering":
        return
    mention = replace(item or ItemMention(product.id), product_id=product.id)
    values = {"item": ctx.named(product)}
    data = {"mention": mention_to_plain(mention), "values": values}
    ctx.ask(OpenQuestion("confirm", action="offer", data=data))


def options(ctx: TurnContext, intent: Intent) -> None:
    """ "what sizes do you have", "which milks": of the product said, asked about, or last spoken of."""
    if intent.slots.get("kinds"):
        _kinds(ctx)
        return
    product = spoken_of(ctx, intent)
    group_id = intent.slots.get("group")
    if product is None and group_id:
        able = [p for p in ctx.catalogue.products if any(g.id == group_id for g in p.groups)]
        product = max(able, key=lambda p: p.popularity, default=None)
    if product is None:
        ctx.say("ask.which_product")
        return
    ctx.session.last_products = (product.id,)
    groups = {g.id: g for g in product.groups}
    sizes = [v.name for v in product.variants if v.available]
    if group_id in groups:
        group = groups[str(group_id)]
        _list_options(ctx, product, group.name, [o for o in group.options if o.available])
    elif sizes and (group_id == "sizes" or not groups):
        read_list(ctx, "options.sizes", tuple(sizes), item=ctx.named(product))
    elif groups:
        if sizes:
            ctx.say("options.sizes", item=ctx.named(product), options=sizes)
        read_list(ctx, "options.groups", tuple(g.name for g in groups.values()), item=ctx.named(product))
    else:
        ctx.say("options.none", item=ctx.named(product))


def _kinds(ctx: TurnContext) -> None:
    """ "what kinds do you have": of what is being asked about the next choices, else of what was spoken of last."""
    question = ctx.session.questions[0] if ctx.session.questions else None
    if question and question.topic in ("variant", "option", "product"):
        further = agenda.next_choices(question, ctx.settings.choices_at_once)  # what there is is asked again
        ctx.session.questions = (further, *ctx.session.questions[1:])
    elif len(ctx.session.last_products) == 1:
        options(ctx, Intent("ask.options"))
    elif ctx.session.last_products:
        read_list(ctx, "available.these", ctx.session.last_products)
    else:
        menu(ctx, Intent("ask.menu"))


def _list_options(ctx: TurnContext, product: Product, group: str, available: list[Option]) -> None:
    read_list(ctx, "options.group", tuple(o.name for o in available), item=ctx.named(product), group=group)


def availability(ctx: TurnContext, intent: Intent) -> None:
    """ "do you have bagels" """
    for item in intent.items:
        product = ctx.catalogue.by_id.get(item.product_id or "")
        candidates = [c for q in item.questions for c in q.candidates if c in ctx.catalogue.by_id]
        if product is not None and item.options and item.confidence < NAMED:
            _option_available(ctx, item, [product.id])
        elif item.diets and (product or candidates):
            _fit(ctx, item, [product.id] if product else candidates)
        elif product is None and item.options and candidates:
            _option_available(ctx, item, candidates)
        elif product is None and candidates:
            read_list(ctx, "available.these", tuple(candidates))
        elif product is None:
            ctx.say("available.no", text=item.text)
        elif "day" in intent.slots:
            _on_day(ctx, product, intent.slots["day"])
        elif stock.can_be_had(ctx, product):
            ctx.session.last_products = (product.id,)
            ctx.say("available.yes", item=ctx.named(product))
            if len(intent.items) == 1:
                offer(ctx, product, item)
    if thing := intent.slots.get("thing"):
        ctx.say("available.no", text=thing)
    elif not intent.items:
        menu(ctx, intent)


def _on_day(ctx: TurnContext, product: Product, said: object) -> None:
    """ "do you have pancakes on sunday": whether and from when, with nothing offered that would be for now."""
    day = service.date_of(ctx, said)
    start = datetime.combine(day, time(), ctx.now.tzinfo)
    opens = next_opening(ctx.shop, start)
    when = next_sale(ctx.shop, product, opens) if opens else None
    ctx.session.last_products = (product.id,)
    if not product.available or when is None:
        ctx.say("item.unavailable", item=ctx.named(product))
    elif opens and opens.date() != day:
        service.hours(ctx, Intent("ask.hours", slots={"day": said}))
    elif when.date() != day:
        ctx.say("item.not_on_day", item=ctx.named(product), day=moment(start, ctx.now), when=moment(when, ctx.now))
    elif product.hours:
        ctx.say("available.from", item=ctx.named(product), when=moment(when, ctx.now))
    else:
        ctx.say("available.yes", item=ctx.named(product))


def _fit(ctx: TurnContext, item: ItemMention, candidates: list[str]) -> None:
    """ "do you have gluten free croissants": what is known of each that it may be."""
    products = [p for c in candidates if stock.can_be_had(ctx, p := ctx.catalogue.product(c))]
    for product in products:
        for tag in item.diets:
            contents.tell(ctx, contents.as_said(product, item), tag)
    contents.ask_a_person(ctx)
    ctx.session.last_products = tuple(p.id for p in products)
    if len(products) == 1:
        offer(ctx, products[0], replace(item, diets=()))


def _option_available(ctx: TurnContext, item: ItemMention, candidates: list[str]) -> None:
    """ "do you have oat milk": yes, for the likeliest of what takes it."""
    able = [p for c in candidates if details.find_option(p := ctx.catalogue.product(c), item.options[0])[1]]
    option = details.find_option(able[0], item.options[0])[1] if able else None
    if option is None or not option.available:
        ctx.say("available.no", text=option.name if option else item.text)
        return
    names = [p.name for p in able[: ctx.settings.choices_at_once]]
    ctx.say("available.option", option=option.name, options=names)


def menu(ctx: TurnContext, intent: Intent) -> None:
    """The categories, or three products of one with "more"."""
    category = intent.slots.get("category")
    products = on_sale(ctx, ctx.catalogue.products)
    if category:
        chosen = sorted((p for p in products if p.category == category), key=lambda p: -p.popularity)
        if not chosen:
            ctx.say("menu.none_now", category=ctx.category_name(str(category)))
        else:
            read_list(ctx, "menu.products", tuple(p.id for p in chosen))
        return
    categories = list(dict.fromkeys(p.category for p in products if p.category))
    if len(categories) < 2:
        read_list(ctx, "menu.products", tuple(p.id for p in sorted(products, key=lambda p: -p.popularity)))
        return
    read_list(ctx, "menu.categories", tuple(ctx.category_name(c) for c in categories))


def describe(ctx: TurnContext, intent: Intent) -> None:
    product = spoken_of(ctx, intent)
    if product is None or (intent.items and intent.items[0].product_id is None and _unknown(ctx, intent.items[0])):
        items.say_unknown(ctx, intent.items[0].text if intent.items else "")
        return
    ctx.session.last_products = (product.id,)
    if not product.description:
        ctx.say("describe.nothing", item=ctx.named(product))
        return
    ctx.say("describe.product", item=ctx.named(product), description=product.description)
    offer(ctx, product)


HANDLERS: Handlers = {
    "ask.price": price,
    "ask.options": options,
    "ask.availability": availability,
    "ask.menu": menu,
    "ask.describe": describe,
}
