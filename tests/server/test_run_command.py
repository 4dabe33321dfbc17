"""`comanda run`: what it suggests to say."""

from __future__ import annotations

from pathlib import Path

import pytest

from server.commands.run import example_order
from tests.shop.catalogues import SHOP, written
from voice.assistant import Assistant
from voice.settings import Settings
from voice.types import Understood, Utterance

ONE = "shop: {name: X}\nproducts: [{name: honey jar, price: 4}]\n"
DISLIKED = "shop: {name: X}\nproducts: [{name: tea, price: 1}, {name: egg, price: 1, popularity: 0.5}, " \
           "{name: mug, price: 9, popularity: 1, available: no}]\n"


@pytest.mark.parametrize(("text", "said"), [
    (SHOP, "two large lattes and a tea"), (ONE, "two honey jars"), (DISLIKED, "two eggs and a tea"),
])
def test_the_banner_quotes_the_shop_that_is_served(tmp_path: Path, text: str, said: str) -> None:
    settings = Settings(data_dir=tmp_path, catalogue=written(tmp_path, text))
    with Assistant.open(settings) as assistant:
        assert example_order(assistant) == said


def test_what_the_banner_quotes_of_the_demonstration_is_understood(tmp_path: Path) -> None:
    with Assistant.open(Settings(data_dir=tmp_path)) as assistant:
        session, _ = assistant.start("web")
        turn = assistant.take_turn(session, Utterance.typed(example_order(assistant)))
        assert isinstance(turn.interpretation, Understood) and not turn.interpretation.unknown
        assert [line.quantity for line in session.cart.lines] == [2, 1]
