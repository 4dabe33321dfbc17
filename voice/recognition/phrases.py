"""The last resort for a dynamic-graph model over which no grammar can be laid: Vosk's run-time phrase list.

Vosk makes a bigram with back-off of it, which allows almost any order of the words.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from voice.language import Language, load_language
from voice.normalize import spoken_words
from voice.shop.model import Catalogue

_TOPICS = ("spoken_order", "sentences", "numbers", "amounts", "fillers")
_MARKS = re.compile(r"\{[^}]*\}|<[^>]*>")
"""Slots and rules of sentence templates"""


def phrase_list(catalogue: Catalogue, language: str) -> tuple[str, ...]:
    """What callers may say: names in the catalogue as they are, and every other word of the language's grammar."""
    texts = [*_names(catalogue), *_grammar_words(load_language(language))]
    phrases = (" ".join(spoken_words(text, language)) for text in texts)
    return tuple(dict.fromkeys(p for p in phrases if p))


def _names(catalogue: Catalogue) -> Iterator[str]:
    for product in catalogue.products:
        yield from (product.name, *product.aliases)
        for variant in product.variants:
            yield from (variant.name, *variant.aliases)
        for group in product.groups:
            for option in group.options:
                yield from (option.name, *option.aliases)
    for texts in (*catalogue.amounts.values(), *catalogue.category_words.values(), *catalogue.topic_words.values()):
        yield from texts


def _grammar_words(language: Language) -> Iterator[str]:
    for topic in _TOPICS:
        for text in _texts(language.topics.get(topic, {})):
            yield from re.findall(r"[^\W\d_]+(?:'[^\W\d_]+)?", _MARKS.sub(" ", text))


def _texts(data: Any) -> Iterator[str]:
    """Every string in nested lists and mappings; of mappings the keys too (numbers are written "two: 2")."""
    if isinstance(data, str):
        yield data
    elif isinstance(data, dict):
        for key, value in data.items():
            yield from _texts(key)
            yield from _texts(value)
    elif isinstance(data, list | tuple):
        for value in data:
            yield from _texts(value)
