"""What the demonstration pages show, in plain values for their templates."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from voice.settings import Settings
from voice.shop.display import money, opening_hours
from voice.shop.model import Catalogue, Product, Shop

Row = Mapping[str, Any]


def rows(catalogue: Catalogue, words: Mapping[str, str]) -> list[tuple[str, list[Row]]]:
    """Categories in the catalogue's order, each with its products."""
    shelves: dict[str, list[Row]] = {category: [] for category in catalogue.categories}
    for product in catalogue.products:
        shelves.setdefault(product.category, []).append(_row(product, catalogue.shop, words))
    names = {category.id: category.name for category in catalogue.categories.values()}
    return [(names.get(shelf, shelf), products) for shelf, products in shelves.items() if products]


def _row(product: Product, shop: Shop, words: Mapping[str, str]) -> Row:
    return {
        "name": product.name,
        "price": _price(product, shop, words),
        "sizes": ", ".join(f"{v.name} {money(v.price, shop)}" for v in product.variants if v.available),
        "description": product.description,
        "tags": product.tags,
        "available": product.available and product.stock != 0,
    }


def _price(product: Product, shop: Shop, words: Mapping[str, str]) -> str:
    prices = {variant.price for variant in product.variants if variant.available}
    text = money(min(prices, default=product.price), shop)
    if len(prices) > 1:
        return words["from"].format(price=text)
    return words["per_unit"].format(price=text, unit=product.unit) if product.unit else text


def hours(shop: Shop, words: Mapping[str, str]) -> list[tuple[str, str]]:
    return [(days, times or words["closed"]) for days, times in opening_hours(shop.hours, shop.locale)]


def privacy_answers(answers: Mapping[str, Mapping[str, str]], settings: Settings) -> list[tuple[str, str]]:
    """Questions with the answers that the settings make true."""
    days = settings.retention_days
    kinds = ["always"] * (not days) + ["ask"] * (settings.recording == "ask")
    fitting = [(entry, next((kind for kind in kinds if kind in entry), "answer")) for entry in answers.values()]
    return [(entry["question"], entry[kind].format(days=days)) for entry, kind in fitting]
