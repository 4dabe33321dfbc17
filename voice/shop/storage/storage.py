"""The database, and the unit of work: one transaction with its repositories."""

from __future__ import annotations

import hashlib
import logging
import random
import secrets
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine, create_engine, event, insert, select
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, IntegrityError, NoSuchModuleError, SQLAlchemyError
from sqlalchemy.orm import Session, sessionmaker
from sqlalchemy.pool import StaticPool

from voice.errors import StorageError
from voice.shop.storage.failures import as_storage_error, is_passing
from voice.shop.storage.migrate import migrate
from voice.shop.storage.orders import Orders
from voice.shop.storage.people import Callers, Customers, Sessions
from voice.shop.storage.records import Calls, Events, Feedback
from voice.shop.storage.stock import Stock
from voice.shop.storage.tables import SecretRow

logger = logging.getLogger(__name__)
T = TypeVar("T")

BUSY_TIMEOUT = 5.0
"""Seconds a SQLite transaction waits for another to end"""
ATTEMPTS = 4
"""Tries of `Storage.run` before a passing failure counts as one"""


class UnitOfWork:
    """One transaction. What is not committed when the `with` block ends is undone."""

    def __init__(self, session: Session, callers: Callers) -> None:
        self._session = session
        self.stock = Stock(session)
        self.orders = Orders(session, callers, self.stock)
        self.sessions = Sessions(session, callers)
        self.customers = Customers(session, callers)
        self.calls = Calls(session, callers)
        self.feedback = Feedback(session)
        self.events = Events(session)

    def commit(self) -> None:
        self._session.commit()

    def rollback(self) -> None:
        self._session.rollback()


class Storage:
    """A shop's database, brought to the newest tables when opened. One serves any number of threads."""

    def __init__(self, url: str) -> None:
        """`url` is SQLAlchemy's: sqlite:///FILE, sqlite:// (in memory) or postgresql+psycopg://USER@HOST/NAME.
        Raises StorageError with what to do."""
        self._engine, self._where = _engine(url)
        # An in-memory database is one connection, which threads must take in turn.
        self._turn = threading.RLock() if self._engine.pool.__class__ is StaticPool else None
        try:
            migrate(self._engine)
            secret = self._secret()
            self._callers = Callers(secret)
            self.fingerprint = hashlib.sha256(b"fingerprint" + secret).hexdigest()[:8]
            """Tells this database from others that keep files in the same data folder"""
        except StorageError:
            self._engine.dispose()
            raise
        except (SQLAlchemyError, sqlite3.Error) as error:
            self._engine.dispose()
            raise as_storage_error(error, self._where) from error
        self._sessions = sessionmaker(self._engine, expire_on_commit=False)

    @contextmanager
    def unit_of_work(self, read_only: bool = False) -> Iterator[UnitOfWork]:
        """One transaction. On SQLite a writing one holds the writer's lock from its start, so that it never fails
        half-way for another's sake; reading ones run beside it. Raises StorageError."""
        if self._turn is not None:
            self._turn.acquire()
        try:
            with self._sessions() as session:
                session.connection(execution_options={"read_only": read_only})
                yield UnitOfWork(session, self._callers)
        except (SQLAlchemyError, sqlite3.Error) as error:
            raise as_storage_error(error, self._where) from error
        finally:
            if self._turn is not None:
                self._turn.release()

    def run(self, work: Callable[[UnitOfWork], T]) -> T:
        """Does the work in a transaction and commits; tries again after a passing failure (a lock, a deadlock).
        The work must be safe to repeat: nothing outside the database may depend on it."""
        for attempt in range(1, ATTEMPTS + 1):
            try:
                with self.unit_of_work() as uow:
                    result = work(uow)
                    uow.commit()
                    return result
            except StorageError as error:  # noqa: PERF203, the loop is the retry
                if attempt == ATTEMPTS or error.__cause__ is None or not is_passing(error.__cause__):
                    raise
                time.sleep(random.uniform(0.01, 0.05) * 2**attempt)
        raise AssertionError("unreachable")

    def purge(self, older_than: datetime) -> dict[str, int]:
        """Retention: forgets personal data older than the moment (time zone aware); figures of orders stay.
        Gives how many rows of each kind were touched."""

        def work(uow: UnitOfWork) -> dict[str, int]:
            parts: dict[str, Any] = {
                "sessions": uow.sessions, "customers": uow.customers, "calls": uow.calls, "feedback": uow.feedback,
                "events": uow.events, "orders": uow.orders,
            }
            return {name: repository.purge(older_than) for name, repository in parts.items()}

        return self.run(work)

    def keep(self, days: int) -> dict[str, int]:
        """`purge` of all that is older than so many days; 0 keeps everything."""
        return self.purge(datetime.now(timezone.utc) - timedelta(days=days)) if days else {}

    def forget(self, caller: str) -> None:
        """A customer's wish: everything that leads to this caller is erased; figures of orders stay."""

        def work(uow: UnitOfWork) -> None:
            for repository in (uow.sessions, uow.customers, uow.calls, uow.orders):
                repository.forget(caller)

        self.run(work)

    def close(self) -> None:
        self._engine.dispose()

    def __enter__(self) -> Storage:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _secret(self) -> bytes:
        """The database's own key for hashing callers, made on first opening."""
        find = select(SecretRow.value).where(SecretRow.name == "callers")
        with self._engine.connect().execution_options(read_only=True) as connection:
            if (value := connection.scalar(find)) is not None:
                return bytes.fromhex(value)
        try:
            with self._engine.begin() as connection:
                connection.execute(insert(SecretRow).values(name="callers", value=secrets.token_hex(32)))
        except IntegrityError:
            logger.debug("Another process has made the key.")
        with self._engine.connect().execution_options(read_only=True) as connection:
            return bytes.fromhex(connection.execute(find).scalar_one())


