"""Forgets what the shop's retention no longer allows, while the server runs: when it starts, then twice a day."""

from __future__ import annotations

import logging
import threading

from voice.errors import StorageError
from voice.shop.storage import Storage

logger = logging.getLogger(__name__)

INTERVAL_SECONDS = 12 * 3600.0


class Retention:
    """A thread that lives until `close`."""

    def __init__(self, storage: Storage, days: int) -> None:
        """`days`: the setting `retention_days`; 0 keeps everything."""
        self._storage, self._days = storage, days
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
                logger.info("Older than %d days, erased: %s", self._days, self._storage.keep(self._days))
            except StorageError as error:
                logger.error("What is too old could not be erased, and will be tried again: %s", error)
            if self._closed.wait(INTERVAL_SECONDS):
                return
