"""What people call options, sizes and products beside the names that the shop gives them.

"oat milk" for the "oat" of the group "milk", "double shot" for the "double" of "espresso shots", "ham and cheese" for
the "ham and cheese sandwich", and whatever synonyms.yaml has for a part of a name. Understanding knows these forms and
more (voice/understanding/lexicon.py); here are those that are said often enough to be listened for.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache

from voice.language import Language, load_language
from voice.normalize import spoken_words
from voice.recognition.inflection import plural, singular
from voice.shop.model import OptionGroup, Product, Variant

Words = tuple[str, ...]
_LONGEST_LABEL = 3
_ID = re.compile("[a-z][A-Z]|_")
_MOST_SYNONYMS = 8
"""Of one name"""


def option_names(group: OptionGroup, language: Language) -> list[str]:
    """What its options are called beside their names."""
    given = [spoken_words(n, language.code) for o in group.options for n in (o.name, *o.aliases)]
    label = _label(group.name, language)
    made = [form for words in given for form in _labelled(words, label, language)] if label else []
    if group.max != 1:
        made += _numbers(given, language)
    return _others([*given, *made], given, language)


def _numbers(given: Sequence[Words], language: Language) -> list[Words]:
    """ "olive" for "olives" ("an olive and ham pizza"); the plurals of names that are all singulars."""
    ones = [(*words[:-1], singular(words[-1], language.code)) for words in given]
    if any(one != words for one, words in zip(ones, given, strict=True)):
        return ones
    return [tuple(plural(" ".join(words), language.topic("spoken_order")).split()) for words in given]


def _label(name: str, language: Language) -> Words:
    """The words of a group's name that may stand with its options: the "milk" of "kind of milk"; none of an id."""
    generic = frozenset(language.topic("plurals").get("generic", ()))
    idle = frozenset(language.topic("fillers").get("function_words", "").split())
    words = spoken_words(name, language.code)
    places = [i for i, word in enumerate(words) if word not in generic]
    together = places and places[-1] - places[0] == len(places) - 1
    if not together or _ID.search(name) or len(places) > _LONGEST_LABEL:
        return ()
    label = tuple(singular(words[i], language.code) for i in places)
    return () if idle.intersection(label) else label  # nobody says "ham topping"


def _labelled(words: Words, label: Words, language: Language) -> Iterator[Words]:
    """With its group's name, or without it."""
    plurals = language.topic("plurals")
    last_first = plurals.get("head", "last") == "last"
    own = tuple(singular(w, language.code) for w in words)
    if len(label) == 1 and len(words) > 1 and label[0] in (own[-1], own[0]):
        rest = words[:-1] if own[-1] == label[0] else words[1:]
        idle = frozenset(language.topic("fillers").get("function_words", "").split())
        if not idle.issuperset(rest) and rest[0] not in idle and not set(rest) & set(plurals.get("generic", ())):
            yield rest
    elif not set(label) & set(own):
        for noun in dict.fromkeys((label[-1:] if last_first else label[:1], label)):
            yield (*words, *noun) if last_first else (*noun, *words)


def variant_names(variants: Sequence[Variant], language: Language) -> list[str]:
    """What sizes are called beside their names: the "small" of a "small bag", where there is a "large bag"."""
    given = [spoken_words(n, language.code) for v in variants for n in (v.name, *v.aliases)]
    first = [words for v in variants if (words := spoken_words(v.name, language.code))]
    made = []
    for end, rest in ((-1, slice(None, -1)), (0, slice(1, None))):
        if len(first) > 1 and min(map(len, first)) > 1 and len({words[end] for words in first}) == 1:
            made += [words[rest] for words in first]
    return _others([*given, *made], given, language)


def product_names(product: Product, language: Language) -> list[str]:
    """What a product is called beside its names: "ham cheese sandwich" and "ham and cheese" for "ham and cheese
    sandwich", "margherita pizza" for the "pizza margherita" among the "pizzas"."""
    given = [spoken_words(n, language.code) for n in (product.name, *product.aliases)]
    joining = frozenset(language.topic("numbers").get("and", ()))
    idle = frozenset(language.topic("plurals").get("droppable", ()))
    category = {singular(word, language.code) for word in spoken_words(product.category, language.code)}
    made: list[Words] = []
    for words in given:
        made.append(tuple(w for w in words if w not in joining))
        made += [words[:i] for i in range(3, len(words)) if words[i - 1] not in joining and joining & set(words[:i])]
        if len(words) > 1 and words[0] in category and words[1] not in idle:
            made.append((*words[1:], words[0]))
    return _others([*given, *(m for m in made if len(m) > 1)], given, language)


def _others(names: Sequence[Words], given: Sequence[Words], language: Language) -> list[str]:
    """Names and their synonyms without those that are given."""
    known = set(given)
    found: dict[Words, None] = {}
    for words in names:
        for form in (words, *_renamed(words, language.code)):
            if form and form not in known:
                found[form] = None
    return [" ".join(words) for words in found]


@lru_cache(maxsize=50_000)
def _renamed(words: Words, code: str) -> list[Words]:
    """With a part of the name said in another way."""
    found = []
    by_first = _synonyms(code)
    for i in range(len(words)):
        for phrase, others in by_first.get(words[i], ()):
            if words[i : i + len(phrase)] == phrase:
                found += [(*words[:i], *other, *words[i + len(phrase) :]) for other in others]
    return found[:_MOST_SYNONYMS]


@lru_cache(maxsize=16)
def _synonyms(code: str) -> dict[str, list[tuple[Words, list[Words]]]]:
    """First words -> phrases of synonyms.yaml that begin so, with the others of their row."""
    found: dict[str, list[tuple[Words, list[Words]]]] = {}
    topic = load_language(code).topics.get("synonyms", {})
    written = frozenset(topic.get("written", ()))
    for row in topic.get("same", ()):
        phrases = [spoken_words(str(phrase), code) for phrase in row if str(phrase) not in written]
        for phrase in phrases:
            found.setdefault(phrase[0], []).append((phrase, [p for p in phrases if p != phrase]))
    return found
