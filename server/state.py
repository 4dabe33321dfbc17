"""What the server's parts share: one object, made once by create_app() and found again with state()."""

from __future__ import annotations

import threading
from collections import OrderedDict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, cast

from flask import current_app

from server.limits import Admission, Lobby, RateLimiter, Shares
from server.metrics import Metrics
from server.security import Origins, Signer, secret_key
from server.sessions import SessionPool
from server.telephony.record import CallRecord
from voice.errors import SettingsError
from voice.settings import Settings

if TYPE_CHECKING:
    from server.telephony.call import Call
    from voice.assistant import Assistant
    from voice.shop.model import Catalogue

MAX_OUTCOMES = 1000
MAX_RECENT = 64


@dataclass
class ServerState:
    settings: Settings
    assistant: Assistant
    signer: Signer
    origins: Origins
    admission: Admission
    lobby: Lobby = field(default_factory=Lobby)
    browsers: Shares = field(default_factory=Shares)
    metrics: Metrics = field(default_factory=Metrics)
    sessions: SessionPool = field(default_factory=SessionPool)
    tokens: RateLimiter = field(default_factory=lambda: RateLimiter(1.0, 30))
    turns: RateLimiter = field(default_factory=lambda: RateLimiter(2.0, 30))
    reads: RateLimiter = field(default_factory=lambda: RateLimiter(10.0, 60))
    connects: RateLimiter = field(default_factory=lambda: RateLimiter(2.0, 40))
    calls: set[Call] = field(default_factory=set)
    """Under way; guarded by `lock`"""
    outcomes: OrderedDict[str, str] = field(default_factory=OrderedDict)
    """Carrier's call id -> how the stream ended, for the carrier's next question; guarded by `lock`"""
    recent: OrderedDict[str, CallRecord] = field(default_factory=OrderedDict)
    """Records of calls under way and just over; guarded by `lock`"""
    tickets: OrderedDict[str, None] = field(default_factory=OrderedDict)
    """Used up; guarded by `lock`"""
    lock: threading.Lock = field(default_factory=threading.Lock)

    @staticmethod
    def of(settings: Settings, assistant: Assistant) -> ServerState:
        """Raises SettingsError for a set-up that would not be safe."""
        if settings.recording == "ask" and not settings.retention_days:
            raise SettingsError("Calls are recorded only for a time: set COMANDA_RETENTION_DAYS above 0, or "
                                "COMANDA_RECORDING=off.")
        signer = Signer(secret_key(settings))
        return ServerState(settings, assistant, signer, Origins(settings), Admission(settings.max_calls))

    @property
    def catalogue(self) -> Catalogue:
        return self.assistant.catalogue

    def remember_outcome(self, call_id: str, outcome: str) -> None:
        with self.lock:
            self.outcomes[call_id] = outcome
            while len(self.outcomes) > MAX_OUTCOMES:
                self.outcomes.popitem(last=False)

    def take_outcome(self, call_id: str) -> str:
        with self.lock:
            return self.outcomes.pop(call_id, "")

    def remember_call(self, record: CallRecord) -> None:
        with self.lock:
            self.outcomes.pop(record.call_id, None)  # of an earlier call that had the same id
            self.recent[record.call_id] = record
            while len(self.recent) > MAX_RECENT:
                self.recent.popitem(last=False)

    def recent_call(self, call_id: str) -> CallRecord | None:
        with self.lock:
            return self.recent.get(call_id)

    def use_ticket(self, ticket: str) -> bool:
        """True the first time."""
        with self.lock:
            if ticket in self.tickets:
                return False
            self.tickets[ticket] = None
            while len(self.tickets) > MAX_OUTCOMES:
                self.tickets.popitem(last=False)
            return True

    def running(self) -> list[Call]:
        with self.lock:
            return list(self.calls)


def state() -> ServerState:
    """The state of the app that serves the current request."""
    return cast(ServerState, current_app.extensions["comanda"])
