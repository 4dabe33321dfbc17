"""The shop's terms: catalogue, cart and order as frozen dataclasses. Money is in minor units (cents), never a float."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, time
from decimal import Decimal
from functools import cached_property
from typing import Literal


@dataclass(frozen=True, slots=True)
class Option:
    """One choice of an option group: "oat" of "milk"."""

    id: str
    name: str
    """As it is spoken and read back: "oat milk" """
    aliases: tuple[str, ...] = ()
    """Other ways to say it"""
    price: int = 0
    """Surcharge in minor units; may be negative"""
    pronunciations: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Word -> pronunciations given by the owner (ARPABET or IPA), for words no dictionary has"""
    available: bool = True
    amount_prices: Mapping[str, int] = field(default_factory=dict)
    """Surcharge in minor units for an amount of it ("extra"), where the group's factor does not say it"""
    allergens: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class OptionGroup:
    """A question that a product leaves open: milk, syrup, toppings."""

    id: str
    name: str
    options: tuple[Option, ...]
    min: int = 0
    """How many must be chosen; 1 or more makes the group required"""
    max: int | None = 1
    """How many may be chosen; None is any number"""
    default: tuple[str, ...] = ()
    """Option ids the kitchen uses when nothing is said"""
    amounts: bool = False
    """May be had "extra", "light", "double" ..."""
    negatable: bool = True
    """May be left out: "no onions" """
    portions: bool = False
    """May be had on one half: "ham on the left half" """
    names_product: bool = False
    """Its options alone stand for the product: "a margherita" for a pizza, "a tuna" for a sandwich"""
    repeatable: bool = False
    """An option may be chosen more than once: "three extra shots" """
    amount_factors: Mapping[str, Decimal] = field(default_factory=dict)
    """Amount -> how many portions it is ("double": 2), those of the default being in the price; 1 where not given"""
    amount_added: Mapping[str, Decimal] = field(default_factory=dict)
    """Amount -> portions charged whether or not the option is in the default ("extra": 1)"""

    def option(self, option_id: str) -> Option:
        return next(o for o in self.options if o.id == option_id)

    @property
    def required(self) -> bool:
        return self.min > 0


@dataclass(frozen=True, slots=True)
class Variant:
    """One of the forms a product is sold in, each with its price: small, large, a dozen."""

    id: str
    name: str
    price: int
    """Minor units"""
    aliases: tuple[str, ...] = ()
    available: bool = True


@dataclass(frozen=True)
class Product:
    """Something the shop sells."""

    id: str
    name: str
    price: int = 0
    """Minor units a `unit`; with variants the variant's price counts"""
    aliases: tuple[str, ...] = ()
    variants: tuple[Variant, ...] = ()
    default_variant: str | None = None
    """None with variants: the size must be asked"""
    groups: tuple[OptionGroup, ...] = ()
    category: str = ""
    unit: str | None = None
    """None: by the piece; else a unit of grammars/<lang>/units.yaml ("kg")"""
    tax_class: str = "standard"
    stock: int | None = None
    """Units on hand; None is unlimited"""
    available: bool = True
    hours: tuple[OpeningHours, ...] = ()
    """When it is sold, if not always: breakfast"""
    max_quantity: int | None = None
    """More than this in one line is asked about or refused; None takes the shop's limit"""
    description: str = ""
    tags: tuple[str, ...] = ()
    """vegan, gluten-free, spicy ..."""
    allergens: tuple[str, ...] = ()
    pairs_with: tuple[str, ...] = ()
    """Product ids to suggest"""
    popularity: float = 0.0
    """0 to 1; breaks ties"""
    pronunciations: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def contains(self) -> tuple[str, ...]:
        """Allergens of the product as the kitchen makes it when nothing is said: with the default options."""
        usual = (o for g in self.groups for o in g.options if o.id in g.default)
        return tuple(dict.fromkeys((*self.allergens, *(a for option in usual for a in option.allergens))))

    def group(self, group_id: str) -> OptionGroup:
        return next(g for g in self.groups if g.id == group_id)

    def variant(self, variant_id: str) -> Variant:
        return next(v for v in self.variants if v.id == variant_id)


@dataclass(frozen=True, slots=True)
class OpeningHours:
    """A stretch of a weekday. `closes` before `opens` runs past midnight."""

    weekday: int
    """0 Monday to 6 Sunday"""
    opens: time
    closes: time


@dataclass(frozen=True, slots=True)
class DeliveryZone:
    name: str
    postcodes: tuple[str, ...] = ()
    """Postcode prefixes"""
    fee: int = 0
    minimum: int = 0
    """Least order value in minor units"""
    free_from: int | None = None
    """Order value from which delivery is free"""
    minutes: int = 45


