"""What people say to a shop, as a weighted word automaton.

The skeleton and its probabilities stand in grammars/<lang>/spoken_order.yaml; names, sizes and options come from the
catalogue. Whole orders are one part; the items of all other sentences go through another, smaller one; a state in which
an order is not expected has the smaller one alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from voice.language import Language, load_language
from voice.normalize import spoken_words
from voice.recognition.automaton import Automaton
from voice.recognition.compact.fst_arrays import FstArrays
from voice.recognition.item_grammar import ItemGrammar
from voice.recognition.order_grammar import OrderGrammar
from voice.recognition.sentences import SentenceSlots
from voice.shop.model import Catalogue


@dataclass(frozen=True)
class WordGrammar:
    """An acceptor over word numbers (from 1); `words[0]` is word 1."""

    acceptor: FstArrays
    words: tuple[str, ...]
    garbage: int
    """Number of the garbage word"""


def word_grammar(catalogue: Catalogue, language: str = "en", state: str = "open") -> WordGrammar:
    """The grammar of one catalogue in one dialogue state (a key of spoken_order.yaml's `states`)."""
    lang = load_language(language)
    data = lang.topic("spoken_order")
    a = Automaton(partial(spoken_words, language=language), data.get("contractions", ()))
    start = _Utterance(a, catalogue, lang, data["states"][state]).start
    acceptor = a.compiled(start, data.get("agreement", ()))
    return WordGrammar(acceptor, a.words, a.words.index(data["garbage"]) + 1)


class _Utterance:
    """All that is said in one go: `start`, one of the kinds that have a share in the state, politeness, `end`."""

    def __init__(self, a: Automaton, catalogue: Catalogue, language: Language, share: Mapping[str, float]) -> None:
        self._a, self._catalogue, self._language = a, catalogue, language
        self._data: Mapping[str, Any] = language.topic("spoken_order")
        self._weights: Mapping[str, float] = self._data["weights"]
        self.start, self._end, self._behind = a.state(), a.state(), a.hub()
        a.final(self._end)
        a.link(self._behind, self._end, 1 - self._weights["polite_behind"])
        a.templates(self._behind, self._end, self._data["behind_sentence"], self._weights["polite_behind"])
        a.word(self.start, self._behind, self._data["garbage"], share["garbage"])
        a.templates(self.start, self._end, self._data["common"], share["common"])
        order = OrderGrammar(a, catalogue, language, self._weights, self._end) if "order" in share else None
        if order:
            a.link(self.start, order.start, share["order"])
        self._sentences(share, order)

    def _sentences(self, share: Mapping[str, float], order: OrderGrammar | None) -> None:
        """The other intents' sentences, and what else is made of one item, options or a time."""
        a, w, data = self._a, self._weights, self._data
        item = ItemGrammar(a, self._catalogue, self._language, {**w, **data["item_weights"]})
        slots = SentenceSlots(a, self._catalogue, self._language, (item.items, item.done), item.options_alone())
        for kind in ("sentence", "item_sentence"):
            opening, spoken = a.state(), a.state()
            a.link(self.start, opening, share[kind])
            a.link(opening, spoken, 1 - w["polite_before"] - w["opening_words"])
            a.some_of(opening, spoken, data["asking_words"], w["opening_words"], w["another_word"])
            a.templates(opening, spoken, data["before_sentence"], w["polite_before"])
            behind = a.hub()
            slots.sentences(spoken, behind, kind == "item_sentence")
            more = w["order_behind"] if order and kind == "item_sentence" else 0.0
            a.link(behind, self._behind, 1 - more)
            if order:
                a.templates(behind, order.start, data["connectors"], more)
        for kind, texts in data["answers"].items():
            if kind in share:
                a.templates(self.start, self._behind, texts, share[kind], fill=slots.fill)
        slots.connect(self.start)
