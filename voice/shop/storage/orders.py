"""Orders: placed once, whatever is retried, with stock taken and a number given in the same transaction."""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any, cast

from pydantic import TypeAdapter
from sqlalchemy import select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from voice.shop.model import Fulfilment, LineItem, Totals
from voice.shop.orders import OrderDraft, OrderLine, PlacedOrder, Status
from voice.shop.privacy import mask_digits
from voice.shop.storage.people import Callers, affected, now
from voice.shop.storage.stock import Stock
from voice.shop.storage.tables import CounterRow, OrderLineRow, OrderRow

_ITEM = TypeAdapter(LineItem)
_NUMBERS, _STEP = 900, 37
"""Three digits from 100; the step has no factor in common with their count, so that none comes twice in a round, and
neighbours do not sound alike"""


def order_number(count: int) -> str:
    """The number of a day's order, counted from 0: three digits for the first 900, then four."""
    turn, place = divmod(count, _NUMBERS)
    return f"{turn or ''}{100 + place * _STEP % _NUMBERS}"


class Orders:
    def __init__(self, session: Session, callers: Callers, stock: Stock) -> None:
        self._session, self._callers, self._stock = session, callers, stock

    def place(self, draft: OrderDraft, idempotency_key: str) -> PlacedOrder:
        """Stores the order and takes its stock. The same key again gives the order that stands already.
        Raises OutOfStock: leave the unit of work without committing."""
        if not idempotency_key or not draft.lines:
            raise ValueError("an order needs an idempotency key and at least one line")
        if (present := self._by_key(idempotency_key)) is not None:
            return present
        values = self._values(draft) | {"id": uuid.uuid4().hex, "idempotency_key": idempotency_key}
        values["number"] = order_number(self._count(f"orders {draft.placed_at.date()}"))
        insert = self._insert(OrderRow).values(values).on_conflict_do_nothing(index_elements=["idempotency_key"])
        if self._session.execute(insert.returning(OrderRow.id)).first() is None:
            # Another transaction placed it between our look and our insert, and has committed.
            present = self._by_key(idempotency_key)
            assert present is not None
            return present
        self._session.add_all(_line_row(str(values["id"]), n, line) for n, line in enumerate(draft.lines))
        self._session.flush()
        self._stock.take(_quantities(draft.lines))
        return self.get(str(values["id"]))

    def get(self, order_id: str) -> PlacedOrder:
        """Raises KeyError."""
        if (row := self._session.get(OrderRow, order_id)) is None:
            raise KeyError(order_id)
        return _order(row)

    def by_number(self, number: str, day: date | None = None) -> PlacedOrder | None:
        """The newest order of that number, or that of a day."""
        rows = select(OrderRow).where(OrderRow.number == number).order_by(OrderRow.placed_at.desc()).limit(1)
        row = self._session.scalar(rows if day is None else rows.where(OrderRow.day == day))
        return None if row is None else _order(row)

    def latest(self, caller: str | None, limit: int = 1) -> list[PlacedOrder]:
        """The caller's last orders that were not cancelled, newest first: what "my usual" is taken from."""
        if (key := self._callers.key(caller)) is None:
            return []
        rows = select(OrderRow).where(OrderRow.caller == key, OrderRow.status != "cancelled")
        return [_order(row) for row in self._session.scalars(rows.order_by(OrderRow.placed_at.desc()).limit(limit))]

    def list(self, since: datetime | None = None, until: datetime | None = None, status: str | None = None,
             limit: int | None = None) -> list[PlacedOrder]:
        """Newest first; `since` inclusive, `until` exclusive, both time zone aware."""
        rows = select(OrderRow).order_by(OrderRow.placed_at.desc(), OrderRow.id)
        if since is not None:
            rows = rows.where(OrderRow.placed_at >= since)
        if until is not None:
            rows = rows.where(OrderRow.placed_at < until)
        if status is not None:
            rows = rows.where(OrderRow.status == status)
        return [_order(row) for row in self._session.scalars(rows.limit(limit))]

    def set_status(self, order_id: str, status: Status) -> PlacedOrder:
        """Cancelling gives the stock back, once. Raises KeyError."""
        row = self._session.get(OrderRow, order_id, with_for_update=True, populate_existing=True)
        if row is None:
            raise KeyError(order_id)
        if status == "cancelled" and row.status != "cancelled":
            self._stock.give_back(_quantities(_order(row).draft.lines))
        row.status, row.updated_at = status, now()
        self._session.flush()
        return _order(row)

    def purge(self, older_than: datetime) -> int:
        """Takes the person, and his own words, out of older orders; what was sold, and for how much, stays for the
        books."""
        self._drop_notes(older_than)
        named = OrderRow.placed_at < older_than, OrderRow.session_id != ""
        return affected(self._session, update(OrderRow).where(*named).values(_NOBODY))

    def _drop_notes(self, older_than: datetime) -> None:
        """What somebody asked of the kitchen may tell of his health."""
        noted = select(OrderLineRow).join(OrderRow).where(OrderRow.placed_at < older_than)
        for row in self._session.scalars(noted.where(OrderLineRow.item.not_like('%"notes":[]%'))):
            row.item = _ITEM.dump_json(replace(_ITEM.validate_json(row.item), notes=())).decode()

    def forget(self, caller: str) -> None:
        """Takes the person out of his orders. What the kitchen must know of one that it may still make stays."""
        key = self._callers.key(caller)
        affected(self._session, update(OrderRow).where(OrderRow.caller == key).values(_NOBODY))

    def _insert(self, table: Any) -> Any:
        postgres = self._session.get_bind().dialect.name == "postgresql"
        return postgresql.insert(table) if postgres else sqlite.insert(table)

    def _count(self, name: str) -> int:
        """The next number of a counter, from 0. Its row serialises the orders of a day."""
        insert = self._insert(CounterRow).values(name=name, value=0)
        up = insert.on_conflict_do_update(index_elements=["name"], set_={"value": CounterRow.value + 1})
        return int(self._session.execute(up.returning(CounterRow.value)).scalar_one())

    def _by_key(self, key: str) -> PlacedOrder | None:
        row = self._session.scalar(select(OrderRow).where(OrderRow.idempotency_key == key))
        return None if row is None else _order(row)

    def _values(self, draft: OrderDraft) -> dict[str, Any]:
        to, sums, offset = draft.fulfilment, draft.totals, draft.placed_at.utcoffset()
        if offset is None:
            raise ValueError("placed_at must know its time zone")
        return {
            "day": draft.placed_at.date(), "status": "placed", "placed_at": draft.placed_at, "updated_at": now(),
            "ready_at": draft.ready_at, "utc_offset": int(offset.total_seconds() // 60), "kind": to.kind,
            "name": mask_digits(to.name), "phone": to.phone, "address": mask_digits(to.address),
            "postcode": to.postcode, "wanted_at": to.at, "subtotal": sums.subtotal, "discount": sums.discount,
            "delivery": sums.delivery, "tax": sums.tax, "total": sums.total, "currency": draft.currency,
            "prices_include_tax": draft.prices_include_tax, "catalogue_version": draft.catalogue_version,
            "session_id": draft.session_id, "caller": self._callers.key(draft.caller), "channel": draft.channel,
            "language": draft.language,
        }


_NOBODY: Mapping[str, Any] = {
    "name": "", "phone": "", "address": "", "postcode": "", "session_id": "", "caller": None,
}


def _quantities(lines: tuple[OrderLine, ...]) -> dict[str, Decimal]:
    wanted: dict[str, Decimal] = {}
    for line in lines:
        wanted[line.item.product_id] = wanted.get(line.item.product_id, Decimal(0)) + line.item.quantity
    return wanted


def _line_row(order_id: str, position: int, line: OrderLine) -> OrderLineRow:
    item = replace(line.item, notes=tuple(mask_digits(note) for note in line.item.notes))
    return OrderLineRow(
        order_id=order_id, position=position, product_id=item.product_id, name=line.name, variant=line.variant,
        options=json.dumps(line.options, ensure_ascii=False), quantity=str(item.quantity), unit=line.unit,
        price=line.price, item=_ITEM.dump_json(item).decode(),
    )


def _order(row: OrderRow) -> PlacedOrder:
    clock = timezone(timedelta(minutes=row.utc_offset))
    lines = tuple(
        OrderLine(_ITEM.validate_json(line.item), line.name, line.price, line.variant,
                  tuple(json.loads(line.options)), line.unit)
        for line in row.lines
    )
    draft = OrderDraft(
        lines=lines, totals=Totals(row.subtotal, row.discount, row.delivery, row.tax, row.total),
        placed_at=row.placed_at.astimezone(clock),
        fulfilment=Fulfilment(cast("Any", row.kind), row.name, row.phone, row.address, row.postcode, row.wanted_at),
        ready_at=row.ready_at.astimezone(clock) if row.ready_at else None, currency=row.currency,
        prices_include_tax=row.prices_include_tax, catalogue_version=row.catalogue_version,
        session_id=row.session_id, channel=row.channel, language=row.language,
    )
    return PlacedOrder(row.id, row.number, cast("Status", row.status), draft, row.updated_at)
