"""Answers in any words (a name, an address, a postcode), and what is said in their place: a question, a command, an
order. What was understood is answered; only the rest is the name."""

from __future__ import annotations

from collections.abc import Sequence

from voice.understanding.concepts import Chunk
from voice.understanding.grammar import Match

FREE = ("name", "address", "postcode", "comment")
"""Questions whose answer may be any words"""
_EXPECTED, _INSTEAD = 5, 6
"""What a sentence gains as the answer to what was asked, and as one that a free answer must not swallow"""
_SHORT = ("control.", "social.", "answer.", "order.cancel")
"""One word of these is enough ("back", "hello"); of others it may be a name ("Bill")"""
_SURE = 0.85


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


def begins_with_order(chunks: Sequence[Chunk]) -> bool:
    return any(ends_with_order(chunks[:k]) for k in range(1, len(chunks) + 1))
