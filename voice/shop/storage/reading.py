"""Looking at a database that may be another user's: a copy on a read-only disk, a folder one may not write."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

from sqlalchemy.engine import make_url

from voice.errors import StorageError
from voice.shop.storage.storage import Storage, UnitOfWork

_UNWRITABLE = ("unable to open database file", "readonly", "read-only")
"""What SQLite says where it may not write the -shm file that readers of a database in WAL mode share"""


@contextmanager
def reading(url: str) -> Iterator[UnitOfWork]:
    """A transaction that changes nothing. Raises StorageError."""
    file: Path | None = None
    try:
        storage = Storage(url)
    except StorageError as error:
        file = _at_rest(url)
        if file is None or not any(words in str(error.__cause__).lower() for words in _UNWRITABLE):
            raise
        storage = Storage(f"sqlite:///file:{quote(str(file))}?immutable=1&uri=true")
    with storage, storage.unit_of_work(read_only=True) as uow:
        yield uow
    if file and not _has_rest(file):
        raise StorageError(f"{file}: Another program has begun to write to it. Try again.")


def _at_rest(url: str) -> Path | None:
    """The file of a SQLite database that nobody has open: so it may be read without locks (`immutable=1`,
    https://sqlite.org/c3ref/open.html). Whoever writes leaves a -wal file beside it until he closes it."""
    parsed = make_url(url)
    if parsed.get_backend_name() != "sqlite" or not parsed.database or parsed.database.startswith((":", "file:")):
        return None
    file = Path(parsed.database).expanduser().absolute()
    return file if file.is_file() and _has_rest(file) else None


def _has_rest(file: Path) -> bool:
    return not any(file.with_name(file.name + end).exists() for end in ("-wal", "-journal"))