@dataclass(frozen=True, slots=True)
class Discount:
    """Taken off by itself when its conditions hold."""

    id: str
    name: str
    percent: Decimal = Decimal(0)
    amount: int = 0
    """Minor units"""
    minimum: int = 0
    """Order value from which it counts"""
    category: str | None = None
    """Only lines of this category"""
    hours: tuple[OpeningHours, ...] = ()
    """When it is given, if not always: a happy hour"""


@dataclass(frozen=True)
class Shop:
    """Who sells, where, when and on what terms."""

    name: str
    currency: str = "EUR"
    """ISO 4217"""
    locale: str = "en"
    """Babel locale for money, dates and plurals"""
    timezone: str = "UTC"
    phone: str = ""
    """A person's number, for hand-over"""
    address: str = ""
    hours: tuple[OpeningHours, ...] = ()
    """Empty: always open"""
    closed_on: tuple[date, ...] = ()
    pickup: bool = True
    pickup_minutes: int = 10
    delivery: tuple[DeliveryZone, ...] = ()
    """Empty: no delivery"""
    dine_in: bool = False
    taxes: Mapping[str, Decimal] = field(default_factory=dict)
    """Tax class -> rate in percent"""
    prices_include_tax: bool = True
    discounts: tuple[Discount, ...] = ()
    max_quantity: int = 20
    """A line above this is confirmed explicitly; ten times as much is refused"""
    max_total: int | None = None
    """An order above this (minor units) goes to a person"""
    answers: Mapping[str, str] = field(default_factory=dict)
    """Topic -> the shop's own words: returns, parking, allergens, wifi, payment ..."""
    topics: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Topic -> what callers call it, besides its own name: wifi -> "internet", "the password" """
    prompts: Mapping[str, str] = field(default_factory=dict)
    """Prompt key -> the shop's own wording"""


@dataclass(frozen=True, slots=True)
class Category:
    """A shelf of the shop: "coffee", "pastries". `Product.category` holds its id."""

    id: str
    name: str
    """As it is spoken: "hot drinks" """
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True)
class Catalogue:
    """One version of a shop's catalogue; a call keeps the version it began with."""

    shop: Shop
    products: tuple[Product, ...]
    amounts: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Amount id -> further words for it, added to the language's own"""
    negations: tuple[str, ...] = ()
    """Further words for leaving out, added to the language's own"""
    categories: Mapping[str, Category] = field(default_factory=dict)
    """Id -> category, in the owner's order"""
    pronunciations: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Word -> pronunciations (ARPABET or IPA) wherever the word stands: names, variants, options, answers"""
    source: str = ""
    """Path of the file it was read from"""
    version: str = ""
    """SHA-256 of what was read"""

    @cached_property
    def by_id(self) -> Mapping[str, Product]:
        return {p.id: p for p in self.products}

    def product(self, product_id: str) -> Product:
        return self.by_id[product_id]

    @cached_property
    def allergens(self) -> frozenset[str]:
        """All that the owner wrote down as contained, in products and in their options."""
        options = (o.allergens for p in self.products for g in p.groups for o in g.options)
        return frozenset(a for held in (*options, *(p.allergens for p in self.products)) for a in held)

    @cached_property
    def category_words(self) -> Mapping[str, tuple[str, ...]]:
        """Category id -> all it is called."""
        ids = dict.fromkeys(p.category for p in self.products if p.category)
        known = {c.id: (c.id.replace("_", " "), c.name, *c.aliases) for c in self.categories.values() if c.id in ids}
        return {i: tuple(dict.fromkeys(known.get(i, (i.replace("_", " "),)))) for i in ids}

    @cached_property
    def topic_words(self) -> Mapping[str, tuple[str, ...]]:
        """Topic of `Shop.answers` -> all it is called."""
        return {topic: (topic.replace("_", " "), *self.shop.topics.get(topic, ())) for topic in self.shop.answers}


# --- Cart and order ------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ChosenOption:
    group_id: str
    option_id: str
    amount: str | None = None
    negated: bool = False
    portion: str | None = None
    quantity: int = 1


@dataclass(frozen=True, slots=True)
class LineItem:
    """One line of a cart. Its price is computed from the catalogue version of the call."""

    id: str
    """Stable within the cart"""
    product_id: str
    quantity: Decimal = Decimal(1)
    variant_id: str | None = None
    options: tuple[ChosenOption, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Cart:
    """Immutable: every change gives a new cart, so that undo is a stack of carts."""

    lines: tuple[LineItem, ...] = ()


@dataclass(frozen=True, slots=True)
class Totals:
    """What an order costs, all in minor units."""

    subtotal: int
    discount: int
    delivery: int
    tax: int
    """Included in `total`; whether it was on top depends on Shop.prices_include_tax"""
    total: int


@dataclass(frozen=True, slots=True)
class Fulfilment:
    """How the order reaches the customer."""

    kind: Literal["pickup", "delivery", "dine_in"] = "pickup"
    name: str = ""
    phone: str = ""
    address: str = ""
    postcode: str = ""
    at: str | None = None
    """ISO 8601 local time; None is as soon as possible"""
