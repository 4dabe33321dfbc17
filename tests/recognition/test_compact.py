"""The embedded model's parts: what is read from the wheel and what is written for Kaldi."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from voice.recognition.compact import kaldi_io
from voice.recognition.compact.builder import Recipe, embedded_model, embedded_transitions
from voice.recognition.compact.fst_arrays import FstArrays, make_arcs
from voice.recognition.compact.lexicon import Lexicon
from voice.recognition.compact.network import delta_matrix, pdf_ids
from voice.recognition.compact.ptm import PtmModel
from voice.recognition.compact.word_graph import GraphOptions, word_graph


@pytest.fixture(scope="module")
def model() -> PtmModel:
    return embedded_transitions().phones.model


def test_the_acoustic_model_is_read_whole(model: PtmModel) -> None:
    assert model.means.shape == (42, 3, 128, 13) == model.variances.shape
    assert model.senones == 5126 and model.sequences.shape == (29324, 3)
    assert len(model.triphones) == 137095 - 42
    assert sorted(np.array(model.ci_phones)[model.is_filler]) == ["+NSN+", "+SPN+", "SIL"]


def test_mixture_weights_and_transitions_are_probabilities(model: PtmModel) -> None:
    assert np.allclose(np.exp(model.log_weights).sum(axis=1), 1, atol=0.1)  # kept in 8 bits
    assert np.allclose(model.transitions.sum(axis=2), 1)


def test_every_triphone_has_a_symbol_and_senones_of_its_own_phone() -> None:
    phones = embedded_transitions().phones
    assert len(phones.names) == 1 + 3 + 4 * 39
    assert (phones.symbol[1:] > 0).all()
    own = phones.model.senone_codebook[phones.symbol_senones]
    assert (own == phones.ci[phones.symbol_phone][:, None]).all()


def test_a_seen_triphone_keeps_its_senones() -> None:
    phones = embedded_transitions().phones
    ci = {name: i for i, name in enumerate(phones.model.ci_phones)}
    rows = phones.model.triphones
    wanted = (rows[:, :4] == [ci["AA"], ci["L"], ci["T"], 0]).all(axis=1)
    symbol = phones.symbol[phones.number["AA_I"], ci["L"], ci["T"]]
    assert (phones.symbol_senones[symbol - 1] == phones.model.sequences[rows[wanted, 4][0]]).all()


def test_transition_ids_come_in_pairs_that_sum_to_one() -> None:
    transitions = embedded_transitions()
    pairs = np.exp(transitions.log_probabilities[1:]).reshape(-1, 2)
    assert np.allclose(pairs.sum(axis=1), 1) and 2 * len(pairs) == 2 * transitions.transition_ids // 2
    assert transitions.self_loops.max() < transitions.transition_ids


def test_pdf_ids_are_the_odd_outputs(model: PtmModel) -> None:
    assert sorted(pdf_ids(model)) == list(range(1, 2 * 5126, 2))


def test_deltas_of_a_ramp_are_constant() -> None:
    ramp = np.outer(np.arange(7), np.ones(13)).ravel()
    static, delta, second = (delta_matrix() @ ramp).reshape(3, 13)
    assert (static == 3).all() and (delta == 4).all() and (second == 0).all()


def test_matrices_in_16_bits_stay_close() -> None:
    values = np.random.default_rng(1).normal(size=(4, 5))
    data = kaldi_io.compressed_matrix(values)
    low, span = np.frombuffer(data, "<f4", 2, 4)
    steps = np.frombuffer(data, "<u2", 20, 20).reshape(4, 5)
    assert data[:4] == b"CM2 " and np.abs(low + steps * span / 65535 - values).max() < 1e-4


def test_a_transducer_survives_its_file_format() -> None:
    arcs = make_arcs([1, 0, 2], [3, 0, 0], [0.5, 1.0, 0.0], [1, 1, 0])
    fst = FstArrays.from_unsorted(0, [np.inf, 0.25], [1, 0, 0], arcs)
    again = FstArrays.from_bytes(fst.to_bytes())
    assert (again.source == [0, 0, 1]).all() and (again.arcs == fst.arcs).all() and (again.final == fst.final).all()


def test_a_pronunciation_is_written_with_places() -> None:
    phones = embedded_transitions().phones
    lexicon = Lexicon.build({"cat": [("K", "AE", "T")]}, phones)
    assert [phones.names[p] for p in lexicon.phones] == ["K_B", "AE_I", "T_E"]


def test_further_ways_to_say_a_word_have_their_share() -> None:
    phones = embedded_transitions().phones
    others: dict[str, dict[tuple[str, ...], float]] = {"cat": {("K", "AA", "T"): 0.25, ("K", "AE", "T"): 0.25}}
    lexicon = Lexicon.build({"cat": [("K", "AE", "T")]}, phones, others)
    vowels = [phones.names[lexicon.phones[first + 1]] for first in lexicon.first[:-1]]
    assert dict(zip(vowels, np.exp(-lexicon.cost).round(6), strict=True)) == {"AE_I": 0.8, "AA_I": 0.2}


def test_words_behind_a_state_share_their_beginnings_and_cost_as_soon_as_they_part() -> None:
    phones = embedded_transitions().phones
    said = {"cat": [("K", "AE", "T")], "cab": [("K", "AE", "B")], "dog": [("D", "AO", "G")]}
    lexicon = Lexicon.build(said, phones)
    grammar = FstArrays.from_unsorted(0, [np.inf, 0.0], [0, 0, 0], make_arcs([1, 2, 3], [1, 2, 3], [0.5, 2.0, 1.0], 1))
    graph = word_graph(grammar, lexicon, phones, None, GraphOptions())
    arcs = [(phones.names[a["ilabel"]], a["olabel"], round(float(a["weight"]), 3)) for a in graph.arcs if a["ilabel"]]
    spoken = sorted(arc for arc in arcs if "_" in arc[0])
    assert spoken == [
        ("AE_I", 0, 0.0), ("AO_I", 0, 0.0), ("B_E", 2, 1.5), ("D_B", 3, 1.0), ("G_E", 0, 0.0), ("K_B", 0, 0.5),
        ("T_E", 1, 0.0),
    ]  # fmt: skip


def test_a_built_model_is_whole_named_by_its_recipe_and_built_once(tmp_path: Path) -> None:
    folder = embedded_model(tmp_path)
    for file in ("am/final.mdl", "conf/mfcc.conf", "conf/model.conf", "graph/phones/word_boundary.int", "README.en-us"):
        assert (folder / file).stat().st_size > 0
    before = (folder / "am" / "final.mdl").stat().st_mtime_ns
    assert embedded_model(tmp_path) == folder
    assert (folder / "am" / "final.mdl").stat().st_mtime_ns == before
    assert Recipe("telephone").key != Recipe().key
    assert [p.name for p in tmp_path.iterdir()] == [folder.name]
