"""What an item being read has taken so far, and what the language's own words do to it: amounts, joiners, halves."""

from __future__ import annotations

from dataclasses import dataclass, field

from voice.shop.model import Product
from voice.understanding.concepts import Chunk, OptionRef

_OTHER_HALF: dict[str | None, str | None] = {None: "left", "left": "right", "right": None}


@dataclass(slots=True)
class ReadOption:
    """An option as it was said; several `refs` when the words fit more than one."""

    refs: tuple[OptionRef, ...]
    chunk: Chunk
    amount: str | None = None
    negated: bool = False
    portion: str | None = None
    quantity: int = 1
    start: int = 0
    text: str = ""
    """The words said, amount included"""


@dataclass(slots=True)
class ItemWords:
    """The state of a reading; `ItemReading` adds the chunks of the catalogue to it."""

    product: Product
    cost: float = 0.0
    quantity: Chunk | None = None
    unit: str | None = None
    measure: tuple[Chunk, ...] = ()
    """A number and its unit that say how big each is: "two ten inch pizzas" """
    head: Chunk | None = None
    variants: list[tuple[tuple[str, ...], Chunk]] = field(default_factory=list)
    options: list[ReadOption] = field(default_factory=list)
    notes: list[tuple[Chunk, ...]] = field(default_factory=list)
    diets: list[Chunk] = field(default_factory=list)
    misfits: list[Chunk] = field(default_factory=list)
    """Sizes and options said before the product, which it does not come in"""
    plain: bool = False
    """Said to be as it comes"""
    opener: str = ""
    """ "one_of" or "others" when it speaks of some of what was ordered before"""
    named: bool = False
    """An option names the product by itself"""
    with_seen: bool = False
    """Something was said to come with it"""
    counts_options: bool = False
    """Every number is of an option: "two sugars" of what was ordered before"""
    _length: int = 0
    _pending_quantity: Chunk | None = None
    _pending_amount: Chunk | None = None
    _negating: str = ""
    """ "next": the next option is left out; "run": one was, and "or" may add more"""
    _negation: Chunk | None = None
    _portion: str | None = None
    _joiner: str = ""

    @property
    def says_something(self) -> bool:
        return bool(self.head or self.variants or self.options)

    @property
    def opens_list(self) -> bool:
        """ "three teas earl grey": the number, the name, and then its kind."""
        return self.head is not None and bool(self.options) and self.options[0].start >= self.head.end

    @property
    def set_apart(self) -> bool:
        """ "lamb for the korma": no number, and other words between what is said and the name."""
        if self.head is None or self.quantity is not None or self.variants or not self.options:
            return False
        return self.head.start - max(o.chunk.end for o in self.options) > 1

    def _add_word(self, chunk: Chunk) -> None:
        """Chunks of the language's own words."""
        if chunk.portion is not None and chunk.role not in ("negation",):
            self._add_portion(chunk)
        elif chunk.amount is not None:
            self._pending_amount = chunk
        elif chunk.unit is not None:
            self._add_unit(chunk)
        elif chunk.role == "negation":
            self._negating, self._negation = "next", chunk
        elif chunk.role == "negation_after":
            if self.options:
                self.options[-1].negated = True
        elif chunk.role in ("with", "and", "spread", "frame"):
            self._join(chunk.role)
        elif chunk.role == "note":
            self.notes.append((chunk,))
        elif chunk.role == "plain":
            self.plain = True
        elif chunk.role in ("one_of", "others"):
            self.opener = chunk.role if self._length == 1 else self.opener
        elif chunk.role == "unknown":
            self._add_unknown(chunk)

    def _add_unknown(self, chunk: Chunk) -> None:
        """ "extra foam" where the shop has no such option: a wish to write down."""
        wished = self._pending_amount is not None or self._negating == "next"
        if wished and self.says_something:
            self._note_wish(chunk)
        elif self.notes and self.notes[-1][-1].end == chunk.start and self.notes[-1][-1].role == "unknown":
            self.notes[-1] = (*self.notes[-1], chunk)
        self._pending_amount, self._negating = None, ""
        if self._pending_quantity is not None and self._pending_quantity.article:
            self._pending_quantity = None

    def _note_wish(self, chunk: Chunk) -> bool:
        """ "extra feta", "no milk": written down as it was said."""
        wish = self._pending_amount or (self._negation if self._negating == "next" else None)
        if wish is not None:
            self.notes.append((wish, chunk))
        self._pending_amount, self._negating, self._joiner = None, "", ""
        return True

    def _join(self, role: str) -> None:
        if not (role == "and" and self._joiner == "with") and not (role == "frame" and self._joiner in ("with", "and")):
            self._joiner = role
        if role == "with":
            self.with_seen = True
        if role in ("with", "frame"):
            self._negating = ""
        if role != "frame" and self._pending_quantity is not None:
            self.cost += 1.5
            self._pending_quantity = None

    def _add_portion(self, chunk: Chunk) -> None:
        if not any(g.portions for g in self.product.groups):
            return
        loose = [o for o in self.options if o.portion is None and not o.negated]
        behind = self.options and not self._joiner and self._portion is None and chunk.portion != "half"
        if behind and loose:  # "ham on one half and olives on the other"
            for option in loose:
                option.portion = chunk.portion if chunk.portion != "whole" else None
            return
        self._portion = _OTHER_HALF[self._portion] if chunk.portion == "half" else chunk.portion
        if self._portion == "whole":
            self._portion = None

    def _add_unit(self, chunk: Chunk) -> None:
        if self.quantity is not None and self._pending_quantity is not None and self.product.unit is None:
            self.measure, self._pending_quantity = (self._pending_quantity, chunk), None
        elif self.quantity is not None and self.product.unit is None and self.head is None:
            self.measure, self.quantity = (self.quantity, chunk), None
        elif self.quantity is not None and self.unit is None and self.head is None:
            self.unit = chunk.unit
        elif self._pending_quantity is not None and self.product.unit is None:
            self.measure, self._pending_quantity = (self._pending_quantity, chunk), None
        elif self._pending_quantity is not None and self.quantity is None:
            self.quantity, self.unit, self._pending_quantity = self._pending_quantity, chunk.unit, None
