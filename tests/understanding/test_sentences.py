"""Every template of sentences.yaml is said by a test sentence and means its intent."""

from __future__ import annotations

from typing import Any

import pytest

from tests.understanding.test_orders import LINES, expectation, table, understander
from voice.language import load_contract, load_language
from voice.types import Understood, Utterance
from voice.understanding.grammar import Grammar

SENTENCES = [(intent, row) for intent, rows in table("sentences.yaml").items() for row in rows]


@pytest.mark.parametrize(("intent", "row"), SENTENCES, ids=[row["said"] for _, row in SENTENCES])
def test_sentence_means_its_intent(intent: str, row: dict[str, Any]) -> None:
    asked = expectation(row.get("expects", "anything"))
    found = understander("cafe").interpret(Utterance.typed(row["said"]), asked, LINES, "l2")
    assert isinstance(found, Understood)
    assert found.intents[0].name == intent


def test_every_template_has_a_sentence() -> None:
    cafe = understander("cafe")
    said = set()
    for _, row in SENTENCES:
        said |= {match.template.text for match in cafe.matches(row["said"])}
    missing = [f"{t.intent}: {t.text}" for t in Grammar(load_language("en")).templates if t.text not in said]
    assert not missing, "add a sentence to tests/understanding/en/sentences.yaml for:\n" + "\n".join(missing)


def test_every_intent_of_the_contract_has_sentences() -> None:
    contract = load_contract()["intents"]
    written = {template.intent for template in Grammar(load_language("en")).templates}
    needed = {name for name, body in contract.items() if body.get("sentences", True)}
    assert needed <= written
    assert written <= set(contract)
