"""Spoken forms while a lexicon is built: what each names, how well, and for which products."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from voice.language import Language
from voice.understanding.concepts import Concept
from voice.understanding.tokens import Token, Tokenizer

Form = tuple[str, ...]
"""Stems, or keys"""
Thing = tuple[str, str, str]
"""("product", id, ""), ("variant", id, ""), ("option", group id, option id)"""
EXACT, DERIVED, PARTIAL, HEAD, MODIFIER = 1.0, 0.95, 0.85, 0.75, 0.45
SHORTENED = 0.9
"""Concepts below this quality were named by a part of their name"""
SOLE = 0.84
"""A part of a name that no other name has"""


class Entry:
    """What one form names while the lexicon is built: (thing kind, product) -> quality and ids."""

    def __init__(self) -> None:
        self.readings: dict[tuple[str, str], tuple[float, list[tuple[str, str]]]] = {}
        self.exclusive = False

    def add(self, thing: Thing, product_id: str, quality: float) -> None:
        kind, *ids = thing
        best, known = self.readings.get((kind, product_id), (0.0, []))
        if quality > best:
            best, known = quality, []
        if quality == best and (ids[0], ids[1]) not in known:
            known.append((ids[0], ids[1]))
        self.readings[kind, product_id] = (best, known)

    def concept(self, naming: Mapping[Thing, set[str]]) -> Concept:
        """`naming`: option -> the products that it names by itself."""
        made = Concept(exclusive=self.exclusive, quality=max(q for q, _ in self.readings.values()))
        for (kind, product_id), (quality, ids) in self.readings.items():
            if kind == "product":
                made.products[product_id] = quality
            elif kind == "variant":
                made.variants[product_id] = tuple(i for i, _ in ids)
            else:
                made.options[product_id] = tuple(ids)
                if quality > MODIFIER and any(product_id in naming.get(("option", *i), ()) for i in ids):
                    made.naming.add(product_id)
        return made


def stems_of(tokens: Sequence[Token]) -> Form:
    return tuple(t.stem for t in tokens)


def keys_of(tokens: Sequence[Token]) -> Form:
    return tuple(t.key for t in tokens)


def synonyms(language: Language, tokenizer: Tokenizer) -> Iterator[tuple[Form, list[Form]]]:
    """(phrase, the others of its row), by stems."""
    rows = list(language.topics.get("synonyms", {}).get("same", ()))
    rows += [unit["words"] for unit in language.topic("units")["units"].values()]
    for row in rows:
        forms = [tuple(t.stem for t in tokenizer.tokens(str(phrase))) for phrase in row]
        for form in forms:
            yield form, [other for other in forms if other != form]
