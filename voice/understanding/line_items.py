"""Words to line items: the order in a sentence, on any catalogue."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from voice.diets import load_diets
from voice.language import Language
from voice.shop.model import Catalogue, LineItem
from voice.types import ItemMention, OptionMention
from voice.understanding.announced import announced
from voice.understanding.concepts import Chunk
from voice.understanding.counted_options import counted_head
from voice.understanding.distribution import dealt_behind, distributed
from voice.understanding.kinds import Kinds
from voice.understanding.lexicon import Lexicon
from voice.understanding.likeness import Likeness
from voice.understanding.mentions import MentionBuilder
from voice.understanding.repairs import apply_repairs
from voice.understanding.search import NameSearch
from voice.understanding.segments import Segmenter
from voice.understanding.single_mention import SingleMention
from voice.understanding.tagger import Tagger
from voice.understanding.tokens import Token, Tokenizer
from voice.understanding.trailing import as_it_comes, fronted
from voice.understanding.unsold import UNSOLD, mark_unsold
from voice.understanding.vocabulary import Vocabulary


@dataclass(frozen=True, slots=True)
class LineItems:
    """What a stretch of words orders."""

    items: tuple[ItemMention, ...] = ()
    loose: ItemMention | None = None
    """Variants, options and a quantity that no product in these words takes: "large", "with oat milk", "two" """
    for_all: ItemMention | None = None
    """Variants and options said for all lines, where no line stands in these words"""
    refused: tuple[str, ...] = ()
    """Products that were mentioned to be left out ("no drinks")"""
    took_back: bool = False
    """Items of these words were taken back in them"""
    unknown: tuple[str, ...] = ()
    understood: float = 0.0
    """Share of the content words that something accounts for"""
    cost: float = 0.0
    """How far from the usual way to order, per item"""
    opened: bool = False
    """Words of ordering stood before an item ("I'd like", "add")"""
    opened_first: bool = False
    """The words begin with words of ordering or with a quantity"""
    of_before: int = 0
    """So many of the items come first and are of the product of an earlier sentence: "one with oat milk" """
    of_them: bool = False
    """... and it is said to be of several ("one of them"), where "one" alone may be one more"""
    opened_inside: bool = False
    """... and between two items"""
    more: bool = False
    """A number is said to come on top of what was ordered: "another kilo", "half a kilo more" """


class LineItemParser:
    """Reads line items out of tokens; knows one catalogue and one language."""

    def __init__(self, catalogue: Catalogue, language: Language, tokenizer: Tokenizer) -> None:
        self._catalogue, self._tokenizer = catalogue, tokenizer
        labels = {g.name for p in catalogue.products for g in p.groups} | {p.category for p in catalogue.products}
        # "rice and breads" is no kind of its own, so that "two rice" are of the products that end so
        nouns = {keys[-1] for p in catalogue.products if (keys := tokenizer.keys(p.name))}
        words = [tokenizer.keys(label) for label in labels]
        known = {key for keys in words for key in keys if len(keys) == 1 or key not in nouns}
        diets = load_diets(language.code).spoken_diets(catalogue)
        self.vocabulary = Vocabulary(language, tokenizer, catalogue.amounts, catalogue.negations, known, diets)
        self.lexicon = Lexicon(catalogue, language, tokenizer, self.vocabulary.stop_words())
        search = None if self.lexicon.complete else NameSearch(catalogue, language.code)
        likeness = Likeness(self.lexicon, language.code, details_only=search is not None)
        self.tagger = Tagger(self.lexicon, self.vocabulary, likeness, search)
        self._segmenter = Segmenter(catalogue)
        names = {p.id: (p.name, *p.aliases) for p in catalogue.products}
        self._kinds = Kinds(self.lexicon, names, lambda name: tuple(t.stem for t in tokenizer.tokens(name)))

    def parse(
        self, tokens: Sequence[Token], context: str | None = None, ordered: Sequence[str] = ()
    ) -> LineItems:
        """The line items of the tokens. `context` is the product spoken of before, `ordered` are those of the cart, the
        likeliest to be meant first."""
        return self.parse_chunks(self.tagger.chunks(tokens), context, ordered)

    def reread(self, text: str, product_id: str) -> ItemMention | None:
        """Words that named no product, read for this one; None when it takes none of them."""
        chunks = apply_repairs(self.tagger.chunks(self._tokenizer.tokens(text)))
        if not any(c.concept is not None and c.concept.fits(product_id) for c in chunks):
            return None
        builder = self._builder(chunks)
        fitting = [c for c in chunks if c.concept is None or c.concept.fits(product_id)]
        counted = counted_head(fitting, self._catalogue.product(product_id)) == len(fitting)
        return builder.read_for(product_id, fitting, counted)

    def is_called(self, product_id: str, text: str) -> bool:
        """Whether all the words are of the product's name."""
        name = {t.stem for t in self._tokenizer.tokens(self._catalogue.product(product_id).name)}
        return {t.stem for t in self._tokenizer.tokens(text)} <= name

    def holds(self, line: LineItem, said: ItemMention) -> bool:
        """Whether the line comes with all the options said, chosen or by themselves."""
        product = self._catalogue.product(line.product_id)
        out = {(o.group_id, o.option_id) for o in line.options if o.negated}
        has = {(o.group_id, o.option_id) for o in line.options} | {(g.id, o) for g in product.groups for o in g.default}
        return bool(said.options) and {(o.group_id, o.option_id) for o in said.options} <= has - out

    def of_so_many(self, product_id: str, number: Decimal) -> str | None:
        """The variant of exactly so many pieces: the twenty of nuggets that come by ten and by twenty."""
        single = SingleMention(self._catalogue, self._tokenizer, self.vocabulary, ())
        return single.of_so_many(self._catalogue.product(product_id), number)

    def leaves_out(self, group_id: str, line: LineItem) -> tuple[OptionMention, ...] | None:
        """What is left out of a line that is to have none of a group; None where its product has no such group. One of
        which there is always some ("no milk") has nothing to leave out."""
        group = next((g for g in self._catalogue.product(line.product_id).groups if g.id == group_id), None)
        if group is None:
            return None
        always = group.required or group.default
        chosen = [] if always else [o for o in line.options if o.group_id == group_id and not o.negated]
        return tuple(OptionMention(group_id, o.option_id, negated=True, portion=o.portion) for o in chosen)

    def _builder(self, chunks: Sequence[Chunk]) -> MentionBuilder:
        return MentionBuilder(self._catalogue, self._tokenizer, self._segmenter, chunks, self.vocabulary)

    def parse_chunks(
        self, chunks: Sequence[Chunk], context: str | None = None, ordered: Sequence[str] = ()
    ) -> LineItems:
        chunks = as_it_comes(chunks, self.vocabulary.plain_behind)
        chunks = announced(apply_repairs(chunks), self._kinds.of, self._catalogue)
        chunks, each = dealt_behind(chunks, self.vocabulary.each)
        chunks = self._kinds.named(fronted(distributed(chunks, self.vocabulary.each)))
        all_chunks = chunks = mark_unsold(chunks)
        heads = ((p, counted_head(chunks, self._catalogue.product(p))) for p in ordered)
        of, head = next(((p, end) for p, end in heads if end), ("", 0))
        chunks = chunks[head:]
        segments, cost = self._segmenter.segments(chunks, context)
        builder = self._builder(chunks)
        for segment in segments:
            builder.add(segment)
        covered = {k for s in segments for k in range(s.start, s.end)}
        left = [c for k, c in enumerate(chunks) if k not in covered]
        builder.take_loose(left)
        builder.set_loose(context)
        if head:
            builder.loose = replace(builder.read_for(of, all_chunks[:head], counted=True), product_id=None)
        builder.share_product()
        builder.share_out()
        builder.drop_announced()
        builder.drop_summed_up()
        builder.drop_taken_back()
        builder.deal_out(each)
        unknown = tuple(c.text for c in all_chunks if c.role == "unknown" and c.start not in builder.noted)
        return _told(builder, all_chunks, unknown, cost)


