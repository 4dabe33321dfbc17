"""A call's record names the recording of the caller's audio, if there is one."""

from __future__ import annotations

from alembic import op
from sqlalchemy import Column, Text

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.add_column("calls", Column("recording", Text(), nullable=False, server_default=""))


def downgrade() -> None:
    op.drop_column("calls", "recording")
