"""Short answers to what was asked: keys pressed, bare numbers, and words that tell which of the things offered."""

from __future__ import annotations

from voice.shop.model import Catalogue
from voice.types import Intent
from voice.understanding.forms import SHORTENED
from voice.understanding.line_items import LineItemParser
from voice.understanding.readings import Reading, Sentence
from voice.understanding.slots import SlotValues
from voice.understanding.tokens import Tokenizer

_LONGEST = 40
"""Digits"""


class ExpectedAnswers:
    """Reads answers of no more than a number or a word, which alone would mean nothing or something else."""

    def __init__(self, catalogue: Catalogue, tokenizer: Tokenizer, parser: LineItemParser, slots: SlotValues) -> None:
        self._catalogue, self._tokenizer, self._parser, self._slots = catalogue, tokenizer, parser, slots

    def read(self, sentence: Sentence) -> Reading | None:
        """The answer; None when the sentence must be read as any other."""
        digits = self._slots.digits(sentence.tokens)
        kind = sentence.context.expectation.kind
        if digits and len(digits) <= _LONGEST:
            if kind in ("phone", "digits"):
                return Reading((Intent("answer.phone", slots={"phone": digits}),), 1.0)
            if kind in ("choice", "product") and sentence.context.expectation.choices and 0 < int(digits) <= 99:
                return _choice(int(digits) - 1)
        chosen = self._chosen(sentence)
        return None if chosen is None else _choice(chosen, named="yes")

    def _chosen(self, sentence: Sentence) -> int | None:
        """ "chocolate", where a blueberry muffin and a chocolate muffin were offered: which of them."""
        offered = [self._catalogue.by_id.get(c) for c in sentence.context.expectation.choices]
        names = [[self._stems(n) for n in (p.name, *p.aliases)] if p is not None else [] for p in offered]
        telling = {stem for of_one in names for name in of_one for stem in name}
        passing = self._parser.vocabulary.function | self._parser.vocabulary.numbers.articles
        said = {t.stem for t in sentence.tokens if t.stem in telling or t.key not in passing}
        fitting = [i for i, of_one in enumerate(names) if said and any(said <= name for name in of_one)]
        if len(fitting) != 1 or self._is_whole_name(sentence) or self._leaves_out(sentence):
            return None
        return fitting[0]

    def _is_whole_name(self, sentence: Sentence) -> bool:
        """Whether the words name a product in full, offered or not: then they are an order."""
        concepts = [c.concept for c in self._parser.tagger.chunks(sentence.tokens) if c.concept is not None]
        return any(c.products and c.quality >= SHORTENED for c in concepts)

    def _leaves_out(self, sentence: Sentence) -> bool:
        """Whether the words are of what is not wanted: "without tomato" chooses no "mozzarella and tomato"."""
        return any(c.role == "negation" and not c.repair for c in self._parser.tagger.chunks(sentence.tokens))

    def _stems(self, name: str) -> set[str]:
        return {t.stem for t in self._tokenizer.tokens(name)}


def _choice(index: int, **slots: str) -> Reading:
    return Reading((Intent("answer.choice", slots={"index": index, **slots}),), 1.0)
