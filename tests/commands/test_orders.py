"""`comanda orders` on a shop's own database."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from voice.assistant import Assistant
from voice.cli import cli
from voice.errors import StorageError
from voice.settings import Settings
from voice.shop.catalogue import load_catalogue
from voice.shop.storage import Storage
from voice.shop.storage.reading import reading
from voice.types import Utterance


def place_order(data_dir: Path) -> None:
    """At an hour at which the shop is open, whenever the tests run."""
    settings = Settings(data_dir=data_dir, ask_name=False)
    storage = Storage(settings.database_url)
    with Assistant(settings, load_catalogue(), storage, lambda: datetime(2026, 11, 24, 10, 5)) as assistant:
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


NOBODY = 65534


@contextmanager
def unwritable(folder: Path) -> Iterator[None]:
    """Root may write everywhere: for him somebody else looks."""
    folder.chmod(0o555)
    root = os.geteuid() == 0
    try:
        if root:
            os.seteuid(NOBODY)
        yield
    finally:
        if root:
            os.seteuid(0)
        folder.chmod(0o755)


@pytest.fixture
def folder(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Of a shop, outside pytest's own, which only its user may enter."""
    with tempfile.TemporaryDirectory() as made:
        monkeypatch.setenv("COMANDA_DATA_DIR", made)
        place_order(Path(made))
        yield Path(made)


@pytest.mark.parametrize("arguments", [["list"], ["export"]])
def test_orders_are_listed_from_a_folder_that_one_may_not_write(folder: Path, arguments: list[str]) -> None:
    with unwritable(folder):
        result = run(*arguments)
    assert result.exception is None and "blueberry muffin" in result.output


def test_where_a_writer_has_left_its_log_nothing_is_read_past_it(folder: Path) -> None:
    (folder / "comanda.db-wal").write_bytes(b"x")
    with unwritable(folder):
        result = run("list")
    assert isinstance(result.exception, StorageError)
    assert "may write there" in str(result.exception)


def test_a_writer_that_comes_meanwhile_is_noticed(folder: Path) -> None:
    with unwritable(folder), pytest.raises(StorageError, match="Try again"):  # noqa: SIM117
        with reading(Settings(data_dir=folder).database_url) as uow:
            assert len(uow.orders.list()) == 1
            if os.getuid() == 0:
                os.seteuid(0)
            folder.chmod(0o755)
            (folder / "comanda.db-wal").touch()
