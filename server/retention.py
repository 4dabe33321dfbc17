"""Forgets what the shop's retention no longer allows, recordings too, while the server runs: at its start, then twice
a day."""

from __future__ import annotations

import logging
import threading
from pathlib import Path

from voice.errors import StorageError
from voice.shop.recordings import sweep
from voice.shop.storage import Storage

logger = logging.getLogger(__name__)

INTERVAL_SECONDS = 12 * 3600.0


class Retention:
    """A thread that lives until `close`."""

    def __init__(self, storage: Storage, days: int, recordings: Path) -> None:
        """`days`: the setting `retention_days`; 0 keeps everything. `recordings`: the folder of the calls' audio."""
        self._storage, self._days, self._recordings = storage, days, recordings
        self._closed = threading.Event()
        self._thread = threading.Thread(target=self._run, name="retention", daemon=True)
        if days:
            self._thread.start()

    def close(self) -> None:
        self._closed.set()
        if self._thread.is_alive():
            self._thread.join(10)

    def _run(self) -> None:
        while True:
            try:
                erased = self._storage.keep(self._days) | {"recordings": sweep(self._storage, self._recordings)}
                logger.info("Older than %d days, erased: %s", self._days, erased)
            except StorageError as error:
                logger.error("What is too old could not be erased, and will be tried again: %s", error)
            if self._closed.wait(INTERVAL_SECONDS):
                return
