"""One item as it was read to one as it is ordered: which product, how many, which details, and what must be asked."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal

from voice.shop.model import Catalogue, Product
from voice.types import ItemMention, OptionMention, Question
from voice.understanding.concepts import Chunk
from voice.understanding.item_reading import ItemReading
from voice.understanding.item_words import ReadOption
from voice.understanding.tokens import Tokenizer
from voice.understanding.vocabulary import Vocabulary

IMPLIED = 0.7
"""Confidence of a product that was not named but alone has what was said"""
_STRANGE = 0.45
"""... and of one that is named in front of a word nobody knows: less than an item is added with unasked"""
MAX_CHOICES = 3
_MAX_RIVALS = 12


class SingleMention:
    """Makes mentions of the readings of one sentence, whose chunks it knows."""

    def __init__(
        self, catalogue: Catalogue, tokenizer: Tokenizer, vocabulary: Vocabulary, chunks: Sequence[Chunk]
    ) -> None:
        self._catalogue, self._tokenizer, self._chunks = catalogue, tokenizer, chunks
        self._vocabulary, self._numbers = vocabulary, vocabulary.numbers
        self.noted: set[int] = set()
        """Where unknown words start that are kept as notes"""

    def of(self, reading: ItemReading, text: str, elided: bool = False) -> ItemMention:
        """The mention that the reading of the words `text` gives, with its questions."""
        product = reading.product
        questions: list[Question] = []
        product_id: str | None = product.id
        quality = 1.0
        if reading.head is not None:
            quality = reading.head.quality
        elif not reading.named and not elided:
            quality = IMPLIED
        if self._before_strange_noun(reading):
            quality = min(quality, _STRANGE)
        rivals = [product.id] if elided else _rivals(reading, self._catalogue)
        if reading.head is not None or not reading.with_seen:
            rivals = self._nearest(rivals, text)
        if len(rivals) == 1:
            product_id = rivals[0]
        elif len(rivals) > 1:
            product_id = None
            questions.append(Question("product", tuple(rivals), text=reading.head.text if reading.head else text))
        variant_id = self._variant(reading, questions)
        self._note_none_at_all(reading)
        options = tuple(_options(self._said_beside_name(reading, product_id), product, questions))
        quantity, said = Decimal(1), False
        self._size_or_weight(reading, product_id, questions)
        if reading.quantity is not None and reading.quantity.quantity is not None:
            quantity, said = reading.quantity.quantity, not reading.quantity.article
            if product_id is not None and variant_id is None and reading.unit is None and not questions:
                named = self._catalogue.product(product_id)
                variant_id, quantity = self._as_count(named, reading.quantity, questions)
            if reading.quantity.vague or self._absurd(quantity, product, reading.unit):
                questions.append(Question("quantity", text=reading.quantity.text))
        return ItemMention(
            product_id,
            quantity,
            said,
            reading.unit,
            variant_id,
            options,
            tuple(questions),
            confidence=round(quality, 3),
            text=text,
            notes=tuple(self._notes(reading)),
            diets=tuple(self._vocabulary.diets[self._tokenizer.keys(c.text)] for c in reading.diets),
        )

    def _before_strange_noun(self, reading: ItemReading) -> bool:
        """Whether a kind that names the product may be of something else: the "apple" of an "apple bicycle"."""
        head = reading.head
        if head is None and reading.named:
            ends = {o.chunk.end for o in reading.options}
        elif head is not None and head.concept is not None and head.concept.describes:
            ends = {head.end}
        else:
            return False
        return any(c.start in ends and c.role == "unknown" for c in self._chunks)

    def _nearest(self, rivals: list[str], text: str) -> list[str]:
        """Of products that a part of their name stands for, those whose other words were said as well."""
        open_choices = [set(c.concept.undecided) for c in self._chunks if c.concept is not None]
        if len(rivals) < 2 or any(set(rivals) <= choice for choice in open_choices):
            return rivals
        said = {t.stem for t in self._tokenizer.tokens(text)} | {c.unit for c in self._chunks if c.unit}
        shared = {
            p: len(said & {t.stem for t in self._tokenizer.tokens(self._catalogue.product(p).name)}) for p in rivals
        }
        most = max(shared.values())
        return [p for p in rivals if shared[p] == most]

    def _as_count(self, product: Product, number: Chunk, questions: list[Question]) -> tuple[str | None, Decimal]:
        """ "twelve wings", where wings come by six and by twelve: the variant of so many, and how many times."""
        assert number.quantity is not None
        counts = [(count, v.id) for v in product.variants if (count := self._count(v.name)) is not None]
        of_servings = any(c.role == "measure" and c.start == number.end for c in self._chunks)  # "six orders of wings"
        if of_servings or not counts or len(counts) < len(product.variants) or number.quantity < min(counts)[0]:
            return None, number.quantity
        fitting = [(count, variant_id) for count, variant_id in counts if number.quantity % count == 0]
        if not fitting:
            questions.append(Question("variant", tuple(v.id for v in product.variants)[:MAX_CHOICES], text=number.text))
            return None, Decimal(1)
        count, variant_id = max(fitting)
        return variant_id, number.quantity / count

    def of_so_many(self, product: Product, number: Decimal) -> str | None:
        """The variant of exactly so many pieces, where the product comes by their number."""
        counts = {v.id: self._count(v.name) for v in product.variants}
        return None if None in counts.values() else next((i for i, count in counts.items() if count == number), None)

    def _count(self, variant: str) -> Decimal | None:
        """The pieces of a "six piece" or "twelve wings"; none of "40 mm" or "small"."""
        keys = self._tokenizer.keys(variant)
        found = self._numbers.read(keys, 0)
        if found is None or found[1].article or len(keys) > found[0] + 1:
            return None
        return found[1].value if self._numbers.units.keys().isdisjoint(keys[found[0] :]) else None

    def _said_beside_name(self, reading: ItemReading, product_id: str | None) -> list[ReadOption]:
        """The options but those that told the product: "three medium pepperonis" of the pepperoni pizza."""
        if reading.head is not None or reading.named or product_id is None:
            return reading.options
        name = {t.stem for t in self._tokenizer.tokens(self._catalogue.product(product_id).name)}
        words = [(o, {t.stem for t in self._tokenizer.tokens(o.chunk.text)}) for o in reading.options]
        return [o for o, stems in words if o.amount or not stems <= name]

    def _size_or_weight(self, reading: ItemReading, product_id: str | None, questions: list[Question]) -> None:
        """A measure of what is sold by the piece: part of its name, a size to be asked or noted, or a weight, of which
        nobody knows how many pieces it makes."""
        text = " ".join(c.text for c in reading.measure)
        named = self._tokenizer.keys(self._catalogue.product(product_id).name) if product_id else ()
        unit = next((c.unit for c in reading.measure if c.unit), None)
        if unit is None or unit in named:  # the "six" of six millimeter screws
            return
        if self._vocabulary.weighs(unit):
            questions.append(Question("quantity", text=text))
        elif not reading.product.variants:
            reading.notes.append(reading.measure)
        elif not reading.variants:
            choices = tuple(variant.id for variant in reading.product.variants[:MAX_CHOICES])
            questions.append(Question("variant", choices, text=text))

    def _note_none_at_all(self, reading: ItemReading) -> None:
        """ "no cheese", where the shop has "extra cheese" alone: without the extra there would still be some."""
        for option in (o for o in reading.options if o.negated and self._is_extra(o, reading.product)):
            negations = [c for c in self._chunks if c.role == "negation" and c.end <= option.chunk.start]
            if negations:
                reading.notes.append((negations[-1], option.chunk))

    def _is_extra(self, said: ReadOption, product: Product) -> bool:
        """Whether the option's name says an amount of what was said."""
        options = [product.group(group_id).option(option_id) for group_id, option_id in said.refs]
        keys = self._tokenizer.keys(said.chunk.text)
        names = [self._tokenizer.keys(o.name) for o in options]
        aliases = {self._tokenizer.keys(a) for o in options for a in o.aliases}
        more = (any(end < len(n) and "amount" in r for end, r in self._vocabulary.find(n, 0)) for n in names)
        return keys not in aliases and all(n[-len(keys) :] == keys != n for n in names) and all(more)

    def _notes(self, reading: ItemReading) -> Iterator[str]:
        for words in reading.notes:
            self.noted.update(c.start for c in words if c.role == "unknown")
            yield " ".join(c.text for c in words)

    def _variant(self, reading: ItemReading, questions: list[Question]) -> str | None:
        if not reading.variants:
            return self._variant_in_name(reading, questions)
        ids, chunk = reading.variants[-1]
        several = tuple(dict.fromkeys(v for all_said, _ in reading.variants for v in all_said))
        if all(ids != other for other, _ in reading.variants[:-1]) and len(reading.variants) > 1:
            ids = several  # "three lattes, large, medium and small"
        if len(ids) > 1:
            questions.append(Question("variant", ids[:MAX_CHOICES], text=chunk.text))
            return None
        return ids[0]

    def _variant_in_name(self, reading: ItemReading, questions: list[Question]) -> str | None:
        """The "bowl" of a "bowl of soup", where that is another name of the soup; asked where a size does not exist."""
        product = reading.product
        strange = next((c for c in reading.misfits if c.concept is not None and c.concept.variants), None)
        if strange is not None and product.variants:
            choices = tuple(variant.id for variant in product.variants[:MAX_CHOICES])
            questions.append(Question("variant", choices, text=strange.text))
            return None
        if reading.head is None or not product.variants:
            return None
        said = set(self._tokenizer.keys(reading.head.text)) - set(self._tokenizer.keys(product.name))
        found = [v.id for v in product.variants if said and set(self._tokenizer.keys(v.name)) <= said]
        return found[0] if len(found) == 1 else None

    def _absurd(self, quantity: Decimal, product: Product, unit: str | None) -> bool:
        """More than a shop sells in one line, none, less than none, or a part of a piece."""
        limit = product.max_quantity or self._catalogue.shop.max_quantity
        if quantity <= 0 or (quantity > limit and unit in (None, product.unit)):
            return True
        return unit is None and product.unit is None and quantity != quantity.to_integral_value()


