"""A stretch of words read as an order: line items, or what changes a line already ordered."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from voice.language import Language
from voice.shop.model import Catalogue, LineItem
from voice.types import Intent, ItemMention, Reference
from voice.understanding.free_answers import FREE
from voice.understanding.line_items import LineItems
from voice.understanding.meanings import ACCEPT, Meanings
from voice.understanding.open_choices import filled
from voice.understanding.phrases import PhraseTrie
from voice.understanding.readings import Context, Reading, Sentence, adds_up, in_cart
from voice.understanding.templates import expand_all
from voice.understanding.vocabulary import Vocabulary

_SURE = 0.85
"""A product this sure carries a sentence with words that are not understood"""
_NAMELESS = 0.1
"""What an order is less sure that names no one product, so that a hypothesis that does is better"""


class OrderReader:
    """Reads orders for one catalogue in one language."""

    def __init__(self, catalogue: Catalogue, meanings: Meanings, vocabulary: Vocabulary, language: Language) -> None:
        self._catalogue, self._meanings, self._vocabulary = catalogue, meanings, vocabulary
        self._questions: PhraseTrie[bool] = PhraseTrie()
        for words in expand_all(language.topic("fillers").get("question_openings", ()), "fillers.yaml"):
            self._questions.add(words, True)

    def read(self, sentence: Sentence, start: int, end: int) -> Reading | None:
        """Line items, or what changes a line already ordered."""
        parsed = self._meanings.items(sentence, start, end)
        if self.is_question(sentence, start, end) or self._is_code([t.key for t in sentence.tokens[start:end]]):
            return None
        left = parsed.items or parsed.loose or parsed.for_all or parsed.unknown
        if (parsed.refused or parsed.took_back) and not left:
            return Reading((_refusal(parsed.refused, sentence.context),), 1.0)
        score = self._order_score(parsed)
        if score < ACCEPT:
            return None
        intents: list[Intent] = []
        mentions, parts = _divided(parsed, sentence.context)
        mentions, choices = filled(mentions, sentence.context, self._catalogue, self._meanings.fitted)
        parts += choices
        mentions = tuple(self._meanings.standing(i, sentence.context) for i in mentions)
        standing = [_of_standing(i, sentence.context) for i in mentions]
        parts += [i for i in standing if i is not None]
        mentions = tuple(i for i, change in zip(mentions, standing, strict=True) if change is None)
        if mentions:
            items = tuple(replace(i, confidence=round(i.confidence * min(1.0, score), 3)) for i in mentions)
            intents.append(Intent("order.add", items, confidence=round(score, 3)))
        elif parsed.for_all is not None and not parts:
            intents.append(Intent("order.change", (parsed.for_all,), Reference("all"), confidence=round(score, 3)))
        if parsed.loose is not None:
            one = replace(parsed.loose, quantity_said=True) if parsed.of_them else parsed.loose
            changes = list(self._loose(sentence, one, score, parsed.more))
            intents[:0] = [i for i in changes if not parsed.items or i.name == "order.change"]
        intents[:0] = parts
        refusal = _refusal(parsed.refused, sentence.context)
        if refusal.reference is not None:
            intents.insert(0, refusal)
        return Reading(tuple(intents), score, parsed.unknown) if intents else None

    def _is_code(self, keys: Sequence[str]) -> bool:
        """Whether it is said digit by digit or in groups, as telephone numbers and postcodes are: no quantity."""
        numbers = self._vocabulary.numbers
        found = numbers.read(keys, 0)
        several = found is None or found[0] < len(keys)
        return bool(digits := numbers.digits(keys)) and (several or (len(digits) > 1 and digits[0] == "0"))

    def is_question(self, sentence: Sentence, start: int, end: int) -> bool:
        """Whether the words begin as questions do."""
        keys = [t.key for t in sentence.tokens]
        first = start
        if start >= end:
            return False
        while first < end - 1 and (step := self._vocabulary.polite_end(keys, first, end)):
            first = step
        return any(True for _ in self._questions.matches(keys[:end], first))

    @staticmethod
    def _order_score(parsed: LineItems) -> float:
        """How sure it is that this is an order: what is understood of it, and how usual its form."""
        if not (parsed.items or parsed.loose or parsed.for_all):
            return 0.0
        unknown = sum(len(u.split()) for u in parsed.unknown)
        score = parsed.understood - 0.04 * max(0.0, parsed.cost - 1.0)
        counted = any(i.quantity_said for i in parsed.items)
        sure = sum(i.confidence >= _SURE for i in parsed.items)
        if unknown and not sure and parsed.items:
            score -= 0.25
        elif 0 < unknown <= 2 * sure and parsed.opened_first:
            score = max(score, min(0.75, 1.0 - 0.1 * unknown - 0.04 * max(0.0, parsed.cost - 1.0)))
        elif unknown and not parsed.opened and not counted:
            score -= 0.1
        sure_options = parsed.loose is not None and any(o.confidence >= _SURE for o in parsed.loose.options)
        if sure_options and not parsed.items and unknown == 1 and parsed.opened_first and parsed.understood >= 0.5:
            score = max(score, 0.6)
        if not any(i.product_id for i in parsed.items):
            score -= _NAMELESS
        if not parsed.items and unknown and not parsed.opened_first:
            score -= 0.25
        return max(0.0, min(1.0, score))

    def _loose(self, sentence: Sentence, loose: ItemMention, score: float, more: bool) -> Iterator[Intent]:
        """ "large", "with oat milk", "two": an answer to what was asked, or a change of a line."""
        context = sentence.context
        expectation = context.expectation
        if not loose.options and loose.variant_id is None and not loose.questions:
            yield _number(loose, more and adds_up(context), score)
            return
        if (
            expectation.product_id is not None
            and (fitted := self._meanings.fitted(loose, expectation.product_id)) is not None
        ):
            if fitted.options and all(o.negated for o in fitted.options) and expectation.kind == "option":
                yield Intent("answer.none", confidence=score)
                return
            yield Intent("order.change", (replace(fitted, product_id=None),), Reference("last"), confidence=score)
            return
        for line in ([context.last] if context.last else []) + list(reversed(context.lines)):
            if (fitted := self._meanings.fitted(loose, line.product_id)) is not None:
                fitted = self._corrected(fitted, line)
                said = replace(fitted, product_id=None, quantity_said=fitted.quantity_said or loose.quantity_said)
                reference = Reference("last") if line is context.last else _place(line, context)
                yield Intent("order.change", (said,), reference, confidence=score)
                return
        left_out = loose.options and all(o.negated for o in loose.options) and loose.variant_id is None
        if left_out and expectation.kind != "product":
            return  # nothing to leave it out of; what is being asked about it may be
        yield Intent("order.add", (loose,), confidence=round(min(score, loose.confidence), 3))

    def _corrected(self, said: ItemMention, line: LineItem) -> ItemMention:
        """ "no, fish" of a chicken taco chooses the fish: of what can be had once, only what was chosen is refused."""
        product = self._catalogue.product(line.product_id)
        chosen = {o.group_id: o.option_id for o in line.options if not o.negated and product.group(o.group_id).max == 1}
        options = tuple(
            replace(o, negated=False) if o.negated and chosen.get(o.group_id, o.option_id) != o.option_id else o
            for o in said.options
        )
        return replace(said, options=options)


def _number(said: ItemMention, more: bool, score: float) -> Intent:
    """ "two" answers what was asked; "another kilo" is more of what was ordered last."""
    unit = {"unit": said.unit} if said.unit else {}
    if more:
        slots = {"relative": said.quantity, **unit}
        return Intent("order.quantity", reference=Reference("last"), slots=slots, confidence=score)
    return Intent("answer.number", slots={"value": said.quantity, **unit}, confidence=score)


def _refusal(products: Sequence[str], context: Context) -> Intent:
    """ "no bread": taken off where it was ordered, else nothing is wanted."""
    ordered = [line for line in context.lines if line.product_id in products]
    if not ordered and products and context.expectation.kind in FREE:
        item = ItemMention(products[0])  # no answer to "and your name, please?"
        return Intent("order.remove", (item,), Reference("item", item=item))
    return Intent("order.remove", (), _place(ordered[-1], context)) if ordered else Intent("answer.none")


def _divided(parsed: LineItems, context: Context) -> tuple[tuple[ItemMention, ...], list[Intent]]:
    """ "one with oat milk" after "two lattes": what is left to add, and the changes of parts of the last line."""
    line, items, parts = context.last, parsed.items, list[Intent]()
    if line is not None and parsed.of_them and parsed.of_before and items[0].product_id == line.product_id:
        return items[1:], [_changed(items[0], _one_of(items[0], line, context))]
    if line is None or line.quantity <= 1:
        return items, parts
    left = line.quantity
    while items and len(parts) < parsed.of_before and _part(items[0], line) and items[0].quantity <= left:
        parts.append(_changed(items[0], _place(line, context)))
        left, items = left - items[0].quantity, items[1:]
    return items, parts


def _of_standing(item: ItemMention, context: Context) -> Intent | None:
    """ "the mocha with cream": a change of the mocha in the cart, where there is one of which that is not yet so."""
    if not item.definite or item.quantity_said or item.product_id is None:
        return None
    lines = [line for line in context.lines if line.product_id == item.product_id]
    fits = any(item.variant_id == line.variant_id or None in (item.variant_id, line.variant_id) for line in lines)
    if not fits or any(in_cart(replace(item, quantity=line.quantity), [line]) for line in lines):
        return None
    meant = Reference("item", item=ItemMention(item.product_id, variant_id=item.variant_id, text=item.text))
    return Intent("order.change", (replace(item, product_id=None),), meant, confidence=item.confidence)


def _changed(part: ItemMention, reference: Reference) -> Intent:
    return Intent("order.change", (replace(part, product_id=None, quantity_said=True),), reference)


def _place(line: LineItem, context: Context) -> Reference:
    return Reference("ordinal", list(context.lines).index(line))


def _one_of(part: ItemMention, last: LineItem, context: Context) -> Reference:
    """Which line "one of them" is taken from: one with several pieces, the last rather than others; else the only one
    of the product. Between several with one piece each the dialogue asks."""
    same = [line for line in context.lines if line.product_id == part.product_id]
    several = [line for line in (last, *reversed(same)) if line.quantity > part.quantity]
    if several or len(same) == 1:
        return _place((several or same)[0], context)
    return Reference("item", item=ItemMention(part.product_id))


def _part(item: ItemMention, line: LineItem) -> bool:
    """Whether it may be some of the line: fewer of the same, of which nothing else is said yet."""
    if item.product_id != line.product_id or not 0 < item.quantity < line.quantity:
        return False
    groups = {o.group_id for o in line.options}
    return not (item.variant_id and line.variant_id) and not any(o.group_id in groups for o in item.options)
