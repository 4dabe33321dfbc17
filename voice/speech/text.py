"""Text made safe and short enough for a synthesiser."""

from __future__ import annotations

import re
import unicodedata

MAX_CHARACTERS = 4000
"""About five minutes of speech: more in one answer is a fault somewhere else"""
PIECE_CHARACTERS = 240
"""Longest text synthesised at once, so that the first words are heard soon and no deadline is missed"""

_MARKUP = re.compile(r"<[^<>]{0,200}>")
_SPOKEN_SYMBOLS = "'’\"“”«».,;:!?¿¡…()/&%+-–—$€£¥₽°@#="


def sanitise(text: str) -> str:
    """Plain words and punctuation: no markup, no phoneme brackets, no control characters, at most MAX_CHARACTERS.

    Product names and notes come from files and callers, so nothing in them may reach the synthesiser as a command.
    """
    text = unicodedata.normalize("NFC", text[: 4 * MAX_CHARACTERS])
    text = _MARKUP.sub(" ", text)
    kept = (c if c.isalnum() or c in _SPOKEN_SYMBOLS or unicodedata.combining(c) else " " for c in text)
    return " ".join("".join(kept).split())[:MAX_CHARACTERS].strip()


def has_words(text: str) -> bool:
    return any(c.isalnum() for c in text)


def split_sentences(text: str, longest: int = PIECE_CHARACTERS) -> list[str]:
    """Pieces of at most `longest` characters, cut after sentences, else after clauses, else between words."""
    if len(text) <= longest:
        return [text] if text else []
    window = text[:longest]
    for pattern in (r"[.!?…]['\"”»)]?\s", r"[,;:–—]\s", r"\s"):
        cuts = [match.end() for match in re.finditer(pattern, window)]
        if cuts:
            break
    else:
        cuts = [longest]
    return [text[: cuts[-1]].strip(), *split_sentences(text[cuts[-1] :].strip(), longest)]
