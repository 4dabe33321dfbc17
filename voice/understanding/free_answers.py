"""Answers in any words (a name, an address, a postcode), and what is said in their place: a question, a command, an
order. What was understood is answered; only the rest is the name."""

from __future__ import annotations

from collections.abc import Sequence

from voice.understanding.concepts import Chunk
from voice.understanding.grammar import Match
from voice.understanding.quantities import NumberReader
from voice.understanding.vocabulary import Vocabulary

FREE = ("name", "address", "postcode", "comment")
"""Questions whose answer may be any words"""
_EXPECTED, _INSTEAD = 5, 6
"""What a sentence gains as the answer to what was asked, and as one that a free answer must not swallow"""
_SHORT = ("control.", "social.", "answer.", "order.cancel")
"""One word of these is enough ("back", "hello"); of others it may be a name ("Bill")"""
_SURE = 0.85
_STREET = 4
"""Letters of a street's name, at least"""


def bonus(match: Match, asked: str) -> int:
    """What the match gains by the question that was asked."""
    if match.template.expects:
        return 0 if asked == "yes_no" and "name" in match.spans else _EXPECTED  # "no, it's wrong" is no name
    return _INSTEAD if asked in FREE and _stands_out(match) else 0


def _stands_out(match: Match) -> bool:
    """Whether enough of the words are the sentence's own: "when do you close" is nobody's name."""
    return match.literal >= (1 if match.template.intent.startswith(_SHORT) else 2)


def is_bare(match: Match) -> bool:
    """Whether the sentence is nothing but the words asked for."""
    return match.literal == 0 and bool(match.template.expects) and set(match.spans) <= {*FREE, "text"}


def ends_with_order(chunks: Sequence[Chunk]) -> bool:
    """Whether the words end in an order opened as one ("Anna, and a cola"): that is no part of a name."""
    for k in range(len(chunks) - 1, -1, -1):
        chunk = chunks[k]
        if chunk.role == "unknown":
            return False
        opens = chunk.quantity is not None or chunk.role in ("frame", "and")
        if opens and any(c.is_product and c.quality >= _SURE for c in chunks[k:]):
            return True
    return False


def is_whole_address(keys: Sequence[str], numbers: NumberReader) -> bool:
    """A street, a house number and a postcode of four figures or more: where the postcode alone was asked, other words
    are no answer."""
    found, words, start = [], 0, 0
    while start < len(keys):
        number = numbers.read(keys, start)
        if number is None or number[1].article or number[1].vague:
            words, start = words + (len(keys[start]) >= _STREET), start + 1
        else:
            found.append(keys[start].isdecimal() or number[1].value >= 1000)  # smaller ones come as words
            start = number[0]
    return any(found) and len(found) > 1 and words > 0


def is_street(keys: Sequence[str], vocabulary: Vocabulary) -> bool:
    """A street and its house number ("damrak twelve b"), which may be said where the postcode was asked."""
    for k in range(1, len(keys)):
        number = vocabulary.numbers.read(keys, k)
        if number and number[0] >= len(keys) - 1 and not number[1].article and number[1].value < 1000:
            named = all(vocabulary.may_name(keys, i, 0) for i in range(k))
            return named and any(len(key) >= _STREET for key in keys[:k])
    return False


def begins_with_order(chunks: Sequence[Chunk]) -> bool:
    return any(ends_with_order(chunks[:k]) for k in range(1, len(chunks) + 1))
