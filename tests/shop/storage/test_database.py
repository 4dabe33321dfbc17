"""What can happen to a database: old tables, other processes, a full or read-only disk, a crash."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import create_engine, event, text

from tests.shop.storage.drafts import draft
from voice.errors import StorageError
from voice.shop.storage import Storage
from voice.shop.storage.migrate import config
from voice.shop.storage.tables import Table

ROOT = Path(__file__).resolve().parents[3]
PLACE = """
import sys
from tests.shop.storage.drafts import draft
from voice.shop.storage import OutOfStock, Storage

storage = Storage(sys.argv[1])
for n in range(int(sys.argv[3])):
    try:
        storage.run(lambda uow: uow.orders.place(draft(), f"{sys.argv[2]} {n}"))
    except OutOfStock:
        pass
"""
CRASH = """
import os, sys
from tests.shop.storage.drafts import draft
from voice.shop.storage import Storage

storage = Storage(sys.argv[1])
storage.run(lambda uow: uow.orders.place(draft(), "kept"))
with storage.unit_of_work() as uow:
    uow.orders.place(draft(), "half-way")
    os._exit(9)
"""


def process(script: str, *arguments: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, "-c", script, *arguments], cwd=ROOT)


def test_migrations_make_exactly_the_tables(url: str) -> None:
    Storage(url).close()
    engine = create_engine(url)
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, Table.metadata) == []
    engine.dispose()


def test_migrations_can_be_taken_back(url: str) -> None:
    Storage(url).close()
    engine, settings = create_engine(url), config()
    with engine.begin() as connection:
        settings.attributes["connection"] = connection
        command.downgrade(settings, "base")
    engine.dispose()
    with Storage(url) as storage:
        storage.run(lambda uow: uow.orders.place(draft(), "k"))


def test_a_database_of_a_newer_program_is_left_alone(url: str) -> None:
    Storage(url).close()
    engine = create_engine(url)
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    engine.dispose()
    with pytest.raises(StorageError, match="newer Comanda"):
        Storage(url)


def test_processes_open_and_sell_at_the_same_time(url: str) -> None:
    running = [process(PLACE, url, f"process {n}", "4") for n in range(3)]
    assert [each.wait(120) for each in running] == [0, 0, 0]
    with Storage(url) as storage, storage.unit_of_work() as uow:
        orders = uow.orders.list()
        assert len(orders) == len({order.number for order in orders}) == 12


def test_a_crash_loses_no_placed_order_and_keeps_no_half_one(url: str) -> None:
    assert process(CRASH, url).wait(120) == 9
    with Storage(url) as storage:
        storage.run(lambda uow: uow.orders.place(draft(), "kept"))
        with storage.unit_of_work() as uow:
            assert len(uow.orders.list()) == 1


def test_a_full_disk_says_so_and_doubles_nothing(tmp_path: Path) -> None:
    with Storage(f"sqlite:///{tmp_path / 'shop.db'}") as storage:
        storage.run(lambda uow: uow.orders.place(draft(), "first"))
        storage.close()  # the limit below counts for new connections
        full = [True]

        @event.listens_for(storage._engine, "checkout")
        def limit(connection: object, *_: object) -> None:
            pages = connection.execute("PRAGMA page_count").fetchone()[0]  # type: ignore[attr-defined]
            connection.execute(f"PRAGMA max_page_count={pages if full[0] else 100_000}")  # type: ignore[attr-defined]

        with pytest.raises(StorageError, match="disk is full"):
            for n in range(200):
                storage.run(lambda uow, n=n: uow.orders.place(draft(), f"key {n}"))  # type: ignore[misc]
        with storage.unit_of_work(read_only=True) as uow:
            before = len(uow.orders.list())
        full[0] = False
        storage.run(lambda uow: uow.orders.place(draft(), f"key {before - 1}"))
        with storage.unit_of_work(read_only=True) as uow:
            assert len(uow.orders.list()) == before + 1


def test_a_lock_is_waited_for_and_then_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("voice.shop.storage.storage.BUSY_TIMEOUT", 0.05)
    path = tmp_path / "shop.db"
    with Storage(f"sqlite:///{path}") as storage, closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StorageError, match="keeps the database locked"):
            storage.run(lambda uow: uow.orders.place(draft(), "k"))
        with storage.unit_of_work(read_only=True) as uow:
            assert uow.orders.list() == []
        other.execute("ROLLBACK")
        storage.run(lambda uow: uow.orders.place(draft(), "k"))
        with storage.unit_of_work(read_only=True) as uow:
            assert len(uow.orders.list()) == 1


def test_a_read_only_database_says_so(tmp_path: Path) -> None:
    Storage(f"sqlite:///{tmp_path / 'shop.db'}").close()
    with (
        Storage(f"sqlite:///file:{tmp_path / 'shop.db'}?mode=ro&uri=true") as storage,
        pytest.raises(StorageError, match="read-only"),
    ):
        storage.run(lambda uow: uow.orders.place(draft(), "k"))


def test_what_is_not_a_database_says_so(tmp_path: Path) -> None:
    (tmp_path / "shop.db").write_text("name,price\n" * 1000)
    with pytest.raises(StorageError, match="not a database"):
        Storage(f"sqlite:///{tmp_path / 'shop.db'}")
    with pytest.raises(StorageError, match="cannot be opened"):
        Storage(f"sqlite:///{tmp_path}")
    with pytest.raises(StorageError, match="is not a database Comanda knows"):
        Storage("oracle9://x")
    with pytest.raises(StorageError, match=r"Start it.*COMANDA_DATABASE"):
        Storage("postgresql+psycopg://nobody:secret@127.0.0.1:9/none")


def test_a_message_never_holds_the_password() -> None:
    with pytest.raises(StorageError) as caught:
        Storage("postgresql+psycopg://nobody:secret@127.0.0.1:9/none")
    assert "secret" not in str(caught.value)


def test_memory_serves_for_trying_things(tmp_path: Path) -> None:
    with Storage("sqlite://") as storage:
        storage.run(lambda uow: uow.orders.place(draft(), "k"))
        with storage.unit_of_work() as uow:
            assert len(uow.orders.list()) == 1


def test_numbers_of_callers_are_not_in_the_file(tmp_path: Path) -> None:
    path = tmp_path / "shop.db"
    with Storage(f"sqlite:///{path}") as storage:
        storage.run(lambda uow: uow.customers.remember("+39 040 777123", "Ada"))
        storage.run(lambda uow: uow.sessions.save("s", "{}", "+39 040 777123"))
    stored = b"".join(file.read_bytes() for file in tmp_path.iterdir())
    assert b"777123" not in stored and b"Ada" in stored


def test_a_file_in_the_folders_place_is_told(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("in the way", encoding="utf-8")
    with pytest.raises(StorageError, match="COMANDA_DATA_DIR"):
        Storage(f"sqlite:///{tmp_path / 'data' / 'comanda.db'}")
