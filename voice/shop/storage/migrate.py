"""Brings the tables to the newest version when a database is opened. Two processes may do so at once."""

from __future__ import annotations

import logging
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import Connection, Engine, text

from voice.errors import StorageError

_FOLDER = Path(__file__).resolve().parent / "migrations"
_LOCK = 0x0C0A4DA
"""PostgreSQL advisory lock held while migrating"""


logging.getLogger("alembic").setLevel(logging.WARNING)  # it reports every look at the version otherwise


def config() -> Config:
    """Alembic's, without an ini file."""
    settings = Config()
    settings.set_main_option("script_location", str(_FOLDER))
    return settings


def migrate(engine: Engine) -> None:
    """Raises StorageError for a database of a newer Comanda, SQLAlchemyError for one that refuses."""
    settings = config()
    head = ScriptDirectory.from_config(settings).get_current_head()
    with engine.connect().execution_options(read_only=True) as connection:
        if _version(connection) == head:
            return
    with engine.begin() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
        if _version(connection) == head:
            return
        settings.attributes["connection"] = connection
        try:
            command.upgrade(settings, "head")
        except CommandError as error:
            raise StorageError("The database was made by a newer Comanda. Update this one, or name another database "
                               "(COMANDA_DATABASE).") from error


def _version(connection: Connection) -> str | None:
    return MigrationContext.configure(connection).get_current_revision()
