"""How people order from one catalogue, as a weighted word automaton.

The skeleton and its probabilities stand in grammars/<lang>/spoken_order.yaml; names, sizes and options come from the
catalogue. Options may come in any order before and after a product. Sentences with other intents share the items'
states, so that "remove {item}" costs one arc.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache, partial
from typing import Any

from voice.language import Language, load_language
from voice.normalize import spoken_words
from voice.recognition.automaton import Automaton
from voice.recognition.compact.fst_arrays import FstArrays
from voice.recognition.sentences import SentenceSlots, Stretch
from voice.shop.model import Catalogue, Product

MAX_CLASSES = 6
"""Kinds of products by their options; more would make the graph large without making it stricter by much"""


@dataclass(frozen=True)
class WordGrammar:
    """An acceptor over word numbers (from 1); `words[0]` is word 1."""

    acceptor: FstArrays
    words: tuple[str, ...]
    garbage: int
    """Number of the garbage word"""


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


def word_grammar(catalogue: Catalogue, language: str = "en", state: str = "open") -> WordGrammar:
    """The grammar of one catalogue in one dialogue state (a key of spoken_order.yaml's `states`)."""
    return _Builder(catalogue, load_language(language), state).build()


@dataclass
class _Builder:
    catalogue: Catalogue
    language: Language
    state: str
    data: Mapping[str, Any] = field(init=False)
    w: Mapping[str, float] = field(init=False)
    a: Automaton = field(init=False)

    def __post_init__(self) -> None:
        self.data = self.language.topic("spoken_order")
        self.w = self.data["weights"]
        self.a = Automaton(partial(spoken_words, language=self.language.code), self.data.get("contractions", ()))

    def build(self) -> WordGrammar:
        a, share = self.a, self.data["states"][self.state]
        self.start, self.end = a.state(), a.state()
        self.items, self.done, self.names, self.options, self.options_done = (a.hub() for _ in range(5))
        a.final(self.end)
        garbage: str = self.data["garbage"]
        opening = a.state()
        a.link(self.start, opening, share["order"])
        a.link(opening, self.items, 1 - self.w["opening"])
        a.templates(opening, self.items, self.data["openings"], self.w["opening"])
        self._order()
        self._products()
        a.link(self.start, self.options, share["options"])
        self._option_answers()
        self._number(self.start, self.end, share["number"])
        self._digits(self.start, self.end, share["digits"])
        self._sentences(share["sentence"])
        a.word(self.start, self.end, garbage, share["garbage"])
        for source, target in ((self.start, self.items), (self.done, self.end), (self.done, self.items)):
            a.word(source, target, garbage, self.w["garbage"])
        self._hesitations(self.start, self.items, self.options)
        return WordGrammar(a.compiled(self.start), a.words, a.words.index(garbage) + 1)

    # --- the frame --------------------------------------------------------------------------------------------------

    def _order(self) -> None:
        """Quantities before an item, and what follows one: more items, a correction, a closing, the end."""
        a, w = self.a, self.w
        self.before = a.hub()
        a.link(self.items, self.before, 1 - w["quantity"])
        self._quantity(self.items, self.before, w["quantity"])
        a.link(self.done, self.end, 1 - w["more"] - w["closing"])
        a.templates(self.done, self.end, self.data["closings"], w["closing"])
        a.templates(self.done, self.items, self.data["connectors"], w["more"] * w["connector"])
        a.link(self.done, self.items, w["more"] * (1 - w["connector"]))
        for source in (self.done, self.before):
            a.templates(source, self.items, self.data["repairs"], w["repair"])

    def _sentences(self, probability: float) -> None:
        """The other intents' sentences; those that may stand at an order's edge do so as well."""
        a, w = self.a, self.w
        number, after_number, digits, after_digits = (a.hub() for _ in range(4))
        self._number(number, after_number, 1.0)
        self._digits(digits, after_digits, 1.0)
        items = Stretch(self.items, self.done, w["more"] / 2)
        shared = {
            "items": items, "items2": items, "number": Stretch(number, after_number, 1.0),
            "digits": Stretch(digits, after_digits, 1.0), "time": Stretch(number, after_number, 1.0),
        }  # fmt: skip
        slots = SentenceSlots(a, self.catalogue, self.language, shared, self.data["garbage"])
        slots.sentences(self.start, self.end, probability)
        slots.sentences(self.start, self.items, probability * w["edge"], edge_only=True)
        slots.sentences(self.done, self.end, w["edge"], edge_only=True)

    def _hesitations(self, *states: int) -> None:
        words = self.data["hesitations"]
        for state in states:
            for word in words:
                self.a.word(state, state, word, self.w["hesitation"] / len(words))

    # --- numbers ----------------------------------------------------------------------------------------------------

    def _quantity(self, source: int, target: int, probability: float) -> None:
        a, numbers = self.a, self.language.topic("numbers")
        start = a.state()
        a.link(source, start, probability)
        a.phrases(start, target, self.data["articles"], self.w["article"])
        rest = 1 - self.w["article"]
        self._number(start, target, 0.8 * rest)
        groups = [text for word in numbers.get("groups", {}) for text in (f"a {word}", f"a {word} of", word)]
        a.phrases(start, target, [*groups, *numbers.get("another", ())], 0.2 * rest)

    def _number(self, source: int, target: int, probability: float) -> None:
        """One to ninety-nine, small ones likelier, and tens of hundreds."""
        a, numbers = self.a, self.language.topic("numbers")
        ones = [w for w, v in numbers["ones"].items() if v]
        a.phrases(source, target, ones, 0.8 * probability)
        a.phrases(source, target, numbers["teens"], 0.12 * probability)
        tens = a.state()
        a.phrases(source, tens, numbers["tens"], 0.08 * probability)
        a.link(tens, target, 0.5)
        a.phrases(tens, target, ones, 0.5)

    def _digits(self, source: int, target: int, probability: float) -> None:
        a, more = self.a, self.w["digit"]
        start, after = a.state(), a.state()
        a.link(source, start, probability)
        a.phrases(start, after, self.data["digits"], 0.9)
        for word in self.data["doubles"]:
            a.word(start, start, word, 0.1 / len(self.data["doubles"]))
        a.link(after, start, more)
        a.link(after, target, 1 - more)

    # --- products ---------------------------------------------------------------------------------------------------

    def _products(self) -> None:
        """Options before a product (shared by all), its names, and the options behind it (shared by products alike)."""
        a, products = self.a, self.catalogue.products
        classes = _classes(products, self.w["variant"])
        every = _merged(m for modifiers, _ in classes for m in modifiers)
        self._before(every)
        total = sum(0.2 + p.popularity for p in products)
        for modifiers, members in classes:
            behind = a.hub()
            for product in members:
                self._names(product, behind, (0.2 + product.popularity) / total)
            self._behind(modifiers, behind)

    def _before(self, modifiers: Sequence[Modifier]) -> None:
        """ "large oat milk ..." in any order, then a product's name."""
        a, w, state = self.a, self.w, self.before
        a.link(state, self.names, 1 - w["before"] if modifiers else 1.0)
        self._hesitations(state)
        targets = [(m, state) for m in modifiers]
        if modifiers:
            self._modifier(targets, state, w["before"], sum(m.share for m in modifiers))

    def _modifier(self, targets: Sequence[tuple[Modifier, int]], source: int, probability: float, total: float) -> None:
        """A member of one of the groups, with its amount or number where it can have one, on to the group's target."""
        a, w = self.a, self.w
        for m, target in targets:
            left = 1 - w["amount"] * m.amounts - w["plural"] * m.counted
            a.phrases(source, target, m.phrases, probability * left * m.share / total)
        counted = [(m, t) for m, t in targets if m.counted]
        if share := sum(m.share for m, _ in counted):
            middle = a.state()
            self._number(source, middle, probability * w["plural"] * share / total)
            for m, target in counted:
                a.phrases(middle, target, [f for p in m.phrases for f in (p, self.plural(p))], m.share / share)
        measured = [(m, t) for m, t in targets if m.amounts]
        if share := sum(m.share for m, _ in measured):
            middle = a.state()
            self._amount(source, middle, probability * w["amount"] * share / total)
            for m, target in measured:
                a.phrases(middle, target, m.phrases, m.share / share)

    def _amount(self, source: int, target: int, probability: float) -> None:
        amounts = self.language.topic("amounts")["amounts"]
        texts = [t for templates in amounts.values() for t in templates]
        own = [t for words in self.catalogue.amounts.values() for t in words]
        self.a.phrases(source, target, own, probability / 2)
        self.a.templates(source, target, texts, probability / 2 if own else probability)

    def _names(self, product: Product, target: int, probability: float) -> None:
        """A product's name, its aliases, and options that stand for it; each with its plural."""
        own = [product.name]
        others = list(product.aliases)
        others += [p for g in product.groups if g.names_product for o in g.options for p in (o.name, *o.aliases)]
        alias = self.w["alias"] if others else 0.0
        for names, share in ((own, 1 - alias), (others, alias)):
            self.a.phrases(self.names, target, names, probability * share * (1 - self.w["plural"]))
            plurals = [self.plural(n) for n in names]
            self.a.phrases(self.names, target, plurals, probability * share * self.w["plural"])

    def _behind(self, modifiers: Sequence[Modifier], state: int) -> None:
        """ "... with oat milk and no sugar, extra hot": the options after a product's name."""
        a, w = self.a, self.w
        if not modifiers:
            a.link(state, self.done)
            return
        a.link(state, self.done, 1 - w["after"])
        first, options, said = a.state(), a.hub(), a.hub()
        a.link(state, first, w["after"])
        a.templates(first, options, self.data["with"], w["with"])
        a.link(first, options, 1 - w["with"])
        self._option([(m, said) for m in modifiers], options)
        self._after_option(said, options)

    def _after_option(self, said: int, again: int) -> None:
        a, w = self.a, self.w
        notes = self.language.topic("amounts").get("notes", ())
        a.link(said, self.done, 1 - w["another_option"])
        a.templates(said, again, self.data["joining"], w["another_option"])
        a.templates(said, self.done, notes, w["note"])

    def _option(self, targets: Sequence[tuple[Modifier, int]], source: int) -> None:
        """An option as it is said behind a product or alone: "some oat milk", "no onions"."""
        a, w = self.a, self.w
        start = a.state()
        a.link(source, start, 1 - w["some"])
        a.phrases(source, start, self.data["some"], w["some"])
        total = sum(m.share for m, _ in targets)
        refused = [(m, t) for m, t in targets if m.negatable]
        share = sum(m.share for m, _ in refused)
        if total:
            self._modifier(targets, start, 1 - w["negated"] * share / total, total)
        if refused:
            middle = a.state()
            negations = [*self.language.topic("amounts")["negations"], *self.catalogue.negations]
            a.templates(source, middle, negations, w["negated"] * share / total)
            for m, target in refused:
                a.phrases(middle, target, m.phrases, m.share / share)

    def _option_answers(self) -> None:
        """Options and sizes alone: "large", "oat milk please", "no sugar and extra hot"."""
        a, w = self.a, self.w
        every = _merged(m for p in self.catalogue.products for m in _modifiers(p, w["variant"]))
        self._option([(m, self.options_done) for m in every], self.options)
        a.templates(self.options_done, self.options, self.data["joining"], w["another_option"])
        a.link(self.options_done, self.end, 1 - w["another_option"] - w["closing"])
        a.templates(self.options_done, self.end, self.data["closings"], w["closing"])

    def plural(self, name: str) -> str:
        """ "blueberry muffin" -> "blueberry muffins", "cup of tea" -> "cups of tea"."""
        words = name.split()
        stops = [words.index(w) for w in self.data["plural_before"] if w in words[1:]]
        head = min(stops, default=len(words)) - 1
        if head < 0:
            return name
        words[head] = _plural(words[head], tuple(tuple(rule) for rule in self.data["plurals"]))
        return " ".join(words)


@lru_cache(maxsize=50_000)
def _plural(word: str, rules: tuple[tuple[str, str], ...]) -> str:
    return next((re.sub(pattern, new, word, count=1) for pattern, new in rules if re.search(pattern, word)), word)


def _modifiers(product: Product, variant_share: float) -> tuple[Modifier, ...]:
    """The variants and option groups of a product. Groups of two products that say the same are equal."""
    found = []
    if product.variants:
        phrases = tuple(p for v in product.variants for p in (v.name, *v.aliases))
        found.append(Modifier("<variant>", phrases, variant_share))
    for group in product.groups:
        phrases = tuple(p for o in group.options for p in (o.name, *o.aliases))
        found.append(
            Modifier(
                group.id, phrases, 1.0, group.amounts, group.negatable and not group.required, group.repeatable,
            )
        )  # fmt: skip
    return tuple(found)


def _classes(products: Sequence[Product], variant_share: float) -> list[tuple[list[Modifier], list[Product]]]:
    """Products that have the same options, or nearly: the likest classes are joined until few are left."""
    by_options: dict[tuple[Modifier, ...], list[Product]] = {}
    for product in products:
        by_options.setdefault(_modifiers(product, variant_share), []).append(product)
    classes = [(list(modifiers), members) for modifiers, members in by_options.items()]
    phrases = [{(m.id, p) for m in modifiers for p in m.phrases} for modifiers, _ in classes]
    while len(classes) > MAX_CLASSES:
        pairs = ((i, j) for i in range(len(classes)) for j in range(i))
        i, j = min(pairs, key=lambda p: len(phrases[p[0]] ^ phrases[p[1]]))
        joined = (_merged([*classes[j][0], *classes[i][0]]), [*classes[j][1], *classes[i][1]])
        classes[j], phrases[j] = joined, phrases[i] | phrases[j]
        del classes[i], phrases[i]
    return classes


def _merged(modifiers: Iterable[Modifier]) -> list[Modifier]:
    """One for each group id, with the phrases of all."""
    groups: dict[str, list[Modifier]] = {}
    for m in modifiers:
        groups.setdefault(m.id, []).append(m)
    return [
        Modifier(
            key, tuple(dict.fromkeys(p for m in same for p in m.phrases)), same[0].share, any(m.amounts for m in same),
            any(m.negatable for m in same), any(m.counted for m in same),
        )
        for key, same in groups.items()
    ]  # fmt: skip
