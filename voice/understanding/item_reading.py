"""One stretch of chunks read as one line item of a given product, with the cost of reading it so.

A cost of 0 is how people usually say it; each departure (an option far from its product, a number where none belongs)
adds to it. The segmentation with the least total cost is what was meant (voice/understanding/segments.py).
"""

from __future__ import annotations

from dataclasses import dataclass

from voice.shop.model import OptionGroup
from voice.understanding.concepts import Chunk, OptionRef
from voice.understanding.forms import SHORTENED, SOLE
from voice.understanding.item_words import ItemWords, ReadOption
from voice.understanding.unsold import UNSOLD

_WISH = 0.8
"""Cost of a wish for what the product does not come with"""
_ANEW = 1.0
"""Cost of a number before the name: "a ham and a bacon pizza" are two"""
_MISFIT = 1.5
"""Cost of passing over what the product does not come in"""


@dataclass(slots=True)
class ItemReading(ItemWords):
    """Grows chunk by chunk; `cost` and `complete_cost()` say how natural it is so far."""

    def add(self, chunk: Chunk, following: Chunk | None) -> bool:
        """Takes the next chunk; False when the item cannot go on with it."""
        self._length += 1
        if self._fits(chunk) and not self._amount_of_next(chunk, following) and not self._counts(chunk):
            return self._add_fitting(chunk)
        if chunk.concept is not None and chunk.concept.products.get(self.product.id):
            return self._add_head(chunk) if not self._part_again(chunk) else True
        if chunk.role == "diet" and not chunk.is_product:
            self.diets.append(chunk)
            return True
        if chunk.is_product or chunk.role in ("all", "repair", UNSOLD):
            return False
        if chunk.role == "one_of" and self._length == 2 and chunk.quantity is None and self.quantity is not None:
            self.opener = "one_of"  # "two of them"
            return True
        if chunk.role in ("one_of", "others") and self._length > 1:
            return self._stands_for_noun(chunk)
        if self._vague_amount(chunk, following):
            self._pending_amount = chunk
            return True
        if chunk.quantity is not None:
            return self._add_quantity(chunk) if chunk.unit is None else self._add_measure(chunk)
        if chunk.concept is not None and not chunk.amount and chunk.role != "plain":
            return self._add_misfit(chunk, following)
        self._add_word(chunk)
        return True

    def complete_cost(self) -> float:
        """The cost if the item ended here; what still hangs in the air is paid for."""
        cost = self.cost
        if self._pending_quantity is not None:
            after_head = self.head is not None and self.quantity is None
            cost += 0.8 if after_head else 1.5
        if self._pending_amount is not None or self._negating == "next":
            cost += 0.8
        if self.head is None:
            cost += 0.3 if self.named else 0.9
        return cost

    def finish(self) -> None:
        """Settles what hangs in the air: "lattes, two"."""
        if self._pending_quantity is not None and self.quantity is None and self.head is not None:
            self.quantity = self._pending_quantity

    def ends_with_wish(self, chunk: Chunk) -> bool:
        """Whether an unknown word ends a note ("extra foam")."""
        return bool(self.notes) and self.notes[-1][-1] is chunk

    # --- one kind of chunk each --------------------------------------------------------------------------------

    def _fits(self, chunk: Chunk) -> bool:
        return chunk.concept is not None and chunk.concept.fits(self.product.id)

    def _counts(self, chunk: Chunk) -> bool:
        """ "one" is a number before it is the name of a size."""
        return chunk.quantity is not None and chunk.unit is None and self.quantity is None and self.head is None

    def _amount_of_next(self, chunk: Chunk, following: Chunk | None) -> bool:
        """ "double" is a number of shots, but not before "cheese"."""
        return (
            chunk.amount is not None
            and following is not None
            and following.concept is not None
            and self.product.id in following.concept.options
            and self.product.group(following.concept.options[self.product.id][0][0]).amounts
        )

    def _vague_amount(self, chunk: Chunk, following: Chunk | None) -> bool:
        """ "a lot of" is no number before an option: "with a lot of milk"."""
        if chunk.amount is None or not chunk.vague or following is None or following.concept is None:
            return False
        concept = following.concept
        return self.product.id in concept.options and self.product.id not in concept.naming

    def _add_fitting(self, chunk: Chunk) -> bool:
        concept = chunk.concept
        assert concept is not None
        if self.product.id in concept.variants and not (
            self._negating == "next" and self.product.id in concept.options
        ):
            self._add_variant(concept.variants[self.product.id], chunk)
        elif self.product.id in concept.products and self.head is None and not self._looks_like_option(chunk):
            if not self._only_noun(concept.options[self.product.id], chunk):
                self._add_option(concept.options[self.product.id], chunk)  # "a side of chips" names both
            self.head = chunk
        elif self._repeats_head_noun(chunk):
            return True
        else:
            self._add_option(concept.options[self.product.id], chunk)
        return True

    def _only_noun(self, refs: tuple[OptionRef, ...], chunk: Chunk) -> bool:
        """An "espresso" is not one with a "shot of espresso": part of an extra's name, but all of the product's."""
        groups = [self.product.group(group_id) for group_id, _ in refs]
        if any(group.required or group.names_product for group in groups):
            return False
        options = [group.option(option_id) for group, (_, option_id) in zip(groups, refs, strict=True)]
        return chunk.text.lower() not in {name.lower() for o in options for name in (o.name, *o.aliases)}

    def _stands_for_noun(self, chunk: Chunk) -> bool:
        """The "one" of "a small one"."""
        counted = self.quantity is not None and self.quantity.article and chunk.quantity == 1
        return counted and self.head is None and self._pending_quantity is None and (self.says_something or self.plain)

    def _repeats_head_noun(self, chunk: Chunk) -> bool:
        """ "chipotle sauce" where the shop calls it "chipotle", "medium spicy" where "spicy" is a byname of "hot": the
        noun adds nothing."""
        concept, last = chunk.concept, self.options[-1] if self.options else None
        if concept is None or last is None or last.chunk.end != chunk.start or chunk.end - chunk.start > 1:
            return False
        refs = concept.options[self.product.id]
        byname = concept.exclusive and not last.negated and all(self._is_byname(r, chunk) for r in refs)
        if concept.quality >= SHORTENED and chunk.role != "function" and not byname:
            return False
        return not self._joiner and {g for g, _ in refs} == {last.refs[0][0]}

    def _is_byname(self, ref: OptionRef, chunk: Chunk) -> bool:
        """Whether the words are none of the option's name."""
        name = self.product.group(ref[0]).option(ref[1]).name
        return set(name.lower().split()).isdisjoint(chunk.text.lower().split())

    def _part_again(self, chunk: Chunk) -> bool:
        """ "greek salad with extra feta", where one word of the name is said again: no other salad, perhaps a wish."""
        concept = chunk.concept
        assert concept is not None
        if self.head is None or concept.products[self.product.id] > SOLE or self._pending_quantity is not None:
            return False
        if self._pending_amount is None and self._joiner != "with" and self._negating != "next":
            return False
        self._note_wish(chunk)
        return True

    def _add_misfit(self, chunk: Chunk, following: Chunk | None) -> bool:
        """What the product cannot have: a wish to write down ("no milk"), or passed over before its name."""
        if self.says_something and (self._negating == "next" or self._pending_amount is not None):
            self.cost += _WISH
            return self._note_wish(chunk)
        assert chunk.concept is not None
        if chunk.concept.naming:
            return False
        before = following is not None and following.start == chunk.end and following.concept is not None
        if self.head is not None or self.named or not before or following is None or following.concept is None:
            return False
        if not following.concept.products.get(self.product.id):
            return False
        self.cost += _MISFIT
        self.misfits.append(chunk)
        return True

    def _looks_like_option(self, chunk: Chunk) -> bool:
        return self._joiner == "with" or self._negating == "next" or self._pending_amount is not None

    def _add_head(self, chunk: Chunk) -> bool:
        assert chunk.concept is not None
        self.cost += 1.0 - chunk.concept.products[self.product.id] * chunk.quality
        if self.head is not None:
            self.cost += 1.2 if self._joiner or self._pending_quantity else 0.5
        if self._pending_quantity is not None:
            if self.quantity is None:
                self.quantity = self._pending_quantity
            else:
                self.cost += 2.0
            self._pending_quantity = None
        if self._joiner == "with" and self.options:
            self.cost += 0.3
        if self._pending_amount is not None or self._negating == "next":
            self.cost += 1.5
        self.head = self.head or chunk
        self._pending_amount, self._negating, self._joiner = None, "", ""
        return True

    def _add_quantity(self, chunk: Chunk) -> bool:
        if chunk.role in ("one_of", "others") and self._length == 1:
            self.opener = chunk.role
        if self.counts_options:
            self._pending_quantity = chunk
        elif self._length == 1 or (self.quantity is None and not self.says_something):
            self.quantity = chunk
        elif self._pending_quantity is not None:
            self.cost += 1.5
            self._pending_quantity = chunk
        else:
            self._pending_quantity = chunk
            if self._joiner == "and" and self.head is None and not self.named:
                self.cost += _ANEW
        self._negating = "" if self._negating == "run" else self._negating
        return True

    def _add_measure(self, chunk: Chunk) -> bool:
        """A number and its unit in one: "a quarter kilo"."""
        if self.head is not None or (self.quantity is not None and not self.quantity.article):
            return False
        self.quantity, self.unit = chunk, chunk.unit
        return True

    def _add_variant(self, variants: tuple[str, ...], chunk: Chunk) -> None:
        if self.variants and not set(variants) & set(self.variants[-1][0]):
            self.cost += 3.0
        if self._pending_quantity is not None:
            self.cost += 0.6 if self._pending_quantity.article else 2.0
            self._pending_quantity = None
        if self._negating == "next":
            self.cost += 2.0
        if self.head is not None:
            self.cost += 0.5 if self._joiner != "and" else 0.9
        self.variants.append((variants, chunk))
        self._joiner, self._pending_amount, self._negating = "", None, ""

    def _add_option(self, refs: tuple[OptionRef, ...], chunk: Chunk) -> None:
        group = self.product.group(refs[0][0])
        negated = self._negating == "next" or (self._negating == "run" and self._joiner in ("spread", "and"))
        if self._pending_amount is not None and self._negating != "next":
            negated = False
        option = ReadOption(refs, chunk, negated=negated, portion=self._portion, start=chunk.start, text=chunk.text)
        self.cost += 0.1 if self._is_open(group) else self._place_cost(chunk)
        if self._pending_amount is not None:
            option.amount, option.start = self._pending_amount.amount, self._pending_amount.start
            option.text = f"{self._pending_amount.text} {chunk.text}"
        counted = self._pending_quantity is not None
        if counted:
            self._quantity_of_option(option, group)
        if chunk.concept is not None and self.product.id in chunk.concept.naming and self.named:
            self.cost += 1.5 if counted else 0.6 if self.head is not None else 0.0
        if not negated:
            chosen = {
                o.refs
                for o in self.options
                if not o.negated and o.refs[0][0] == group.id and o.portion == option.portion
            }
            if group.max is not None and refs not in chosen and len(chosen) >= group.max:
                self.cost += 2.0
        if negated and self._negation is not None:  # "lamb, sorry, not lamb"
            self.options = [o for o in self.options if o.negated or o.refs != refs or o.portion != option.portion]
        known = [o for o in self.options if o.refs == refs and o.negated == negated and o.portion == option.portion]
        if known:
            self.cost += 0.3
            if option.amount and not known[0].amount:
                known[0].amount, known[0].text = option.amount, option.text
        else:
            self.options.append(option)
        if chunk.concept is not None and self.product.id in chunk.concept.naming and not negated:
            self.named = True
        self._pending_amount, self._joiner = None, ""
        self._negating = "run" if negated else ""

    def _place_cost(self, chunk: Chunk) -> float:
        """What it costs to stand here: before its product, after "with", or loose behind it."""
        cost = 1.0 - chunk.quality
        if self.head is None:
            with_cost = 0.0 if self.options else 0.3  # "a decaf with oat milk"
            return cost + {"": 0.0, "and": 0.1, "spread": 0.1, "with": with_cost}.get(self._joiner, 0.2)
        loose = (
            0.0 if self._negating else {"with": 0.0, "and": 0.15, "spread": 0.1, "frame": 0.3, "": 0.2}[self._joiner]
        )
        if not self.with_seen and self._joiner in ("and", ""):
            loose += 0.2
        if chunk.is_product and self._joiner != "with":
            loose += 0.2
        return cost + loose

    def _is_open(self, group: OptionGroup) -> bool:
        """Whether what was named must have one of the group and has none yet: the drink of a menu "with a coke"."""
        chosen = any(o.refs[0][0] == group.id for o in self.options)
        return self.head is not None and group.required and not group.names_product and not chosen

    def _quantity_of_option(self, option: ReadOption, group: OptionGroup) -> None:
        pending = self._pending_quantity
        assert pending is not None and pending.quantity is not None
        if group.repeatable and pending.quantity == pending.quantity.to_integral_value() and 0 < pending.quantity < 100:
            option.quantity = int(pending.quantity)
            self.cost += 0.2
        elif pending.article and self._is_open(group):
            pass
        elif pending.article:
            self.cost += 0.2 if self._joiner in ("with", "") or self._pending_amount else 0.7
        else:
            self.cost += 2.2
        if option.chunk.is_product and not self._is_open(group):
            self.cost += 0.9
        self._pending_quantity = None
