"""What an allergy is about is never taken for an order, nor passed over: words that speak of one come first."""

from __future__ import annotations

from collections.abc import Callable

from voice.diets import load_diets
from voice.language import Language
from voice.types import Intent, ItemMention
from voice.understanding.free_answers import FREE
from voice.understanding.line_items import LineItemParser
from voice.understanding.orders import OrderReader
from voice.understanding.readings import Reading, Sentence, product_question
from voice.understanding.slots import SlotValues
from voice.understanding.tokens import fold

_ANSWERED = frozenset({"ask.allergens", "ask.topic", "control.agent"})
"""Intents that are answers to who speaks of an allergy"""


class Alarms:
    """Knows by which words an allergy is spoken of."""

    def __init__(self, language: Language, parser: LineItemParser, slots: SlotValues, orders: OrderReader) -> None:
        self._words = frozenset(fold(word) for word in load_diets(language.code).alarm)
        self._parser, self._slots, self._orders = parser, slots, orders

    def heeded(self, sentence: Sentence, found: Reading | None) -> Reading | None:
        """The reading; where it passes over an allergy that was spoken of, a question about that and what was named."""
        tokens, free = sentence.tokens, sentence.context.expectation.kind in FREE
        if free or not any(t.key in self._words for t in tokens):
            return found
        if found is not None and any(i.name in _ANSWERED for i in found.intents):
            return found
        ends = [(i, max(self._slots.ends("allergen", tokens, i, ()), default=i)) for i in range(len(tokens))]
        start, end = next((span for span in ends if span[0] < span[1]), (0, 0))
        slots = {"allergy": "yes", **({"tag": self._slots.value("allergen", tokens[start:end])} if end else {})}
        if found is not None and not found.unknown:
            return Reading((Intent("ask.allergens", slots=slots), *found.intents), found.score)
        rest = [t for t in (*tokens[:start], *tokens[end:]) if t.key not in self._words]
        items = tuple(item for item in self._parser.parse(rest).items if _is_named(item))
        return Reading((Intent("ask.allergens", items, slots=slots),), 1.0)

    def denied(self, sentence: Sentence, start: int, end: int) -> bool:
        """Whether it is said somewhere that there is no allergy: "a brownie, no allergies"."""
        if not any(t.key in self._words for t in sentence.tokens[start:end]):
            return False
        spans = ((a, b) for a in range(start, end) for b in range(a + 2, end + 1))
        found = (match for a, b in spans for match in sentence.chart.whole(a, b))
        return any(match.template.slots.get("allergy") == "no" for match in found)

    def asked_behind(
        self, sentence: Sentence, start: int, end: int, whole: Callable[[int, int], Reading | None]
    ) -> Reading | None:
        """ "the chow mein, does it have egg in it": a question about what is named, which is not ordered yet."""
        for k in range(start + 1, end):
            asked = whole(k, end) if self._orders.is_question(sentence, k, end) else None
            if asked is None or [(i.name, bool(i.reference)) for i in asked.intents] != [("ask.allergens", True)]:
                continue
            named = self._orders.read(sentence, start, k)
            if named is not None and [i.name for i in named.intents] == ["order.add"]:
                slots = {**asked.intents[0].slots, "of": "wanted"}
                return Reading((Intent("ask.allergens", named.intents[0].items, slots=slots),), named.score)
        return None


def _is_named(item: ItemMention) -> bool:
    return item.product_id is not None or product_question(item)
