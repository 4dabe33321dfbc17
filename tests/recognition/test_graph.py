"""The word grammar of a catalogue, compiled: what it takes for a sentence, and how it lies on disk."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import pytest

from voice.errors import ModelError
from voice.recognition.acceptor import WordAcceptor
from voice.recognition.compact.builder import embedded_model
from voice.recognition.graph import dialogue_state, graph_folder, read_grammar
from voice.settings import Settings
from voice.shop.model import Catalogue


@pytest.fixture(scope="module")
def folder(settings: Settings, catalogue: Catalogue) -> Path:
    return graph_folder(catalogue, "en", "open", embedded_model(settings.models_dir), settings.cache_dir)


@pytest.fixture(scope="module")
def acceptor(folder: Path) -> WordAcceptor:
    grammar, words, _ = read_grammar(folder)
    return WordAcceptor(grammar, words)


@pytest.mark.parametrize(
    "sentence",
    [
        "a latte",
        "two large lattes with oat milk and a blueberry muffin please",
        "can i have a large oat milk latte",
        "i'd like three cups of tea and a small latte with extra vanilla",
        "a small latte sorry a large latte",
        "um a latte with no vanilla syrup",
        "large",
        "soya milk please",
        "three",
        "zero two oh five double five one",
        "[unk]",
    ],
)
def test_how_people_order_is_a_sentence(acceptor: WordAcceptor, sentence: str) -> None:
    assert acceptor.accepts(sentence)


@pytest.mark.parametrize(
    "words", ["", "two of", "a latte with", "latte blueberry", "elephants and a latte", "can i have"]
)
def test_half_a_sentence_or_none_is_not(acceptor: WordAcceptor, words: str) -> None:
    assert not acceptor.accepts(words)


def test_a_graph_is_compiled_once_and_another_catalogue_has_another(
    folder: Path, settings: Settings, catalogue: Catalogue
) -> None:
    acoustic = embedded_model(settings.models_dir)
    before = (folder / "graph" / "HCLG.fst").stat().st_mtime_ns
    assert graph_folder(catalogue, "en", "open", acoustic, settings.cache_dir) == folder
    assert (folder / "graph" / "HCLG.fst").stat().st_mtime_ns == before
    renamed = replace(catalogue, products=(replace(catalogue.products[1], name="mug of tea"),))
    other = graph_folder(renamed, "en", "open", acoustic, settings.cache_dir)
    assert other != folder and "mug" in read_grammar(other)[1]
    assert not list(settings.cache_dir.rglob(".building-*"))


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write anywhere")
def test_a_cache_that_cannot_be_written_is_told(settings: Settings, catalogue: Catalogue, tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    with pytest.raises(ModelError, match="COMANDA_DATA_DIR"):
        graph_folder(catalogue, "en", "open", embedded_model(settings.models_dir), tmp_path / "cache")


def test_what_is_expected_picks_the_state() -> None:
    assert dialogue_state("yes_no") == "answer"
    assert dialogue_state("phone") == "digits"
    assert dialogue_state("anything") == "open"
