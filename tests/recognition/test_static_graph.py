"""The steps from words to HMM states."""

from __future__ import annotations

import numpy as np

from voice.recognition.compact.builder import embedded_transitions
from voice.recognition.compact.fst_arrays import FstArrays, make_arcs
from voice.recognition.compact.lexicon import Lexicon
from voice.recognition.compact.static_graph import context_graph, expand_states
from voice.recognition.compact.weight_pushing import pushed
from voice.recognition.compact.word_graph import GraphOptions, word_graph


def triphones() -> FstArrays:
    """ "cat" or, less often, "dog dog", in triphones."""
    from voice.recognition.openfst import compact, compose, from_fst, minimal

    phones = embedded_transitions().phones
    lexicon = Lexicon.build({"cat": [("K", "AE", "T")], "dog": [("D", "AO", "G")]}, phones)
    words = make_arcs([1, 2, 2], [1, 2, 2], [0.2, 1.7, 0.0], [2, 1, 2])
    grammar = FstArrays.from_unsorted(0, [np.inf, np.inf, 0.0], [0, 0, 1], words)
    spelled = compact(word_graph(grammar, lexicon, phones, None, GraphOptions()))
    return from_fst(minimal(compose(context_graph(phones), spelled)))


def test_weights_pushed_before_the_hmm_states_are_those_pushed_behind_them() -> None:
    transitions = embedded_transitions()
    before, behind = expand_states(pushed(triphones()), transitions), pushed(expand_states(triphones(), transitions))
    for column in ("ilabel", "olabel", "next"):
        assert (before.arcs[column] == behind.arcs[column]).all()
    assert np.abs(before.arcs["weight"] - behind.arcs["weight"]).max() < 0.01
