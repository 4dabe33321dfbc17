"""What a valid catalogue still leaves to chance when it is spoken, and what Comanda does about each."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from voice.dialogue.prompts import placeholders
from voice.language import Language
from voice.normalize import spoken_words
from voice.phonetics import sounds_alike
from voice.recognition.pronunciation import Pronouncer, Spoken, given_pronunciations
from voice.shop.model import Catalogue, Product
from voice.understanding.tokens import Tokenizer

LONG_NAME = 7
"""Words: few callers say a longer name in full"""


Replaced = Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Naming:
    """One way to call one thing."""

    kind: Literal["product", "variant", "option", "category", "topic"]
    text: str
    owner: str
    """What it names, as the owner wrote it"""
    scope: str
    """Names are told apart within it: all products, the options of one group, the variants of one product"""


@dataclass(frozen=True, slots=True)
class Finding:
    """Something the owner may want to change."""

    topic: Literal["word", "name", "same", "alike", "setting"]
    subject: str
    what: str
    does: str
    """What Comanda does about it as things stand"""


@dataclass(frozen=True)
class Report:
    words: tuple[Spoken, ...]
    """Every word of every name, in alphabetical order"""
    findings: tuple[Finding, ...]

    @property
    def doubtful(self) -> tuple[Spoken, ...]:
        """Words that no person has written a pronunciation for."""
        return tuple(word for word in self.words if word.source == "reading")


def examine(catalogue: Catalogue, language: Language, replaced: Replaced | None = None) -> Report:
    """Goes through every spoken name. Raises ModelError when the dictionary is missing.

    `replaced`: for a speech model with words of its own, those of the shop that it lacks -> what is listened for.
    """
    namings = list(dict.fromkeys(_namings(catalogue)))
    pronouncer = Pronouncer.for_catalogue(catalogue)
    places: dict[str, list[str]] = defaultdict(list)
    for naming in namings:
        for word in spoken_words(naming.text, language.code):
            places[word].append(naming.text)
    words = tuple(pronouncer.pronounce(word) for word in sorted(places))
    findings = [
        *_mispronounced(catalogue), *(_of_words(words, places) if replaced is None else _lacking(places, replaced)),
        *_of_names(namings, language), *_same(namings, language),
        *_shared(catalogue, language), *_alike(namings, language), *_plurals(namings, language),
        *_settings(catalogue, language),
    ]
    return Report(words, tuple(findings))


def _namings(catalogue: Catalogue) -> Iterator[Naming]:
    for product in catalogue.products:
        for text in (product.name, *product.aliases):
            yield Naming("product", text, product.name, "products")
        for variant in product.variants:
            for text in (variant.name, *variant.aliases):
                yield Naming("variant", text, variant.name, f"the variants of {product.name}")
        for group in product.groups:
            for option in group.options:
                for text in (option.name, *option.aliases):
                    yield Naming("option", text, option.name, f"the options of {group.name}")
    for texts in catalogue.category_words.values():
        yield from (Naming("category", text, texts[0], "the categories") for text in texts)
    for topic, texts in catalogue.topic_words.items():
        yield from (Naming("topic", text, topic, "the answers") for text in texts)


def _mispronounced(catalogue: Catalogue) -> Iterator[Finding]:
    """Pronunciations that the owner gave in sounds that there are not."""
    for word, texts in sorted(given_pronunciations(catalogue).items()):
        for text in texts:
            if Pronouncer({}, {word: (text,)}).pronounce(word).source != "owner":
                yield Finding("word", word, f"'{text}' is no pronunciation in ARPABET or /IPA/",
                              "Left aside: the word is pronounced as if none were given.")


def _of_words(words: tuple[Spoken, ...], places: dict[str, list[str]]) -> Iterator[Finding]:
    for word in words:
        where = f"in '{places[word.word][0]}'"
        if not word.ways:
            yield Finding("word", word.word, where, "Not recognised. Add an alias in plain words.")
        elif word.source == "reading":
            yield Finding("word", word.word, where, f"Listens for {' or '.join(' '.join(way) for way in word.ways)}")


def _lacking(places: dict[str, list[str]], replaced: Replaced) -> Iterator[Finding]:
    for word in sorted(places.keys() & replaced.keys()):
        where = f"in '{places[word][0]}'"
        if texts := replaced[word]:
            heard = " or ".join(f"'{text}'" for text in texts)
            yield Finding("word", word, where, f"The speech model lacks it and listens for {heard}")
        else:
            yield Finding("word", word, where, "Not recognised. Add an alias in plain words.")


def _of_names(namings: list[Naming], language: Language) -> Iterator[Finding]:
    for naming in namings:
        words = spoken_words(naming.text, language.code)
        if not words:
            yield Finding("name", naming.text, f"nothing in this {naming.kind}'s name can be spoken",
                          "Typed orders only. Add an alias in words.")
        elif len(words) > LONG_NAME and naming.kind == "product" and naming.text == naming.owner:
            yield Finding("name", naming.text, f"a name of {len(words)} words",
                          "Parts of it are understood. An alias as people say it is surer.")


def _same(namings: list[Naming], language: Language) -> Iterator[Finding]:
    """One spoken form for two things of the same kind."""
    owners: dict[tuple[str, tuple[str, ...]], dict[str, str]] = defaultdict(dict)
    for naming in namings:
        spoken = spoken_words(naming.text, language.code)
        if spoken:
            owners[naming.scope, spoken].setdefault(naming.owner, naming.text)
    for (scope, spoken), found in owners.items():
        if len(found) > 1:
            yield Finding("same", " ".join(spoken), f"means {' and '.join(sorted(found))}, among {scope}",
                          "Asks which one each time. Take it from all but one.")


def _shared(catalogue: Catalogue, language: Language) -> Iterator[Finding]:
    """One spoken form for options of two groups of the same product."""
    found: dict[tuple[str, frozenset[str]], str] = {}
    for product in catalogue.products:
        groups: dict[tuple[str, ...], set[str]] = defaultdict(set)
        for group in product.groups:
            for option in group.options:
                for text in (option.name, *option.aliases):
                    groups[spoken_words(text, language.code)].add(group.name)
        for spoken, names in groups.items():
            if len(names) > 1:
                found.setdefault((" ".join(spoken), frozenset(names)), product.name)
    for (text, shared), product_name in found.items():
        yield Finding("same", text, f"stands in {' and '.join(sorted(shared))} of {product_name}",
                      "Asks which one is meant unless it has just asked for one. Name them apart.")


def _alike(namings: list[Naming], language: Language) -> Iterator[Finding]:
    """Different names of different things that sound nearly the same."""
    scopes: dict[str, list[Naming]] = defaultdict(list)
    for naming in namings:
        scopes[naming.scope].append(naming)
    told: set[frozenset[str]] = set()
    for scope, members in scopes.items():
        owners: dict[str, set[str]] = defaultdict(set)
        for naming in members:
            owners[naming.text.strip().lower()].add(naming.owner)
        for one, other, _ in sounds_alike(owners, language.code):
            pair = frozenset((one, other))
            different = spoken_words(one, language.code) != spoken_words(other, language.code)
            if owners[one] != owners[other] and different and pair not in told:
                told.add(pair)
                yield Finding("alike", f"{one} / {other}", f"sound alike, among {scope}",
                              "Takes the likelier one and asks when in doubt. Rename one, or drop the alias.")


def _plurals(namings: list[Naming], language: Language) -> Iterator[Finding]:
    """Aliases of products that are the name again, in its plural. (Options' plurals are listened for only if given.)"""
    tokenizer = Tokenizer(language)
    for naming in namings:
        alias, name = tokenizer.tokens(naming.text), tokenizer.tokens(naming.owner)
        again = alias[:-1] == name[:-1] and alias != name and [t.stem for t in alias] == [t.stem for t in name]
        if again and naming.kind == "product":
            yield Finding("setting", naming.text, f"is an alias of '{naming.owner}' that only differs in number",
                          "Understood without it. It can go.")


def _settings(catalogue: Catalogue, language: Language) -> Iterator[Finding]:
    """Ids of the language's data that a catalogue refers to."""
    units = language.topic("units")["units"]
    amounts = {*language.topic("amounts")["amounts"], *catalogue.amounts}
    for product in catalogue.products:
        if product.unit is not None and product.unit not in units:
            yield Finding("setting", product.name, f"is sold by '{product.unit}', a unit this language does not have",
                          f"Takes the number as it is said. Units: {', '.join(units)}.")
        for amount in sorted(_amounts_of(product) - amounts):
            yield Finding("setting", product.name, f"has a price for '{amount}', an amount nobody can ask for",
                          f"Never charged. Amounts: {', '.join(sorted(amounts))}; add words under amounts.")
    for category in catalogue.categories.values():
        if not any(product.category == category.id for product in catalogue.products):
            yield Finding("setting", category.name, "is a category without products", "Never offered.")
    prompts = language.topic("prompts")
    for key, text in catalogue.shop.prompts.items():
        if key not in prompts:
            yield Finding("setting", key, "is not a prompt of this language", "Never said. Check the spelling.")
            continue
        texts = prompts[key] if isinstance(prompts[key], list) else [prompts[key]]
        known = {"shop", *(name for each in texts for name in placeholders(str(each)))}
        for name in sorted(set(placeholders(text)) - known):
            yield Finding("setting", key, f"uses {{{name}}}, which this prompt does not bring",
                          f"Leaves a gap. It brings: {', '.join(sorted(known))}.")


def _amounts_of(product: Product) -> set[str]:
    return {amount for group in product.groups for amount in (*group.amount_factors, *group.amount_added)} | {
        amount for group in product.groups for option in group.options for amount in option.amount_prices
    }
