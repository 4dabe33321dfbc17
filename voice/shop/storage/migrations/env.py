"""Run by Alembic: the connection comes from voice.shop.storage.migrate, which owns the transaction."""

from __future__ import annotations

from alembic import context

from voice.shop.storage.tables import Table

context.configure(
    connection=context.config.attributes["connection"], target_metadata=Table.metadata, render_as_batch=True,
    transaction_per_migration=False,
)
context.run_migrations()
