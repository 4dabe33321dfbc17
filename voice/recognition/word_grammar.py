"""What people say to a shop, as a weighted word automaton.

The skeleton and its probabilities stand in grammars/<lang>/spoken_order.yaml; names, sizes and options come from the
catalogue. Nearly all that is said lies in a strict part; what is freer stands beside it and is unlikelier by so much
that it wins only where the strict part does not fit the sound. That also keeps the search small.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial

from voice.language import Language, load_language
from voice.normalize import spoken_words
from voice.recognition.automaton import Automaton
from voice.recognition.compact.fst_arrays import FstArrays
from voice.recognition.order_grammar import OrderGrammar
from voice.recognition.sentences import SentenceSlots, Stretch
from voice.recognition.spoken_numbers import digits, number
from voice.shop.model import Catalogue


@dataclass(frozen=True)
class WordGrammar:
    """An acceptor over word numbers (from 1); `words[0]` is word 1."""

    acceptor: FstArrays
    words: tuple[str, ...]
    garbage: int
    """Number of the garbage word"""


def word_grammar(catalogue: Catalogue, language: str = "en", state: str = "open") -> WordGrammar:
    """The grammar of one catalogue in one dialogue state (a key of spoken_order.yaml's `states`)."""
    lang = load_language(language)
    data = lang.topic("spoken_order")
    share, garbage = data["states"][state], data["garbage"]
    a = Automaton(partial(spoken_words, language=language), data.get("contractions", ()))
    start, end = a.state(), a.state()
    a.final(end)
    strict = OrderGrammar(a, catalogue, lang, data["weights"] | data["strict"], end)
    free = OrderGrammar(a, catalogue, lang, data["weights"], end)
    a.link(start, strict.start, share["order"])
    a.link(start, free.start, share["free"])
    free.option_answers(start, share["options"])
    number(a, lang, start, end, share["number"])
    digits(a, lang, start, end, share["digits"])
    a.templates(start, end, data["common"], share["common"])
    _sentences(a, catalogue, lang, free, start, share)
    a.word(start, end, garbage, share["garbage"])
    acceptor = a.compiled(start, data.get("agreement", ()))
    return WordGrammar(acceptor, a.words, a.words.index(garbage) + 1)


def _sentences(
    a: Automaton, catalogue: Catalogue, language: Language, order: OrderGrammar, start: int, share: Mapping[str, float]
) -> None:
    """The other intents' sentences, which share the order's items: "remove {items}" costs one arc."""
    numbers, after_number, string, after_string = (a.hub() for _ in range(4))
    number(a, language, numbers, after_number, 1.0)
    digits(a, language, string, after_string, 1.0)
    items = Stretch(order.items, order.done, order.w["sentence_tail"])
    one, phone = Stretch(numbers, after_number, 1.0), Stretch(string, after_string, 1.0)
    shared = {"items": items, "items2": items, "number": one, "time": one, "digits": phone}
    slots = SentenceSlots(a, catalogue, language, shared, order.data["garbage"])
    data, behind = order.data, a.hub()
    for kind in ("sentence", "item_sentence"):
        opening, spoken = a.state(), a.state()
        a.link(start, opening, share[kind])
        a.link(opening, spoken, 1 - order.w["polite_before"])
        a.templates(opening, spoken, data["before_sentence"], order.w["polite_before"])
        slots.sentences(spoken, behind, kind == "item_sentence")
    a.link(behind, order.end, 1 - order.w["polite_behind"])
    a.templates(behind, order.end, data["behind_sentence"], order.w["polite_behind"])
