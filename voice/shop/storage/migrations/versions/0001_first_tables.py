"""The first tables."""

from __future__ import annotations

from alembic import op
from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    DateTime,
    ForeignKeyConstraint,
    Integer,
    PrimaryKeyConstraint,
    Text,
    UniqueConstraint,
)

revision = "0001"
down_revision = None

TIME = DateTime(timezone=True)
WHOLE = BigInteger().with_variant(Integer, "sqlite")


def upgrade() -> None:
    op.create_table("calls",
        Column("id", Text(), nullable=False),
        Column("session_id", Text(), nullable=False),
        Column("caller", Text(), nullable=True),
        Column("channel", Text(), nullable=False),
        Column("started_at", TIME, nullable=False),
        Column("ended_at", TIME, nullable=True),
        Column("turns", WHOLE, nullable=False),
        Column("outcome", Text(), nullable=False),
        Column("order_number", Text(), nullable=False),
        Column("milliseconds", Text(), nullable=False),
        PrimaryKeyConstraint("id", name="pk_calls")
    )
    op.create_index("ix_calls_session_id", "calls", ["session_id"])
    op.create_index("ix_calls_started_at", "calls", ["started_at"])
    op.create_table("counters",
        Column("name", Text(), nullable=False),
        Column("value", WHOLE, nullable=False),
        PrimaryKeyConstraint("name", name="pk_counters")
    )
    op.create_table("customers",
        Column("caller", Text(), nullable=False),
        Column("name", Text(), nullable=False),
        Column("language", Text(), nullable=False),
        Column("consent", Boolean(), nullable=True),
        Column("seen_at", TIME, nullable=False),
        PrimaryKeyConstraint("caller", name="pk_customers")
    )
    op.create_index("ix_customers_seen_at", "customers", ["seen_at"])
    op.create_table("events",
        Column("id", WHOLE, autoincrement=True, nullable=False),
        Column("kind", Text(), nullable=False),
        Column("session_id", Text(), nullable=False),
        Column("data", Text(), nullable=False),
        Column("at", TIME, nullable=False),
        Column("handled_at", TIME, nullable=True),
        PrimaryKeyConstraint("id", name="pk_events")
    )
    op.create_index("ix_events_at", "events", ["at"])
    op.create_table("feedback",
        Column("id", WHOLE, autoincrement=True, nullable=False),
        Column("session_id", Text(), nullable=False),
        Column("rating", WHOLE, nullable=True),
        Column("text", Text(), nullable=False),
        Column("given_at", TIME, nullable=False),
        PrimaryKeyConstraint("id", name="pk_feedback")
    )
    op.create_index("ix_feedback_given_at", "feedback", ["given_at"])
    op.create_index("ix_feedback_session_id", "feedback", ["session_id"])
    op.create_table("orders",
        Column("id", Text(), nullable=False),
        Column("idempotency_key", Text(), nullable=False),
        Column("day", Date(), nullable=False),
        Column("number", Text(), nullable=False),
        Column("status", Text(), nullable=False),
        Column("placed_at", TIME, nullable=False),
        Column("updated_at", TIME, nullable=False),
        Column("ready_at", TIME, nullable=True),
        Column("utc_offset", WHOLE, nullable=False),
        Column("kind", Text(), nullable=False),
        Column("name", Text(), nullable=False),
        Column("phone", Text(), nullable=False),
        Column("address", Text(), nullable=False),
        Column("postcode", Text(), nullable=False),
        Column("wanted_at", Text(), nullable=True),
        Column("subtotal", WHOLE, nullable=False),
        Column("discount", WHOLE, nullable=False),
        Column("delivery", WHOLE, nullable=False),
        Column("tax", WHOLE, nullable=False),
        Column("total", WHOLE, nullable=False),
        Column("currency", Text(), nullable=False),
        Column("prices_include_tax", Boolean(), nullable=False),
        Column("catalogue_version", Text(), nullable=False),
        Column("session_id", Text(), nullable=False),
        Column("caller", Text(), nullable=True),
        Column("channel", Text(), nullable=False),
        Column("language", Text(), nullable=False),
        PrimaryKeyConstraint("id", name="pk_orders"),
        UniqueConstraint("day", "number", name="uq_orders_day"),
        UniqueConstraint("idempotency_key", name="uq_orders_idempotency_key")
    )
    op.create_index("ix_orders_caller_placed", "orders", ["caller", "placed_at"])
    op.create_index("ix_orders_placed_at", "orders", ["placed_at"])
    op.create_table("secrets",
        Column("name", Text(), nullable=False),
        Column("value", Text(), nullable=False),
        PrimaryKeyConstraint("name", name="pk_secrets")
    )
    op.create_table("sessions",
        Column("id", Text(), nullable=False),
        Column("caller", Text(), nullable=True),
        Column("body", Text(), nullable=False),
        Column("updated_at", TIME, nullable=False),
        PrimaryKeyConstraint("id", name="pk_sessions")
    )
    op.create_index("ix_sessions_caller", "sessions", ["caller"])
    op.create_index("ix_sessions_updated_at", "sessions", ["updated_at"])
    op.create_table("stock",
        Column("product_id", Text(), nullable=False),
        Column("declared", WHOLE, nullable=False),
        Column("thousandths", WHOLE, nullable=False),
        CheckConstraint("thousandths >= 0", name="ck_stock_not_negative"),
        PrimaryKeyConstraint("product_id", name="pk_stock")
    )
    op.create_table("order_lines",
        Column("order_id", Text(), nullable=False),
        Column("position", WHOLE, nullable=False),
        Column("product_id", Text(), nullable=False),
        Column("name", Text(), nullable=False),
        Column("variant", Text(), nullable=False),
        Column("options", Text(), nullable=False),
        Column("quantity", Text(), nullable=False),
        Column("unit", Text(), nullable=True),
        Column("price", WHOLE, nullable=False),
        Column("item", Text(), nullable=False),
        ForeignKeyConstraint(["order_id"], ["orders.id"], name="fk_order_lines_order_id", ondelete="CASCADE"),
        PrimaryKeyConstraint("order_id", "position", name="pk_order_lines")
    )
    op.create_index("ix_order_lines_product_id", "order_lines", ["product_id"])


def downgrade() -> None:
    op.drop_table("order_lines")
    op.drop_table("stock")
    op.drop_table("sessions")
    op.drop_table("secrets")
    op.drop_table("orders")
    op.drop_table("feedback")
    op.drop_table("events")
    op.drop_table("customers")
    op.drop_table("counters")
    op.drop_table("calls")
