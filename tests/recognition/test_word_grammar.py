"""The word grammar: true probabilities, a strict part before a free one, agreement of articles and of number."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest

from tests.recognition.grammar_costs import Costs
from voice.recognition.compact.builder import embedded_model
from voice.recognition.compact.fst_arrays import FstArrays
from voice.recognition.graph import graph_folder, read_grammar
from voice.settings import Settings
from voice.shop.catalogue import load_catalogue

BARISTA = Path(__file__).parents[1] / "benchmarks" / "barista.yaml"


@pytest.fixture(scope="module")
def grammar(tmp_path_factory: pytest.TempPathFactory) -> tuple[FstArrays, tuple[str, ...]]:
    acoustic = embedded_model(Settings().models_dir)
    folder = graph_folder(load_catalogue(BARISTA), "en", "open", acoustic, tmp_path_factory.mktemp("graphs"))
    acceptor, words, _ = read_grammar(folder)
    return acceptor, words


@pytest.fixture(scope="module")
def cost(grammar: tuple[FstArrays, tuple[str, ...]]) -> Costs:
    return Costs(*grammar)


def test_all_sentences_together_have_at_most_probability_one(grammar: tuple[FstArrays, tuple[str, ...]]) -> None:
    fst, _ = grammar
    ending, chance = np.exp(-fst.final.astype(float)), np.exp(-fst.arcs["weight"].astype(float))
    total = ending.copy()
    for _ in range(300):
        total = ending + np.bincount(fst.source, chance * total[fst.arcs["next"]], fst.states)
    assert 0 < total[fst.start] <= 1.001


@pytest.mark.parametrize(
    ("likelier", "unlikelier"),
    [
        ("an americano", "a americano"),
        ("a latte", "an latte"),
        ("two lattes", "two latte"),
        ("a latte", "a lattes"),
        ("a latte with some sugar", "a latte with an sugar"),
        ("can i get a latte", "what are the latte"),
        ("a large latte", "a large large latte"),
        ("a latte and a mocha", "a latte um a mocha"),
        ("when do you open", "until when do you open"),  # what a template names first is likelier
    ],
)
def test_what_people_say_costs_less(cost: Costs, likelier: str, unlikelier: str) -> None:
    assert cost(likelier) < cost(unlikelier)


@pytest.mark.parametrize(
    "text",
    [
        "i'd like a large dark roast mocha with some cream and brown sugar please",
        "um a latte no wait a mocha", "two lattes and a mocha that's all thank you", "what's in my order",
        "remove the latte", "yes", "no thanks", "large", "a latte with no sugar", "please give me a latte",
        "with some milk please", "remove the latte please", "okay when do you open", "cancel my order please",
    ],
)  # fmt: skip
def test_all_of_it_is_in_the_grammar(cost: Costs, text: str) -> None:
    assert cost(text) < math.inf


@pytest.mark.parametrize(
    ("likelier", "unlikelier", "nats"),
    [
        ("two double shot medium roast lattes", "two double shot single shot lattes", 5),  # two of one group
        ("a medium roast latte", "a brown sugar latte", 2.5),  # what is told by its amount stands behind the drink
        ("add a latte", "no a latte", 1.5),
    ],
)
def test_what_was_misheard_costs_much_more(cost: Costs, likelier: str, unlikelier: str, nats: float) -> None:
    assert cost(unlikelier) - cost(likelier) > nats


def test_where_a_number_is_asked_one_digit_is_likelier_than_any_other_answer(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    acoustic = embedded_model(Settings().models_dir)
    folder = graph_folder(load_catalogue(BARISTA), "en", "digits", acoustic, tmp_path_factory.mktemp("digits"))
    acceptor, words, _ = read_grammar(folder)
    cost = Costs(acceptor, words)
    digits = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
    dearest = max(cost(digit) for digit in digits)
    assert dearest < min(cost(answer) for answer in ("oh", "no", "bye", "yeah", "hurry", "a latte"))
    assert cost("five five five one two oh four") < math.inf
