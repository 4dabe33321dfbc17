"""The sentences of grammars/<lang>/sentences.yaml in the speech grammar, and what their slots stand for."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from voice.diets import load_diets
from voice.language import Language
from voice.recognition.automaton import Automaton
from voice.recognition.modifiers import beginnings, units_of
from voice.recognition.spoken_numbers import digits, number, times, weight
from voice.shop.model import Catalogue


@dataclass
class Stretch:
    """A part of the automaton that many sentences go through: into `entry`, out of `exit`."""

    entry: int
    exit: int
    places: list[tuple[int, int]] = field(default_factory=list)
    """Where sentences have it: from and to"""


class SentenceSlots:
    """Fills `{slot}`s. Items, options alone and times are one stretch each for all sentences.

    A stretch does not know which sentence led to it, so its exits are as likely as the sentences that go on there:
    call `connect` when all sentences are there.
    """

    def __init__(
        self, a: Automaton, catalogue: Catalogue, language: Language, items: tuple[int, int], options: tuple[int, int]
    ) -> None:
        self._a = a
        self._language = language
        self._data: Mapping[str, Any] = language.topics.get("sentences", {})
        self._spoken: Mapping[str, Any] = language.topic("spoken_order")
        self._lists: Mapping[str, Any] = self._data.get("lists", {})
        self._options_share = 0.0
        self._items, self._options, time = Stretch(*items), Stretch(*options), Stretch(a.hub(), a.hub())
        self._stretches = {"item": self._items, "items2": self._items, "option": self._options, "time": time,
                           "day_and_time": time}
        times(a, language, time.entry, time.exit, 1.0)
        products = catalogue.products
        self._units = units_of([p for p in products if p.unit], language)
        self._words: dict[str, Sequence[str]] = {
            "category": sorted({w for words in catalogue.category_words.values() for w in words}),
            "group": sorted({g.name for p in products for g in p.groups}),
            "topic": sorted({w for words in catalogue.topic_words.values() for w in words}),
            "part": beginnings(products),
            "letter": self._spoken["letters"],
            "tag": sorted({t for p in products for t in (*p.tags, *p.contains)}),
            "allergen": sorted(load_diets(language.code).spoken_allergens(catalogue)),
        }

    def fill(self, slot: str, source: int, target: int) -> None:
        """Puts what `{slot}` stands for between two states."""
        a = self._a
        if slot in self._lists:
            a.templates(source, target, [v["in"] for v in self._lists[slot]["values"]], fill=self.fill)
        elif words := self._words.get(slot):
            a.phrases(source, target, words)
        elif slot == "ref":
            kinds = self._language.topic("references")
            texts = [t for kind in ("last", "all", "others", "ordinal", "one_of") for t in kinds.get(kind, ())]
            ranked = [{"in": text, "share": 1 / rank} for rank, text in enumerate(texts, 1)]
            a.templates(source, target, ranked, fill=self.fill)
        elif slot == "ordinal":
            numbers = self._language.topic("numbers")
            a.phrases(source, target, [*numbers["ordinals"], *numbers["last"]])
        elif slot == "number":
            number(a, self._language, source, target, 1.0, large=True)
        elif slot == "weight":
            weight(a, self._language, self._units, source, target, 1.0)
        elif slot in ("phone", "postcode", "digits"):
            digits(a, self._language, source, target, 1.0)
        elif stretch := self._stretches.get(slot):
            stretch.places.append((source, target))
        elif slot == "items":
            self._place_items(source, target)
        else:
            a.word(source, target, self._spoken["garbage"])

    def _place_items(self, source: int, target: int) -> None:
        shares = ((self._options, self._options_share), (self._items, 1 - self._options_share))
        for stretch, share in shares:
            start = self._a.state()
            self._a.link(source, start, share)
            stretch.places.append((start, target))

    def sentences(self, start: int, end: int, with_items: bool) -> None:
        """The sentences with or without items: intents by their shares, and each one's sentences among themselves."""
        rules, shares = self._data.get("expansion_rules", {}), self._spoken["intents"]
        texts = {name: self._templates(intent, with_items) for name, intent in self._data.get("intents", {}).items()}
        total = sum(shares.get(name, 1.0) for name, found in texts.items() if found)
        for name, found in texts.items():
            self._options_share = self._spoken["options_alone"].get(name, self._spoken["options_alone"]["other"])
            self._a.templates(start, end, found, shares.get(name, 1.0) / total, rules, self.fill)

    def _templates(self, intent: Mapping[str, Any], with_items: bool) -> list[Mapping[str, Any]]:
        """An intent's sentences; as with the words within them, those written first are likeliest."""
        blocks = [block for block in intent.get("data", ()) if block.get("where") != "last"]
        texts = [t for block in blocks for t in block["sentences"]]
        texts = [t for t in texts if t.strip("{}") not in _FREE and ("{items" in t) == with_items]
        return [{"in": text, "share": 1 / rank} for rank, text in enumerate(texts, 1)]

    def connect(self, start: int) -> None:
        """Links each stretch to its places, all of which are reached from `start`."""
        stretches = {id(stretch): stretch for stretch in self._stretches.values()}.values()
        reached = self._a.reached(start, [place for stretch in stretches for place in stretch.places])
        for stretch in stretches:
            behind: dict[int, float] = defaultdict(float)
            for source, target in stretch.places:
                self._a.link(source, stretch.entry)
                behind[target] += float(reached[source])
            total = sum(behind.values()) or 1.0
            for target, share in behind.items():
                self._a.link(stretch.exit, target, share / total)


_FREE = frozenset({"items", "items2", "name", "address", "text", "phone", "postcode", "time", "number"})
"""Slots that are no sentence alone: the order grammar has them already, or they are garbage"""
