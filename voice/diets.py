"""What allergens and diets are called (grammars/<lang>/allergens.yaml): "dairy" is milk, "nut free" is without nuts.

Names are compared in lower case, with a space for a hyphen. Whatever is doubtful counts as contained.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from voice.language import Language, load_language
from voice.shop.model import Catalogue


@dataclass(frozen=True)
class _Row:
    words: tuple[str, ...]
    also: tuple[str, ...] = ()
    who: tuple[str, ...] = ()


class Diets:
    """One language's names of allergens and diets."""

    def __init__(self, language: Language) -> None:
        data = language.topics.get("allergens", {})
        self._allergens = [_row(entry) for entry in data.get("allergens", ())]
        self._diets = [_row(entry) for entry in data.get("diets", ())]
        self._forms = [str(form).partition("{allergen}")[::2] for form in data.get("free_of", ())]
        self.alarm = frozenset(data.get("alarm", ())) | {word for row in self._allergens for word in row.who}
        """Words of which each says that somebody must not eat something"""

    def free_of(self, tag: str) -> str:
        """The allergen that a tag says there is none of, "gluten" of "gluten free"; "" of any other tag."""
        words = plain(tag)
        for before, after in self._forms:
            allergen = words.removeprefix(before).removesuffix(after)
            if allergen and before + allergen + after == words:
                return allergen
        return ""

    def names(self, allergen: str) -> frozenset[str]:
        """All names under which an owner may have written down what the word speaks of."""
        word = plain(allergen)
        rows = [row for row in self._allergens if word in row.words + row.also]
        narrower = {name for row in rows if word in row.words for name in row.also}
        return frozenset({word, *narrower, *(name for row in rows for name in row.words)})

    def kept_by(self, diet: str) -> frozenset[str]:
        """The tags of what is fit for the diet: what is vegan is vegetarian."""
        word = plain(diet)
        return frozenset({word, *(n for row in self._diets if word in row.words for n in row.words + row.also)})

    def is_allergen(self, word: str, catalogue: Catalogue) -> bool:
        known = (row.words + row.also for row in self._allergens)
        return any(plain(word) in names for names in known) or word in catalogue.allergens

    def spoken_tags(self, catalogue: Catalogue) -> dict[str, str]:
        """Words for what something is -> a tag, as the owner writes it where he does."""
        return self.spoken_diets(catalogue) | _tags(catalogue)

    def spoken_diets(self, catalogue: Catalogue) -> dict[str, str]:
        """... those alone by which one eats: "veggie", "dairy free", but not "new"."""
        tags = _tags(catalogue)
        named = {word: _own(row, word, tags) for row in self._diets for word in row.words}
        first, last = self._forms[0] if self._forms else ("", "")
        free = {before + said + after: first + allergen + last
                for said, allergen in self.spoken_allergens(catalogue).items() for before, after in self._forms}
        return {words: tags.get(words, tag) for words, tag in (free | named).items()}

    def before_names(self, catalogue: Catalogue) -> list[str]:
        """What is said before a product's name, in the one usual form each: "vegan", "nut free"."""
        before, after = self._forms[0] if self._forms else ("", "")
        words = [before + name + after for row in self._allergens for name in row.words]
        words += [name for row in self._diets for name in row.words]
        tags = [tag for tag in _tags(catalogue) if self.free_of(tag) or tag in words]
        return list(dict.fromkeys([*tags, *words]))

    def spoken_allergens(self, catalogue: Catalogue) -> dict[str, str]:
        """Words for what something contains -> the allergen, as the owner writes it where he does."""
        own = {plain(allergen): allergen for allergen in catalogue.allergens}
        said = {word: own.get(word, word) for row in self._allergens for word in row.also}
        said |= {word: _own(row, word, own) for row in self._allergens for word in row.words}
        return said | {word: _own(row, row.words[0], own) for row in self._allergens for word in row.who} | own


def _tags(catalogue: Catalogue) -> dict[str, str]:
    return {plain(tag): tag for product in catalogue.products for tag in product.tags}


def plain(name: str) -> str:
    return name.replace("-", " ").replace("_", " ").lower()


def _own(row: _Row, word: str, own: Mapping[str, str]) -> str:
    """The owner's name for a word of the row; the word itself where he has none."""
    return next((own[name] for name in (word, *row.words) if name in own), word)


def _row(entry: Mapping[str, Any]) -> _Row:
    return _Row(*(tuple(str(w) for w in entry.get(key, ())) for key in ("words", "also", "who")))


@lru_cache
def load_diets(code: str) -> Diets:
    """The names of a language of grammars/."""
    return Diets(load_language(code))
