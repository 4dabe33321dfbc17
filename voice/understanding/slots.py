"""What fills the open slots of a sentence: where one can end, and the value of the words it took."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from decimal import Decimal
from itertools import takewhile
from typing import Any

from voice.diets import load_diets
from voice.language import Language
from voice.shop.model import Catalogue
from voice.understanding.addresses import Addresses
from voice.understanding.phrases import PhraseTrie
from voice.understanding.quantities import Quantity
from voice.understanding.references import References
from voice.understanding.tokens import Token, Tokenizer, fold
from voice.understanding.vocabulary import Vocabulary

_LONGEST = {"name": 4, "letters": 20, "time": 10, "phone": 20, "address": 30, "text": 160, "thing": 3}
"""Words a free slot may take"""
_MINUTES, _LARGE = 2, 100
"""Figures that may stay figures in a time (the "05" of "10:05"), and the least number that is none of a time's"""
_WORDS = 3
"""Words of a number that are looked back at"""


class SlotValues:
    """Knows the catalogue's categories, groups, topics and tags, and reads numbers and references."""

    def __init__(self, catalogue: Catalogue, language: Language, tokenizer: Tokenizer, vocabulary: Vocabulary) -> None:
        self._numbers, self._usual = vocabulary.numbers, vocabulary.function
        self._addresses = Addresses(vocabulary)
        self.references = References(language, vocabulary.numbers)
        self._tokenizer, self._joiners, self._may_name = tokenizer, vocabulary.joiners, vocabulary.may_name
        times = language.topic("numbers")
        self._time_words = frozenset(fold(w) for w in times.get("time_words", ()))
        self._time_alone = frozenset(fold(w) for key in ("time_alone", "days") for w in times.get(key, ()))
        self._days = frozenset(fold(w) for key in ("days", "months") for w in times.get(key, ()))
        generic = {fold(w) for w in language.topic("plurals").get("generic", ())}
        groups = {(g.id, g.name) for p in catalogue.products for g in p.groups}
        diets, contained = load_diets(language.code), {a for p in catalogue.products for a in p.contains}
        tags = {a: a for a in contained} | diets.spoken_tags(catalogue)
        self._named: dict[str, PhraseTrie[str]] = {
            "category": self._trie((i, w) for i, words in catalogue.category_words.items() for w in words),
            "group": self._trie(groups, generic),
            "topic": self._trie((i, w) for i, words in catalogue.topic_words.items() for w in words),
            "tag": self._trie((tag, words) for words, tag in tags.items()),
            "allergen": self._trie((tag, words) for words, tag in (tags | diets.spoken_allergens(catalogue)).items()),
        }
        sizes = language.topic("sentences")["lists"].get("sizes", {}).get("values", ())
        for value in sizes:
            for template in (value["in"],):
                for words in tokenizer_words(template):
                    self._named["group"].add(self._stems(words), str(value["out"]))

    def ends(
        self,
        slot: str,
        tokens: Sequence[Token],
        start: int,
        concepts: Sequence[int],
        inside: Collection[int] = (),
        unended: Collection[int] = (),
    ) -> Collection[int]:
        """Where `slot` can end when it begins at `start`; `concepts[i]` counts words before i that name something.

        Items begin and end at no place `inside` a name ("the carrot cake | whole cake"), and end at none of `unended`,
        behind a "no" of what follows.
        """
        keys = [t.key for t in tokens]
        if slot in ("items", "items2"):
            first = next((j for j in range(start + 1, len(tokens) + 1) if concepts[j] > concepts[start]), None)
            if first is None or start in inside:
                return ()
            return [end for end in range(first, len(tokens) + 1) if end not in inside and end not in unended]
        if slot in ("number", "number2"):
            return list(self._number_ends(keys, start, concepts))
        if slot == "ordinal":
            return (start + 1,) if self._numbers.ordinal(keys[start]) is not None else ()
        if slot == "ref":
            return [end for end, _ in self.references.find(keys, start)]
        if slot in self._named:
            return [end for end, _ in self._named[slot].matches([t.stem for t in tokens], start)]
        if slot == "time":
            return self._time_ends(keys, start)
        if slot == "day_and_time":
            return [end for end in self._time_ends(keys, start) if not self._days.isdisjoint(keys[start:end])]
        ends = range(start + 1, min(len(tokens), start + _LONGEST.get(slot, 6)) + 1)
        if slot == "phone":
            return [end for end in ends if len(self._numbers.digits(keys[start:end])) >= 3]
        if slot == "postcode":
            return self._addresses.postcode_ends(keys, start)
        if slot == "thing":
            return list(takewhile(lambda end: keys[end - 1] not in self._usual, ends))
        if slot == "letters":
            return list(takewhile(lambda end: len(keys[end - 1]) == 1, ends))[1:]  # one alone spells nothing
        if slot == "name":
            alone = self._time_alone
            names = takewhile(lambda end: self._may_name(keys, end - 1, start) and keys[end - 1] not in alone, ends)
            return [end for end in names if keys[end - 1] not in self._joiners]
        if slot == "address":
            place = self._addresses.is_place
            return [end for end in ends if keys[end - 1] not in self._joiners and place(keys[start:end])]
        return ends

    def _number_ends(self, keys: Sequence[str], start: int, concepts: Sequence[int]) -> Iterator[int]:
        """Behind the number, and behind its unit ("a kilo", "500 grams"), where that is no size of the catalogue."""
        found = self._numbers.read(keys, start)
        if found is None:
            return
        end, number = found
        if not (number.article or number.vague):
            yield end
        if not number.vague and self._numbers.unit_after(keys, end) and concepts[end + 1] == concepts[start]:
            yield end + 1

    def _time_ends(self, keys: Sequence[str], start: int) -> list[int]:
        ends, said, i = [], False, start
        before = (self._numbers.read(keys, k) for k in range(max(0, start - _WORDS), start))
        if any(number and number[0] > start for number in before):
            return []  # it begins within a number: "one thousand | thirteen"
        while i < len(keys) and i < start + _LONGEST["time"]:
            found = self._numbers.read(keys, i)
            if keys[i] in self._time_words:
                said, i = said or keys[i] in self._time_alone, i + 1
            elif found and found[1].value < _LARGE and (not keys[i].isdecimal() or len(keys[i]) <= _MINUTES):
                said, i = True, found[0]
            elif self._numbers.ordinal(keys[i]) is not None:
                said, i = said or not self._days.isdisjoint(keys[start:i]), i + 1  # "may fifth", but no "last one"
            else:
                break
            if said and keys[i - 1] not in self._joiners:
                ends.append(i)
        return ends

    def value(self, slot: str, tokens: Sequence[Token]) -> Any:
        """The value of the words a slot took: Decimal, int, id or text."""
        keys = [t.key for t in tokens]
        if slot in ("number", "number2"):
            found = self._numbers.read(keys, 0)
            return found[1].value if found else Decimal(1)
        if slot == "ordinal":
            return self._numbers.ordinal(keys[0])
        if slot == "ref":
            return max(self.references.find(keys, 0), key=lambda f: f[0])[1]
        if slot in self._named:
            return max(self._named[slot].matches([t.stem for t in tokens], 0), key=lambda f: f[0])[1]
        if slot == "phone":
            return self._numbers.digits(keys)
        return " ".join(t.text for t in tokens)

    def said_with(self, tokens: Sequence[Token]) -> dict[str, str]:
        """What words of a number say besides: its unit ("half a kilo"), and that it is more than before ("another")."""
        keys = [t.key for t in tokens]
        end, number = self._numbers.read(keys, 0) or (0, Quantity(Decimal(0)))
        unit = self._numbers.unit_after(keys, end)
        return ({"unit": unit} if unit else {}) | ({"relative": "more"} if number.again else {})

    def digits(self, tokens: Sequence[Token]) -> str:
        return self._numbers.digits([t.key for t in tokens])

    def _trie(self, names: Iterable[tuple[str, str]], generic: Collection[str] = ()) -> PhraseTrie[str]:
        trie: PhraseTrie[str] = PhraseTrie()
        for value, name in names:
            spoken = name.replace("_", " ")
            trie.add(self._stems(spoken), value)
            short = [t for t in self._tokenizer.tokens(spoken) if t.key not in generic]
            if short:
                trie.add([t.stem for t in short], value)
        return trie

    def _stems(self, text: str) -> list[str]:
        return [t.stem for t in self._tokenizer.tokens(text)]


def tokenizer_words(template: str) -> Iterable[str]:
    from voice.understanding.templates import expand_all

    return (" ".join(words) for words in expand_all([template], "sentences.yaml"))
