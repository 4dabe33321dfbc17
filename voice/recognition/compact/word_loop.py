"""A decoding graph of common words in any order: what speech sounds like when it need not be an order.

Its score is what a reading is measured against ("filler" or "background" model: Rose and Paul, "A hidden Markov model
based keyword recognition system", 1990). All words are equally likely, so that the loop follows the sound alone; they
share beginnings, ends and costs, which keeps the graph small, and none is told from another.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from voice.recognition.compact.fst_arrays import FstArrays, make_arcs
from voice.recognition.compact.lexicon import Pronunciation, positioned
from voice.recognition.compact.phone_set import PhoneSet, TransitionModel
from voice.recognition.compact.static_graph import context_graph, expand_states
from voice.recognition.openfst import compose, from_fst, minimal, to_fst

LABEL = "[speech]"
"""The one word of the graph"""
PENALTY = 1.5
"""Negative log probability of each word"""
SILENCE = 0.1
"""Probability of a pause between two words"""
_START, _END, _ROOT = 0, 1, 2
"""States: before everything; behind a word; before a word"""


def loop_graph(pronunciations: Iterable[Pronunciation], transitions: TransitionModel) -> FstArrays:
    """HCLG of a loop over words said so."""
    phones = transitions.phones
    words = to_fst(prefix_tree({tuple(positioned(p, phones)) for p in pronunciations}, phones))
    words.rmepsilon()
    clg = from_fst(minimal(compose(context_graph(phones), minimal(words))))
    graph = expand_states(clg, transitions)
    graph.arcs["olabel"][graph.source == graph.start] = 1
    return graph


def prefix_tree(words: Iterable[tuple[int, ...]], phones: PhoneSet) -> FstArrays:
    """Words as phone numbers, in a loop with pauses; each costs `PENALTY` at its end."""
    states: dict[tuple[int, ...], int] = {(): _ROOT}
    pause, no_pause = -np.log(SILENCE), -np.log(1 - SILENCE)
    rows = [(at, 0, no_pause, _ROOT) for at in (_START, _END)]
    rows += [(at, phones.silence, pause, _ROOT) for at in (_START, _END)]
    for word in sorted(words):
        for length in range(1, len(word)):
            if word[:length] not in states:
                states[word[:length]] = _ROOT + len(states)
                rows.append((states[word[: length - 1]], word[length - 1], 0.0, states[word[:length]]))
        rows.append((states[word[:-1]], word[-1], PENALTY, _END))
    source, label, cost, target = zip(*rows, strict=True)
    final = np.full(_ROOT + len(states), np.inf)
    final[_ROOT] = 0.0
    return FstArrays.from_unsorted(_START, final, source, make_arcs(label, 0, cost, target))
