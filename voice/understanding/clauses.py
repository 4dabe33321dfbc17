"""One clause or several: a sentence of the grammar, an order, or an answer around an order and two clauses in a row."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from voice.types import Intent
from voice.understanding import free_answers
from voice.understanding.addresses import Addresses
from voice.understanding.alarms import Alarms
from voice.understanding.concepts import Chunk
from voice.understanding.grammar import Match, Template
from voice.understanding.line_items import LineItemParser
from voice.understanding.meanings import Meanings
from voice.understanding.orders import OrderReader
from voice.understanding.readings import Reading, Sentence, joined, no_answers

_WEIGHTS = {
    "items": 0.6,
    "items2": 0.6,
    "group": 0.5,
    "name": 0,
    "text": 0,
    "address": 0.1,
    "time": 0.1,
    "postcode": 0.2,
}
"""What a word in a slot counts against one of the template's own"""
_SPLIT_DEPTH = 3
_NO_CLAUSE = frozenset(
    {
        "answer.number", "answer.choice", "answer.rating", "answer.unsure", "answer.time", "control.repeat",
        "control.back",
    }
)  # fmt: skip
"""Too short to be one of two clauses: they would take a number from an order, or the "back" of "put it back" """
_MORE = frozenset({"and", "frame"})
"""Words that open a further order"""
_AS_IT_COMES = frozenset({"answer.unsure", "answer.none"})
_YES = frozenset({"answer.yes"})
_ASKS = "ask."
_OF_A_TIME = frozenset({"ask.hours"})
_TAILS = frozenset(
    {
        "order.finish", "order.cancel", "answer.fulfilment", "answer.time", "answer.name", "control.goodbye",
        "social.thanks",
    }
)  # fmt: skip
_BEHIND_ADDRESS = frozenset({"answer.name", "answer.time"})
_HEADS = frozenset(
    {"answer.yes", "answer.no", "answer.none", "social.greeting", "social.thanks", "order.finish", "answer.fulfilment"}
)


