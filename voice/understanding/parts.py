"""Some of several: "two mochas, one decaf and the other with oat milk" divides the mochas."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from voice.shop.model import Catalogue
from voice.types import ItemMention
from voice.understanding.item_reading import ItemReading
from voice.understanding.merging import has_options, merged

_DOUBTFUL = 0.5


class Parts:
    """Divides the items of one sentence, in place: the one named last, until another is named."""

    def __init__(self, catalogue: Catalogue, items: list[ItemMention]) -> None:
        self._catalogue, self._items = catalogue, items
        self._whole: int | None = None
        self._shared: ItemMention | None = None
        """What was said of all, while some are set apart"""

    @property
    def begun(self) -> bool:
        """Whether some were set apart and some are left."""
        return self._whole is not None

    @property
    def index(self) -> int:
        return len(self._items) - 1 if self._whole is None else self._whole

    @property
    def whole(self) -> ItemMention:
        """What is left to divide."""
        return self._items[self.index]

    @property
    def shared(self) -> ItemMention:
        return self._shared or self.whole

    def end(self) -> None:
        """Another item is named: what follows is of that."""
        self._whole = self._shared = None

    def divide(self, mention: ItemMention, part: Decimal) -> None:
        """Takes so many off for what is said of them alone."""
        text = f"{self.shared.text} {mention.text}"
        self._set_apart(replace(merged(self.shared, mention), quantity=part, text=text))

    def divide_kind(self, mention: ItemMention) -> None:
        """ "two oat lattes, one of them iced": another product, with what was said of all as far as it has it."""
        product = self._catalogue.product(str(mention.product_id))
        if mention.quantity > self.whole.quantity or not (self.begun or self.whole.quantity > 1):
            self._items.append(mention)
            self.end()
            return
        variant = self.shared.variant_id if self.shared.variant_id in {v.id for v in product.variants} else None
        options = tuple(o for o in self.shared.options if has_options(product, (o,)))
        self._set_apart(replace(merged(replace(mention, variant_id=variant, options=options), mention)))

    def _set_apart(self, part: ItemMention) -> None:
        whole = self.whole
        if part.quantity == whole.quantity:
            del self._items[self.index]
            self._items.append(part)
            self.end()
            return
        self._whole, self._shared = self.index, self.shared
        self._items[self._whole] = replace(whole, quantity=whole.quantity - part.quantity)
        self._items.append(part)

    def is_of_open(self, reading: ItemReading) -> bool:
        """Whether "one black" is one of the "two coffees" before it, of which the kind is not known yet."""
        choices = _choices(self.whole) if self._items else ()
        return bool(choices) and reading.product.id not in choices and self.may_be_of(reading)

    def may_be_of(self, reading: ItemReading) -> bool:
        """Whether words with a number and without a product may be of some of what is left."""
        number = reading.quantity
        if reading.head is not None or number is None or number.quantity is None or number.article or not self._items:
            return False
        return number.quantity <= self.whole.quantity and (self.begun or self.whole.quantity > 1)

    def divide_open(self, mention: ItemMention) -> None:
        """What none of the products in question comes with is a wish to write down."""
        able = [self._catalogue.product(c) for c in _choices(self.whole)]
        options = tuple(o for o in mention.options if any(has_options(p, (o,)) for p in able))
        wishes = tuple(o.text for o in mention.options if o not in options)
        asked = tuple(q for q in self.whole.questions if q.kind == "product")
        part = replace(mention, product_id=None, variant_id=None, options=options, notes=mention.notes + wishes)
        self.divide(replace(part, questions=asked, confidence=_DOUBTFUL), mention.quantity)


def _choices(item: ItemMention) -> Sequence[str]:
    return [c for q in item.questions if q.kind == "product" for c in q.candidates]
