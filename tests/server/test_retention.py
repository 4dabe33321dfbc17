"""While the server runs, what is older than the shop's retention is erased."""

from __future__ import annotations

import time
from datetime import datetime, timedelta, timezone
from pathlib import Path

from server.retention import Retention
from voice.shop.storage import Storage
from voice.shop.storage.records import CallRecord


def test_old_calls_go_and_new_ones_stay(tmp_path: Path) -> None:
    now = datetime.now(timezone.utc)
    with Storage(f"sqlite:///{tmp_path / 'shop.db'}") as storage:
        with storage.unit_of_work() as uow:
            uow.calls.save(CallRecord("old", "s", "web", now - timedelta(days=31)))
            uow.calls.save(CallRecord("new", "s", "web", now - timedelta(days=29)))
            uow.commit()
        retention = Retention(storage, 30, tmp_path / "calls")
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline:
            with storage.unit_of_work(read_only=True) as uow:
                kept = [call.id for call in uow.calls.list()]
            if len(kept) < 2:
                break
            time.sleep(0.05)
        retention.close()
        assert kept == ["new"]
