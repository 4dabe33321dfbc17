"""What happened: calls, feedback, and events such as a hand-over to a person."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from voice.shop.privacy import mask_digits
from voice.shop.storage.people import Callers, affected, now, upsert
from voice.shop.storage.tables import CallRow, EventRow, FeedbackRow


@dataclass(frozen=True, slots=True)
class CallRecord:
    """One call or conversation, as statistics need it: no words of it."""

    id: str
    session_id: str
    channel: str
    started_at: datetime
    """Time zone aware"""
    ended_at: datetime | None = None
    turns: int = 0
    outcome: str = ""
    order_number: str = ""
    milliseconds: Mapping[str, Sequence[float]] = field(default_factory=dict)
    """Step ("recognition", "understanding" ...) -> what it took, turn by turn"""
    recording: str = ""
    """Name of the WAV file with the caller's audio (voice/shop/recordings.py), "" for none"""


@dataclass(frozen=True, slots=True)
class FeedbackEntry:
    session_id: str
    rating: int | None
    text: str
    given_at: datetime


@dataclass(frozen=True, slots=True)
class Event:
    id: int
    kind: str
    session_id: str
    data: Mapping[str, Any]
    at: datetime
    handled_at: datetime | None


class Calls:
    def __init__(self, session: Session, callers: Callers) -> None:
        self._session, self._callers = session, callers

    def save(self, call: CallRecord, caller: str | None = None) -> None:
        """Adds the record, or brings it up to date."""
        upsert(self._session, CallRow, "id", {
            "id": call.id, "session_id": call.session_id, "caller": self._callers.key(caller),
            "channel": call.channel, "started_at": call.started_at, "ended_at": call.ended_at, "turns": call.turns,
            "outcome": call.outcome, "order_number": call.order_number,
            "milliseconds": json.dumps({step: list(times) for step, times in call.milliseconds.items()}),
            "recording": call.recording,
        })
        self._session.expire_all()

    def list(self, since: datetime | None = None, limit: int = 1000) -> list[CallRecord]:
        """Newest first."""
        rows = select(CallRow).order_by(CallRow.started_at.desc()).limit(limit)
        if since is not None:
            rows = rows.where(CallRow.started_at >= since)
        return [
            CallRecord(row.id, row.session_id, row.channel, row.started_at, row.ended_at, row.turns, row.outcome,
                       row.order_number, json.loads(row.milliseconds), row.recording)
            for row in self._session.scalars(rows)
        ]

    def recordings(self) -> set[str]:
        """Names of all that may be kept."""
        return set(self._session.scalars(select(CallRow.recording).where(CallRow.recording != "")))

    def purge(self, older_than: datetime) -> int:
        return affected(self._session, delete(CallRow).where(CallRow.started_at < older_than))

    def forget(self, caller: str) -> None:
        key = self._callers.key(caller)
        affected(self._session, update(CallRow).where(CallRow.caller == key).values(caller=None, recording=""))


class Feedback:
    def __init__(self, session: Session) -> None:
        self._session = session

    def add(self, session_id: str, rating: int | None = None, text: str = "") -> None:
        self._session.add(FeedbackRow(session_id=session_id, rating=rating, text=mask_digits(text), given_at=now()))
        self._session.flush()

    def list(self, since: datetime | None = None, limit: int = 1000) -> list[FeedbackEntry]:
        """Newest first."""
        rows = select(FeedbackRow).order_by(FeedbackRow.given_at.desc(), FeedbackRow.id.desc()).limit(limit)
        if since is not None:
            rows = rows.where(FeedbackRow.given_at >= since)
        found = self._session.scalars(rows)
        return [FeedbackEntry(row.session_id, row.rating, row.text, row.given_at) for row in found]

    def purge(self, older_than: datetime) -> int:
        return affected(self._session, delete(FeedbackRow).where(FeedbackRow.given_at < older_than))


class Events:
    """Things a person should see: a hand-over with what was ordered so far, a complaint, a failure."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def add(self, kind: str, session_id: str, data: Mapping[str, Any] | None = None) -> int:
        row = EventRow(kind=kind, session_id=session_id, data=mask_digits(json.dumps(data or {})), at=now())
        self._session.add(row)
        self._session.flush()
        return row.id

    def open(self, limit: int = 100) -> list[Event]:
        """Those nobody has handled, oldest first."""
        rows = select(EventRow).where(EventRow.handled_at.is_(None)).order_by(EventRow.at, EventRow.id).limit(limit)
        return [Event(row.id, row.kind, row.session_id, json.loads(row.data), row.at, row.handled_at)
                for row in self._session.scalars(rows)]

    def handled(self, event_id: int) -> None:
        affected(self._session, update(EventRow).where(EventRow.id == event_id).values(handled_at=now()))

    def purge(self, older_than: datetime) -> int:
        return affected(self._session, delete(EventRow).where(EventRow.at < older_than))
