"""The steps from words to HMM states."""

from __future__ import annotations

from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

import numpy as np

from voice.recognition.compact.builder import embedded_transitions
from voice.recognition.compact.fst_arrays import FstArrays, make_arcs
from voice.recognition.compact.lexicon import Lexicon
from voice.recognition.compact.weight_pushing import pushed
from voice.recognition.compact.word_graph import GraphOptions, word_graph


def test_weights_pushed_before_the_hmm_states_are_those_pushed_behind_them() -> None:
    with ProcessPoolExecutor(1, get_context("spawn")) as pool:  # OpenFst refuses to load beside Vosk
        before, behind = pool.submit(both_ways).result()
    for column in ("ilabel", "olabel", "next"):
        assert (before[column] == behind[column]).all()
    assert np.abs(before["weight"] - behind["weight"]).max() < 0.01


def both_ways() -> tuple[np.ndarray, np.ndarray]:
    """The arcs of "cat" or, less often, "dog dog"."""
    from voice.recognition.compact.static_graph import context_graph, expand_states
    from voice.recognition.openfst import compact, compose, from_fst, minimal

    transitions = embedded_transitions()
    phones = transitions.phones
    lexicon = Lexicon.build({"cat": [("K", "AE", "T")], "dog": [("D", "AO", "G")]}, phones)
    words = make_arcs([1, 2, 2], [1, 2, 2], [0.2, 1.7, 0.0], [2, 1, 2])
    grammar = FstArrays.from_unsorted(0, [np.inf, np.inf, 0.0], [0, 0, 1], words)
    spelled = compact(word_graph(grammar, lexicon, phones, None, GraphOptions()))
    triphones = minimal(compose(context_graph(phones), spelled))
    before = expand_states(pushed(from_fst(triphones)), transitions)
    return before.arcs, pushed(expand_states(from_fst(triphones), transitions)).arcs
