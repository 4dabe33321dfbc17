"""From the text of a catalogue file to a `Catalogue`: every section validated, every name looked up, all mistakes
told."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any, TypeVar

from babel.numbers import get_currency_precision

from voice.shop.files.options import GroupBook
from voice.shop.files.problems import Location, Problems, suggestion
from voice.shop.files.products import ProductBuilder
from voice.shop.files.schema import (
    AnswerEntry,
    CategoryEntry,
    DiscountEntry,
    ShopEntry,
    VariantEntry,
    ZoneEntry,
    read_pronunciations,
    read_words,
)
from voice.shop.files.validate import expand, validate
from voice.shop.files.values import Pricer, make_id
from voice.shop.model import Catalogue, Category, DeliveryZone, Discount, Product, Shop

T = TypeVar("T")
SECTIONS = (
    "shop", "products", "categories", "option_groups", "variants", "pronunciations", "answers", "prompts", "amounts",
    "negations",
)


def build(content: Any, problems: Problems) -> Catalogue | None:
    """The catalogue, or None with the mistakes noted in `problems`."""
    if not isinstance(content, dict):
        problems.add((), "sections were expected: 'shop:' and 'products:' at least.")
        return None
    for key in content:
        if key not in SECTIONS:
            problems.add((key,), f"unknown section '{key}'.{suggestion(key, SECTIONS)}")
    return _Builder(content, problems).catalogue()


class _Builder:
    def __init__(self, content: Mapping[str, Any], problems: Problems) -> None:
        self.content = content
        self.problems = problems
        shop = content.get("shop") or {"name": "Shop"}
        if isinstance(shop, dict):
            for key in sorted(set(SECTIONS) & shop.keys()):
                problems.add(("shop", key), f"'{key}' is a section of its own. Move it to the left margin.")
            shop = {key: value for key, value in shop.items() if key not in SECTIONS}
        self.shop_entry = validate(ShopEntry, shop, ("shop",), problems)
        currency = self.shop_entry.currency if self.shop_entry else "EUR"
        self.pricer = Pricer(currency, get_currency_precision(currency), problems)

    def catalogue(self) -> Catalogue | None:
        pronunciations = self._call(read_pronunciations, self.content.get("pronunciations"), ("pronunciations",),
                                    dict[str, tuple[str, ...]]())
        categories = self._categories()
        groups = GroupBook(self._mapping("option_groups"), self.pricer, pronunciations, self.problems)
        builder = ProductBuilder(
            categories, groups, self._variants(), tuple(self.shop_entry.taxes) if self.shop_entry else (),
            self.pricer, pronunciations, self.problems,
        )
        products = tuple(builder.build_all(self.content.get("products")))
        shop = self._shop(products)
        if self.problems.found or shop is None:
            return None
        named = {c: Category(c, e.name or c.replace("_", " "), tuple(e.aliases)) for c, e in categories.items()}
        negations = self._call(read_words, self.content.get("negations"), ("negations",), list[str]())
        return Catalogue(
            shop=shop, products=products, amounts=self._word_lists("amounts"),
            negations=tuple(negations), categories=named, pronunciations=pronunciations,
        )

    # sections

    def _mapping(self, section: str) -> Mapping[str, Any]:
        value = self.content.get(section)
        if value is None:
            return {}
        if not isinstance(value, dict):
            self.problems.add((section,), f"{section}: lines like 'name: ...' were expected.")
            return {}
        return value

    def _call(self, read: Callable[[Any], T], value: Any, where: Location, empty: T) -> T:
        try:
            return read(value)
        except ValueError as error:
            self.problems.add(where, f"{'.'.join(map(str, where))}: {error}")
            return empty

    def _word_lists(self, section: str) -> dict[str, tuple[str, ...]]:
        lists: dict[str, tuple[str, ...]] = {}
        for key, value in self._mapping(section).items():
            lists[key] = tuple(self._call(read_words, value, (section, key), list[str]()))
        return lists

    def _categories(self) -> dict[str, CategoryEntry]:
        found: dict[str, CategoryEntry] = {}
        for key, value in self._mapping("categories").items():
            entry = validate(CategoryEntry, value or {}, ("categories", key), self.problems)
            found[make_id(key)] = entry or CategoryEntry()
            if entry and entry.name is None:
                found[make_id(key)] = entry.model_copy(update={"name": key})
        return found

    def _variants(self) -> dict[str, tuple[VariantEntry, ...]]:
        sets = {}
        for key, values in self._mapping("variants").items():
            where: Location = ("variants", key)
            if not isinstance(values, list):
                self.problems.add(where, "a list was expected, one '- small' a line.")
                continue
            entries = (validate(VariantEntry, expand(value, None), (*where, index), self.problems)
                       for index, value in enumerate(values))
            sets[key] = tuple(filter(None, entries))
        return sets

    # the shop

    def _shop(self, products: tuple[Product, ...]) -> Shop | None:
        entry = self.shop_entry
        answers, topics = self._answers()
        prompts = {}
        for key, value in self._mapping("prompts").items():
            if isinstance(value, str):
                prompts[key] = value
            else:
                self.problems.add(("prompts", key), f"prompts.{key}: one text was expected, in quotes.")
        if entry is None:
            return None
        zones = [self._zone(value, index) for index, value in enumerate(entry.delivery)]
        discounts = [self._discount(value, index, products) for index, value in enumerate(entry.discounts)]
        total = None if entry.max_total is None else self.pricer.minor(entry.max_total, ("shop", "max_total"))
        kept = entry.model_dump(exclude={"delivery", "discounts", "closed_on", "max_total", "hours"})
        return Shop(
            **kept, hours=entry.hours, closed_on=tuple(entry.closed_on), max_total=total,
            delivery=tuple(z for z in zones if z), discounts=tuple(d for d in discounts if d),
            answers=answers, topics=topics, prompts=prompts,
        )

    def _answers(self) -> tuple[dict[str, str], dict[str, tuple[str, ...]]]:
        answers, topics = {}, {}
        for key, value in self._mapping("answers").items():
            entry = validate(AnswerEntry, {"say": value} if isinstance(value, str) else value, ("answers", key),
                             self.problems)
            if entry:
                answers[make_id(key)], topics[make_id(key)] = entry.say, tuple(entry.asked)
        return answers, topics

    def _zone(self, value: Any, index: int) -> DeliveryZone | None:
        where: Location = ("shop", "delivery", index)
        entry = validate(ZoneEntry, value, where, self.problems)
        if entry is None:
            return None
        money = {f: getattr(entry, f) for f in ("fee", "minimum", "free_from") if getattr(entry, f) is not None}
        minor = {field: self.pricer.minor(amount, (*where, field)) for field, amount in money.items()}
        codes = tuple(re.sub(r"[\s-]", "", code).upper() for code in entry.postcodes)
        return DeliveryZone(name=entry.name, postcodes=codes, minutes=entry.minutes, **minor)

    def _discount(self, value: Any, index: int, products: tuple[Product, ...]) -> Discount | None:
        where: Location = ("shop", "discounts", index)
        entry = validate(DiscountEntry, value, where, self.problems)
        if entry is None:
            return None
        category = make_id(entry.category) if entry.category else None
        known = {p.category for p in products if p.category}
        if category and category not in known:
            self.problems.add((*where, "category"), f"no product is of category '{entry.category}'."
                                                    f"{suggestion(category, known)}")
        return Discount(
            id=entry.id or make_id(entry.name), name=entry.name, percent=Decimal(entry.percent),
            amount=self.pricer.minor(entry.amount, (*where, "amount")),
            minimum=self.pricer.minor(entry.minimum, (*where, "minimum")), category=category, hours=entry.hours,
        )
