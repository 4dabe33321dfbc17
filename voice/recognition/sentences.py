"""The sentences of grammars/<lang>/sentences.yaml in the speech grammar, and what their slots stand for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from voice.language import Language
from voice.recognition.automaton import Automaton
from voice.shop.model import Catalogue


@dataclass(frozen=True)
class Stretch:
    """A part of the automaton that many sentences go through: into `entry`, out of `exit`."""

    entry: int
    exit: int
    leave: float
    """Probability of going on with the sentence at the exit"""


class SentenceSlots:
    """Fills `{slot}`s. Items, options and numbers are the order grammar's own states, shared by all sentences."""

    def __init__(
        self, a: Automaton, catalogue: Catalogue, language: Language, shared: Mapping[str, Stretch], garbage: str
    ) -> None:
        self._a = a
        self._shared = dict(shared)
        self._language = language
        self._garbage = garbage
        self._lists: Mapping[str, Any] = self._data.get("lists", {})
        products = catalogue.products
        self._words: dict[str, Sequence[str]] = {
            "category": sorted({w for words in catalogue.category_words.values() for w in words}),
            "group": sorted({g.name for p in products for g in p.groups}),
            "topic": sorted({w for words in catalogue.topic_words.values() for w in words}),
            "tag": sorted({t for p in products for t in (*p.tags, *p.allergens)}),
        }

    @property
    def _data(self) -> Mapping[str, Any]:
        return self._language.topics.get("sentences", {})

    def fill(self, slot: str, source: int, target: int) -> None:
        """Puts what `{slot}` stands for between two states."""
        a = self._a
        if slot in self._lists:
            a.templates(source, target, [v["in"] for v in self._lists[slot]["values"]], fill=self.fill)
        elif words := self._words.get(slot):
            a.phrases(source, target, words)
        elif slot == "ref":
            self._reference(source, target)
        elif slot == "ordinal":
            numbers = self._language.topic("numbers")
            a.phrases(source, target, [*numbers["ordinals"], *numbers["last"]])
        elif stretch := self._shared.get("digits" if slot in ("phone", "postcode") else slot):
            a.link(source, stretch.entry)
            a.link(stretch.exit, target, stretch.leave)
        else:
            a.word(source, target, self._garbage)

    def _reference(self, source: int, target: int) -> None:
        """ "it", "the second one": all sentences share one stretch."""
        if "ref" not in self._shared:
            a, entry, leave = self._a, self._a.hub(), self._a.hub()
            self._shared["ref"] = Stretch(entry, leave, 1.0)
            kinds = self._language.topic("references")
            texts = [t for kind in ("last", "all", "others", "ordinal", "one_of") for t in kinds.get(kind, ())]
            a.templates(entry, leave, texts, fill=self.fill)
        stretch = self._shared["ref"]
        self._a.link(source, stretch.entry)
        self._a.link(stretch.exit, target)

    def sentences(self, start: int, end: int, with_items: bool) -> None:
        """The sentences with or without items: intents by their shares, and each one's sentences among themselves."""
        rules = self._data.get("expansion_rules", {})
        shares = self._language.topic("spoken_order").get("intents", {})
        texts = {name: self._templates(intent, with_items) for name, intent in self._data.get("intents", {}).items()}
        total = sum(shares.get(name, 1.0) for name, found in texts.items() if found)
        for name, found in texts.items():
            self._a.templates(start, end, found, shares.get(name, 1.0) / total, rules, self.fill)

    def _templates(self, intent: Mapping[str, Any], with_items: bool) -> list[Mapping[str, Any]]:
        """An intent's sentences; as with the words within them, those written first are likeliest."""
        texts = [t for block in intent.get("data", ()) for t in block["sentences"]]
        texts = [t for t in texts if t.strip("{}") not in _FREE and ("{items" in t) == with_items]
        return [{"in": text, "share": 1 / rank} for rank, text in enumerate(texts, 1)]


_FREE = frozenset({"items", "items2", "name", "address", "text", "phone", "postcode", "time", "number"})
"""Slots that are no sentence alone: the order grammar has them already, or they are garbage"""
