"""One item of an order: quantity, options, a product's name, and the options behind it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from voice.language import Language
from voice.recognition.automaton import Automaton
from voice.recognition.inflection import plural
from voice.recognition.modifiers import (
    VARIANT,
    Before,
    BeforeRules,
    Modifier,
    beginnings,
    classes_of,
    heads_of,
    merged,
    qualifiers,
    units_of,
)  # fmt: skip
from voice.recognition.option_grammar import OptionGrammar
from voice.recognition.said_names import product_names
from voice.recognition.spoken_numbers import number, weight
from voice.shop.model import Catalogue, Product

MANY_PRODUCTS = 2000
"""With more, what is seldom said of a product would make the graph large"""


class ItemGrammar(OptionGrammar):
    """States of one item: `items` before it, `done` behind it. `weights`: probabilities, as in spoken_order.yaml."""

    def __init__(self, a: Automaton, catalogue: Catalogue, language: Language, weights: Mapping[str, float]) -> None:
        super().__init__(a, catalogue, language, weights)
        self.items, self.done = a.hub(), a.hub()
        self.entries = (
            {False: a.hub(), True: a.hub()} if weights["agreement"] else dict.fromkeys((False, True), a.hub())
        )
        """Before an item's first option, by whether several are ordered"""
        a.link(self.items, self.entries[False], 1 - weights["quantity"])
        self._classes = classes_of(catalogue.products, weights["variant"], language)
        self._every = merged(m for modifiers, _ in self._classes for m in modifiers)
        few = len(catalogue.products) <= MANY_PRODUCTS
        self._parts = beginnings(catalogue.products) if few else []
        self._called = {p.id: product_names(p, language) for p in catalogue.products} if few else {}
        """What products are called beside their names"""
        self._nameless = a.hub()
        """Behind the options of an item that no product is named for"""
        self._quantity(self.items, weights["quantity"])
        behind = self._products()
        self._unnamed()
        self._weighed(behind)

    def _quantity(self, source: int, probability: float) -> None:
        a, w, data = self.a, self.w, self.data
        one, several = self.entries[False], self.entries[True]
        article = probability * w["article"]
        a.phrases(source, one, data["articles"], article * (1 - w["definite"]))
        for entry in {one, several}:
            a.phrases(source, entry, data["definite"], article * w["definite"] / len({one, several}))
        rest = probability - article
        counted = rest * (1 - w["group"] - w["another"] - w["sharing"])
        number(a, self._language, source, several, counted, one, large=True)
        a.templates(source, several, data["groups"], rest * w["group"])
        a.templates(source, several, data["sharing"], rest * w["sharing"])
        a.phrases(source, one, self._language.topic("numbers").get("another", ()), rest * w["another"])

    # --- products ---------------------------------------------------------------------------------------------------

    def _products(self) -> list[int]:
        """Options before a product, the names of products alike, and the options behind them. The states behind the
        names, by class of products."""
        classes = self._classes
        behind = [self.a.hub() for _ in classes]
        heads = heads_of(self._catalogue.products, self.data)
        weights = [sum(0.2 + p.popularity for p in members) for _, members in classes]
        qualified = qualifiers(self._catalogue, self._language)
        measured, measure_said = self.a.hub(), self.a.hub()
        self.a.templates(measured, measure_said, self.data["measures"])
        for several in (False, True) if self.w["agreement"] else (False,):
            names = [self.a.hub() for _ in classes]
            entry = self.entries[several]
            ways = [(hub, weight / sum(weights)) for hub, weight in zip(names, weights, strict=True)]
            memory = int(self.w["memory"])
            aside = [(measured, self.w["measure"]), (self._qualified(qualified, entry, ways), self.w["qualified"])]
            self._before([m for m, _ in classes], entry, ways, min(1, memory) if several else memory, aside)
            plurals = abs(several - self.w["plural"])
            for (_, members), (hub, share), total, state in zip(classes, ways, weights, behind, strict=True):
                if not several:  # "two slices of carrot cake"
                    self.a.link(measure_said, hub, share)
                for product in members:
                    share = (0.2 + product.popularity) / total
                    self._names(product, hub, state, share, plurals)
                    self._numbers(heads[product.id], hub, state, share * self.w["head"], plurals)
        for state, (modifiers, _) in zip(behind, classes, strict=True):
            self._behind(modifiers, state)
        return behind

    def _before(
        self, classes: Sequence[Sequence[Modifier]], entry: int, names: Sequence[tuple[int, float]], memory: int,
        aside: Sequence[tuple[int, float]],
    ) -> None:
        """ "large oat milk ..." in any order, then a product's name: (state, share) of each class of products.
        `aside`: where else each of the options may lead."""
        a, w = self.a, self.w
        rules = BeforeRules(memory, bool(w["fits"]))
        start = Before(frozenset(range(len(classes))))
        bare = [[b for m in modifiers if (b := self._before_a_name(m))] for modifiers in classes]
        states, todo = {start: entry}, [start]
        while todo:
            said = todo.pop()
            targets = []
            for modifier, after in rules.ways(said, bare):
                if after not in states:
                    states[after] = a.hub()
                    todo.append(after)
                targets.append((modifier, states[after]))
            share = w["before" if said == start else "another_before"] if targets else 0.0
            total = sum(names[c][1] for c in said.classes)
            for c in said.classes:
                a.link(states[said], names[c][0], (1 - share) * names[c][1] / total)
            for hub, probability in aside:
                a.link(states[said], hub, probability)
            if said != start:
                a.link(states[said], self._nameless, w["nameless"])
            if targets:
                self._modifier(targets, states[said], share, w["amount_before"], w["counted_before"])
            joined = [(m, state) for m, state in targets if m.several]
            if joined and said != start:  # "a ham and mushroom pizza"
                middle = a.state()
                a.phrases(states[said], middle, self._language.topic("numbers")["and"], w["and_before"])
                self._modifier(joined, middle, 1.0, 0.0, 0.0)

    def _before_a_name(self, m: Modifier) -> Modifier | None:
        """What of a group may stand there. What can be counted mostly stands behind ("with two sugars"), and so does
        what is told by its amount ("with a bit of sugar")."""
        bare = m.only(self._bare(m.phrases))
        if not bare:
            return None
        share = self.w["piece_before"] if m.counted else 1.0
        share *= self.w["measured_before"] if len(bare.phrases) < len(m.phrases) else 1.0
        return replace(bare, share=bare.share * share)

    def _qualified(self, words: Sequence[str], entry: int, names: Sequence[tuple[int, float]]) -> int:
        """ "gluten free", "the smallest": before a product's name, or before its options. The state before it."""
        a = self.a
        start, said = a.hub(), a.hub()
        a.phrases(start, said, words)
        for hub, share in names:
            a.link(said, hub, share * 0.8)
        a.link(said, entry, 0.2)
        return start

    def _unnamed(self) -> None:
        """What has no product's name: "one decaf", "the other with oat milk", "a large one", "two blueberry"."""
        a, w = self.a, self.w
        behind, counted, part = a.hub(), a.hub(), a.hub()
        for entry in set(self.entries.values()):
            a.link(entry, counted, w["nameless"] * w["counted_alone"])
            a.phrases(entry, part, self._parts, w["part"])
        a.phrases(part, self.done, self.data["pronouns"], 0.5)
        a.link(part, self.done, 0.5)
        for source, share in ((self._nameless, w["pronoun"]), (counted, w["counted_pronoun"])):
            said = behind if source == self._nameless else counted
            a.phrases(source, said, self.data["pronouns"], share)
        a.link(self._nameless, behind, 1 - w["pronoun"])
        self._behind(self._every, behind)
        if any(m.id != VARIANT for m in self._every):
            self._said_behind(self._every, counted, 1 - w["counted_pronoun"])

    def _weighed(self, behind: Sequence[int]) -> None:
        """ "half a kilo of focaccia": what is sold by a measure."""
        a, products = self.a, [p for p in self._catalogue.products if p.unit]
        if units := units_of(products, self._language):
            said, names = a.state(), a.hub()
            weight(a, self._language, units, self.items, said, self.w["weighed"])
            a.templates(said, names, self.data["weight_joins"])
            for (_, members), state in zip(self._classes, behind, strict=True):
                for product in (p for p in members if p.unit):
                    self._names(product, names, state, 1 / len(products), 0.5)

    def _names(self, product: Product, source: int, target: int, probability: float, plurals: float) -> None:
        """A product's name, its aliases, options that stand for it, and what else people call it; each with its
        plural."""
        own = [product.name]
        others = list(product.aliases)
        others += [p for g in product.groups if g.names_product for o in g.options for p in (o.name, *o.aliases)]
        called = self._called.get(product.id, [])
        alias, derived = self.w["alias"] if others else 0.0, self.w["derived"] if called else 0.0
        for names, share in ((own, 1 - alias - derived), (others, alias), (called, derived)):
            self._numbers(names, source, target, probability * share, plurals)

    def _numbers(self, names: Sequence[str], source: int, target: int, probability: float, plurals: float) -> None:
        """One of several names, in the singular or, with probability `plurals`, in the plural."""
        self.a.phrases(source, target, names, probability * (1 - plurals))
        self.a.phrases(source, target, [plural(n, self.data) for n in names], probability * plurals)

    def _behind(self, modifiers: Sequence[Modifier], state: int) -> None:
        """ "... with oat milk and no sugar, extra hot": the options after a product's name."""
        a, w = self.a, self.w
        sizes = [m for m in modifiers if m.id == VARIANT]
        options = [m for m in modifiers if m.id != VARIANT]
        for m in sizes:  # "a latte, large, with oat milk"
            a.phrases(state, state, self._bare(m.phrases), w["variant_behind"])
        after = w["after"] if options else 0.0
        a.link(state, self.done, 1 - after - w["variant_behind"] * len(sizes))
        if options:
            self._said_behind(options, state, after)

    def _said_behind(self, modifiers: Sequence[Modifier], state: int, probability: float) -> None:
        a, w = self.a, self.w
        said = self._listed(modifiers, state, probability, w["with"])
        a.link(said, self.done, 1 - w["another_option"] - w["note"])
        a.templates(said, self.done, self._language.topic("amounts").get("notes", ()), w["note"])

    def options_alone(self) -> tuple[int, int]:
        """The states around options and sizes without a product: "large", "no sugar and extra hot"."""
        start, end = self.a.hub(), self.a.hub()
        if self._every:
            said = self._listed(self._every, start, 1 - self.w["article_alone"], self.w["with_alone"])
            middle = self.a.state()
            self.a.phrases(start, middle, [*self.data["articles"], *self.data["definite"]], self.w["article_alone"])
            self._bare_options([(m, said) for m in self._every], middle)
            self.a.link(said, end, 1 - self.w["another_option"] - self.w["pronoun"])
            self.a.phrases(said, end, self.data["pronouns"], self.w["pronoun"])
        return start, end
