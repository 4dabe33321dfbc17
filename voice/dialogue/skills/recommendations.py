"""Help with deciding: what is liked, what goes with what, how two things differ."""

from __future__ import annotations

from collections.abc import Sequence

from voice.dialogue import records
from voice.dialogue.context import Handlers, TurnContext
from voice.dialogue.references import mention_to_plain
from voice.dialogue.session import OpenQuestion
from voice.dialogue.skills.control import read_list
from voice.shop.hours import sold_now
from voice.shop.model import Product
from voice.shop.pricing import base_price
from voice.types import Intent, ItemMention


def recommend(ctx: TurnContext, intent: Intent) -> None:
    """The most popular of what can be had now, of a category if one is said."""
    category = intent.slots.get("category")
    liked = [p for p in on_sale(ctx, ctx.catalogue.products) if category in (None, p.category)]
    if liked and intent.slots.get("by") == "price":
        _cheapest(ctx, liked)
        return
    liked.sort(key=lambda p: -p.popularity)
    if not liked:
        ctx.say("menu.nothing")
        return
    read_list(ctx, "recommend.popular", tuple(p.id for p in liked))


def _cheapest(ctx: TurnContext, products: Sequence[Product]) -> None:
    """The lowest prices, of what was just spoken of where that was several things."""
    spoken = [p for p in products if p.id in ctx.session.last_products]
    cheap = sorted(spoken if len(spoken) > 1 else products, key=lowest_price)[: ctx.settings.choices_at_once]
    ctx.say("recommend.cheapest", prices=[[p.name, lowest_price(p)] for p in cheap])
    listed(ctx, cheap)


def listed(ctx: TurnContext, products: Sequence[Product]) -> None:
    """Notes what was read out, so that "the second one" orders it; there is no more of it."""
    ctx.session.last_products = tuple(p.id for p in products)
    ctx.session.more, ctx.session.more_key = (), "more.list"


def on_sale(ctx: TurnContext, products: Sequence[Product]) -> list[Product]:
    return [p for p in products if p.available and sold_now(ctx.shop, p, ctx.now)]


def pairing(ctx: TurnContext, intent: Intent) -> None:
    """What the owner says goes with it; else what is liked of the other shelves."""
    product = spoken_of(ctx, intent)
    if product is None:
        recommend(ctx, intent)
        return
    partners = partners_of(ctx, product)
    if not partners:
        others = [p for p in on_sale(ctx, ctx.catalogue.products) if p.category != product.category]
        partners = sorted(others, key=lambda p: -p.popularity)[: ctx.settings.choices_at_once]
    if not partners:
        ctx.say("menu.nothing")
        return
    names = [p.name for p in partners[: ctx.settings.choices_at_once]]
    ctx.say("recommend.pairing", item=ctx.named(product), options=names)
    listed(ctx, partners[: ctx.settings.choices_at_once])


def partners_of(ctx: TurnContext, product: Product) -> list[Product]:
    """What the owner says goes with it, as far as it can be had now."""
    return on_sale(ctx, [ctx.catalogue.by_id[p] for p in product.pairs_with if p in ctx.catalogue.by_id])


def suggest(ctx: TurnContext) -> None:
    """Once an order, when it seems complete: one thing that goes with it, of a kind that it lacks. A shop's setting."""
    session = ctx.session
    if not ctx.settings.suggest or session.suggested or session.questions:
        return
    ordered = [ctx.product(line) for line in ctx.lines]
    shelves = {product.category for product in ordered}
    fitting = [p for product in ordered for p in partners_of(ctx, product) if p.category not in shelves]
    partner = next((p for p in fitting if records.stock_left(ctx, p) != 0), None)
    if partner is None:
        return
    session.suggested = True
    data = {"mention": mention_to_plain(ItemMention(partner.id)), "values": {"item": ctx.named(partner)}}
    ctx.ask(OpenQuestion("confirm", action="suggest", data=data))


def spoken_of(ctx: TurnContext, intent: Intent) -> Product | None:
    """The product said, else the one of the question on the table, else the one last spoken of or ordered."""
    ids = [item.product_id for item in intent.items if item.product_id]
    if intent.reference and intent.reference.item and intent.reference.item.product_id:
        ids.append(intent.reference.item.product_id)
    question = ctx.session.questions[0] if ctx.session.questions else None
    if question and (line := ctx.line(question.line_id)):
        ids.append(line.product_id)
    ids += ctx.session.last_products
    if line := ctx.line(ctx.session.last_line):
        ids.append(line.product_id)
    return next((ctx.catalogue.by_id[i] for i in ids if i in ctx.catalogue.by_id), None)


def compare(ctx: TurnContext, intent: Intent) -> None:
    """Two products side by side: what they are and what they cost."""
    ids = [i.product_id for i in intent.items if i.product_id] or list(ctx.session.last_products[:2])
    products = [ctx.catalogue.by_id[i] for i in dict.fromkeys(ids) if i in ctx.catalogue.by_id][:2]
    if len(products) < 2:
        ctx.say("compare.which")
        return
    for product in products:
        words = ctx.named(product)
        if product.description:
            ctx.say("compare.one", item=words, description=product.description, price=lowest_price(product))
        else:
            ctx.say("compare.price", item=words, price=lowest_price(product))
    listed(ctx, products)


def lowest_price(product: Product) -> int:
    return min((v.price for v in product.variants if v.available), default=base_price(product))


HANDLERS: Handlers = {
    "ask.recommend": recommend,
    "ask.pairing": pairing,
    "ask.compare": compare,
}
