"""A call placed to a running server, in real time: it speaks WAVs, hears answers, and measures how soon they come."""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from collections import deque
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
import websocket

from server.client.dialects import Cleared, Dialect, Ended, Marked, Played
from server.telephony.contract import Frame
from voice.audio.resample import resample
from voice.errors import ComandaError
from voice.types import AudioChunk

FRAME = 0.02
AUDIBLE = 60
"""Peak in 16-bit steps from which a frame is not silence"""
LAST_SOUND = 0.04
"""Share of a recording's peak (-28 dB) below which the caller is taken to have fallen silent"""
SETTLE_SECONDS = 0.6
"""Silence after which the assistant is taken to have finished"""


class CallError(ComandaError):
    """A call that the server did not take."""


NOT_LET_IN = (
    " The server lets in signed calls only. For trying out start it with `comanda run` (or set "
    "COMANDA_UNSIGNED_LOCAL_CALLS=1), or give this command the server's own secrets in the environment."
)


class Link(Protocol):
    def send(self, frame: Frame) -> None: ...
    def receive(self) -> Frame | None: ...
    def close(self) -> None: ...


class WebSocketLink:
    def __init__(self, url: str, subprotocols: tuple[str, ...], headers: dict[str, str]) -> None:
        try:
            self._ws: Any = websocket.create_connection(
                url, timeout=10, subprotocols=list(subprotocols) or None, header=headers,
                sockopt=((socket.IPPROTO_TCP, socket.TCP_NODELAY, 1),), enable_multithread=True,
            )  # fmt: skip
        except websocket.WebSocketBadStatusException as error:
            hint = NOT_LET_IN if error.status_code == 403 else ""
            raise CallError(f"{url} answers {error.status_code}.{hint}") from error
        except (OSError, websocket.WebSocketException) as error:
            raise CallError(f"{url} did not take the call: {error}") from error

    def send(self, frame: Frame) -> None:
        if isinstance(frame, bytes):
            self._ws.send_binary(frame)
        else:
            self._ws.send(frame)

    def receive(self) -> Frame | None:
        try:
            message: Frame = self._ws.recv()
        except websocket.WebSocketTimeoutException:
            return None
        if message == "" or message == b"":
            raise OSError("closed")
        return message

    def close(self) -> None:
        with contextlib.suppress(OSError, websocket.WebSocketException):
            self._ws.close(timeout=1)
        self._ws.shutdown()


class TcpLink:
    def __init__(self, host: str, port: int) -> None:
        try:
            self._socket = socket.create_connection((host, port), timeout=10)
        except OSError as error:
            raise CallError(
                f"{host}:{port} did not take the call. Start the server with COMANDA_AUDIOSOCKET_PORT={port}."
            ) from error
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def send(self, frame: Frame) -> None:
        self._socket.sendall(frame if isinstance(frame, bytes) else frame.encode())

    def receive(self) -> Frame | None:
        try:
            data = self._socket.recv(4096)
        except TimeoutError:
            return None
        if not data:
            raise OSError("closed")
        return data

    def close(self) -> None:
        with contextlib.suppress(OSError):
            self._socket.close()


@dataclass(frozen=True, slots=True)
class Heard:
    """An answer, as the caller hears it."""

    chunk: AudioChunk
    latency: float | None
    """Seconds from the last sound the caller made to the first audible byte of the answer; None if none came"""


