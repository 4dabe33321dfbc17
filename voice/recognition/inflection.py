"""Singulars and plurals of names, as they are said."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

from voice.language import load_language


def plural(name: str, data: Mapping[str, Any]) -> str:
    """ "blueberry muffin" -> "blueberry muffins", "cup of tea" -> "cups of tea". `data`: spoken_order.yaml."""
    words = name.split()
    at = head(words, data)
    if at < 0:
        return name
    words[at] = _plural(words[at], tuple(tuple(rule) for rule in data["plurals"]))
    return " ".join(words)


def head(words: Sequence[str], data: Mapping[str, Any]) -> int:
    """Where the word stands that takes the ending; -1 in a name without words."""
    stops = [words.index(w) for w in data["plural_before"] if w in words[1:]]
    return min(stops, default=len(words)) - 1


@lru_cache(maxsize=50_000)
def singular(word: str, code: str) -> str:
    """ "toppings" -> "topping", by plurals.yaml."""
    data = load_language(code).topic("plurals")
    if word in data.get("irregular", {}) or len(word) < data["shortest"]:
        return str(data.get("irregular", {}).get(word, word))
    endings = sorted(((end, one) for end, one in data["suffixes"]), key=lambda row: -len(row[0]))
    end, one = next(((e, o) for e, o in endings if word.endswith(e)), ("", ""))
    return word[: len(word) - len(end)] + one if len(one) < len(end) else word


@lru_cache(maxsize=50_000)
def _plural(word: str, rules: tuple[tuple[str, str], ...]) -> str:
    return next((re.sub(pattern, new, word, count=1) for pattern, new in rules if re.search(pattern, word)), word)
