"""What a database's refusals mean: whether to try again, and what an operator can do."""

from __future__ import annotations

import sqlite3

from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from voice.errors import StorageError

_RETRIED_SQLSTATES = frozenset({"40001", "40P01", "55P03"})
"""PostgreSQL: serialization failure, deadlock, lock not available"""
_REMEDIES = (
    ("disk is full", "The disk is full. Free some space; nothing was stored or lost by this attempt."),
    ("no space left", "The disk is full. Free some space; nothing was stored or lost by this attempt."),
    ("disk quota", "The disk quota is used up. Free some space; nothing was stored by this attempt."),
    ("readonly database", "The database is read-only. Give this user the right to write the file and its folder."),
    ("read-only", "The database is read-only. Give this user the right to write to it."),
    ("unable to open database file", "The database file cannot be opened. Check that its folder exists and that this "
                                     "user may write there."),
    ("permission denied", "This user may not write there. Name a folder of its own with COMANDA_DATA_DIR."),
    ("file exists", "A file stands where the folder should be. Move it, or name another folder with COMANDA_DATA_DIR."),
    ("file is not a database", "The file is not a database. Name another file, or put a backup in its place."),
    ("malformed", "The database file is damaged. Put a backup in its place, or try 'sqlite3 FILE .recover'."),
    ("disk i/o error", "The disk cannot be read or written. Check the disk and its free space."),
    ("database is locked", "Another program keeps the database locked. Stop it, or try again."),
    ("connection refused", "The database server does not answer. Start it, or correct the URL (COMANDA_DATABASE)."),
    ("authentication failed", "The database server refuses user or password. Correct the URL (COMANDA_DATABASE)."),
    ("does not exist", "Create the database or the role, or correct the URL (COMANDA_DATABASE)."),
)


def is_passing(error: BaseException) -> bool:
    """Whether the same transaction may succeed when it is tried again."""
    if not isinstance(error, DBAPIError):
        return False
    if getattr(error.orig, "sqlstate", None) in _RETRIED_SQLSTATES:
        return True
    return any(words in str(error.orig).lower() for words in ("database is locked", "database table is locked", "busy"))


def as_storage_error(error: SQLAlchemyError | sqlite3.Error | OSError, where: str) -> StorageError:
    """The message names the database without its password."""
    said = str(getattr(error, "orig", None) or error).strip()
    remedy = next((remedy for words, remedy in _REMEDIES if words in said.lower()), "Check the database.")
    return StorageError(f"{where}: {remedy} ({said.splitlines()[0] if said else type(error).__name__})")
