"""The tables. Money is integers of minor units, quantities are decimal text or thousandths, times are UTC."""

from __future__ import annotations

from datetime import date, datetime, timezone
from typing import Any

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    DateTime,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    Text,
    TypeDecorator,
    UniqueConstraint,
)
from sqlalchemy.engine import Dialect
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship

NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_name)s", "uq": "uq_%(table_name)s_%(column_0_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s", "fk": "fk_%(table_name)s_%(column_0_name)s",
    "pk": "pk_%(table_name)s",
}


WHOLE = BigInteger().with_variant(Integer, "sqlite")
"""SQLite counts rows up only in a column declared INTEGER, which holds 64 bits there"""


class UtcTime(TypeDecorator[datetime]):
    """A moment: stored in UTC, read back aware (SQLite itself forgets the zone)."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a stored time must know its time zone")
        value = value.astimezone(timezone.utc)
        return value if dialect.name == "postgresql" else value.replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=timezone.utc) if value.tzinfo is None else value.astimezone(timezone.utc)


class Table(DeclarativeBase):
    metadata = MetaData(naming_convention=NAMES)
    type_annotation_map: dict[Any, Any] = {datetime: UtcTime, str: Text, int: WHOLE}  # noqa: RUF012


class OrderRow(Table):
    __tablename__ = "orders"
    __table_args__ = (UniqueConstraint("day", "number"), Index("ix_orders_caller_placed", "caller", "placed_at"))

    id: Mapped[str] = mapped_column(primary_key=True)
    idempotency_key: Mapped[str] = mapped_column(unique=True)
    day: Mapped[date]
    """On the shop's clock"""
    number: Mapped[str]
    status: Mapped[str]
    placed_at: Mapped[datetime] = mapped_column(index=True)
    updated_at: Mapped[datetime]
    ready_at: Mapped[datetime | None]
    utc_offset: Mapped[int]
    """Minutes east of UTC on the shop's clock when placed, so that times print as they were told"""
    kind: Mapped[str]
    name: Mapped[str]
    phone: Mapped[str]
    address: Mapped[str]
    postcode: Mapped[str]
    wanted_at: Mapped[str | None]
    subtotal: Mapped[int]
    discount: Mapped[int]
    delivery: Mapped[int]
    tax: Mapped[int]
    total: Mapped[int]
    currency: Mapped[str]
    prices_include_tax: Mapped[bool]
    catalogue_version: Mapped[str]
    session_id: Mapped[str]
    caller: Mapped[str | None]
    """Keyed hash"""
    channel: Mapped[str]
    language: Mapped[str]
    lines: Mapped[list[OrderLineRow]] = relationship(
        order_by="OrderLineRow.position", cascade="all, delete-orphan", lazy="selectin", passive_deletes=True
    )


class OrderLineRow(Table):
    __tablename__ = "order_lines"

    order_id: Mapped[str] = mapped_column(ForeignKey("orders.id", ondelete="CASCADE"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    product_id: Mapped[str] = mapped_column(index=True)
    name: Mapped[str]
    variant: Mapped[str]
    options: Mapped[str]
    """JSON list of words"""
    quantity: Mapped[str]
    """Decimal as text"""
    unit: Mapped[str | None]
    price: Mapped[int]
    item: Mapped[str]
    """The cart's LineItem as JSON, to order the same again"""


class SessionRow(Table):
    __tablename__ = "sessions"

    id: Mapped[str] = mapped_column(primary_key=True)
    caller: Mapped[str | None] = mapped_column(index=True)
    body: Mapped[str]
    updated_at: Mapped[datetime] = mapped_column(index=True)


class CustomerRow(Table):
    __tablename__ = "customers"

    caller: Mapped[str] = mapped_column(primary_key=True)
    """Keyed hash of the phone number"""
    name: Mapped[str]
    language: Mapped[str]
    consent: Mapped[bool | None]
    seen_at: Mapped[datetime] = mapped_column(index=True)


class StockRow(Table):
    __tablename__ = "stock"
    __table_args__ = (CheckConstraint("thousandths >= 0", name="not_negative"),)

    product_id: Mapped[str] = mapped_column(primary_key=True)
    declared: Mapped[int]
    """What the catalogue said, in thousandths: a change of it is a new count of the shelf"""
    thousandths: Mapped[int]
    """What is left"""


class CallRow(Table):
    __tablename__ = "calls"

    id: Mapped[str] = mapped_column(primary_key=True)
    session_id: Mapped[str] = mapped_column(index=True)
    caller: Mapped[str | None]
    channel: Mapped[str]
    started_at: Mapped[datetime] = mapped_column(index=True)
    ended_at: Mapped[datetime | None]
    turns: Mapped[int]
    outcome: Mapped[str]
    order_number: Mapped[str]
    milliseconds: Mapped[str]
    """JSON: step -> list of milliseconds, one a turn"""
    recording: Mapped[str] = mapped_column(server_default="")
    """Name of the WAV file with the caller's audio, "" for none"""


class FeedbackRow(Table):
    __tablename__ = "feedback"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    session_id: Mapped[str] = mapped_column(index=True)
    rating: Mapped[int | None]
    text: Mapped[str]
    given_at: Mapped[datetime] = mapped_column(index=True)


class EventRow(Table):
    __tablename__ = "events"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    kind: Mapped[str]
    session_id: Mapped[str]
    data: Mapped[str]
    """JSON"""
    at: Mapped[datetime] = mapped_column(index=True)
    handled_at: Mapped[datetime | None]


class CounterRow(Table):
    __tablename__ = "counters"

    name: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[int]


class SecretRow(Table):
    __tablename__ = "secrets"

    name: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[str]
