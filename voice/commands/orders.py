"""`comanda orders`: what was ordered, as a table, a file or a kitchen ticket."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, cast

import click
from rich.console import Console
from rich.table import Table

from voice.commands.counting import counted
from voice.errors import ComandaError, StorageError
from voice.language import load_language
from voice.settings import load_settings
from voice.shop.catalogue import load_catalogue
from voice.shop.export import amount, to_csv, to_escpos, to_json, to_ticket
from voice.shop.hours import local_now
from voice.shop.orders import STATUSES, PlacedOrder, Status
from voice.shop.recordings import sweep
from voice.shop.storage import Storage
from voice.shop.storage.reading import reading

_DAY = click.DateTime(["%Y-%m-%d", "%Y-%m-%dT%H:%M"])


@click.group()
def orders() -> None:
    """Look at, print and export orders."""


def period(command: Any) -> Any:
    """The options that choose orders by time and status."""
    for option in (
        click.option("--status", type=click.Choice(STATUSES), help="Only orders of this status."),
        click.option("--until", type=_DAY, help="Before this date or time, on the shop's clock."),
        click.option("--since", type=_DAY, help="From this date or time on, on the shop's clock."),
    ):
        command = option(command)
    return command


@orders.command("list")
@period
@click.option("--limit", default=50, show_default=True, help="At most so many, newest first.")
def list_orders(since: datetime | None, until: datetime | None, status: str | None, limit: int) -> None:
    """Orders as a table, newest first."""
    with reading(load_settings().database_url) as uow:
        found = uow.orders.list(_aware(since), _aware(until), status, limit)
    table = Table("Number", "Placed", "Status", "For", "Items", "Total", header_style="bold")
    for order in found:
        items = ", ".join(f"{line.item.quantity.normalize():f} {line.name}" for line in order.draft.lines)
        total = f"{amount(order.draft.totals.total, order.draft.currency)} {order.draft.currency}"
        whom = order.draft.fulfilment.name or order.draft.fulfilment.kind
        table.add_row(order.number, f"{order.draft.placed_at:%Y-%m-%d %H:%M}", order.status, whom, items, total)
    Console().print(table if found else "No orders.")


@orders.command("show")
@click.argument("number")
@click.option("--day", type=click.DateTime(["%Y-%m-%d"]), help="Its date, if the number was given out more than once.")
def show_order(number: str, day: datetime | None) -> None:
    """One order as its ticket."""
    click.echo(to_ticket(_order(number, day), _words()), nl=False)


@orders.command("status")
@click.argument("number")
@click.argument("status", type=click.Choice(STATUSES))
@click.option("--day", type=click.DateTime(["%Y-%m-%d"]), help="Its date, if the number was given out more than once.")
def set_status(number: str, status: str, day: datetime | None) -> None:
    """Say how far an order is. Cancelling gives its stock back."""
    order = _order(number, day)
    with Storage(load_settings().database_url) as storage:
        storage.run(lambda uow: uow.orders.set_status(order.id, cast("Status", status)))
    click.echo(f"Order {number} is {status}.")


@orders.command()
@click.option("--days", type=click.IntRange(1, 36500), help="Older than so many days; else the setting retention_days.")
def purge(days: int | None) -> None:
    """Erase old sessions, customers, calls, recordings and feedback, and take the person out of old orders."""
    settings = load_settings()
    with Storage(settings.database_url) as storage:
        if touched := storage.keep(days or settings.retention_days):
            touched["recordings"] = sweep(storage, settings.call_audio_dir)
    told = ", ".join(f"{count} {name.removesuffix('s') if count == 1 else name}" for name, count in touched.items())
    click.echo(told or "Everything is kept: retention_days is 0.")


@orders.command("export")
@period
@click.option("--format", "kind", type=click.Choice(["csv", "json", "ticket", "escpos"]), default="csv",
              show_default=True, help="escpos is what a receipt printer takes, for instance 'cat FILE > /dev/usb/lp0'.")
@click.option("--number", help="One order by its number; the newest of that number.")
@click.option("--columns", default=42, show_default=True, help="Characters in a ticket's line: 42, or 32 for 58 mm.")
@click.option("--output", type=click.Path(dir_okay=False, path_type=Path), help="File to write, else the screen.")
def export_orders(since: datetime | None, until: datetime | None, status: str | None, kind: str, number: str | None,
                  columns: int, output: Path | None) -> None:
    """Orders as CSV, JSON or kitchen tickets, oldest first."""
    if number is not None:
        found = [_order(number, None)]
    else:
        with reading(load_settings().database_url) as uow:
            found = uow.orders.list(_aware(since), _aware(until), status)[::-1]
    data = _exported(found, kind, max(columns, 24))
    if output is None:
        sys.stdout.buffer.write(data)
        return
    try:
        output.write_bytes(data)
    except OSError as error:
        raise ComandaError(f"{output} cannot be written: {error.strerror}. Name another file.") from error
    click.echo(f"{counted(len(found), 'order')} written to {output}.")


def _exported(found: list[PlacedOrder], kind: str, columns: int) -> bytes:
    if kind == "csv":
        return to_csv(found).encode("utf-8-sig")  # with the mark by which spreadsheets know UTF-8
    if kind == "json":
        return to_json(found).encode()
    if kind == "ticket":
        return "\n".join(to_ticket(order, _words(), columns) for order in found).encode()
    return b"".join(to_escpos(order, _words(), columns) for order in found)


def _order(number: str, day: datetime | None) -> PlacedOrder:
    with reading(load_settings().database_url) as uow:
        found = uow.orders.by_number(number, day.date() if day else None)
    if found is None:
        raise StorageError(f"There is no order {number}. 'comanda orders list' shows them.")
    return found


def _words() -> Mapping[str, str]:
    return load_language(load_settings().language).topic("ticket")


def _aware(at: datetime | None) -> datetime | None:
    return None if at is None else local_now(load_catalogue(load_settings().catalogue).shop, at)
