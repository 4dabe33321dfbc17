"""The entry of understanding: hypotheses in, an interpretation out. Nothing is changed here, and nothing is guessed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import accumulate

from voice.language import Language
from voice.shop.model import Catalogue, LineItem
from voice.types import (
    Expectation,
    Hypothesis,
    Intent,
    Interpretation,
    NoInput,
    NoMatch,
    Understood,
    Utterance,
)
from voice.understanding.alarms import Alarms
from voice.understanding.clauses import ClauseReader
from voice.understanding.expected import ExpectedAnswers
from voice.understanding.grammar import Grammar, Match
from voice.understanding.line_items import LineItemParser
from voice.understanding.meanings import Meanings
from voice.understanding.orders import OrderReader
from voice.understanding.readings import (
    Context,
    Reading,
    Sentence,
    not_twice,
)
from voice.understanding.slots import SlotValues
from voice.understanding.tokens import Token, Tokenizer

_ANYTHING = Expectation()


class Understander:
    """Reads utterances about one catalogue in one language."""

    def __init__(self, catalogue: Catalogue, language: Language) -> None:
        self._catalogue = catalogue
        self._tokenizer = Tokenizer(language)
        self._parser = LineItemParser(catalogue, language, self._tokenizer)
        self._slots = SlotValues(catalogue, language, self._tokenizer, self._parser.vocabulary)
        self._grammar = _grammar(language)
        meanings = Meanings(self._parser, self._slots, self._grammar)
        self._orders = orders = OrderReader(catalogue, meanings, self._parser.vocabulary, language)
        alarms = Alarms(language, self._parser, self._slots, orders)
        self._clauses = ClauseReader(meanings, orders, self._parser, alarms)
        self._expected = ExpectedAnswers(catalogue, self._tokenizer, self._parser, self._slots)

    def interpret(
        self,
        utterance: Utterance,
        expectation: Expectation = _ANYTHING,
        lines: Sequence[LineItem] = (),
        last_line: str | None = None,
    ) -> Interpretation:
        """The meaning of an utterance, given what was asked, the lines of the cart and the line last touched.

        All hypotheses are read; the one that is understood best counts, the recogniser's order breaking ties.
        """
        if utterance.kind == "speech" and not utterance.text:
            return NoMatch()  # there was a voice, and nothing of it was words
        if utterance.kind == "silence" or not utterance.text.strip():
            return NoInput()
        context = Context(expectation, lines, last_line)
        best: tuple[float, Reading, Hypothesis] | None = None
        for rank, hypothesis in enumerate(utterance.hypotheses[:10]):
            reading = self._read(hypothesis.text, context)
            if reading is None:
                continue
            score = reading.score - 0.06 * rank - 0.05 * len(reading.unknown)
            if best is None or score > best[0]:
                best = (score, reading, hypothesis)
        if best is None:
            return NoMatch(utterance.text)
        _, reading, hypothesis = best
        intents = not_twice(reading.intents, lines)
        if hypothesis.confidence < 1:
            intents = tuple(_as_sure(intent, hypothesis.confidence) for intent in intents)
        return Understood(intents, hypothesis.text, reading.unknown)

    def matches(self, text: str) -> list[Match]:
        """Every sentence of the grammar that covers the whole text."""
        sentence = self._sentence(self._tokenizer.tokens(text), Context(_ANYTHING, (), None))
        return list(sentence.chart.whole(0, len(sentence.tokens)))

    # --- a sentence ---------------------------------------------------------------------------------------------

    def _read(self, text: str, context: Context) -> Reading | None:
        tokens = self._parser.vocabulary.without_hesitations(self._tokenizer.tokens(text))
        if not tokens:
            return None
        sentence = self._sentence(tokens, context)
        if tokens[0].key in self._parser.vocabulary.endearments and self._orders.is_question(sentence, 1, len(tokens)):
            sentence = self._sentence(tokens[1:], context)  # "honey, what do you want?"
        return self._expected.read(sentence) or self._clauses.read(sentence)

    def _sentence(self, tokens: tuple[Token, ...], context: Context) -> Sentence:
        named = [0] * len(tokens)
        inside, unended = set[int](), set[int]()
        for chunk in self._parser.tagger.chunks(tokens):
            if chunk.role == "negation" and chunk.end < len(tokens):
                unended.update(range(chunk.start + 1, chunk.end + 1))
            if chunk.concept is not None:
                inside.update(range(chunk.start + 1, chunk.end))
                for i in range(chunk.start, min(chunk.end, len(tokens))):
                    named[i] = 1
        concepts = [0, *accumulate(named)]
        timed = {i for start in range(len(tokens)) for end in self._slots.ends("time", tokens, start, concepts)
                 for i in range(start, end)}
        untimed = [0, *accumulate(flag if i not in timed else 0 for i, flag in enumerate(named))]
        keys = [t.key for t in tokens]
        chart = self._grammar.chart(keys, lambda s, i: self._slots.ends(s, tokens, i, concepts, inside, unended))
        return Sentence(tokens, concepts, untimed, chart, context)


_grammars: dict[str, Grammar] = {}


def _grammar(language: Language) -> Grammar:
    """Compiled once a language."""
    if language.code not in _grammars:
        _grammars[language.code] = Grammar(language)
    return _grammars[language.code]


def _as_sure(intent: Intent, heard: float) -> Intent:
    """No surer than the words were heard."""
    items = tuple(replace(item, confidence=round(item.confidence * heard, 3)) for item in intent.items)
    return replace(intent, items=items, confidence=round(intent.confidence * heard, 3))
