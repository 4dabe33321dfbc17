"""Sessions and customers. A caller's number is stored only as a hash keyed with the database's own secret."""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass
from datetime import datetime, timezone
from typing import Any

from sqlalchemy import CursorResult, Delete, Update, delete, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from voice.shop.privacy import mask_digits
from voice.shop.storage.tables import CustomerRow, SessionRow


class Callers:
    """Turns a phone number or account into what the tables know it by."""

    def __init__(self, secret: bytes) -> None:
        self._secret = secret

    def key(self, caller: str | None) -> str | None:
        """HMAC-SHA-256 of the number's digits (of the text, for an account); None and "" stay nobody."""
        text = (caller or "").strip().lower()
        plain = "".join(c for c in text if c.isalnum())
        if not plain:
            return None
        return hmac.new(self._secret, plain.encode(), hashlib.sha256).hexdigest()


@dataclass(frozen=True, slots=True)
class Customer:
    name: str
    language: str = ""
    consent: bool | None = None
    """To be remembered or recorded; None was not asked"""
    seen_at: datetime | None = None


def now() -> datetime:
    return datetime.now(timezone.utc)


def affected(session: Session, statement: Delete | Update) -> int:
    """Runs it and tells how many rows it touched."""
    result = session.execute(statement, execution_options={"synchronize_session": False})
    return result.rowcount if isinstance(result, CursorResult) else 0


def upsert(session: Session, table: Any, key: str, values: dict[str, Any]) -> None:
    """Inserts, or replaces the row of the same key."""
    build = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    statement = build(table).values(values)
    rest = {name: statement.excluded[name] for name in values if name != key}
    session.execute(statement.on_conflict_do_update(index_elements=[key], set_=rest))


class Sessions:
    """Conversations as JSON, so that an order goes on on another channel and after a dropped line."""

    def __init__(self, session: Session, callers: Callers) -> None:
        self._session, self._callers = session, callers

    def save(self, session_id: str, body: str, caller: str | None = None) -> None:
        upsert(self._session, SessionRow, "id", {
            "id": session_id, "caller": self._callers.key(caller), "body": body, "updated_at": now(),
        })

    def load(self, session_id: str) -> str | None:
        return self._session.scalar(select(SessionRow.body).where(SessionRow.id == session_id))

    def latest(self, caller: str, since: datetime) -> str | None:
        """The caller's last conversation, if it was touched after `since` (time zone aware)."""
        if (key := self._callers.key(caller)) is None:
            return None
        found = select(SessionRow.body).where(SessionRow.caller == key, SessionRow.updated_at >= since)
        return self._session.scalar(found.order_by(SessionRow.updated_at.desc()).limit(1))

    def delete(self, session_id: str) -> None:
        self._session.execute(delete(SessionRow).where(SessionRow.id == session_id))

    def purge(self, older_than: datetime) -> int:
        return affected(self._session, delete(SessionRow).where(SessionRow.updated_at < older_than))

    def forget(self, caller: str) -> None:
        affected(self._session, delete(SessionRow).where(SessionRow.caller == self._callers.key(caller)))


class Customers:
    """Whom the shop knows. What they had is in their orders: `orders.latest(caller)`."""

    def __init__(self, session: Session, callers: Callers) -> None:
        self._session, self._callers = session, callers

    def find(self, caller: str | None) -> Customer | None:
        row = self._session.get(CustomerRow, self._callers.key(caller) or "")
        return None if row is None else Customer(row.name, row.language, row.consent, row.seen_at)

    def remember(self, caller: str | None, name: str = "", language: str = "", consent: bool | None = None) -> None:
        """Adds or updates the customer; what is not given is kept as it was."""
        if (key := self._callers.key(caller)) is None:
            return
        known = self.find(caller) or Customer("")
        upsert(self._session, CustomerRow, "caller", {
            "caller": key, "name": mask_digits(name) or known.name, "language": language or known.language,
            "consent": known.consent if consent is None else consent, "seen_at": now(),
        })
        self._session.expire_all()

    def purge(self, older_than: datetime) -> int:
        return affected(self._session, delete(CustomerRow).where(CustomerRow.seen_at < older_than))

    def forget(self, caller: str) -> None:
        affected(self._session, delete(CustomerRow).where(CustomerRow.caller == self._callers.key(caller)))
