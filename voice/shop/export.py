"""Orders for others: CSV for a spreadsheet, JSON for a program, a ticket for the kitchen's printer."""

from __future__ import annotations

import csv
import io
import json
import textwrap
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from babel.numbers import get_currency_precision

from voice.shop.orders import OrderLine, PlacedOrder, quantity_text

COLUMNS = (
    "number", "date", "time", "status", "kind", "name", "phone", "address", "postcode", "wanted", "ready", "product_id",
    "product", "variant", "options", "notes", "quantity", "unit", "price", "subtotal", "discount", "delivery", "tax",
    "total", "currency", "id",
)
TICKET_COLUMNS = 42
"""Characters in a line of an 80 mm receipt printer, font A; 58 mm printers have 32"""

_CODE_PAGES = (("cp858", 19), ("cp852", 18), ("cp866", 17), ("cp1251", 46))
"""Python codec and the number ESC t takes for it (Epson, "ESC/POS command reference", character code tables)"""
_INITIALISE, _CUT = b"\x1b@", b"\x1dV\x42\x00"
_BOLD, _PLAIN = b"\x1bE\x01", b"\x1bE\x00"
_LARGE, _NORMAL = b"\x1d!\x11", b"\x1d!\x00"


def amount(minor: int, currency: str) -> str:
    """350 of EUR is "3.50": a plain number for machines."""
    return str(Decimal(minor).scaleb(-get_currency_precision(currency)))


def to_csv(orders: Iterable[PlacedOrder]) -> str:
    """One row a line of an order (RFC 4180, with a header); the order's own columns are on each of its rows."""
    sheet = io.StringIO(newline="")
    writer = csv.DictWriter(sheet, COLUMNS)
    writer.writeheader()
    for order in orders:
        shared = _order_cells(order)
        for line in order.draft.lines:
            writer.writerow({name: _cell(value) for name, value in {**shared, **_line_cells(order, line)}.items()})
    return sheet.getvalue()


def to_json(orders: Iterable[PlacedOrder]) -> str:
    """A list of objects. Amounts are integers of the currency's minor unit; times are ISO 8601 with offset."""
    return json.dumps([as_object(order) for order in orders], ensure_ascii=False, indent=2) + "\n"


def as_object(order: PlacedOrder) -> dict[str, Any]:
    """One order as plain data."""
    draft, to, sums = order.draft, order.draft.fulfilment, order.draft.totals
    return {
        "id": order.id, "number": order.number, "status": order.status, "placed_at": draft.placed_at.isoformat(),
        "ready_at": draft.ready_at.isoformat() if draft.ready_at else None, "channel": draft.channel,
        "language": draft.language,
        "fulfilment": {
            "kind": to.kind, "name": to.name, "phone": to.phone, "address": to.address, "postcode": to.postcode,
            "at": to.at,
        },
        "lines": [
            {
                "product_id": line.item.product_id, "product": line.name, "variant_id": line.item.variant_id,
                "variant": line.variant, "options": list(line.options), "notes": list(line.item.notes),
                "quantity": str(line.item.quantity), "unit": line.unit, "price": line.price,
            }
            for line in draft.lines
        ],
        "currency": draft.currency, "prices_include_tax": draft.prices_include_tax, "subtotal": sums.subtotal,
        "discount": sums.discount, "delivery": sums.delivery, "tax": sums.tax, "total": sums.total,
        "catalogue_version": draft.catalogue_version,
    }


def to_ticket(order: PlacedOrder, words: Mapping[str, str], columns: int = TICKET_COLUMNS) -> str:
    """A kitchen ticket as text, no line longer than `columns`. `words` is the "ticket" topic of a language."""
    rule = "-" * columns
    blocks = [_head(order, words), [rule], *([*_item(order, line, columns)] for line in order.draft.lines), [rule],
              _sums(order, words, columns)]
    return "\n".join(line for block in blocks for text in block for line in _wrapped(text, columns)) + "\n"


def to_escpos(order: PlacedOrder, words: Mapping[str, str], columns: int = TICKET_COLUMNS) -> bytes:
    """The same ticket for a receipt printer (ESC/POS): number large, first lines bold, paper cut at the end."""
    first, _, rest = to_ticket(order, words, columns).partition("\n")
    codec, table = _code_page(first + rest)
    return b"".join((
        _INITIALISE, b"\x1bt" + bytes([table]), _LARGE, _BOLD, first.strip().encode(codec, "replace"), b"\n", _NORMAL,
        _PLAIN, rest.encode(codec, "replace"), b"\n\n", _CUT,
    ))


