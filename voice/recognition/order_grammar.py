"""Orders of one catalogue's products: an opening, items, what joins them, corrections, a closing."""

from __future__ import annotations

from collections.abc import Mapping

from voice.language import Language
from voice.recognition.automaton import Automaton
from voice.recognition.item_grammar import ItemGrammar
from voice.recognition.spoken_numbers import times
from voice.shop.model import Catalogue


class OrderGrammar(ItemGrammar):
    """States of one order: `start` before it, `items` before each item, `done` behind each, then `end`."""

    def __init__(
        self, a: Automaton, catalogue: Catalogue, language: Language, weights: Mapping[str, float], end: int
    ) -> None:
        super().__init__(a, catalogue, language, weights)
        self.start = a.hub()
        a.link(self.start, self.items, 1 - weights["opening"] - weights["opening_words"])
        loosely = weights["opening_words"], weights["another_word"]
        a.some_of(self.start, self.items, self.data["opening_words"], *loosely)
        a.templates(self.start, self.items, self.data["openings"], weights["opening"], fill=self._fill)
        self._frame(end)
        self._hesitations(self.start, self.items, *set(self.entries.values()))

    def _frame(self, end: int) -> None:
        """What follows an item: more items, a correction, a closing, the end."""
        a, w, data = self.a, self.w, self.data
        a.link(self.done, end, 1 - w["more"] - w["closing"] - w["closing_words"])
        a.some_of(self.done, end, data["closing_words"], w["closing_words"], w["another_word"])
        a.templates(self.done, end, data["closings"], w["closing"], fill=self._fill)
        reopened = w["more"] * w["reopening"]
        a.link(self.done, self.start, reopened)
        a.templates(self.done, self.start, data["connectors"], reopened)
        a.templates(self.done, self.items, data["connectors"], w["more"] * w["connector"])
        a.link(self.done, self.items, w["more"] * (1 - w["connector"]))
        if w["repair"]:
            for source in {self.done, *self.entries.values()}:
                a.templates(source, self.items, data["repairs"], w["repair"])
        if w["garbage"]:
            for source, target in ((self.start, self.items), (self.done, end), (self.done, self.items)):
                a.word(source, target, data["garbage"], w["garbage"])

    def _fill(self, slot: str, source: int, target: int) -> None:
        if slot == "time":
            times(self.a, self._language, source, target, 1.0)
        else:  # a name
            self.a.word(source, target, self.data["garbage"])

    def _hesitations(self, *states: int) -> None:
        words = self.data["hesitations"]
        for state in states if self.w["hesitation"] else ():
            for word in words:
                self.a.word(state, state, word, self.w["hesitation"] / len(words))
