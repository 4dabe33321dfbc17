"""What a simulated caller wants: a line of the order, and the words people have for its parts."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from num2words import num2words

from voice.dialogue.wording import Wording
from voice.language import load_language
from voice.shop.model import Catalogue, ChosenOption, LineItem, OptionGroup, Product

if TYPE_CHECKING:
    from voice.evaluation.callers import Caller

EXTRAS = 0.35
"""Chance that an optional group is used"""
ALIASES = 0.25
"""Chance that something is called by another of its names"""


@dataclass
class Habits:
    """Chances of what people do. Each is drawn anew at every opportunity."""

    hesitates: float = 0.15
    corrects_himself: float = 0.06
    is_silent: float = 0.04
    talks_nonsense: float = 0.03
    asks_between: float = 0.06
    speaks_aside: float = 0.06
    """ "repeat", "slower", "help", "one moment" at any time"""
    wants_what_is_not_there: float = 0.08
    takes_back: float = 0.05
    changes_his_mind: float = 0.12
    hangs_up: float = 0.02
    interrupts: float = 0.08
    answers_by_ordinal: float = 0.2
    presses_keys: float = 0.1
    says_more_at_once: float = 0.2
    is_wrong: float = 0.15
    """First gives a postcode that is not delivered to"""
    is_known: float = 0.4
    """His number is shown: he is recognised when he calls again"""
    is_careful: float = 0.5


@dataclass(frozen=True)
class Spoken:
    product: str
    plural: str
    variant: str
    variants: str
    """The variant's name for more than one: "three slices of pie" """
    options: tuple[str, ...]


@dataclass(frozen=True)
class Wish:
    product: Product
    quantity: int
    variant: str | None
    options: tuple[ChosenOption, ...]
    language: str = "en"
    says_variant: bool = True

    @property
    def number(self) -> str:
        return str(num2words(self.quantity, lang=self.language))

    @property
    def name(self) -> str:
        """What the caller calls it: an option where that names the product ("the earl grey")."""
        return next((self.option_name(o) for o in self.options if self._group(o).names_product), self.product.name)

    def with_quantity(self, quantity: int) -> Wish:
        return replace(self, quantity=quantity)

    def plural(self) -> str:
        return Wording(load_language(self.language)).plural(self.name, self.quantity + 1)

    def line(self) -> LineItem:
        return LineItem("", self.product.id, Decimal(self.quantity), self.variant, self.options)

    def _group(self, option: ChosenOption) -> OptionGroup:
        return self.product.group(option.group_id)

    def option_name(self, option: ChosenOption) -> str:
        return self._group(option).option(option.option_id).name

    def spoken(self, rng: random.Random) -> Spoken:
        """Names or aliases of the parts."""
        named = [o for o in self.options if self._group(o).names_product]
        others = [o for o in self.options if not self._group(o).names_product]
        sizes = {word.lower() for v in self.product.variants for name in (v.name, *v.aliases) for word in name.split()}
        aliases = tuple(a for a in self.product.aliases if not sizes & set(a.lower().split()))
        product = self.name if named else pick(rng, self.product.name, aliases)
        variant = self.product.variant(self.variant).name if self.variant else ""
        options = tuple(self._called(o, rng) for o in others)
        wording = Wording(load_language(self.language))
        return Spoken(product, wording.plural(product, 2), variant, wording.plural(variant, 2), options)

    def _called(self, option: ChosenOption, rng: random.Random) -> str:
        found = self._group(option).option(option.option_id)
        return pick(rng, found.name, found.aliases)


def pick(rng: random.Random, name: str, aliases: tuple[str, ...]) -> str:
    return rng.choice(aliases) if aliases and rng.random() < ALIASES else name


def wish_of(product: Product, rng: random.Random, language: str = "en") -> Wish:
    """A random way to have a product: any size, what must be chosen, now and then an extra."""
    variants = [v.id for v in product.variants if v.available]
    variant = rng.choice(variants) if variants else None
    options: list[ChosenOption] = []
    for group in product.groups:
        available = [o.id for o in group.options if o.available and o.id not in group.default]
        needed = group.min if not group.default else 0
        count = max(needed, 1 if len(options) < 3 and rng.random() < EXTRAS / max(len(product.groups), 1) * 2 else 0)
        chosen = rng.sample(available, min(count, len(available)))
        options += [ChosenOption(group.id, option_id) for option_id in chosen]
    quantity = rng.choices((1, 2, 3, 4), (70, 18, 8, 4))[0]
    says_variant = rng.random() < 0.7
    if not says_variant and product.default_variant:
        variant = product.default_variant  # who says no size gets the usual one, and wants it
    return Wish(product, quantity, variant, tuple(options), language, says_variant)


def say_wish(caller: Caller, wish: Wish) -> str:
    """A wish in words; sometimes something else first, put right in the same breath."""
    if caller.happens(caller.habits.corrects_himself):
        wrong = wish.with_quantity(wish.quantity + 1)
        return caller.one("correction", wrong=say_plainly(caller, wrong), right=say_plainly(caller, wish))
    return say_plainly(caller, wish)


def say_plainly(caller: Caller, wish: Wish) -> str:
    spoken = wish.spoken(caller.rng)
    options = ""
    for number, name in enumerate(spoken.options):
        options += " " + caller.one("further_option" if number else "option", option=name)
    template = str(caller.rng.choice(caller.words["item"]))
    variant = spoken.variant if wish.says_variant else ""
    if variant and any(variant.split()[-1] == of for of in caller.words["of"]):
        template = str(caller.words["of_item"])
        variant = variant if wish.quantity == 1 else spoken.variants
    one = caller.one("quantity_one") if wish.quantity == 1 else wish.number
    product = spoken.product if wish.quantity == 1 or template == caller.words["of_item"] else spoken.plural
    said = template.format(quantity=one, variant=variant, product=product, options=options.strip())
    return " ".join(said.replace(" ,", ",").strip(" ,").split()).replace(",,", ",")


def signature(catalogue: Catalogue, lines: Iterable[LineItem]) -> Counter[Any]:
    """What the lines amount to, whatever their order: what the kitchen would make of itself says nothing."""
    found: Counter[Any] = Counter()
    for line in lines:
        product = catalogue.product(line.product_id)
        default = product.variants[0].id if len(product.variants) == 1 else product.default_variant
        groups = {g.id: g for g in product.groups}
        options = frozenset(o for o in line.options if o.negated or o.option_id not in groups[o.group_id].default)
        found[line.product_id, line.variant_id or default, options, line.notes] += int(line.quantity * 1000)
    return found