def bare_number(chunks: Sequence[Chunk]) -> ItemMention | None:
    """A number of nothing that was named, with its unit: "two", "another half kilo"."""
    for chunk, following in zip(chunks, (*chunks[1:], None), strict=False):
        unit = chunk.unit or (following.unit if following and following.quantity is None else None)
        if chunk.quantity is not None and not chunk.vague and (unit or not chunk.article):
            return ItemMention(None, chunk.quantity, quantity_said=True, unit=unit, text=chunk.text)
    return None


def by_popularity(product_ids: Iterable[str], catalogue: Catalogue) -> list[str]:
    """Most popular first, then as the catalogue has them."""
    wanted = set(product_ids)
    return sorted((p for p in catalogue.by_id if p in wanted), key=lambda p: -catalogue.product(p).popularity)


def _rivals(reading: ItemReading, catalogue: Catalogue) -> list[str]:
    """All products that the same words name and that take all that was said, likeliest first."""
    said = [o.chunk.concept for o in reading.options] + [c.concept for _, c in reading.variants]
    if reading.head is not None and reading.head.concept is not None and reading.head.concept.undecided:
        open_choice = reading.head.concept.undecided
        return [p for p in open_choice if all(c is None or c.fits(p) for c in said)] or list(open_choice)
    if reading.head is not None and reading.head.concept is not None:
        products = reading.head.concept.products
        least = products.get(reading.product.id, 0.0) - 0.01
        named = {p for p, quality in products.items() if quality >= least}
    else:
        named = set.union(*(c.owners() for c in said if c is not None)) if said else set()
    equal = {p for p in named if all(c is None or c.fits(p) for c in said)} | {reading.product.id}
    return by_popularity(equal, catalogue)[:_MAX_RIVALS]


def _options(read: Sequence[ReadOption], product: Product, questions: list[Question]) -> list[OptionMention]:
    mentions = []
    certain = {o.refs[0]: o.start for o in read if len(o.refs) == 1}
    for option in read:
        text = option.chunk.text
        if len(option.refs) > 1 and any(certain.get(ref, -1) > option.start for ref in option.refs):
            continue  # "a bean burrito with black beans"
        if len(option.refs) > 1 and not option.negated:
            group_id = option.refs[0][0]
            questions.append(Question("option", tuple(o for _, o in option.refs), group_id, text))
            continue
        portions = product.group(option.refs[0][0]).portions
        for group_id, option_id in option.refs:
            mentions.append(
                OptionMention(
                    group_id,
                    option_id,
                    option.amount,
                    option.negated,
                    option.portion if portions else None,
                    option.text,
                    round(option.chunk.quality, 3),
                    option.quantity,
                )
            )
    return mentions
