"""Matched sentences to intents: what their slots hold, and which line of the cart they speak of."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from voice.types import Intent, ItemMention, Reference
from voice.understanding import lines_meant
from voice.understanding.beside_others import asked_about, only, swapped
from voice.understanding.grammar import Grammar, Match
from voice.understanding.line_changes import LineChanges, of_pieces
from voice.understanding.line_items import LineItemParser, LineItems
from voice.understanding.readings import (
    Context,
    Reading,
    Sentence,
    adds_up,
    inner_questions,
    product_question,
    quantity_slots,
)
from voice.understanding.slots import SlotValues

ACCEPT = 0.5
"""An order below this confidence is not taken for one"""

_LAST = Reference("last")


@dataclass
class _Held:
    """What the slots of a sentence hold."""

    slots: dict[str, Any]
    items: tuple[ItemMention, ...] = ()
    replaced: tuple[ItemMention, ...] = ()
    """The second stretch of items: what the first takes the place of, or is put on"""
    reference: Reference | None = None
    unknown: tuple[str, ...] = ()
    score: float = 1.0


class Meanings:
    """Makes intents of the matches of one grammar, for one catalogue."""

    def __init__(self, parser: LineItemParser, slots: SlotValues, grammar: Grammar) -> None:
        self._parser, self._slots, self._grammar = parser, slots, grammar
        self._changes = LineChanges(parser)

    def items(self, sentence: Sentence, start: int, end: int) -> LineItems:
        """The line items of the tokens `start` to `end`, read once."""
        if (start, end) not in sentence.parsed:
            last = sentence.context.last
            context = last.product_id if last else None
            ordered = [line.product_id for line in ([last] if last else []) + list(reversed(sentence.context.lines))]
            sentence.parsed[start, end] = self._parser.parse(sentence.tokens[start:end], context, ordered)
        return sentence.parsed[start, end]

    def of(self, sentence: Sentence, match: Match) -> Reading | None:
        """The intent of a matched sentence; None when its line items cannot be read."""
        held = self._held(sentence, match)
        if held is None:
            return None
        for reading in self._particular(sentence, match, held):
            return reading
        intent = self._intent(match.template.intent, held, sentence.context)
        return Reading((intent,), held.score, held.unknown) if intent is not None else None

    def _held(self, sentence: Sentence, match: Match) -> _Held | None:
        """What the sentence's slots hold; None when line items are among it that cannot be read."""
        held = _Held(slots=dict(match.template.slots))
        for name, (a, b) in match.spans.items():
            if name in ("items", "items2"):
                parsed = self.items(sentence, a, b)
                found = parsed.items or tuple(i for i in (parsed.loose, parsed.for_all) if i is not None)
                if not found or parsed.refused or parsed.opened_inside or parsed.understood <= ACCEPT:
                    return None
                found = tuple(self._narrowed(i, sentence.context, match.template.intent) for i in found)
                held.unknown += parsed.unknown
                held.score = min(held.score, parsed.understood)
                if match.template.slots.get("to") == "line" and parsed.items and parsed.loose:
                    return None  # "soy and a scone": more than what is put on something
                if name == "items":
                    held.items = found
                else:
                    held.replaced = found
            elif name == "ref":
                held.reference = self._slots.value("ref", sentence.tokens[a:b])
            else:
                held.slots["tag" if name == "allergen" else name] = self._value(sentence, match, name)
                if name == "number":
                    held.slots |= self._slots.said_with(sentence.tokens[a:b])
        if held.slots.pop("kept", ""):
            held.replaced = ()  # "keep the latte, lose the cookie"
        return held

    def _particular(self, sentence: Sentence, match: Match, held: _Held) -> Iterator[Reading | None]:
        """The reading of what is read in a way of its own; None for what is none after all; nothing for the rest."""
        name, slots, context = match.template.intent, held.slots, sentence.context
        if "kinds" in slots and self._names_group(sentence, match):
            yield None
        if "line" in slots or (name == "order.remove" and held.replaced and not held.items):
            intent = lines_meant.intent(self._parser, slots.get("line"), held.items, held.replaced, context)
            yield Reading((intent,), held.score) if intent else None
        if slots.get("to") == "line" and not (
            len(held.items) == len(held.replaced) == 1
            and _is_known(held.replaced[0])  # "easy on the onions": what something is put on is a product
            and not _is_order(match, held.replaced[0], context)
        ):
            yield None
        if slots.get("of") == "mentioned" and self._may_be_ordered(sentence, *match.spans["allergen"]):
            yield None
        if name == "social.feedback" and not slots:
            slots["text"] = self._slots.value("text", sentence.tokens[match.start : match.end])
        if slots.pop("choice", ""):
            chosen = self._changes.chosen(str(slots["group"]), held.items, context)
            yield Reading((chosen,), held.score) if chosen is not None else None
        if name == "order.change" and "group" in match.spans:
            said = " ".join(t.text for t in sentence.tokens[match.start : match.spans["group"][1]])
            without = self._without(slots["group"], said, held.replaced, context)
            yield Reading((without,), held.score) if without is not None else None
        if name == "order.add" and "kind" in slots:
            ordered = Intent("order.add", held.items), Intent("answer.fulfilment", slots=slots)
            sure = not held.unknown and all(_names_something(item) for item in held.items)
            yield Reading(ordered, held.score) if sure else None

    def _names_group(self, sentence: Sentence, match: Match) -> bool:
        """Whether the "flavors" of "what flavors do you have" are what the menu calls a choice."""
        return any(self._slots.ends("group", sentence.tokens, i, ()) for i in range(match.start, match.end))

    def _may_be_ordered(self, sentence: Sentence, start: int, end: int) -> bool:
        """Whether "what about fish" may be more than a question about what is in the order."""
        context, parsed = sentence.context, self.items(sentence, start, end)
        if not context.lines or context.expectation.kind != "anything" or any(i.product_id for i in parsed.items):
            return True
        text = " ".join(t.text for t in sentence.tokens[start:end])
        return any(self._parser.reread(text, line.product_id) for line in context.lines)

    def _value(self, sentence: Sentence, match: Match, name: str) -> Any:
        """Of a slot: of the grammar's list of that name, else of the words it took."""
        start, end = match.spans[name]
        values = self._grammar.lists.get(name)
        known = values.get(tuple(t.key for t in sentence.tokens[start:end])) if values else None
        end = match.end if name == "tag" else end  # "gluten free" is a tag, and so may "gluten" be
        return self._slots.value(name, sentence.tokens[start:end]) if known is None else known

    def _intent(self, name: str, held: _Held, context: Context) -> Intent | None:
        items, replaced, reference, slots = held.items, held.replaced, held.reference, held.slots
        if name == "order.replace" and not context.lines and items[0].product_id is not None:
            return Intent("order.add", items)
        for brief in self._said_briefly(name, items, replaced, slots, context):
            return brief
        if name in ("order.change", "order.replace") and len(items) == len(replaced) == 1:
            items = (swapped(items[0], replaced[0]),)
        if name == "order.change" and reference is not None and reference.kind == "ordinal":
            items, reference = of_pieces(items, reference, context)
        if slots.pop("detail", "") and (items := self._changes.details(items, context)) == ():
            return None
        if replaced:
            if name == "order.replace" and items[0].product_id is None and items[0].variant_id:
                name, replaced = "order.change", replaced[1:]  # "I said large, not small"
            elif name == "order.replace" and not (replaced[0].product_id and _names_something(items[0])):
                return None
        if replaced:
            if name == "order.same_again" and all(x.product_id != replaced[0].product_id for x in context.lines):
                return None  # "double the cheese"
            if name in ("order.change", "order.replace", "order.same_again"):
                reference = Reference("item", item=replaced[0])
            else:
                items = items + replaced
        if name == "order.finish" and items:
            return only(items, slots, context)
        if name == "answer.number" and slots.get("relative") and adds_up(context):
            name = "order.quantity"  # "another kilo"
        if name == "order.quantity" and items and ("number" not in slots or "relative" in slots):
            return _corrected(items, slots, context)
        if name == "order.quantity":
            slots = quantity_slots(slots)
            reference = reference or _LAST
            if (counted := self._changes.counted(slots, reference, context)) is not None:
                return counted
        elif name in ("answer.choice",):
            slots = {"index": slots["ordinal"] if "ordinal" in slots else int(slots["number"]) - 1}
        elif name in ("answer.number", "answer.rating"):
            name = "answer.rating" if context.expectation.kind == "rating" else name
            slots = {"value": slots["number"], **{k: v for k, v in slots.items() if k == "unit"}}
        elif name in ("order.change", "order.replace", "order.same_again"):
            if name == "order.replace" and items[0].product_id is None and not replaced:
                name = "order.change"  # "decaf instead"
            if "ordinal" in slots:
                reference = Reference("ordinal", slots.pop("ordinal"))
            reference = reference or _LAST
            if name == "order.change" and reference.kind == "item" and not context.lines:
                return None
            if name == "order.change":
                return self._change(items, reference, context)
        elif name == "order.remove":
            return self._remove(items, reference, slots, context)
        return Intent(name, items, reference, slots)

    def _said_briefly(
        self,
        name: str,
        items: tuple[ItemMention, ...],
        replaced: tuple[ItemMention, ...],
        slots: dict[str, Any],
        context: Context,
    ) -> Iterator[Intent | None]:
        """The meaning of what says no more than what differs; None for none; nothing for any other sentence."""
        ordered = slots.pop("suggested", "") and items[0].options
        if name == "ask.about" and (ordered or not asked_about(items, context)):
            yield None
        if name == "order.same_again" and items:
            yield self._changes.same_but(items, slots, context)
        if name == "order.change" and "back" in slots:
            loose = replace(items[0], questions=())
            yield Intent("order.add", items) if loose.product_id else Intent(name, (loose,), None, slots)
        swapping = name in ("order.change", "order.replace") and len(items) == len(replaced) == 1
        if swapping and (swap := self._changes.swap(items[0], replaced[0], context)):
            yield swap

    def _narrowed(self, item: ItemMention, context: Context, intent: str) -> ItemMention:
        """ "the muffin" is the one in the cart, where the cart holds one."""
        if not intent.startswith(("order.", "ask.price", "ask.options")):
            return item
        if item.product_id is not None:
            return self._as_ordered(item, context, intent)
        asked = next((q for q in item.questions if q.kind == "product"), None)
        if asked is None or item.options or item.variant_id:
            return item
        ordered = list(dict.fromkeys(x.product_id for x in context.lines if x.product_id in asked.candidates))
        if len(ordered) != 1:
            return item
        questions = tuple(q for q in item.questions if q is not asked)
        return replace(item, product_id=ordered[0], questions=questions, confidence=1.0)

    def standing(self, item: ItemMention, context: Context) -> ItemMention:
        """ "and the muffin warmed up", where one of the muffins is in the cart: said of that."""
        asked = next((q for q in item.questions if q.kind == "product"), None)
        if item.product_id is not None or not item.definite or item.quantity_said or asked is None:
            return item
        ordered = list(dict.fromkeys(x.product_id for x in context.lines if x.product_id in asked.candidates))
        fitted = self.fitted(item, ordered[0]) if len(ordered) == 1 else None
        if fitted is None or not (fitted.options or fitted.variant_id):
            return item
        return replace(fitted, product_id=ordered[0], definite=True, confidence=1.0)

    def _as_ordered(self, item: ItemMention, context: Context, intent: str) -> ItemMention:
        """ "lose the cookie", where the cart holds one of the cookies, though another is called so by itself."""
        ordered = {line.product_id for line in context.lines}
        if item.product_id in ordered or intent not in ("order.remove", "order.same_again") or item.options:
            return item
        called = [p for p in ordered if self._parser.is_called(p, item.text)]
        return replace(item, product_id=called[0]) if len(called) == 1 else item

    def _change(self, items: tuple[ItemMention, ...], reference: Reference, context: Context) -> Intent | None:
        """A change to another product replaces the line; with nothing ordered it is an order."""
        item = items[0]
        if item.product_id is not None:
            last = context.last
            if last is None and reference.kind == "last":
                return Intent("order.add", items)
            if last is not None and reference.kind == "last" and item.product_id != last.product_id:
                return Intent("order.replace", items, reference)
        elif product_question(item) and item.variant_id is None and context.last is not None:
            return Intent("order.replace", items, reference)  # "no, I said apples", of which there are several
        elif reference.kind == "last" and context.last is not None:
            fitted = self.fitted(item, context.last.product_id)
            if fitted is not None:
                number = item.quantity if item.quantity_said else fitted.quantity
                said = item.quantity_said or fitted.quantity_said
                item = replace(fitted, product_id=None, quantity=number, quantity_said=said)
        slots = {"all": True} if reference.kind == "all" else {}
        return Intent("order.change", (replace(item, questions=inner_questions(item)), *items[1:]), reference, slots)

    def _without(self, group: str, words: str, of: tuple[ItemMention, ...], context: Context) -> Intent | None:
        """ "no dressing": all that was chosen of it is left out; where nothing was, it is a wish to write down."""
        if not of and context.expectation.kind == "option":
            return None  # it answers "which dressing?"
        named = [x for x in context.lines if not of or x.product_id == of[0].product_id]
        for line in sorted(named, key=lambda x: x is context.last, reverse=True):
            options = self._parser.leaves_out(group, line)
            if options is not None:
                said = ItemMention(None, options=options, notes=() if options else (words,), text=words)
                return Intent("order.change", (said,), Reference("ordinal", list(context.lines).index(line)))
        return None

    def _remove(
        self, items: tuple[ItemMention, ...], reference: Reference | None, slots: dict[str, Any], context: Context
    ) -> Intent | None:
        """Taking an option off is a change of its line, or of so many of its pieces."""
        if not items:
            return Intent("order.remove", (), reference or _LAST)
        number, of_all = slots.get("number"), "all" in slots or bool(reference and reference.kind == "all")
        if all(i.product_id is None and i.options and not product_question(i) for i in items):
            item = items[0]
            line = context.last
            fitted = self.fitted(item, line.product_id) if line is not None else None
            item = fitted or item
            negated = tuple(replace(o, negated=True, amount=None) for o in item.options)
            changed = replace(item, product_id=None, options=negated, questions=inner_questions(item))
            if number is not None:
                changed = replace(changed, quantity=number, quantity_said=True)
            everywhere = {"all": True} if of_all else {}
            return Intent("order.change", (changed,), Reference("all") if of_all else reference or _LAST, everywhere)
        if number is not None or of_all or (reference and reference != _LAST):
            return None
        return Intent("order.remove", items, Reference("item", item=items[0]) if len(items) == 1 else reference)

    def fitted(self, loose: ItemMention, product_id: str) -> ItemMention | None:
        """The mention read for a product; None when the product takes none of it."""
        return self._parser.reread(loose.text, product_id)


