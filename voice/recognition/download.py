"""A file over HTTP that survives a dropped line: it goes on where it stopped (RFC 9110, section 14, range requests)."""

from __future__ import annotations

import errno
import http.client
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any

from voice.errors import ModelError

Progress = Callable[[int, int], None]
"""Called with the bytes there are and the bytes there will be (0 when the server does not say)"""

_BLOCK = 1 << 18
_TRIES = 5
"""Tries in a row that bring nothing new before the download is given up"""
_TIMEOUT = 30.0
"""Seconds without a byte"""


def download(url: str, target: Path, on_progress: Progress, pause: float = 1.0) -> None:
    """Brings `url` to `target`. What was fetched before an interruption stays in `target`.part and is used again.

    Raises ModelError when there is no connection, the server refuses, the file is not as long as announced, or the disk
    is full; `pause` is the wait before a second try in seconds, doubled each time.
    """
    part = target.with_name(target.name + ".part")
    failures = 0
    while True:
        before = _size(part)
        try:
            if _fetch(url, part, on_progress):
                part.replace(target)
                _tag(part).unlink(missing_ok=True)
                return
            problem = "the connection was closed early"
        except urllib.error.HTTPError as error:
            if error.code < 500 and error.code not in (408, 416, 429):
                raise ModelError(f"{url} answers {error.code} {error.reason}. Check address and name.") from error
            problem = f"the server answers {error.code}"
        except (urllib.error.URLError, http.client.HTTPException, TimeoutError, ConnectionError) as error:
            problem = str(getattr(error, "reason", error)) or type(error).__name__
        except OSError as error:
            raise _disk_error(error, part) from error
        failures = 0 if _size(part) > before else failures + 1
        if failures >= _TRIES:
            raise ModelError(f"{url} cannot be fetched: {problem}.")
        time.sleep(pause * 2**failures)


def _fetch(url: str, part: Path, on_progress: Progress) -> bool:
    """One request; whether the file is whole now."""
    have = _size(part)
    headers = {"User-Agent": "comanda", "Accept-Encoding": "identity"}
    tag = _tag(part).read_text(encoding="utf-8") if _tag(part).is_file() else ""
    if have and tag:
        headers |= {"Range": f"bytes={have}-", "If-Range": tag}
    try:
        with urllib.request.urlopen(urllib.request.Request(url, headers=headers), timeout=_TIMEOUT) as response:
            have = have if response.status == 206 and _starts_at(response, have) else 0
            total = have + int(response.headers.get("Content-Length") or 0)
            _tag(part).write_text(_validator(response), encoding="utf-8")
            got = _copy(response, part, have, total, on_progress)
    except urllib.error.HTTPError as error:
        if error.code == 416:  # the part is longer than the file is now: begin anew
            part.unlink(missing_ok=True)
        raise
    return got == total if total > have else got > 0


def _copy(response: Any, part: Path, have: int, total: int, on_progress: Progress) -> int:
    with part.open("ab" if have else "wb") as file:
        while True:
            try:
                block = response.read(_BLOCK)
            except http.client.IncompleteRead as error:
                block = error.partial
                file.write(block)
                return have + len(block)
            if not block:
                return have
            file.write(block)
            have += len(block)
            on_progress(have, total)


def _starts_at(response: Any, offset: int) -> bool:
    return str(response.headers.get("Content-Range", "")).startswith(f"bytes {offset}-")


def _validator(response: Any) -> str:
    """What proves that a later answer is the same file; "" (no resuming) when the server gives none."""
    etag = str(response.headers.get("ETag") or "")
    return "" if etag.startswith("W/") else etag or str(response.headers.get("Last-Modified") or "")


def _tag(part: Path) -> Path:
    return part.with_name(part.name + ".tag")


def _size(part: Path) -> int:
    return part.stat().st_size if part.is_file() else 0


def _disk_error(error: OSError, part: Path) -> ModelError:
    if error.errno == errno.ENOSPC:
        return ModelError(f"The disk of {part.parent} is full. Make room and repeat the command: it goes on from here.")
    return ModelError(f"{part} cannot be written: {error.strerror or error}. Check the folder's permissions.")
