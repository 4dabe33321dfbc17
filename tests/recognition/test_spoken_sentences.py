"""Customers' sentences in the word grammar of the demonstration shop, by the state of the dialogue they are said in."""

from __future__ import annotations

import math
from collections.abc import Mapping
from pathlib import Path

import pytest
import yaml

from tests.recognition.grammar_costs import costs_of
from voice.language import load_language
from voice.shop.catalogue import DEMO

SENTENCES: Mapping[str, Mapping[str, list[str]]] = yaml.safe_load(
    Path(__file__).with_name("spoken_sentences.yaml").read_text(encoding="utf-8")
)
A_SENTENCE, A_WORD, NEVER = 8.7, 4.8, 5.5
"""Nats: what a sentence may cost beside its words, each of its words, and what a word of nonsense costs at least"""
SELDOM = 1.2
"""How much more what is said seldom may cost"""


def test_each_state_has_its_sentences() -> None:
    assert set(SENTENCES) == set(load_language("en").topic("spoken_order")["states"])


@pytest.mark.parametrize("state", SENTENCES)
def test_what_customers_say_is_in_the_grammar_and_what_nobody_says_is_not(state: str) -> None:
    cost = costs_of(DEMO, state)
    texts = SENTENCES[state]
    seldom = frozenset(texts.get("seldom", ()))
    said = {t: cost(t) / (A_SENTENCE + A_WORD * len(t.split())) for t in [*texts["said"], *seldom]}
    assert {t: round(share, 2) for t, share in said.items() if share > (SELDOM if t in seldom else 1)} == {}
    never = {text: cost(text) / len(text.split()) for text in texts.get("never", ())}
    assert {text: round(share, 2) for text, share in never.items() if share < NEVER} == {}
    assert math.inf not in said.values()
