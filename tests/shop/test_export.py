from __future__ import annotations

import csv
import io
import json
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner

from tests.shop.storage.drafts import NOON, draft
from voice.cli import cli
from voice.language import load_language
from voice.shop.export import COLUMNS, to_csv, to_escpos, to_json, to_ticket
from voice.shop.orders import OrderDraft, PlacedOrder
from voice.shop.storage import Storage

WORDS = load_language("en").topic("ticket")


def placed(order: OrderDraft | None = None) -> PlacedOrder:
    return PlacedOrder("abc", "137", "placed", order or draft(), NOON)


def test_csv_has_a_row_for_each_line() -> None:
    rows = list(csv.DictReader(io.StringIO(to_csv([placed()]))))
    assert tuple(rows[0]) == COLUMNS and len(rows) == 2
    assert [rows[0][name] for name in ("number", "price", "total")] == ["137", "10.40", "17.50"]
    assert rows[1]["quantity"] == "0.350"


@pytest.mark.parametrize("name", ["=1+1", "@SUM(A1)", "+cmd", "-cmd", "\tx"])
def test_no_cell_is_a_formula(name: str) -> None:
    order = replace(draft(), fulfilment=replace(draft().fulfilment, name=name))
    row = next(csv.DictReader(io.StringIO(to_csv([placed(order)]))))
    assert row["name"] == f"'{name}" and row["phone"] == "+39 040 123456"


def test_json_is_complete_and_exact() -> None:
    (order,) = json.loads(to_json([placed()]))
    assert order["total"] == 1750 and order["placed_at"] == "2026-11-23T12:00:00+02:00"
    assert order["lines"][0]["options"] == ["2 x extra oat milk"] and order["lines"][1]["quantity"] == "0.350"


@pytest.mark.parametrize("columns", [24, 32, 42])
def test_a_ticket_fits_the_paper_and_says_everything(columns: int) -> None:
    ticket = to_ticket(placed(), WORDS, columns)
    assert max(map(len, ticket.splitlines())) <= columns
    expected = ["Order 137", "Delivery", "Ada", "Loaf, large", "10.40", "extra oat", "* hot", "0.35 kg Focaccia"]
    for words in expected:
        assert words in ticket, words


def test_a_printer_obeys_nothing_a_caller_says() -> None:
    order = draft()
    told = placed(replace(order, fulfilment=replace(order.fulfilment, name="Zoë \x1dV\x00 Ж€")))
    data = to_escpos(told, WORDS)
    assert data.startswith(b"\x1b@\x1bt") and data.endswith(b"\x1dV\x42\x00")
    assert data.count(b"\x1dV") == 1 and "Zoë".encode("cp858") in data


def test_a_printer_is_told_the_alphabet() -> None:
    order = draft()
    told = placed(replace(order, fulfilment=replace(order.fulfilment, name="Анна Иванова")))
    assert b"\x1bt\x11" in to_escpos(told, WORDS) and "Анна".encode("cp866") in to_escpos(told, WORDS)


def test_the_orders_command(tmp_path: Path) -> None:
    environment = {"COMANDA_DATABASE": f"sqlite:///{tmp_path / 'shop.db'}", "COMANDA_SETTINGS": None}
    with Storage(f"sqlite:///{tmp_path / 'shop.db'}") as storage:
        storage.run(lambda uow: uow.orders.place(draft(), "k"))

    def run(*arguments: str) -> str:
        result = CliRunner().invoke(cli, ["orders", *arguments], env=environment, catch_exceptions=False)
        assert result.exit_code == 0, result.output
        return result.output

    assert "100" in run("list") and "Ada" in run("show", "100")
    assert "is ready" in run("status", "100", "ready") and "ready" in run("list", "--status", "ready")
    assert "No orders" in run("list", "--since", "2027-01-01")
    assert json.loads(run("export", "--format", "json"))[0]["number"] == "100"
    assert "0 orders" in run("purge", "--days", "36500")
    target = tmp_path / "ticket.bin"
    run("export", "--format", "escpos", "--number", "100", "--output", str(target))
    assert target.read_bytes().startswith(b"\x1b@")
