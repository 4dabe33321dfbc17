"""The parent's side of the voice's process: one request at a time, a deadline, a restart."""

from __future__ import annotations

import contextlib
import json
import logging
import os
import shutil
import subprocess
import sys
import tempfile
import threading
from pathlib import Path

from voice.errors import SpeechError
from voice.speech.pyttsx3_worker import read_message, write_message

logger = logging.getLogger(__name__)

_START_SECONDS = 20.0
"""Python and pyttsx3 start in half a second; a loaded machine may take many times that"""


class Worker:
    """Speaks through a child process that is started when first needed and replaced when it fails.

    Safe to share between threads, which take turns, and after a fork, when the child starts a process of its own.
    """

    def __init__(self, deadline: float) -> None:
        """`deadline`: seconds one sentence may take."""
        self._deadline = deadline
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._folder: Path | None = None
        self._owner = os.getpid()
        self.restarts = 0
        """How often the process had to be replaced"""

    @property
    def pid(self) -> int | None:
        return self._process.pid if self._process else None

    def speak(self, text: str, voice: str, rate: int) -> bytes:
        """s16le mono at 22,050 Hz; `rate` in words a minute. Raises SpeechError after two failures in a row."""
        request = json.dumps({"text": text, "voice": voice, "rate": rate}).encode()
        with self._lock:
            for _ in range(2):
                if (answer := self._try(request)) is not None:
                    return answer
        raise SpeechError(f"The voice failed twice within {self._deadline:g} s each. Raise speech_deadline.")

    def _try(self, request: bytes) -> bytes | None:
        try:
            return self._ask(request)
        except (EOFError, OSError):
            logger.warning("The voice's process died or missed its deadline; it is replaced.")
            self._stop()
            self.restarts += 1
            return None

    def _ask(self, request: bytes) -> bytes:
        process = self._started()
        assert process.stdin and process.stdout
        timer = threading.Timer(self._deadline, process.kill)  # a kill ends the read below, on every system
        timer.start()
        try:
            write_message(process.stdin, request)  # type: ignore[arg-type]
            return self._answer(process)
        finally:
            timer.cancel()

    def _started(self) -> subprocess.Popen[bytes]:
        if self._owner != os.getpid():  # forked: the process belongs to the parent
            self._process, self._folder, self._owner = None, None, os.getpid()
        if self._process is None:
            memory = Path("/dev/shm")
            where = memory if memory.is_dir() and os.access(memory, os.W_OK) else None
            try:
                self._folder = Path(tempfile.mkdtemp(prefix="comanda-voice-", dir=where))
                self._process = subprocess.Popen(
                    [sys.executable, "-m", "voice.speech.pyttsx3_worker", str(self._folder)],
                    stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=_environment(),
                    start_new_session=True,  # Ctrl-C is for the parent, which may have calls to finish
                )  # fmt: skip
            except OSError as error:
                raise SpeechError(f"The voice cannot start: {error.strerror}. Free memory or disk space.") from error
            timer = threading.Timer(_START_SECONDS, self._process.kill)
            timer.start()
            try:
                self._answer(self._process)
            finally:
                timer.cancel()
        return self._process

    def _answer(self, process: subprocess.Popen[bytes]) -> bytes:
        assert process.stdout
        answer = read_message(process.stdout)  # type: ignore[arg-type]
        if not answer:
            raise EOFError
        if answer[:1] != b"+":
            raise SpeechError(f"The voice cannot speak: {answer[1:].decode(errors='replace')}. Check `voice`.")
        return answer[1:]

    def _stop(self) -> None:
        process, folder = self._process, self._folder
        self._process = self._folder = None
        if process is not None:
            process.kill()
            with contextlib.suppress(OSError):  # unsent bytes for a process that is gone
                process.communicate()
        if folder is not None:
            shutil.rmtree(folder, ignore_errors=True)

    def close(self) -> None:
        """Ends the process. The next speak() starts another."""
        with self._lock:
            if self._owner == os.getpid():
                self._stop()


def _environment() -> dict[str, str]:
    """Ours, with this package's place in front, so that the process runs the same code from any working directory."""
    root = str(Path(__file__).resolve().parents[2])
    paths = [root, *filter(None, [os.environ.get("PYTHONPATH")])]
    return {**os.environ, "PYTHONPATH": os.pathsep.join(paths), "PYTHONSAFEPATH": "1"}
