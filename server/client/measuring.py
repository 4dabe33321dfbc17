"""Calls placed side by side, and how soon each answer came: what `evaluate latency` and `capacity` are made of."""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import websocket

from server.client.placed_call import CallError
from server.client.placing import Target, place, transcript
from voice.types import AudioChunk

START_SECONDS = 600
ANSWER_SECONDS = 12.0
PARTS = {
    "end_of_turn": "end of turn (silence)", "backlog": "audio not heard yet", "recognition": "recognition",
    "understanding": "understanding", "dialogue": "dialogue", "prompts": "wording", "storage": "storage",
    "first_audio": "synthesis, sending",
}  # fmt: skip
"""Stages of an answer in the order they happen, with their names for people; what is left of the whole is transport and
pacing. "backlog": recognition is slower than real time."""


@dataclass(frozen=True, slots=True)
class Recording:
    """What a caller says."""

    name: str
    chunk: AudioChunk


@dataclass(frozen=True, slots=True)
class Answer:
    """One turn of a caller's."""

    seconds: float | None
    """From the caller's last sound to the first audible byte of the answer; None: none came"""
    said: str = ""
    """The recording's name"""
    turns: tuple[Mapping[str, Any], ...] = ()
    """What the server took for turns meanwhile, as its transcript tells: one, if all went well"""


@dataclass
class Measured:
    calls: int
    answers: list[Answer] = field(default_factory=list)
    parts: dict[str, list[float]] = field(default_factory=dict)
    """Milliseconds as the server clocked them"""
    refused: int = 0
    """Calls that the server did not take, or broke off"""

    def add(self, other: Measured) -> None:
        """The same number of calls, measured again."""
        self.answers += other.answers
        self.refused += other.refused
        for part, milliseconds in other.parts.items():
            self.parts.setdefault(part, []).extend(milliseconds)

    @property
    def seconds(self) -> list[float]:
        """Of the answers that came; one that did not counts as the longest wait."""
        return [ANSWER_SECONDS if answer.seconds is None else answer.seconds for answer in self.answers]

    def percentile(self, percent: float) -> float:
        """Seconds; not a number without answers."""
        return float(np.percentile(self.seconds, percent)) if self.answers else float("nan")

    def slower_than(self, seconds: float) -> list[Answer]:
        """The slowest first."""
        slow = [(wait, answer) for wait, answer in zip(self.seconds, self.answers, strict=True) if wait > seconds]
        return [answer for _, answer in sorted(slow, key=lambda pair: -pair[0])]

    @property
    def missing(self) -> int:
        return sum(answer.seconds is None for answer in self.answers)


OnAnswer = Callable[[int, int], None]
"""Hears how many of how many answers have come"""


def warm_up(target: Target, protocol: str, spoken: Sequence[Recording]) -> None:
    """A call that is not counted: what a server loads behind its first callers is loaded then."""
    measure(target, protocol, 1, spoken, 2)


def answered_alone(
    target: Target, protocol: str, spoken: Sequence[Recording], seconds: float, wanted: int
) -> list[Recording]:
    """`wanted` recordings that a caller who is alone is answered within so many seconds: what is misheard waits for
    words that do not come, whatever the load."""
    found: list[Recording] = []
    for recording in spoken[:: max(1, len(spoken) // (3 * wanted))]:
        if len(found) < wanted and measure(target, protocol, 1, [recording], 1).percentile(100) < seconds:
            found.append(recording)
    return found


def turns_for(answers: int, calls: int) -> int:
    """What each of so many callers says for at least `answers` answers in all; three at least."""
    return max(3, -(-answers // calls))


def measure(
    target: Target, protocol: str, calls: int, spoken: Sequence[Recording], turns: int,
    on_answer: OnAnswer = lambda come, wanted: None,
) -> Measured:  # fmt: skip
    """`calls` callers at once, each saying `turns` of the recordings and waiting for each answer to end."""
    measured = Measured(calls)
    lock = threading.Lock()

    def talk(number: int) -> None:
        time.sleep(number * 0.37)  # people do not call in step
        mine = [spoken[(number * turns + turn) % len(spoken)] for turn in range(turns)]
        try:
            for _ in range(turns):  # the dialogue may end a call before all has been said
                if mine:
                    mine = mine[_one_call(target, protocol, mine, measured, lock) :]
                    on_answer(len(measured.answers), calls * turns)
        except (CallError, OSError, websocket.WebSocketException):
            with lock:
                measured.refused += 1

    threads = [threading.Thread(target=talk, args=(number,)) for number in range(calls)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return measured


def _one_call(
    target: Target, protocol: str, spoken: Sequence[Recording], measured: Measured, lock: threading.Lock
) -> int:
    """How many of the recordings could be said, at least one."""
    call_id, said = str(uuid.uuid4()), 0
    with place(protocol, target, call_id=call_id) as call:
        call.listen(seconds=ANSWER_SECONDS * 2)
        told = len(transcript(target, call_id))
        for recording in spoken:
            answer = call.listen(call.speak(recording.chunk), ANSWER_SECONDS)
            if call.ended and answer.latency is None:
                break
            said += 1
            turns = transcript(target, call_id)[told:]
            told += len(turns)
            with lock:
                measured.answers.append(Answer(answer.latency, recording.name, tuple(turns)))
                _add_parts(measured.parts, turns)
    return max(1, said)


def _add_parts(parts: dict[str, list[float]], turns: Sequence[Mapping[str, Any]]) -> None:
    for turn in turns:
        for name in PARTS if turn["kind"] == "speech" else ():
            if name in turn["milliseconds"]:
                parts.setdefault(name, []).append(float(turn["milliseconds"][name]))


@contextlib.contextmanager
def own_server(max_calls: int, cores: int | None = None) -> Iterator[Target]:
    """A server in a process of its own, with its orders in a database that is thrown away, on `cores` of the cores."""
    with tempfile.TemporaryDirectory() as folder:
        port, audio_port = _free_port(), _free_port()
        environment = os.environ | {
            "COMANDA_PORT": str(port), "COMANDA_AUDIOSOCKET_PORT": str(audio_port), "COMANDA_HOST": "127.0.0.1",
            "COMANDA_UNSIGNED_LOCAL_CALLS": "true", "COMANDA_MAX_CALLS": str(max_calls), "COMANDA_PUBLIC_URL": "",
            "COMANDA_DATABASE": f"sqlite:///{Path(folder) / 'measured.db'}", "COMANDA_PRODUCTION": "false",
        }  # fmt: skip
        log = (Path(folder) / "log").open("w+")
        process = subprocess.Popen([sys.executable, "-m", "server.client.pinned", str(cores or 0)],
                                   env=environment, stdin=subprocess.PIPE, stdout=log, stderr=log)  # fmt: skip
        try:
            _wait_until_ready(port, process, Path(folder) / "log")
            yield Target(f"http://127.0.0.1:{port}", audio_port)
        finally:
            process.terminate()
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(40)
            process.kill()
            log.close()


def _wait_until_ready(port: int, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        with contextlib.suppress(OSError), urllib.request.urlopen(f"http://127.0.0.1:{port}/ready", timeout=2):
            return
        time.sleep(0.3)
    raise CallError(f"The server to measure did not start:\n{log.read_text()[-2000:]}")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
