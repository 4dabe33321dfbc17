"""Sentences that have been synthesised before: the most recent in memory, recurring ones on disk.

A sentence goes to disk only when it is asked for a second time and is not private, so that what a caller said about
himself (name, address, number) is not kept as audio.
"""

from __future__ import annotations

import hashlib
import logging
import threading
import time
from collections import OrderedDict
from pathlib import Path

from voice.audio import pcm
from voice.errors import AudioError
from voice.types import AudioChunk

logger = logging.getLogger(__name__)

MEMORY_BYTES = 16_000_000
MAX_AGE_DAYS = 30


class SpeechCache:
    """Thread-safe. A disk that is full, read-only or damaged costs speed, never an answer."""

    def __init__(self, folder: Path | None, megabytes: int, memory_bytes: int = MEMORY_BYTES) -> None:
        """`folder` None or `megabytes` 0: memory only."""
        self._folder = folder if megabytes > 0 else None
        self._disk_bytes = megabytes * 1_000_000
        self._memory_bytes = memory_bytes
        self._memory: OrderedDict[str, AudioChunk] = OrderedDict()
        self._used = 0
        self._lock = threading.Lock()
        self._warned = False
        self._writes = 0

    @staticmethod
    def key(*parts: object) -> str:
        """Engine, voice, speaking rate, text, output format ... in one name that is safe as a file's."""
        return hashlib.sha256("\0".join(map(str, parts)).encode()).hexdigest()

    def get(self, key: str, *, private: bool = False) -> AudioChunk | None:
        with self._lock:
            if (chunk := self._memory.get(key)) is not None:
                self._memory.move_to_end(key)
        if private or self._folder is None:
            return chunk
        path = self._path(key)
        if chunk is not None:
            if not path.exists():
                self._store(path, chunk)
            return chunk
        if (found := self._load(path)) is not None:
            self.put(key, found)
        return found

    def put(self, key: str, chunk: AudioChunk) -> None:
        with self._lock:
            if (old := self._memory.pop(key, None)) is not None:
                self._used -= len(old.pcm)
            self._memory[key] = chunk
            self._used += len(chunk.pcm)
            while self._used > self._memory_bytes and len(self._memory) > 1:
                _, dropped = self._memory.popitem(last=False)
                self._used -= len(dropped.pcm)

    def _path(self, key: str) -> Path:
        assert self._folder is not None
        return self._folder / f"{key}.wav"

    def _load(self, path: Path) -> AudioChunk | None:
        if not path.exists():
            return None
        try:
            chunk = pcm.read_audio(path)
            path.touch()  # eviction takes what was not used for longest
        except (AudioError, OSError):
            path.unlink(missing_ok=True)
            return None
        return chunk

    def _store(self, path: Path, chunk: AudioChunk) -> None:
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            pcm.write_wav(path, chunk)
            with self._lock:
                self._writes += 1
                due = self._writes % 20 == 1
            if due:
                self._evict()
        except (AudioError, OSError) as error:
            if not self._warned:
                self._warned = True
                logger.warning("Spoken prompts are not kept on disk: %s", error)

    def _evict(self) -> None:
        assert self._folder is not None
        oldest = time.time() - MAX_AGE_DAYS * 86400
        used = 0
        entries = [(file.stat().st_mtime, file.stat().st_size, file) for file in self._folder.glob("*.wav")]
        for mtime, size, file in sorted(entries, key=lambda entry: -entry[0]):
            used += size
            if used > self._disk_bytes or mtime < oldest:
                file.unlink(missing_ok=True)
