"""Recordings of calls: WAV files in one folder, each named by its call's record. One that no record names is erased.

So what becomes of the record (retention, a caller who wants to be forgotten) becomes of the recording too.
"""

from __future__ import annotations

import logging
import secrets
import time
from pathlib import Path

from voice.shop.storage import Storage

logger = logging.getLogger(__name__)

UNFINISHED = ".part"
"""Added to the name while the call goes on"""
UNFINISHED_SECONDS = 24 * 3600.0
"""An unfinished file that nobody has written to for so long is of a process that died"""


def new_name(storage: Storage) -> str:
    """For a recording; says which database's record will name it, for two may share a data folder."""
    return f"{storage.fingerprint}-{secrets.token_hex(16)}.wav"


def sweep(storage: Storage, folder: Path) -> int:
    """Erases the recordings that nothing allows any more; gives how many. Raises StorageError."""
    if not folder.is_dir():
        return 0
    complete, unfinished = (list(folder.glob(f"{storage.fingerprint}-*.wav{end}")) for end in ("", UNFINISHED))
    with storage.unit_of_work(read_only=True) as uow:  # after the look at the folder: a file is there once it is named
        named = uow.calls.recordings()
    unnamed = [path for path in complete if path.name not in named]
    return sum(map(erase, unnamed + [path for path in unfinished if _is_left_behind(path)]))


def _is_left_behind(path: Path) -> bool:
    try:
        return time.time() - path.stat().st_mtime > UNFINISHED_SECONDS
    except OSError:
        return False


def erase(path: Path) -> bool:
    """Whether it is gone."""
    try:
        path.unlink(missing_ok=True)
    except OSError as error:
        logger.error("A recording could not be erased: %s. Erase it by hand: %s", error.strerror, path)
        return False
    return True