def _engine(url: str) -> tuple[Engine, str]:
    try:
        parsed = make_url(url)
        where = parsed.render_as_string(hide_password=True)
        if parsed.get_backend_name() != "sqlite":
            return create_engine(parsed, pool_pre_ping=True), where
        options: dict[str, Any] = {"connect_args": {"check_same_thread": False, "timeout": BUSY_TIMEOUT}}
        if parsed.database in (None, "", ":memory:"):
            options["poolclass"] = StaticPool
        elif not str(parsed.database).startswith("file:"):
            Path(str(parsed.database)).expanduser().parent.mkdir(parents=True, exist_ok=True)
        engine = create_engine(parsed, **options)
    except (ArgumentError, NoSuchModuleError, ModuleNotFoundError) as error:
        raise StorageError(f"'{url.split('://')[0]}' is not a database Comanda knows. Use sqlite:///FILE or "
                           "postgresql+psycopg://USER@HOST/NAME.") from error
    except OSError as error:
        raise as_storage_error(error, where) from error
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine, where


def _prepare_sqlite(connection: Any, _: Any) -> None:
    connection.isolation_level = None  # Python's own implicit BEGIN would come too late to take the lock
    cursor = connection.cursor()
    _use_wal(cursor)
    cursor.execute("PRAGMA synchronous=FULL")  # a placed order survives a power cut
    cursor.execute("PRAGMA foreign_keys=ON")
    cursor.close()


def _use_wal(cursor: Any) -> None:
    """A new file's change of journal does not wait for other processes by itself. A read-only file or folder cannot
    change it; the write that follows says so in clearer words."""
    deadline = time.monotonic() + BUSY_TIMEOUT
    while True:
        try:
            cursor.execute("PRAGMA journal_mode=WAL")
        except sqlite3.OperationalError as error:  # noqa: PERF203, the loop is the retry
            if "locked" not in str(error) or time.monotonic() > deadline:
                raise
            time.sleep(random.uniform(0.01, 0.05))
        else:
            return


def _begin_sqlite(connection: Connection) -> None:
    read_only = connection.get_execution_options().get("read_only")
    connection.exec_driver_sql("BEGIN" if read_only else "BEGIN IMMEDIATE")
