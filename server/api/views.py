"""Turns, carts and the shop as the JSON that server/api/__init__.py describes."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from voice.dialogue.context import only_variant, option_words
from voice.dialogue.session import Session
from voice.dialogue.wording import Wording
from voice.language import Language
from voice.shop import display
from voice.shop.model import Catalogue, LineItem, Product
from voice.shop.pricing import price_line, totals
from voice.types import Expectation, Turn, Understood

MAX_SUGGESTIONS = 6


def money(amount: int, catalogue: Catalogue) -> dict[str, Any]:
    """Minor units, and as the shop's locale writes them."""
    return {"minor": amount, "text": display.money(amount, catalogue.shop)}


def turn_view(session: Session, turn: Turn, number: int, kind: str, catalogue: Catalogue, language: Language) -> Any:
    understood = turn.interpretation.intents if isinstance(turn.interpretation, Understood) else ()
    expects = turn.reply.expects
    return {
        "type": "turn",
        "turn": number,
        "kind": kind,
        "heard": "" if kind in ("greeting", "silence") else turn.utterance.text,
        "understood": [intent.name for intent in understood],
        "sentences": list(turn.sentences),
        "cart": cart_view(session, catalogue, language),
        "order": session.order_number or None,
        "suggestions": suggestions(expects, session, catalogue, language),
        "expects": {
            "kind": expects.kind,
            "product_id": expects.product_id,
            "group_id": expects.group_id,
            "choices": list(expects.choices),
        },
        "action": turn.reply.action,
    }


def cart_view(session: Session, catalogue: Catalogue, language: Language) -> dict[str, Any]:
    lines = [line for line in session.cart.lines if line.product_id in catalogue.by_id]
    now = datetime.now(ZoneInfo(catalogue.shop.timezone))
    costs = totals(catalogue, session.cart, session.fulfilment, now)
    wording = Wording(language, catalogue.shop.currency)
    names = ("subtotal", "discount", "delivery", "tax", "total")
    return {
        "lines": [line_view(line, catalogue, language, wording) for line in lines],
        "count": len(lines),
        **{name: money(getattr(costs, name), catalogue) for name in names},
        "currency": catalogue.shop.currency,
    }


def line_view(line: LineItem, catalogue: Catalogue, language: Language, wording: Wording) -> dict[str, Any]:
    product = catalogue.product(line.product_id)
    shown = line.variant_id if line.variant_id != only_variant(product) else None
    words: dict[str, Any] = {
        "product": product.name,
        "quantity": "1",
        "unit": None,
        "variant": product.variant(shown).name if shown else None,
        "options": [],
        "notes": [],
    }
    options = [option_words(product, option) for option in line.options]
    without = str(language.topic("channel")["without"])
    return {
        "id": line.id,
        "product_id": line.product_id,
        "text": wording.item(words, quantity=False),
        "quantity": str(line.quantity),
        "unit": product.unit,
        "options": [without.format(option=wording.option(o)) if o["negated"] else wording.option(o) for o in options],
        "notes": list(line.notes),
        "price": money(price_line(catalogue, line), catalogue),
    }


def suggestions(expects: Expectation, session: Session, catalogue: Catalogue, language: Language) -> list[str]:
    """What can be said now, likeliest first."""
    names = _choices(expects, catalogue)
    if not names:
        hints = language.topic("channel")["suggestions"]
        kind = "cart" if expects.kind == "anything" and session.cart.lines else expects.kind
        names = [str(hint) for hint in hints.get(kind, ())]
    if not names and expects.kind in ("anything", "product"):
        popular = sorted(catalogue.products, key=lambda p: -p.popularity)
        names = [product.name for product in popular if product.available]
    return names[:MAX_SUGGESTIONS]


def _choices(expects: Expectation, catalogue: Catalogue) -> list[str]:
    product = catalogue.by_id.get(expects.product_id or "")
    if expects.kind == "option" and product and expects.group_id:
        found = [g for g in product.groups if g.id == expects.group_id]
        return [option.name for group in found for option in group.options if option.available]
    if expects.kind == "variant" and product:
        return [variant.name for variant in product.variants if variant.available]
    return [name for choice in expects.choices if (name := _name(choice, product, catalogue))]


def _name(identifier: str, product: Product | None, catalogue: Catalogue) -> str:
    """The name behind the id of a product, or of a variant or option of the product asked about."""
    if identifier in catalogue.by_id:
        return catalogue.by_id[identifier].name
    if product is None:
        return ""
    names = {option.id: option.name for group in product.groups for option in group.options}
    names.update({variant.id: variant.name for variant in product.variants})
    return names.get(identifier, "")


def shop_view(catalogue: Catalogue, language: Language) -> dict[str, Any]:
    shop = catalogue.shop
    hints = language.topic("channel")["suggestions"]
    return {
        "name": shop.name,
        "language": language.code,
        "currency": shop.currency,
        "phone": shop.phone,
        "address": shop.address,
        "suggestions": [str(hint) for hint in hints.get("anything", ())][:MAX_SUGGESTIONS],
        "products": [_product_view(product, catalogue) for product in catalogue.products if product.available],
    }


def _product_view(product: Product, catalogue: Catalogue) -> dict[str, Any]:
    variants = [v for v in product.variants if v.available]
    price = min((v.price for v in variants), default=product.price)
    return {
        "id": product.id,
        "name": product.name,
        "category": product.category,
        "price": money(price, catalogue),
        "variants": [{"id": v.id, "name": v.name, "price": money(v.price, catalogue)} for v in variants],
    }
