"""`comanda orders` on a shop's own database."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from voice.assistant import Assistant
from voice.cli import cli
from voice.settings import Settings
from voice.types import Utterance


def place_order(data_dir: Path) -> None:
    with Assistant.open(Settings(data_dir=data_dir, ask_name=False)) as assistant:
        session, _ = assistant.start("kiosk")
        for said in ("a blueberry muffin", "that's all", "to take away", "yes"):
            assistant.take_turn(session, Utterance.typed(said))
        assert session.order_number


def run(*arguments: str) -> Result:
    return CliRunner().invoke(cli, ["orders", *arguments])


def test_orders_written_are_counted_in_english(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COMANDA_DATA_DIR", str(tmp_path))
    file = tmp_path / "orders.csv"
    for expected in ("0 orders", "1 order", "2 orders"):
        result = run("export", "--output", str(file))
        assert result.output == f"{expected} written to {file}.\n"
        place_order(tmp_path)
