"""`comanda understand` on any catalogue."""

from __future__ import annotations

import json
from pathlib import Path

from click.testing import CliRunner

from voice.commands.understand import understand
from voice.errors import ComandaError
from voice.settings import ROOT


def test_sentences_in_json_lines_out(tmp_path: Path) -> None:
    catalogue = tmp_path / "shop.yaml"
    catalogue.write_text(
        "shop: {name: Kiosk, currency: EUR}\n"
        "products:\n"
        "  - {name: lemonade, price: 2.50}\n"
        "  - {name: hot dog, price: 4.00}\n",
        encoding="utf-8",
    )
    result = CliRunner().invoke(
        understand, ["--catalogue", str(catalogue)], input="two hot dogs and a lemonade\n\nwhat time is it in tokyo\n"
    )
    assert result.exit_code == 0, result.output
    order, other = [json.loads(line) for line in result.output.splitlines()]
    assert order["text"] == "two hot dogs and a lemonade"
    (intent,) = order["intents"]
    assert intent["name"] == "order.add"
    assert [(i["product"], i["quantity"]) for i in intent["items"]] == [("hot_dog", 2), ("lemonade", 1)]
    assert order["confidence"] > 0.9
    assert order["unknown"] == order["questions"] == []
    assert other["intents"] == []
    assert other["unknown"] == ["what time is it in tokyo"]


def test_a_recording_is_refused_with_the_command_that_hears_it() -> None:
    result = CliRunner().invoke(understand, [str(ROOT / "audio_samples" / "en" / "flite-slt" / "two-lattes.wav")])
    assert isinstance(result.exception, ComandaError) and not result.output
    assert "two-lattes.wav is not text" in str(result.exception) and "kiosk --file" in str(result.exception)