class ClauseReader:
    """Reads the clauses of a sentence about one catalogue."""

    def __init__(self, meanings: Meanings, orders: OrderReader, parser: LineItemParser, alarms: Alarms) -> None:
        self._meanings, self._orders, self._parser, self._alarms = meanings, orders, parser, alarms
        self._addresses = Addresses(parser.vocabulary)

    def read(self, sentence: Sentence) -> Reading | None:
        """The best reading of the whole sentence."""
        end = len(sentence.tokens)
        found = self._clause(sentence, 0, end, _SPLIT_DEPTH) or self._whole(sentence, 0, end, last=True)
        return self._alarms.heeded(sentence, found)

    def _clause(self, sentence: Sentence, start: int, end: int, depth: int) -> Reading | None:
        """The best reading of tokens `start` to `end`: a sentence of the grammar, an order, or parts of both."""
        if start >= end:
            return None
        whole = self._whole(sentence, start, end)
        if whole is not None:
            return whole
        asked = self._alarms.asked_behind(sentence, start, end, lambda a, b: self._whole(sentence, a, b))
        if asked is not None:
            return asked
        peeled = self._peeled(sentence, start, end, depth)
        if peeled is not None:
            return peeled
        order = self._orders.read(sentence, start, end)
        denied = self._alarms.denied(sentence, start, end)
        dealt = order is not None and self._is_dealt_out(sentence, start, end)
        if order is not None and not order.unknown and not denied and not dealt:
            return order
        split = self._split(sentence, start, end, depth) if depth else None
        if split is not None and (denied or dealt):
            return split
        return max((r for r in (order, split) if r is not None), key=lambda r: r.score, default=None)

    def _whole(self, sentence: Sentence, start: int, end: int, last: bool = False) -> Reading | None:
        """A sentence of the grammar that covers all, politeness at its ends aside; `last`: of the last resort."""
        best: tuple[float, Reading] | None = None
        asked = sentence.context.expectation.kind
        for a, b, stripped in self._trimmed(sentence, start, end):
            for match in sentence.chart.whole(a, b):
                if match.template.last != last or (match.template.expects and asked not in match.template.expects):
                    continue
                bare = free_answers.is_bare(match)
                politeness = 0.4 * stripped if bare else -0.4 * stripped  # it is no part of a name
                rank = match.literal + self._weight(match) + free_answers.bonus(match, asked) + politeness
                if best is not None and rank <= best[0]:
                    continue
                if match.literal == 0 and "category" in match.spans and self._names_product(sentence, a, b):
                    continue  # "tea" may be ordered; "cold drinks" asks what there is
                if (bare or "address" in match.spans) and self._ends_with_order(sentence, a, b):
                    continue
                if self._holds_answer(sentence, match):
                    continue
                if "corrected" in match.template.slots and sentence.concepts[b] > sentence.concepts[a]:
                    continue  # "no, cinnamon" is no name
                if bare and (self._asks(sentence, match, end) or _leaves_out(self._chunks(sentence, a, b))):
                    continue
                answers_more = asked == "postcode" and match.template.expects and set(match.spans) == {"address"}
                if answers_more and not self._is_address(sentence, match):
                    continue
                if match.template.intent in _AS_IT_COMES and sentence.concepts[b] > sentence.concepts[a]:
                    continue  # "regular" is a size here, and "plain" a bagel
                reading = self._meanings.of(sentence, match)
                if reading is not None:
                    best = (rank, reading)
        return best[1] if best else None

    def _chunks(self, sentence: Sentence, start: int, end: int) -> list[Chunk]:
        return self._parser.tagger.chunks(sentence.tokens[start:end])

    def _ends_with_order(self, sentence: Sentence, start: int, end: int) -> bool:
        return free_answers.ends_with_order(self._chunks(sentence, start, end))

    def _holds_answer(self, sentence: Sentence, match: Match) -> bool:
        """Whether an address ends in the answer to something else: "damrak seven, my name is jane"."""
        start, end = match.spans.get("address", (0, 0))
        return any(self._edge(sentence, k, end, _BEHIND_ADDRESS) for k in range(start + 1, end))

    def _is_address(self, sentence: Sentence, match: Match) -> bool:
        """Whether it has all of an address, and is neither an order nor a question."""
        start, end = match.spans["address"]
        chunks = self._chunks(sentence, start, end)
        keys = [token.key for token in sentence.tokens[start:end]]
        whole, order = self._addresses.answers_for_postcode(keys), free_answers.begins_with_order(chunks)
        return whole and not order and not self._orders.is_question(sentence, start, end)

    def _names_product(self, sentence: Sentence, start: int, end: int) -> bool:
        return any(c.is_product for c in self._chunks(sentence, start, end))

    def _asks(self, sentence: Sentence, match: Match, end: int) -> bool:
        """Whether it is a question that nothing answers, and nobody's name: "who made this"."""
        named = "name" in match.spans and match.end > match.start + 1
        return named and self._orders.is_question(sentence, match.start, end)

    @staticmethod
    def _weight(match: Match) -> float:
        return sum(_WEIGHTS.get(name, 0.8) * min(b - a, 3) for name, (a, b) in match.spans.items())

    def _trimmed(self, sentence: Sentence, start: int, end: int) -> list[tuple[int, int, int]]:
        """(start, end, words left away) without politeness at the ends, least first."""
        keys = [t.key for t in sentence.tokens]
        starts, ends = [start], [end]
        while len(starts) < 4 and starts[-1] < end - 1:
            step = self._polite_end(keys, starts[-1], end)
            if step is None or step >= end:
                break
            starts.append(step)
        while len(ends) < 4 and ends[-1] > start + 1:
            places = range(start + 1, ends[-1])
            back = next((b for b in places if self._polite_end(keys, b, ends[-1]) == ends[-1]), None)
            if back is None:
                break
            ends.append(back)
        combos = [(a, b, (a - start) + (end - b)) for a in starts for b in ends if a < b]
        return sorted(combos, key=lambda c: c[2])[:8]

    def _polite_end(self, keys: Sequence[str], i: int, end: int) -> int | None:
        return self._parser.vocabulary.polite_end(keys, i, end)

    # --- parts --------------------------------------------------------------------------------------------------

    def _peeled(self, sentence: Sentence, start: int, end: int, depth: int) -> Reading | None:
        """ "yes but with soy milk", "... that's all": an answer around an order."""
        if depth <= 0:
            return None
        for k in range(start + 1, end):
            tail = self._edge(sentence, k, end, _TAILS) or self._confirmed(sentence, start, k, end)
            if tail is None:
                continue
            if k > start + 1 and self._takes_back(sentence, start, k):
                return tail  # "no wait, delivery"
            agreed = self._agreed(sentence, start, k, end)
            yes = () if agreed is None else (Intent("answer.yes"),)
            stop = k if agreed is None else agreed
            joined_on = stop - 1 > start and sentence.tokens[stop - 1].key in self._parser.vocabulary.joiners
            rest = self._clause(sentence, start, stop - joined_on, depth - 1)
            if rest is not None:
                if tail.intents[0].name == "answer.time" and rest.intents[-1].name.startswith(_ASKS):
                    return _asked_of(rest, tail)
                if tail.intents[0].name == "order.cancel":
                    return Reading((Intent("answer.none"),), rest.score)  # "a coke, no, forget it"
                return joined(replace(rest, intents=rest.intents + yes), tail)
        heads = [m for m in sentence.chart.prefixes(start) if m.template.intent in _HEADS and m.end < end]
        for match in sorted(heads, key=lambda m: (not (m.spans and self._opens(sentence, m.end, end)), -m.end)):
            if match.template.intent in ("answer.no", "answer.none") and self._negates(sentence, start, end):
                continue
            if sentence.concepts[match.end] > sentence.concepts[start]:
                continue
            if "address" in match.spans and not self._opens(sentence, match.end, end):
                continue
            if match.template.intent == "answer.yes" and not self._goes_on(sentence, match.end, end):
                continue
            rest = self._clause(sentence, match.end, end, depth - 1)
            if rest is not None and self._is_mere_politeness(sentence, match, end):
                return rest
            if rest is not None:
                return joined(self._meanings.of(sentence, match) or Reading((), 1.0), rest)
        return None

    def _is_mere_politeness(self, sentence: Sentence, match: Match, end: int) -> bool:
        """Whether the "fine" of "fine then, a tea" is no yes to what was offered; that of "fine, and a tea" is."""
        if match.template.intent != "answer.yes" or sentence.context.expectation.kind != "yes_no":
            return False
        polite = self._polite_end([t.key for t in sentence.tokens], match.start, end)
        if polite is None or polite < match.end:
            return False
        chunks = self._chunks(sentence, polite, end)
        return bool(chunks) and chunks[0].role not in _MORE and any(c.is_product for c in chunks)

    def _confirmed(self, sentence: Sentence, start: int, tail: int, end: int) -> Reading | None:
        """The yes of "one latte, that's right" where a yes or no was asked; "great" alone may be mere politeness."""
        asked = sentence.context.expectation.kind == "yes_no"
        polite = self._polite_end([t.key for t in sentence.tokens], tail, end) == end
        if not asked or polite or self._orders_more(sentence, start, tail):
            return None
        return self._edge(sentence, tail, end, _YES)

    def _takes_back(self, sentence: Sentence, start: int, end: int) -> bool:
        """Whether these words do nothing but introduce something else."""
        chunks = self._chunks(sentence, start, end)
        return bool(chunks) and all(c.repair for c in chunks)

    def _orders_more(self, sentence: Sentence, start: int, end: int) -> bool:
        """Whether it is said that these are further items: "and a latte", "another one"."""
        return any(c.again or c.role in _MORE for c in self._chunks(sentence, start, end))

    def _agreed(self, sentence: Sentence, start: int, tail: int, end: int) -> int | None:
        """Where the yes begins that ends before the tail's own words, in "one latte, sure, that's it": who says so says
        the latte again."""
        if self._orders_more(sentence, start, tail):
            return None
        inside = range(tail + 1, end)  # "sure" may pass for politeness of the tail
        if any(self._edge(sentence, tail, j, _YES) and self._edge(sentence, j, end, _TAILS) for j in inside):
            return tail
        return next((k for k in range(start + 1, tail) if self._edge(sentence, k, tail, _YES) is not None), None)

    def _goes_on(self, sentence: Sentence, start: int, end: int) -> bool:
        """Whether an answer ends before `start` and something else begins: "it is" is none in "it is hot"."""
        chunks = self._chunks(sentence, start, end)
        return not chunks or chunks[0].concept is None or chunks[0].quantity is not None or chunks[0].is_product

    def _opens(self, sentence: Sentence, start: int, end: int) -> bool:
        """Whether an order begins here: the "two" of "at six, two lattes" is no part of the time."""
        chunks = self._chunks(sentence, start, end)
        return bool(chunks) and (chunks[0].quantity is not None or chunks[0].role in _MORE)

    def _edge(self, sentence: Sentence, start: int, end: int, intents: frozenset[str]) -> Reading | None:
        if sentence.untimed[end] > sentence.untimed[start]:
            return None
        named = sentence.concepts[end] - sentence.concepts[start]
        best: Match | None = None
        for a, b, _ in self._trimmed(sentence, start, end):
            whole = sentence.chart.whole(a, b)
            edges = [m for m in whole if m.template.edge and m.template.intent in intents]
            edges = [m for m in edges if named == self._named_in_time(sentence, m)]
            edges = [m for m in edges if not self._holds_answer(sentence, m)]
            best = max(edges, key=lambda m: m.literal + self._weight(m), default=best)
            if best is not None and "address" not in best.spans:  # politeness is no part of an address
                break
        return self._meanings.of(sentence, best) if best is not None else None

    @staticmethod
    def _named_in_time(sentence: Sentence, match: Match) -> int:
        """Words of a time that name something as well: the "two" of "tomorrow at two" may be a product's."""
        start, end = match.spans.get("time", (0, 0))
        return sentence.concepts[end] - sentence.concepts[start]

    def _negates(self, sentence: Sentence, start: int, end: int) -> bool:
        """Whether the "no" at `start` leaves out an option ("no onions") rather than answering."""
        chunks = self._chunks(sentence, start, end)
        return _leaves_out(chunks) and not (chunks[0].repair and no_answers(chunks[1], sentence.context))

    def _is_dealt_out(self, sentence: Sentence, start: int, end: int) -> bool:
        """Whether each half is of another line: "large for the first and small for the other", "earl grey for the tea
        and sesame for the bagel"."""
        joiners = self._parser.vocabulary.joiners
        for k in range(start + 2, end - 1) if sentence.context.lines else ():
            if any(sentence.chart.whole(k, end, _is_of_line)):
                stop = k - 1 if sentence.tokens[k - 1].key in joiners else k
                if any(sentence.chart.whole(start, stop, _is_of_line)):
                    return True
        return False

    def _split(self, sentence: Sentence, start: int, end: int, depth: int) -> Reading | None:
        """Two clauses: "remove the muffin and add a coke"."""
        best: Reading | None = None
        negates = self._negates(sentence, start, end)
        for k in range(start + 1, end):
            joined_on = k + 1 < end and sentence.tokens[k].key in self._parser.vocabulary.joiners
            right = self._whole(sentence, k, end) or (self._whole(sentence, k + 1, end) if joined_on else None)
            if right is not None:
                left = self._peeled(sentence, start, k, 1) or self._clause(sentence, start, k, 0)
            else:
                left = self._whole(sentence, start, k)
                right = self._clause(sentence, k, end, depth - 1) if left is not None else None
            if left is None or right is None or (negates and left.intents[0].name == "answer.no"):
                continue
            if any(i.name in _NO_CLAUSE for i in left.intents + right.intents):
                continue
            if left.intents[-1].name == right.intents[0].name and left.intents[-1].name.startswith("answer."):
                continue  # one address, not two
            both = joined(left, right)
            if best is None or both.score > best.score:
                best = both
        return best


def _asked_of(question: Reading, time: Reading) -> Reading:
    """A question sets no time: "do you deliver at six". That of opening hours is about it."""
    *others, last = question.intents
    about = {k: v for k, v in time.intents[0].slots.items() if last.name in _OF_A_TIME}
    return replace(question, intents=(*others, replace(last, slots={**about, **last.slots})))


def _is_of_line(template: Template) -> bool:
    """Whether its sentences say of which line they speak."""
    return "line" in template.slots or "detail" in template.slots or "choice" in template.slots


def _leaves_out(chunks: Sequence[Chunk]) -> bool:
    """ "no garlic bread", which is nobody's name."""
    if len(chunks) < 2 or chunks[0].role != "negation":
        return False
    return chunks[1].concept is not None or chunks[1].amount is not None
