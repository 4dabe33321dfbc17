"""Every way to say what the catalogue holds: names, aliases and the shorter forms that people derive from them."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import combinations

from voice.language import Language
from voice.shop.model import Catalogue, Option, OptionGroup, Product
from voice.understanding.concepts import Concept
from voice.understanding.forms import (
    DERIVED,
    EXACT,
    HEAD,
    MODIFIER,
    PARTIAL,
    SOLE,
    Entry,
    Form,
    Thing,
    keys_of,
    stems_of,
    synonyms,
)
from voice.understanding.phrases import PhraseTrie
from voice.understanding.tokens import Token, Tokenizer, fold

_MAX_WORDS = 7
"""Longer names get no shorter forms"""
_MAX_SHARED = 12
"""A part of names that more of them share than this says nothing"""
_KINDS = 3
"""So many kinds of one thing, and each is told by its first word alone: "two margheritas" of many pizzas"""
_MAX_SHORTENED = 3000
"""Catalogues with more names than this leave shortened names to the matcher"""


class Lexicon:
    """Spoken forms -> concepts. Forms are compared by stem; where the exact words name something, only that counts."""

    def __init__(self, catalogue: Catalogue, language: Language, tokenizer: Tokenizer, stop: frozenset[str]) -> None:
        self._tokenizer, self._stop = tokenizer, stop
        plurals = language.topic("plurals")
        self._droppable = {fold(w) for w in plurals.get("droppable", ())}
        self._generic = {fold(w) for w in plurals.get("generic", ())}
        self._of = tokenizer.tokens(str(language.topic("numbers")["of"][0]))[0]
        units = language.topic("units")["units"].values()
        self._units = {tokenizer.token(str(word)).stem for unit in units for word in unit["words"]}
        self._same = list(synonyms(language, tokenizer))
        extremes = language.topics.get("synonyms", {}).get("extremes", {})
        self._extremes = [[tokenizer.tokens(w) for w in extremes.get(end, ())] for end in ("smallest", "largest")]
        self._head_last = plurals.get("head", "last") == "last"
        self._exact: dict[Form, dict[Form, Entry]] = defaultdict(lambda: defaultdict(Entry))
        self._short: dict[Form, dict[Thing, tuple[set[str], float]]] = defaultdict(dict)
        self._exclusive: set[Thing] = set()
        self._naming: dict[Thing, set[str]] = defaultdict(set)
        self._heads = Counter(self._head(stems) for p in catalogue.products if len(stems := self._name(p)) > 1)
        self._headed: set[Form] = set()
        """Parts of names that hold the name's noun"""
        self._adjectives = {fold(w) for w in plurals.get("adjectives", ())}
        self._classes = {fold(w) for w in plurals.get("classes", ())}
        names = sum(len(p.aliases) + 1 for p in catalogue.products)
        self.complete = names <= _MAX_SHORTENED
        """Whether it holds the shorter forms of names as well"""
        self._read(catalogue)
        self.concepts: dict[Form, dict[Form, Concept]] = {}
        self._finish(catalogue)
        self.words = frozenset(word for form in self.concepts for word in form)
        self._trie: PhraseTrie[dict[Form, Concept]] = PhraseTrie()
        for form, concepts in self.concepts.items():
            self._trie.add(form, concepts)
        for form in list(self.concepts):
            for i in range(len(form) - 1):
                self._trie.add((*form[:i], form[i] + form[i + 1], *form[i + 2 :]), self.concepts[form])

    def find(self, keys: Sequence[str], stems: Sequence[str], start: int) -> Iterator[tuple[int, Concept, float]]:
        """(end, concept, nearness) of every form that starts at `start`; two words may be one of the form's."""
        for end, concepts in self._trie.matches(stems, start):
            if end == start + 1 and keys[start] != stems[start] and _pick(concepts, ())[0].quality <= MODIFIER:
                continue  # "news" is not the "new" of a name
            yield end, *_pick(concepts, tuple(keys[start:end]))
        for i in (start, start + 1):
            if i + 1 < len(stems) and stems[i] + stems[i + 1] in self.words:
                joined = (*stems[start:i], stems[i] + stems[i + 1], *stems[i + 2 :])
                for end, concepts in self._trie.matches(joined, 0):
                    if end > i - start:
                        yield start + end + 1, _pick(concepts, ())[0], 0.97

    def product(self, stems: Form) -> Concept | None:
        """The one product that is called so."""
        concept = _pick(self.concepts[stems], ())[0] if stems in self.concepts else None
        return concept if concept and concept.quality >= DERIVED and len(concept.products) == 1 else None

    def are_adjectives(self, stems: Form) -> bool:
        return bool(stems) and self._adjectives.issuperset(stems)

    def names(self) -> Iterator[tuple[Form, Concept]]:
        """Every full form with what it names, for matching by likeness."""
        for form, concepts in self.concepts.items():
            concept = _pick(concepts, ())[0]
            if concept.quality >= DERIVED:
                yield form, concept

    def _name(self, product: Product) -> Form:
        tokens = self._tokenizer.tokens(product.name)
        return tuple(t.stem for t in tokens if t.key not in self._droppable)

    def _head(self, stems: Form) -> str:
        return stems[-1] if self._head_last else stems[0]

    # --- building ----------------------------------------------------------------------------------------------

    def _read(self, catalogue: Catalogue) -> None:
        groups: dict[int, tuple[OptionGroup, list[Product]]] = {}
        self._add_by_others_names(catalogue)
        for product in catalogue.products:
            self._add(("product", product.id, ""), {product.id}, (product.name, *product.aliases))
            for variant in product.variants:
                self._add(("variant", variant.id, ""), {product.id}, (variant.name, *variant.aliases))
            self._add_sizes(product)
            self._add_extremes(product)
            for group in product.groups:
                groups.setdefault(id(group), (group, []))[1].append(product)
        for group, products in groups.values():
            owners = {p.id for p in products}
            for option in group.options:
                self._add_option(group, option, owners)

    def _add_by_others_names(self, catalogue: Catalogue) -> None:
        """The "coke zero" of a "cola zero", where the "cola" is also called "coke"."""
        called = {name.lower(): p for p in catalogue.products for name in (p.name, *p.aliases)} if self.complete else {}
        for product in catalogue.products:
            words = product.name.lower().split()
            for k in range(1, len(words)):
                other = called.get(" ".join(words[:k]))
                for name in (other.name, *other.aliases) if other is not None and other is not product else ():
                    tokens = self._tokenizer.tokens(" ".join((name, *words[k:])))
                    thing = ("product", product.id, "")
                    self._register(thing, {product.id}, stems_of(tokens), keys_of(tokens), DERIVED)

    def _add_sizes(self, product: Product) -> None:
        """ "small" of a "small bag", where a "large bag" is the other choice."""
        named = [(v, self._tokenizer.tokens(v.name)) for v in product.variants]
        if len(named) < 2 or any(len(tokens) < 2 for _, tokens in named):
            return
        common = -1 if self._head_last else 0
        if len({tokens[common].stem for _, tokens in named}) == 1:
            for variant, tokens in named:
                rest = tokens[:-1] if self._head_last else tokens[1:]
                thing = ("variant", variant.id, "")
                self._register(thing, {product.id}, stems_of(rest), keys_of(rest), EXACT)

    def _add_extremes(self, product: Product) -> None:
        """The "biggest" of its sizes is the one that costs most, the "smallest" the one that costs least."""
        by_price = sorted(product.variants, key=lambda v: v.price)
        if len({v.price for v in by_price}) < len(by_price) or len(by_price) < 2:
            return
        for variant, forms in zip((by_price[0], by_price[-1]), self._extremes, strict=True):
            for form in forms:
                self._register(("variant", variant.id, ""), {product.id}, stems_of(form), keys_of(form), EXACT - 0.01)

    def _add_option(self, group: OptionGroup, option: Option, owners: set[str]) -> None:
        thing = ("option", group.id, option.id)
        if group.max == 1:
            self._exclusive.add(thing)
        if group.names_product:
            self._naming[thing] |= owners
        self._add(thing, owners, (option.name, *option.aliases))
        label = [t for t in self._tokenizer.tokens(group.name) if t.key not in self._generic]
        if len(label) > 3 or not label:
            return
        for name in (option.name, *option.aliases):
            tokens = self._tokenizer.tokens(name)
            if len(label) > 1:
                self._with_long_label(thing, owners, tokens, label)
                continue
            stems, keys = stems_of(tokens), keys_of(tokens)
            whole = (label[0].stem,)
            if len(stems) > 1 and stems[-1:] == whole:  # "oat milk" of the group "milk": "oat"
                self._register(thing, owners, stems[:-1], keys[:-1], DERIVED)
            elif len(stems) > 1 and stems[:1] == whole:
                self._register(thing, owners, stems[1:], keys[1:], DERIVED)
            elif whole[0] not in stems:  # "vanilla" of the group "syrup": "vanilla syrup"
                order = (
                    (stems + whole, (*keys, label[0].key))
                    if self._head_last
                    else (whole + stems, (label[0].key, *keys))
                )
                self._register(thing, owners, *order, DERIVED)

    def _with_long_label(self, thing: Thing, owners: set[str], tokens: Sequence[Token], label: Sequence[Token]) -> None:
        """ "double" of the group "espresso shots": "double shot", "double espresso shot", "double shot of espresso"."""
        *rest, last = label if self._head_last else tuple(reversed(label))
        if tokens and tokens[-1].stem == last.stem:  # "extra shot": "extra shot of espresso"
            form = (*tokens, self._of, *rest)
            self._register(thing, owners, stems_of(form), keys_of(form), DERIVED)
        if {t.stem for t in label} & {t.stem for t in tokens}:
            return
        for form in ((*tokens, last), (*tokens, *rest, last), (*tokens, last, self._of, *rest)):
            self._register(thing, owners, stems_of(form), keys_of(form), DERIVED)

    def _add(self, thing: Thing, owners: set[str], names: Sequence[str]) -> None:
        for name in names:
            tokens = self._tokenizer.tokens(name)
            stems, keys = stems_of(tokens), keys_of(tokens)
            if not stems:
                continue
            self._register(thing, owners, stems, keys, EXACT)
            measure = next((i for i, stem in enumerate(stems) if i and stem in self._units), len(stems)) + 1
            if thing[0] == "variant" and measure < len(stems):  # "20 ounce" of a "20 ounce bottle"
                self._register(thing, owners, stems[:measure], keys[:measure], EXACT - 0.01)
            if thing[0] == "variant" or (thing[0] == "option" and len(stems) == 1):  # "a bottle of coke"
                self._register(thing, owners, (*stems, self._of.stem), (*keys, self._of.key), EXACT - 0.01)
            short = tuple(s for s, k in zip(stems, keys, strict=True) if k not in self._droppable)
            if 1 < len(short) < len(stems):
                self._register(thing, owners, short, short, DERIVED)
            if thing[0] != "variant" and self.complete:
                self._shortened(thing, owners, short or stems)
                self._cut_short(thing, owners, stems, keys)

    def _register(self, thing: Thing, owners: set[str], stems: Form, keys: Form, quality: float) -> None:
        if quality <= DERIVED and all(word in self._stop for word in stems):
            return
        for form_stems, form_keys, worth in ((stems, keys, quality), *self._renamed(stems, quality)):
            entry = self._exact[form_stems][form_keys]
            for owner in owners:
                entry.add(thing, owner, worth)
            entry.exclusive |= thing in self._exclusive

    def _renamed(self, stems: Form, quality: float) -> Iterator[tuple[Form, Form, float]]:
        """The form with a word or phrase of it said in another way."""
        for words, others in self._same:
            for i in range(len(stems) - len(words) + 1):
                if stems[i : i + len(words)] == words:
                    for other in others:
                        form = (*stems[:i], *other, *stems[i + len(words) :])
                        yield form, form, min(quality, DERIVED) - 0.02

    def _shortened(self, thing: Thing, owners: set[str], stems: Form) -> None:
        """Parts of a name: any words of it in order, its head alone, or one word that no other name has."""
        if not 1 < len(stems) <= _MAX_WORDS:
            return
        head = self._head(stems)
        tells = thing[0] == "product" and len(stems) == 2 and self._heads[head] >= _KINDS
        tells = tells and not self._classes.intersection(stems[:1] if self._head_last else stems[1:])
        for length in range(1, len(stems)):
            for part in combinations(stems, length):
                quality = PARTIAL if length > 1 else HEAD if part[0] == head or tells else MODIFIER
                if head in part and not self._adjectives.issuperset(part):
                    self._headed.add(part)
                quality *= 0.9 + 0.1 * length / len(stems)
                if all(word in self._stop for word in part) or (length == 1 and len(part[0]) < 3):
                    continue
                telling = thing[0] == "product" or len(stems) == 2  # "romaine", but not "sugar" of "sugar free vanilla"
                if part == (head,) or length > 1 or telling:
                    known_owners, best = self._short[part].get(thing, (set(), 0.0))
                    self._short[part][thing] = (known_owners | owners, max(best, quality))

    def _cut_short(self, thing: Thing, owners: set[str], stems: Form, keys: Form) -> None:
        """Beginnings and ends of a name that hold its joining words: "ham and cheese" of a sandwich."""
        for part, said in ((stems[:i], keys[:i]) for i in range(3, len(stems))):
            if said[-1] not in self._droppable and any(k in self._droppable for k in said):
                known_owners, best = self._short[part].get(thing, (set(), 0.0))
                self._short[part][thing] = (known_owners | owners, max(best, PARTIAL))

    def _add_kinds(self, catalogue: Catalogue) -> None:
        """Categories as what they hold: "a coffee", of which the shop has several, must be asked about."""
        for category, words in catalogue.category_words.items():
            held = sorted((p for p in catalogue.products if p.category == category), key=lambda p: -p.popularity)
            for stems in {stems_of(self._tokenizer.tokens(word)) for word in words} - {()}:
                if len(held) > 1 and stems not in self._exact:
                    kind = Entry()
                    for product in held:
                        kind.add(("product", product.id, ""), product.id, HEAD)
                    undecided = tuple(product.id for product in held)
                    self.concepts.setdefault(stems, {(): replace(kind.concept(self._naming), undecided=undecided)})

    def _finish(self, catalogue: Catalogue) -> None:
        for stems, by_keys in self._exact.items():
            concepts = {keys: entry.concept(self._naming) for keys, entry in by_keys.items()}
            if len(concepts) > 1:
                union = Entry()
                for entry in by_keys.values():
                    union.exclusive |= entry.exclusive
                    for (kind, product), (quality, ids) in entry.readings.items():
                        for first, second in ids:
                            union.add((kind, first, second), product, quality)
                concepts[()] = union.concept(self._naming)
            self.concepts[stems] = concepts
        for stems, things in self._short.items():
            if stems in self.concepts or len(things) > _MAX_SHARED or (stems[0] in self._stop and len(stems) == 1):
                continue
            best = max(quality for _, quality in things.values())
            if len(things) == 1 and best > MODIFIER:
                best = max(best, SOLE)
            if best > MODIFIER:
                things = {thing: found for thing, found in things.items() if found[1] > MODIFIER}
            if best <= MODIFIER and len(things) > 1:
                continue  # a modifier that several names share: "blueberry" of muffin and scone
            entry = Entry()
            entry.exclusive = any(thing in self._exclusive for thing in things)
            for thing, (owners, _quality) in things.items():
                for owner in owners:
                    entry.add(thing, owner, best)
            named = entry.concept(self._naming)
            self.concepts[stems] = {(): replace(named, describes=bool(named.products) and stems not in self._headed)}
        self._add_kinds(catalogue)
        del self._exact, self._short


def _pick(concepts: dict[Form, Concept], keys: Form) -> tuple[Concept, float]:
    if keys in concepts:
        return concepts[keys], 1.0
    return concepts.get(()) or next(iter(concepts.values())), 0.99