class PlacedCall:
    """Use as a context manager; `speak` and `listen` block in real time."""

    def __init__(self, dialect: Dialect, link: Link) -> None:
        self._dialect, self._link = dialect, link
        self._to_send: deque[tuple[AudioChunk, bool]] = deque()
        """Frames, and whether the caller falls silent after this one"""
        self._spoken_at: float | None = None
        self._sending = threading.Lock()
        self._changed = threading.Condition()
        self._answer = bytearray()
        self._recording = bytearray()
        self._first_audible: float | None = None
        self._playing_until = 0.0
        self._audible_until = 0.0
        """When the caller will have heard the last audible frame that came"""
        self._marks: list[tuple[float, str]] = []
        self.ended = False
        self.cleared = 0
        """How often the server dropped what was not played: barge-ins"""
        self._threads = [threading.Thread(target=t, daemon=True) for t in (self._send_loop, self._receive_loop)]

    def __enter__(self) -> PlacedCall:
        for frame in self._dialect.open():
            self._link.send(frame)
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.ended = True
        with contextlib.suppress(OSError, websocket.WebSocketException), self._sending:
            for frame in self._dialect.close():
                self._link.send(frame)
        self._link.close()
        for thread in self._threads:
            thread.join(5)

    # --- what the caller does --------------------------------------------------------------------------------------

    def speak(self, chunk: AudioChunk) -> float | None:
        """Says it in real time. Returns when the last audible sample was sent, by time.monotonic(); None when the call
        ended before."""
        spoken = resample(chunk, self._dialect.rate)
        size = 2 * round(FRAME * spoken.rate)
        frames = [spoken.pcm[i : i + size].ljust(size, b"\0") for i in range(0, len(spoken.pcm), size)]
        floor = max(AUDIBLE, LAST_SOUND * _peak(spoken.pcm))
        last = max((i for i, frame in enumerate(frames) if _peak(frame) > floor), default=len(frames) - 1)
        with self._changed:
            self._answer.clear()
            self._spoken_at = None
            self._to_send.extend((AudioChunk(frame, spoken.rate), index == last) for index, frame in enumerate(frames))
            self._changed.wait_for(lambda: not self._to_send or self.ended, chunk.seconds + 10)
            return self._spoken_at

    def press(self, digit: str) -> float:
        with self._changed:
            self._answer.clear()
            self._first_audible = None
        with self._sending:
            self._link.send(self._dialect.key(digit))
        return time.monotonic()

    def listen(self, spoken_at: float | None = None, seconds: float = 30.0, settle: float = SETTLE_SECONDS) -> Heard:
        """Waits until the assistant has finished an answer, or `seconds` if none comes."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline and not self.ended:
            time.sleep(FRAME)
            with self._changed:
                if self._first_audible is not None and time.monotonic() - self._audible_until > settle:
                    break
        with self._changed:
            first = self._first_audible
            heard = AudioChunk(bytes(self._answer), self._dialect.rate)
        return Heard(heard, None if first is None or spoken_at is None else first - spoken_at)

    @property
    def recording(self) -> AudioChunk:
        """All that the assistant said."""
        return AudioChunk(bytes(self._recording), self._dialect.rate)

    # --- threads ---------------------------------------------------------------------------------------------------

    def _send_loop(self) -> None:
        silence = AudioChunk(bytes(2 * round(FRAME * self._dialect.rate)), self._dialect.rate)
        due = time.monotonic()
        while not self.ended:
            with self._changed:
                chunk, falls_silent = self._to_send.popleft() if self._to_send else (silence, False)
            try:
                with self._sending:
                    self._link.send(self._dialect.audio(chunk))
                    self._send_marks()
            except (OSError, websocket.WebSocketException):
                self._end()
                return
            with self._changed:
                if falls_silent:
                    self._spoken_at, self._first_audible = time.monotonic(), None
                self._changed.notify_all()
            due = max(due + FRAME, time.monotonic() - 0.2)
            time.sleep(max(0.0, due - time.monotonic()))

    def _send_marks(self) -> None:
        now = time.monotonic()
        with self._changed:
            reached = [name for at, name in self._marks if at <= now]
            self._marks = [(at, name) for at, name in self._marks if at > now]
        for name in reached:
            for frame in self._dialect.reached(name):
                self._link.send(frame)

    def _receive_loop(self) -> None:
        while not self.ended:
            try:
                frame = self._link.receive()
            except (OSError, websocket.WebSocketException):
                self._end()
                return
            for event in self._dialect.received(frame) if frame is not None else ():
                with self._changed:
                    self._take(event)

    def _take(self, event: object) -> None:
        now = time.monotonic()
        if isinstance(event, Played):
            self._playing_until = max(self._playing_until, now) + event.chunk.seconds
            self._answer += event.chunk.pcm
            self._recording += event.chunk.pcm
            if _peak(event.chunk.pcm) > AUDIBLE:
                self._first_audible = self._first_audible or now
                self._audible_until = self._playing_until
        elif isinstance(event, Marked):
            self._marks.append((max(self._playing_until, now), event.name))
        elif isinstance(event, Cleared):
            self.cleared += 1
            self._playing_until = self._audible_until = now
            self._marks = [(now, name) for _, name in self._marks]
        elif isinstance(event, Ended):
            self._end()

    def _end(self) -> None:
        with self._changed:
            self.ended = True
            self._changed.notify_all()


def _peak(frame: bytes) -> int:
    samples = np.frombuffer(frame[: len(frame) - len(frame) % 2], "<i2")
    return int(np.abs(samples.astype(np.int32)).max()) if samples.size else 0