def _names_something(item: ItemMention) -> bool:
    """Whether it is a product, or a kind of which it will be asked which."""
    return item.product_id is not None or product_question(item)


def _is_known(item: ItemMention) -> bool:
    """Whether it may be a line spoken of again: "the latte", but not "one large latte"."""
    return item.product_id is not None and not item.quantity_said


def _corrected(items: tuple[ItemMention, ...], slots: dict[str, Any], context: Context) -> Intent | None:
    """ "actually five croissants" of what is in the cart says how many, not how many more; else it is an order.

    With `relative` it is "two croissants too many", "two fewer croissants".
    """
    item, less = items[0], slots.get("relative") == "less"
    if len(items) > 1 or item.options or not (item.quantity_said or less):
        return None
    fits = [x for x in context.lines if x.product_id == item.product_id and item.variant_id in (None, x.variant_id)]
    number = slots.get("number", item.quantity)
    said = {"relative": -number} if less else {"quantity": number}
    return Intent("order.quantity", items, Reference("item", item=item), said) if fits else None


def _is_order(match: Match, item: ItemMention, context: Context) -> bool:
    """ "the latte with milk" where no latte stands in the cart."""
    named_first = match.spans["items2"] < match.spans["items"]
    return named_first and all(line.product_id != item.product_id for line in context.lines)
