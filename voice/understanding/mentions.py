"""Segments to item mentions: quantities, questions, parts of several, and options that stand far from their item."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from decimal import Decimal

from voice.shop.model import Catalogue
from voice.types import ItemMention, Question
from voice.understanding.concepts import Chunk
from voice.understanding.item_reading import ItemReading
from voice.understanding.merging import conflict, has_options, merged, one_more_option
from voice.understanding.parts import Parts
from voice.understanding.segments import Segment, Segmenter
from voice.understanding.single_mention import MAX_CHOICES, SingleMention, bare_number, by_popularity
from voice.understanding.tokens import Tokenizer
from voice.understanding.unsold import UNSOLD
from voice.understanding.vocabulary import Vocabulary

_DOUBTFUL = 0.5


class MentionBuilder:
    """Turns segments into item mentions, in order."""

    def __init__(
        self,
        catalogue: Catalogue,
        tokenizer: Tokenizer,
        segmenter: Segmenter,
        chunks: Sequence[Chunk],
        vocabulary: Vocabulary,
    ) -> None:
        self._adjective = vocabulary.adjective
        self._catalogue, self._segmenter, self._chunks = catalogue, segmenter, chunks
        self._single = SingleMention(catalogue, tokenizer, vocabulary, chunks)
        self.items: list[ItemMention] = []
        self.loose: ItemMention | None = None
        self.for_all: ItemMention | None = None
        self.refused: list[str] = []
        self.took_back = False
        self.unnamed: set[int] = set()
        """Indices of items without a product word and without a number but "a" """
        self.of_before = 0
        """How many items come first that are of the product spoken of before: "one with oat milk" """
        self._lists: set[int] = set()
        """Indices of items that are followed by their kinds: "three teas earl grey ..." """
        self._listed: set[int] = set()
        """... of items that say no more than a kind: "... peppermint and rooibos" """
        self._headless: set[int] = set()
        """... without a product word"""
        self._plain: set[int] = set()
        """... of items that were said to be as they come"""
        self._parts = Parts(catalogue, self.items)

    @property
    def noted(self) -> set[int]:
        """Where unknown words start that are kept as notes"""
        return self._single.noted

    def add(self, segment: Segment) -> None:
        if segment.kind == "refused":
            chunk = self._chunks[segment.end - 1]
            assert chunk.concept is not None
            self._refuse(chunk.concept.products.keys())
        elif segment.kind == UNSOLD:
            thing = self._chunks[segment.start]
            questions, number = [Question("product", text=thing.text)], thing.quantity or Decimal(1)
            if number > self._catalogue.shop.max_quantity:
                questions.append(Question("quantity", text=str(number)))
            said = thing.quantity is not None and not thing.article
            self.items.append(ItemMention(None, number, said, questions=tuple(questions), text=thing.text))
        elif segment.kind == "all":
            self._add_for_all(segment)
        elif segment.kind == "elided":
            self._add_elided(self._mention(self._segmenter.read(self._chunks, segment), segment), segment)
        else:
            self._add_item(segment)

    def _refuse(self, products: Collection[str]) -> None:
        """ "a coke and a salad, no coke": what was said before is taken back; else it is not wanted anyway."""
        said = [k for k, item in enumerate(self.items) if item.product_id in products and item.quantity]
        if said:
            self.items[said[-1]] = replace(self.items[said[-1]], quantity=Decimal(0))  # others keep their places
            self.took_back = True
        else:
            self.refused.extend(products)

    def drop_taken_back(self) -> None:
        if self.took_back:
            self.items = [item for item in self.items if item.quantity]

    def deal_out(self, number: Decimal | None) -> None:
        """ "a cola and a brownie, two each" """
        if number is not None:
            self.items = [i if i.quantity_said else replace(i, quantity=number, quantity_said=True) for i in self.items]

    def _add_item(self, segment: Segment) -> None:
        reading = self._segmenter.read(self._chunks, segment)
        mention = self._mention(reading, segment)
        if reading.head is not None and reading.head.part and self.items:
            self._parts.divide_kind(mention)
            return
        if self._parts.is_of_open(reading):
            self._parts.divide_open(mention)
            return
        if self._parts.may_be_of(reading) and self._chunks[segment.end - 1].role == "plain":  # no "plain bagel"
            self._parts.divide(ItemMention(None, mention.quantity, text=mention.text), mention.quantity)
            return
        self._parts.end()
        index = self._belongs_to(reading)
        index = self._meant(mention) if index is None else index
        if index is not None:
            self.items[index] = merged(self.items[index], mention)
            return
        if reading.opens_list:
            self._lists.add(len(self.items))
        if reading.head is None and reading.quantity is None:
            self._listed.add(len(self.items))
        if reading.head is None and not reading.named:
            self._headless.add(len(self.items))
            if reading.quantity is None or reading.quantity.article:
                self.unnamed.add(len(self.items))
        if reading.plain:
            self._plain.add(len(self.items))
        self.items.append(mention)

    def _meant(self, mention: ItemMention) -> int | None:
        """The item that "the mocha with cream" says more of."""
        if not mention.definite or mention.quantity_said or not (mention.options or mention.notes):
            return None
        same = [k for k, item in enumerate(self.items) if item.product_id == mention.product_id is not None]
        return same[0] if len(same) == 1 and not conflict(self.items[same[0]], mention) else None

    def _belongs_to(self, reading: ItemReading) -> int | None:
        """ "... and lamb for the korma", after a korma: the item that it says something of."""
        if not reading.set_apart:
            return None
        groups = {o.refs[0][0] for o in reading.options}
        for index, item in enumerate(self.items):
            if item.product_id == reading.product.id and not groups & {o.group_id for o in item.options}:
                return index
        return None

    def take_loose(self, chunks: Sequence[Chunk]) -> None:
        """Options and variants that stand far from their product go to the latest item that takes them."""
        waiting: list[Chunk] = []
        for chunk in chunks:
            if chunk.role == "all" and chunk.quantity is None:
                continue  # the "everything" of "everything to go"
            if chunk.concept is None or not chunk.concept.owners():
                waiting.append(chunk)
                continue
            for index in range(len(self.items) - 1, -1, -1):
                product_id = self.items[index].product_id
                if product_id is not None and chunk.concept.fits(product_id):
                    self.items[index] = merged(self.items[index], self.read_for(product_id, [chunk]))
                    break
            else:
                waiting.append(chunk)
        if self.for_all is None:
            named = [c for c in waiting if c.concept is not None and c.concept.owners()]
            self.loose = self._loose(waiting if not self.items else named)

    def set_loose(self, context: str | None) -> None:
        """A lone "large with oat milk", of no named product and no number, may be of another sentence; before more
        items it is what was just asked of the product of that sentence."""
        if 0 not in self.unnamed or self.loose is not None or not self.items:
            return
        if len(self.items) == 1 or (context is not None and self._takes(context, self.items[0])):
            self.loose, *self.items = self.items

    def _takes(self, product_id: str, item: ItemMention) -> bool:
        product = self._catalogue.by_id.get(product_id)
        if product is None or not has_options(product, item.options):
            return False
        return item.variant_id is None or item.variant_id in {v.id for v in product.variants}

    def share_product(self) -> None:
        """ "a small and a large lemonade", "two ham and two tuna sandwiches": sizes and kinds that stand before are of
        the product that is named at last."""
        for index in range(len(self.items) - 2, -1, -1):
            before, item = self.items[index : index + 2]
            if item.product_id is None or index not in self._headless or not conflict(before, item):
                continue
            if self._takes(item.product_id, before):
                questions = tuple(q for q in before.questions if q.kind != "product")
                sure, product_id = item.confidence, item.product_id
                self.items[index] = replace(before, product_id=product_id, questions=questions, confidence=sure)

    def share_out(self) -> None:
        """ "three teas: earl grey, peppermint and rooibos": one of each."""
        for index in self._lists & set(range(len(self.items))):
            listed = self.items[index : index + int(self.items[index].quantity)]
            alike = len({item.product_id for item in listed}) == 1
            if (
                len(listed) == self.items[index].quantity > 1
                and alike
                and self._listed.issuperset(range(index + 1, index + len(listed)))
            ):
                for at, item in enumerate(listed, index):
                    self.items[at] = replace(item, quantity=Decimal(1))

    def drop_announced(self) -> None:
        """ "for a drink, two teas": a product that only announces what comes (or sums up what came) is no item."""
        for index in range(len(self.items) - 1, -1, -1):
            item = self.items[index]
            if item.product_id is None or item.quantity_said or item.variant_id or item.options or item.questions:
                continue
            named = any(g.names_product for g in self._catalogue.product(item.product_id).groups)
            if named and any(o.product_id == item.product_id and o.options for o in self.items):
                del self.items[index]

    def drop_summed_up(self) -> None:
        """ "two teas, one black, one green": what is named after it takes the place of what was open."""
        for index, item in enumerate(self.items):
            choices = {c for q in item.questions if q.kind == "product" for c in q.candidates}
            named = [i for i in self.items[index + 1 :] if i.product_id in choices]
            if item.product_id is None and named and sum(i.quantity for i in named) == item.quantity > 1:
                sure = [replace(i, confidence=max(i.confidence, 0.9)) if i in named else i for i in self.items]
                self.items = sure[:index] + sure[index + 1 :]
                return

    def _loose(self, chunks: Sequence[Chunk]) -> ItemMention | None:
        """What can be said of a product that was not named."""
        concepts = [c.concept for c in chunks if c.concept is not None and c.concept.owners()]
        if not concepts:
            return bare_number(chunks)
        owners = set.intersection(*(c.owners() for c in concepts)) or concepts[0].owners()
        ranked = by_popularity(owners, self._catalogue)
        if len(ranked) == 1:
            return self.read_for(ranked[0], chunks)
        mention = self.read_for(ranked[0], chunks)
        question = Question("product", tuple(ranked[:MAX_CHOICES]), text=mention.text)
        return replace(mention, product_id=None, questions=(question,), confidence=_DOUBTFUL)

    def read_for(self, product_id: str, chunks: Sequence[Chunk], counted: bool = False) -> ItemMention:
        """The chunks as what is said of the product; `counted`: their numbers are of its options."""
        reading = ItemReading(self._catalogue.product(product_id), counts_options=counted)
        for k, chunk in enumerate(chunks):
            reading.add(chunk, chunks[k + 1] if k + 1 < len(chunks) else None)
        return self._single.of(reading, " ".join(c.text for c in chunks), elided=True)

    def _add_for_all(self, segment: Segment) -> None:
        chunks = list(self._chunks[segment.start + 1 : segment.end])
        if not self.items:
            loose = self._loose(chunks)
            self.for_all = replace(loose, questions=()) if loose else None
        for index, item in enumerate(self.items):
            if item.product_id is not None:
                fitting = [c for c in chunks if c.concept is None or c.concept.fits(item.product_id)]
                self.items[index] = merged(item, self.read_for(item.product_id, fitting))

    def _add_elided(self, mention: ItemMention, segment: Segment) -> None:
        """ "two mochas, one decaf": a part of the item before; "a large latte and a small one": one more item."""
        if len(self.items) == self.of_before:
            self.items.append(mention)
            opener = self._chunks[segment.start]
            self.of_before += not opener.again and opener.role != "others"
            return
        parts, index, whole = self._parts, self._parts.index, self._parts.whole
        mention = self._of_whole(whole, mention, segment)
        open_choice = tuple(q for q in whole.questions if q.kind == "product" and q.candidates)
        if whole.product_id is None and open_choice:  # "two coffees, one decaf"
            mention = replace(mention, product_id=None, questions=open_choice, confidence=_DOUBTFUL)
        fits = whole.product_id == mention.product_id and not conflict(parts.shared, mention)
        if not parts.begun and index not in self._plain and self._is_another(whole, mention, segment):
            self.items.append(self._of_which(mention))
            return
        part = mention.quantity
        others = any(c.role == "others" for c in self._chunks[segment.start : segment.start + 1])
        if others:
            part = whole.quantity
        elif not parts.begun and index not in self._plain and self._is_option(whole, mention, segment):
            self.items[index] = replace(merged(whole, mention), text=f"{whole.text} {mention.text}")
            return
        if not fits or part > whole.quantity or (whole.quantity <= 1 and not parts.begun):
            self.items.append(mention)
            return
        parts.divide(mention, part)

    def _of_whole(self, whole: ItemMention, mention: ItemMention, segment: Segment) -> ItemMention:
        """ "two lattes, one iced and one decaf": the decaf one is of the lattes again."""
        chunks = self._chunks[segment.start : segment.end]
        if not self._parts.begun or whole.product_id in (None, mention.product_id):
            return mention
        if not all(c.concept is None or c.concept.fits(str(whole.product_id)) for c in chunks):
            return mention
        return self.read_for(str(whole.product_id), chunks)

    def _of_which(self, mention: ItemMention) -> ItemMention:
        """ "a latte and a decaf": one more thing, but a decaf what?"""
        able = {p.id for p in self._catalogue.products if has_options(p, mention.options)}
        question = Question("product", tuple(by_popularity(able, self._catalogue)[:MAX_CHOICES]), text=mention.text)
        return replace(mention, product_id=None, questions=(question,), confidence=_DOUBTFUL)

    def _is_another(self, whole: ItemMention, mention: ItemMention, segment: Segment) -> bool:
        """ "a latte and a decaf", "two lattes and a decaf": one more, though of what is not said."""
        number, *named = self._chunks[segment.start : segment.end]
        if not mention.options or not self._adjective.search(mention.options[0].text):
            return False
        if not named or named[0].text != mention.options[0].text:
            return False
        first = Segment(segment.kind, segment.start, segment.start + 2, segment.product_id)
        return self._is_option(whole, mention, first) or (number.article and whole.quantity > 1)

    def _is_option(self, whole: ItemMention, mention: ItemMention, segment: Segment) -> bool:
        if whole.product_id is None or whole.product_id != mention.product_id:
            return False
        product = self._catalogue.product(whole.product_id)
        return one_more_option(whole, mention, self._chunks[segment.start : segment.end], product)

    def _mention(self, reading: ItemReading, segment: Segment) -> ItemMention:
        text = " ".join(c.text for c in self._chunks[segment.start : segment.end])
        mention = self._single.of(reading, text, segment.kind == "elided")
        return replace(mention, definite=self._chunks[segment.start].definite)
