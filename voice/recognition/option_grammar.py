"""Options of a product in the speech grammar: "with oat milk and no sugar", "two extra shots"."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from voice.language import Language
from voice.recognition.automaton import Automaton
from voice.recognition.inflection import plural
from voice.recognition.modifiers import Modifier
from voice.recognition.spoken_numbers import number
from voice.shop.model import Catalogue


class OptionGrammar:
    """Lists of options between two states. `weights`: probabilities, as in spoken_order.yaml."""

    def __init__(self, a: Automaton, catalogue: Catalogue, language: Language, weights: Mapping[str, float]) -> None:
        self.a = a
        self.w = weights
        self._catalogue = catalogue
        self._language = language
        self.data: Mapping[str, Any] = language.topic("spoken_order")

    def _listed(self, modifiers: Sequence[Modifier], source: int, probability: float, opened: float) -> int:
        """Options from a state on, one after the other; the state behind each. `opened`: probability of "with"."""
        a, w, data = self.a, self.w, self.data
        behind_with, options, refusing, said = (a.hub() for _ in range(4))
        refused = [m for m in modifiers if m.negatable]
        no = w["refused"] if refused else 0.0
        a.templates(source, behind_with, data["with"], probability * (1 - no) * opened)
        a.link(source, options, probability * (1 - no) * (1 - opened))
        a.link(source, refusing, probability * no)
        joined = w["another_option"] * (1 - w["unjoined"])
        a.templates(said, behind_with, data["joining"], joined * (1 - no))
        a.templates(said, refusing, data["joining_refused"], joined * no)
        a.link(said, options, w["another_option"] * w["unjoined"] * (1 - no))
        a.link(said, refusing, w["another_option"] * w["unjoined"] * no)
        self._behind_with(modifiers, behind_with, options, said)
        negated = w["negated"] if refused else 0.0
        self._modifier([(m, said) for m in modifiers], options, 1 - negated, w["amount"], w["counted"])
        if refused:
            middle = a.state()
            a.phrases(options, middle, data["no"], negated)
            a.templates(refusing, middle, [*data["negations"], *self._catalogue.negations])
            self._bare_options([(m, said) for m in refused], middle)
        return said

    def _behind_with(self, modifiers: Sequence[Modifier], source: int, options: int, said: int) -> None:
        """Behind "with" or "and" an article may stand."""
        a, w = self.a, self.w
        a.link(source, options, 1 - w["some"] - w["option_article"] - w["odd_article"])
        pieces = [m for m in modifiers if m.counted]
        articles = [*self.data["articles"], *self.data["definite"]]
        for words, share, which in (
            (self.data["some"], w["some"], modifiers),
            (articles, w["option_article"], pieces),
            (articles, w["odd_article"], modifiers),
        ):
            if which:
                middle = a.state()
                a.phrases(source, middle, words, share)
                self._bare_options([(m, said) for m in which], middle)

    def _bare_options(self, targets: Sequence[tuple[Modifier, int]], source: int) -> None:
        total = sum(m.share for m, _ in targets)
        for m, target in targets:
            self.a.phrases(source, target, self._bare(m.phrases), m.share / total)

    def _bare(self, phrases: Iterable[str]) -> tuple[str, ...]:
        """The phrases that may follow an article or an amount: not those that begin with one, as "a bit of milk"."""
        return tuple(p for p in phrases if p.split()[0].lower() not in self.data["determiners"])

    def _modifier(
        self, targets: Sequence[tuple[Modifier, int]], source: int, probability: float, amount: float, count: float
    ) -> None:
        """A member of one of the groups, with its amount or number where it can have one, on to the group's target."""
        a = self.a
        total = sum(m.share for m, _ in targets)
        for m, target in targets:
            left = 1 - amount * m.amounts - count * m.counted
            a.phrases(source, target, m.phrases, probability * left * m.share / total)
        counted = [(m, t) for m, t in targets if m.counted and count]
        if share := sum(m.share for m, _ in counted):
            middle = a.state()
            number(a, self._language, source, middle, probability * count * share / total)
            for m, target in counted:
                forms = [f for p in m.phrases for f in (p, plural(p, self.data))]
                a.phrases(middle, target, forms, m.share / share)
        measured = [(m, t) for m, t in targets if m.amounts and amount]
        if share := sum(m.share for m, _ in measured):
            middle = a.state()
            self._amount(source, middle, probability * amount * share / total)
            self._bare_options(measured, middle)

    def _amount(self, source: int, target: int, probability: float) -> None:
        own = [t for words in self._catalogue.amounts.values() for t in words]
        self.a.phrases(source, target, own, probability / 2)
        self.a.templates(source, target, self.data["amounts"], probability / 2 if own else probability)
