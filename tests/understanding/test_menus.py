"""What customers say to the demonstration shop and to menus of other trades, read from catalogue files."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest

from tests.understanding.meanings import of_interpretation
from tests.understanding.test_orders import table
from voice.commands.understand import DEMO
from voice.language import load_language
from voice.shop.catalogue import load_catalogue
from voice.types import Understood, Utterance
from voice.understanding.understander import Understander

MENUS = Path(__file__).parent / "menus"
SENTENCES = [(menu, row) for menu, rows in table("menus.yaml").items() for row in rows]


@lru_cache
def understander(menu: str) -> Understander:
    path = DEMO if menu == "demo" else MENUS / f"{menu}.yaml"
    return Understander(load_catalogue(path), load_language("en"))


@pytest.mark.parametrize(("menu", "row"), SENTENCES, ids=[f"{menu}: {row['said']}" for menu, row in SENTENCES])
def test_menus(menu: str, row: dict[str, Any]) -> None:
    found = understander(menu).interpret(Utterance.typed(row["said"]))
    assert of_interpretation(found) == row["means"]
    assert isinstance(found, Understood)
    assert not found.unknown


@pytest.mark.parametrize(("said", "unknown"), [("a rogan josh and a naan", ("rogan", "josh"))])
def test_what_a_menu_lacks_is_told_and_becomes_no_item(said: str, unknown: tuple[str, ...]) -> None:
    found = understander("take_away").interpret(Utterance.typed(said))
    assert isinstance(found, Understood)
    assert found.unknown == unknown
    assert of_interpretation(found) == ["order.add: 1 plain_naan"]
