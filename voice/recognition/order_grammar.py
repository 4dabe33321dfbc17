"""Orders of one catalogue's products: quantity, options, product, options, and more of them.

Two of these make up the speech grammar (`voice.recognition.word_grammar`): a strict one, which holds nearly all orders
and is quickly searched, and a free one with hesitations, corrections and options in any number.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from voice.language import Language
from voice.recognition.automaton import Automaton
from voice.recognition.modifiers import Before, BeforeRules, Modifier, classes_of, merged, modifiers_of, plural
from voice.recognition.spoken_numbers import number
from voice.shop.model import Catalogue, Product


class OrderGrammar:
    """States of one order: `start` before it, `items` before each item, `done` behind each, then `end`.

    `weights`: probabilities by name, as in spoken_order.yaml.
    """

    def __init__(
        self, a: Automaton, catalogue: Catalogue, language: Language, weights: Mapping[str, float], end: int
    ) -> None:
        self.a = a
        self.w = weights
        self.end = end
        self._catalogue = catalogue
        self._language = language
        self.data: Mapping[str, Any] = language.topic("spoken_order")
        self.start = a.state()
        self.items, self.done = a.hub(), a.hub()
        self._entries = (
            {False: a.hub(), True: a.hub()} if weights["agreement"] else dict.fromkeys((False, True), a.hub())
        )
        """Before an item's first option, by whether several are ordered"""
        a.link(self.start, self.items, 1 - weights["opening"])
        a.templates(self.start, self.items, self.data["openings"], weights["opening"])
        self._frame()
        self._products()
        self.hesitations(self.start, self.items, *set(self._entries.values()))

    def _frame(self) -> None:
        """Quantities before an item, and what follows one: more items, a correction, a closing, the end."""
        a, w, data = self.a, self.w, self.data
        a.link(self.items, self._entries[False], 1 - w["quantity"])
        self._quantity(self.items, w["quantity"])
        a.link(self.done, self.end, 1 - w["more"] - w["closing"])
        a.templates(self.done, self.end, data["closings"], w["closing"])
        a.templates(self.done, self.items, data["connectors"], w["more"] * w["connector"])
        a.link(self.done, self.items, w["more"] * (1 - w["connector"]))
        if w["repair"]:
            for source in {self.done, *self._entries.values()}:
                a.templates(source, self.items, data["repairs"], w["repair"])
        if w["garbage"]:
            for source, target in ((self.start, self.items), (self.done, self.end), (self.done, self.items)):
                a.word(source, target, data["garbage"], w["garbage"])

    def hesitations(self, *states: int) -> None:
        words = self.data["hesitations"]
        for state in states if self.w["hesitation"] else ():
            for word in words:
                self.a.word(state, state, word, self.w["hesitation"] / len(words))

    def _quantity(self, source: int, probability: float) -> None:
        a, w, numbers = self.a, self.w, self._language.topic("numbers")
        one, several = self._entries[False], self._entries[True]
        a.phrases(source, one, self.data["articles"], probability * w["article"])
        rest = probability * (1 - w["article"])
        number(a, self._language, source, several, rest * 0.95, one)
        groups = [text for word in numbers.get("groups", {}) for text in (f"a {word}", f"a {word} of", word)]
        a.phrases(source, several, groups, rest * 0.03)
        a.phrases(source, one, numbers.get("another", ()), rest * 0.02)

    # --- products ---------------------------------------------------------------------------------------------------

    def _products(self) -> None:
        """Options before a product, the names of products alike, and the options behind them."""
        classes = classes_of(self._catalogue.products, self.w["variant"])
        behind = [self.a.hub() for _ in classes]
        weights = [sum(0.2 + p.popularity for p in members) for _, members in classes]
        for several in (False, True) if self.w["agreement"] else (False,):
            names = [self.a.hub() for _ in classes]
            entry, measured = self._entries[several], self.a.hub()
            ways = [(hub, weight / sum(weights)) for hub, weight in zip(names, weights, strict=True)]
            self._before([m for m, _ in classes], entry, ways, 0 if several else int(self.w["memory"]))
            self.a.templates(entry, measured, self.data["measures"], self.w["measure"])
            plurals = abs(several - self.w["plural"])
            for (_, members), (hub, share), weight, state in zip(classes, ways, weights, behind, strict=True):
                self.a.link(measured, hub, share)
                for product in members:
                    self._names(product, hub, state, (0.2 + product.popularity) / weight, plurals)
        for state, (modifiers, _) in zip(behind, classes, strict=True):
            self._behind(modifiers, state)

    def _before(
        self, classes: Sequence[Sequence[Modifier]], entry: int, names: Sequence[tuple[int, float]], memory: int
    ) -> None:
        """ "large oat milk ..." in any order, then a product's name: (state, share) of each class of products."""
        a, w = self.a, self.w
        rules = BeforeRules(memory, int(w["longest_before"]), bool(w["fits"]))
        start = Before(frozenset(range(len(classes))))
        bare = [[b for m in modifiers if (b := m.only(self._bare(m.phrases)))] for modifiers in classes]
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
            if targets:
                self._modifier(targets, states[said], share, w["amount_before"])

    def _names(self, product: Product, source: int, target: int, probability: float, plurals: float) -> None:
        """A product's name, its aliases, and options that stand for it; each with its plural."""
        own = [product.name]
        others = list(product.aliases)
        others += [p for g in product.groups if g.names_product for o in g.options for p in (o.name, *o.aliases)]
        alias = self.w["alias"] if others else 0.0
        for names, share in ((own, 1 - alias), (others, alias)):
            self.a.phrases(source, target, names, probability * share * (1 - plurals))
            self.a.phrases(source, target, [plural(n, self.data) for n in names], probability * share * plurals)

    def _behind(self, modifiers: Sequence[Modifier], state: int) -> None:
        """ "... with oat milk and no sugar, extra hot": the options after a product's name."""
        a, w = self.a, self.w
        if not modifiers:
            a.link(state, self.done)
            return
        a.link(state, self.done, 1 - w["after"])
        opened, options, said = a.hub(), a.hub(), a.hub()
        a.templates(state, opened, self.data["with"], w["after"] * w["with"])
        a.link(state, options, w["after"] * (1 - w["with"]))
        self._options([(m, said) for m in modifiers], opened, options)
        a.link(said, self.done, 1 - w["another_option"] - w["note"])
        a.templates(said, opened, self.data["joining"], w["another_option"])
        a.templates(said, self.done, self._language.topic("amounts").get("notes", ()), w["note"])

    # --- options ----------------------------------------------------------------------------------------------------

    def _options(self, targets: Sequence[tuple[Modifier, int]], opened: int, options: int) -> None:
        """Options from two states on to each group's own: behind "with" or "and" (`opened`) an article may stand."""
        a, w = self.a, self.w
        total = sum(m.share for m, _ in targets)
        refused = [(m, t) for m, t in targets if m.negatable]
        negated = w["negated"] * sum(m.share for m, _ in refused) / total
        a.link(opened, options, 1 - w["some"] - w["option_article"] - w["odd_article"])
        pieces = [(m, t) for m, t in targets if m.counted]
        for words, share, which in (
            (self.data["some"], w["some"], targets),
            (self.data["articles"], w["option_article"], pieces),
            (self.data["articles"], w["odd_article"], targets),
        ):
            if which:
                middle = a.state()
                a.phrases(opened, middle, words, share)
                self._bare_options(which, middle)
        self._modifier(targets, options, 1 - negated, w["amount"])
        if refused:
            middle = a.state()
            a.templates(options, middle, [*self.data["negations"], *self._catalogue.negations], negated)
            self._bare_options(refused, middle)

    def _bare_options(self, targets: Sequence[tuple[Modifier, int]], source: int) -> None:
        total = sum(m.share for m, _ in targets)
        for m, target in targets:
            self.a.phrases(source, target, self._bare(m.phrases), m.share / total)

    def _bare(self, phrases: Iterable[str]) -> tuple[str, ...]:
        """The phrases that may follow an article or an amount: not those that begin with one, as "a bit of milk"."""
        return tuple(p for p in phrases if p.split()[0].lower() not in self.data["determiners"])

    def _modifier(
        self, targets: Sequence[tuple[Modifier, int]], source: int, probability: float, amount: float
    ) -> None:
        """A member of one of the groups, with its amount or number where it can have one, on to the group's target."""
        a, w = self.a, self.w
        total = sum(m.share for m, _ in targets)
        for m, target in targets:
            left = 1 - amount * m.amounts - w["counted"] * m.counted
            a.phrases(source, target, m.phrases, probability * left * m.share / total)
        counted = [(m, t) for m, t in targets if m.counted]
        if share := sum(m.share for m, _ in counted):
            middle = a.state()
            number(a, self._language, source, middle, probability * w["counted"] * share / total)
            for m, target in counted:
                forms = [f for p in m.phrases for f in (p, plural(p, self.data))]
                a.phrases(middle, target, forms, m.share / share)
        measured = [(m, t) for m, t in targets if m.amounts]
        if share := sum(m.share for m, _ in measured):
            middle = a.state()
            self._amount(source, middle, probability * amount * share / total)
            self._bare_options(measured, middle)

    def _amount(self, source: int, target: int, probability: float) -> None:
        own = [t for words in self._catalogue.amounts.values() for t in words]
        self.a.phrases(source, target, own, probability / 2)
        self.a.templates(source, target, self.data["amounts"], probability / 2 if own else probability)

    def option_answers(self, source: int, probability: float) -> None:
        """Options and sizes alone: "large", "oat milk please", "no sugar and extra hot"."""
        a, w = self.a, self.w
        every = merged(m for p in self._catalogue.products for m in modifiers_of(p, w["variant"]))
        if not every:
            return
        opened, options, said = a.hub(), a.hub(), a.hub()
        a.templates(source, opened, self.data["with"], probability * w["with_answer"])
        a.link(source, opened, probability * (1 - w["with_answer"]))
        self._options([(m, said) for m in every], opened, options)
        a.templates(said, opened, self.data["joining"], w["another_option"])
        a.link(said, self.end, 1 - w["another_option"] - w["closing"])
        a.templates(said, self.end, self.data["closings"], w["closing"])
        self.hesitations(options)