def _told(builder: MentionBuilder, chunks: Sequence[Chunk], unknown: tuple[str, ...], cost: float) -> LineItems:
    """What the builder made of all the chunks, and how they were said."""
    known = sum(1 for c in chunks if c.concept is not None or (c.quantity is not None and not c.article))
    known += sum(1 for c in chunks if c.role == UNSOLD)
    words = sum(len(text.split()) for text in unknown)
    return LineItems(
        items=tuple(builder.items),
        loose=builder.loose,
        for_all=builder.for_all,
        refused=tuple(builder.refused),
        took_back=builder.took_back,
        unknown=unknown,
        understood=known / (known + words) if known else 0.0,
        cost=cost / max(1, len(builder.items)),
        opened=any(c.role == "frame" for c in chunks),
        opened_first=bool(chunks) and (chunks[0].role == "frame" or chunks[0].quantity is not None),
        of_before=builder.of_before if builder.items else 0,
        of_them=any(c.role == "one_of" and c.end - c.start > 1 for c in chunks),
        opened_inside=_opened_inside(chunks),
        more=any(c.again or c.amount == "extra" for c in chunks),
    )


def _opened_inside(chunks: Sequence[Chunk]) -> bool:
    named = False
    for i, chunk in enumerate(chunks):
        if chunk.role == "frame" and named and any(c.is_product for c in chunks[i:]):
            return True
        named = named or chunk.concept is not None
    return False