def _order_cells(order: PlacedOrder) -> dict[str, str]:
    draft, to, sums = order.draft, order.draft.fulfilment, order.draft.totals
    sums_cells = {name: amount(getattr(sums, name), draft.currency)
                  for name in ("subtotal", "discount", "delivery", "tax", "total")}
    return {
        "number": order.number, "date": draft.placed_at.date().isoformat(), "time": f"{draft.placed_at:%H:%M}",
        "status": order.status, "kind": to.kind, "name": to.name, "phone": to.phone, "address": to.address,
        "postcode": to.postcode, "wanted": to.at or "",
        "ready": draft.ready_at.isoformat(timespec="minutes") if draft.ready_at else "",
        "currency": draft.currency, "id": order.id, **sums_cells,
    }


def _line_cells(order: PlacedOrder, line: OrderLine) -> dict[str, str]:
    return {
        "product_id": line.item.product_id, "product": line.name, "variant": line.variant,
        "options": "; ".join(line.options), "notes": "; ".join(line.item.notes),
        "quantity": str(line.item.quantity), "unit": line.unit or "", "price": amount(line.price, order.draft.currency),
    }


def _cell(text: str) -> str:
    """A cell that no spreadsheet takes for a formula: callers may type what they like."""
    formula = text.startswith(("=", "@", "\t", "\r")) or (text.startswith(("+", "-")) and not text[1:2].isdigit())
    return f"'{text}" if formula else text


def _head(order: PlacedOrder, words: Mapping[str, str]) -> list[str]:
    draft, to = order.draft, order.draft.fulfilment
    lines = [words["title"].format(number=order.number)]
    if order.status == "cancelled":
        lines.append(words["cancelled"])
    lines.append(words[to.kind])
    lines.append(f"{words['placed']}: {_clock(draft.placed_at)}")
    if to.at:
        lines.append(f"{words['wanted']}: {to.at.replace('T', ' ')}")
    if draft.ready_at:
        lines.append(f"{words['ready']}: {_clock(draft.ready_at)}")
    address = ", ".join(part for part in (to.address, to.postcode) if part)
    named = (("name", to.name), ("phone", to.phone), ("address", address))
    return lines + [f"{words[key]}: {value}" for key, value in named if value]


def _item(order: PlacedOrder, line: OrderLine, columns: int) -> Iterator[str]:
    name = f"{line.name}, {line.variant}" if line.variant else line.name
    yield _between(f"{quantity_text(line)} {name}", amount(line.price, order.draft.currency), columns)
    for detail in (*line.options, *(f"* {note}" for note in line.item.notes)):
        yield f"   {detail}"


def _sums(order: PlacedOrder, words: Mapping[str, str], columns: int) -> list[str]:
    sums, currency = order.draft.totals, order.draft.currency
    tax = words["tax" if order.draft.prices_include_tax else "tax_on_top"]
    parts = [(words["discount"], -sums.discount), (words["delivery_fee"], sums.delivery), (tax, sums.tax)]
    lines = [_between(name, amount(value, currency), columns) for name, value in parts if value]
    return [*lines, _between(f"{words['total']} {currency}", amount(sums.total, currency), columns)]


def _between(left: str, right: str, columns: int) -> str:
    gap = columns - len(left) - len(right)
    return f"{left}{' ' * gap}{right}" if gap > 0 else f"{left}\n{right.rjust(columns)}"


def _wrapped(text: str, columns: int) -> Iterator[str]:
    """Control characters become spaces: a printer would obey them."""
    for line in text.split("\n"):
        clean = "".join(c if c.isprintable() else " " for c in line)
        indent = clean[: len(clean) - len(clean.lstrip())]
        if len(clean) <= columns:
            yield clean
        else:
            yield from textwrap.wrap(clean, columns, subsequent_indent=indent or "   ")


def _clock(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M}"


def _code_page(text: str) -> tuple[str, int]:
    """The table that can print most of the text."""
    return max(_CODE_PAGES, key=lambda page: -text.encode(page[0], "replace").count(b"?"))
