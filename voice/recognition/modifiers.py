"""A product's sizes and options as the speech grammar needs them: groups of phrases, shared by products alike."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from voice.diets import load_diets
from voice.language import Language
from voice.recognition.inflection import head
from voice.recognition.said_names import option_names, variant_names
from voice.shop.model import Catalogue, Product

VARIANT = "<variant>"
"""Id of the group that a product's variants make"""
ELSE = 0.15
"""How likely a group is named in a way that the shop does not give, as against its own names"""
MANY_GROUPS = 6
MAX_CLASSES = 9
"""Kinds of products by their options; more would make the graph large without making it stricter by much"""


@dataclass(frozen=True)
class Modifier:
    """A group of options or the variants of a product, by the phrases that name its members."""

    id: str
    phrases: tuple[str, ...]
    share: float
    amounts: bool = False
    negatable: bool = False
    counted: bool = False
    """Members can be had more than once: "two sugars" """
    several: bool = False
    """More than one member can be had: "ham and mushrooms" """
    given: bool = True
    """The phrases are the shop's own names, not those of said_names"""

    def only(self, phrases: Sequence[str]) -> Modifier | None:
        """With some of its phrases, and of its share what they are of all; None without any."""
        share = self.share * len(phrases) / len(self.phrases)
        return replace(self, phrases=tuple(phrases), share=share) if phrases else None


@dataclass(frozen=True)
class Before:
    """What was said before a product's name so far."""

    classes: frozenset[int]
    """The classes of products that have all of it"""
    recent: tuple[str, ...] = ()
    """The last groups"""


@dataclass(frozen=True)
class BeforeRules:
    """Which options may follow others before a product's name."""

    memory: int
    """None of so many last groups comes again, unless several of it can be had; of one less where there are more than
    `MANY_GROUPS` groups"""
    fits: bool
    """Only options that some product has all of"""

    def ways(self, said: Before, classes: Sequence[Sequence[Modifier]]) -> Iterator[tuple[Modifier, Before]]:
        """What may be said next, and what was said then. `classes`: the modifiers of each class of products."""
        groups = merged(m for modifiers in classes for m in modifiers)
        memory = self.memory - (self.memory > 1 and len({group.id for group in groups}) > MANY_GROUPS)
        having = [{(m.id, p) for m in modifiers for p in m.phrases} for modifiers in classes]
        for group in groups:
            if group.id in said.recent:
                continue
            by_classes: dict[frozenset[int], list[str]] = {}
            for p in group.phrases:
                left = frozenset(c for c in said.classes if (group.id, p) in having[c]) if self.fits else said.classes
                by_classes.setdefault(left, []).append(p)
            for left, phrases in by_classes.items():
                told = said.recent if group.several else (*said.recent, group.id)
                recent = told[-memory:] if memory else ()
                if left and (part := group.only(phrases)):
                    yield part, Before(left, recent)


def heads_of(products: Sequence[Product], data: Mapping[str, Any]) -> dict[str, tuple[str, ...]]:
    """Product ids to the last words of their names that several products share: "muffin" may be any muffin."""
    names = {p.id: [n.lower().split() for n in (p.name, *p.aliases)] for p in products}
    own = {words[0] for found in names.values() for words in found if len(words) == 1}
    heads = {key: {words[head(words, data)] for words in found} - own for key, found in names.items()}
    shared = Counter(head for found in heads.values() for head in found)
    return {key: tuple(sorted(h for h in found if shared[h] > 1)) for key, found in heads.items()}


def beginnings(products: Sequence[Product]) -> list[str]:
    """What tells those products apart: the "blueberry" of "blueberry muffin"."""
    names = [p.name.split() for p in products]
    ends = Counter(words[-1].lower() for words in names)
    return sorted({" ".join(words[:-1]) for words in names if len(words) > 1 and ends[words[-1].lower()] > 1})


def qualifiers(catalogue: Catalogue, language: Language) -> list[str]:
    """What a product is called by beside its options: diets, and the end of its sizes: "vegan", "smallest"."""
    sized = any(p.variants for p in catalogue.products)
    extremes = language.topics.get("synonyms", {}).get("extremes", {}) if sized else {}
    plain = language.topic("spoken_order").get("qualifiers", ())
    diets = load_diets(language.code).before_names(catalogue)
    return [*plain, *diets, *(w for words in extremes.values() for w in words)]


def units_of(products: Iterable[Product], language: Language) -> list[str]:
    """The units in which products that are sold by a measure are ordered: grams too of what is sold by the kilo."""
    known = language.topic("units")["units"]
    sold = {known[p.unit].get("of") or p.unit for p in products if p.unit in known}
    return [unit for unit, data in known.items() if (data.get("of") or unit) in sold]


def modifiers_of(product: Product, variant_share: float, language: Language) -> tuple[Modifier, ...]:
    """The variants and option groups of a product, by their own names and by what else they are called. Groups of two
    products that say the same are equal."""
    found = []
    if product.variants:
        phrases = tuple(p for v in product.variants for p in (v.name, *v.aliases))
        own = Modifier(VARIANT, phrases, variant_share)
        found += [own, *_else(own, variant_names(product.variants, language))]
    for group in product.groups:
        phrases = tuple(p for o in group.options for p in (o.name, *o.aliases))
        own = Modifier(
            group.id, phrases, 1.0, group.amounts, group.negatable and not group.required, group.repeatable,
            group.max != 1,
        )  # fmt: skip
        found += [own, *_else(own, option_names(group, language))]
    return tuple(found)


def _else(own: Modifier, phrases: Sequence[str]) -> list[Modifier]:
    share = ELSE * own.share
    return [replace(own, phrases=tuple(phrases), share=share, given=False)] if phrases else []


def classes_of(
    products: Sequence[Product], variant_share: float, language: Language
) -> list[tuple[list[Modifier], list[Product]]]:
    """Products that have the same options, or nearly: the likest classes are joined until few are left."""
    by_options: dict[tuple[Modifier, ...], list[Product]] = {}
    for product in products:
        by_options.setdefault(modifiers_of(product, variant_share, language), []).append(product)
    classes = [(list(modifiers), members) for modifiers, members in by_options.items()]
    phrases = [{(m.id, p) for m in modifiers for p in m.phrases} for modifiers, _ in classes]
    while len(classes) > MAX_CLASSES:
        pairs = ((i, j) for i in range(len(classes)) for j in range(i))
        i, j = min(pairs, key=lambda p: len(phrases[p[0]] ^ phrases[p[1]]))
        joined = (merged([*classes[j][0], *classes[i][0]]), [*classes[j][1], *classes[i][1]])
        classes[j], phrases[j] = joined, phrases[i] | phrases[j]
        del classes[i], phrases[i]
    return classes


def merged(modifiers: Iterable[Modifier]) -> list[Modifier]:
    """One for each group id, with the phrases of all; another for those that the shop does not give."""
    groups: dict[tuple[str, bool], list[Modifier]] = {}
    for m in modifiers:
        groups.setdefault((m.id, m.given), []).append(m)
    return [
        Modifier(
            key, tuple(dict.fromkeys(p for m in same for p in m.phrases)), same[0].share, any(m.amounts for m in same),
            any(m.negatable for m in same), any(m.counted for m in same), any(m.several for m in same), given,
        )
        for (key, given), same in groups.items()
    ]  # fmt: skip
