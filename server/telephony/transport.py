"""The two ways that calls reach us: WebSocket messages and a TCP stream, behind one small interface."""

from __future__ import annotations

import contextlib
import select
import socket
import struct
import threading
from typing import Any, Protocol

from simple_websocket import ConnectionClosed
from wsproto.utilities import LocalProtocolError

from server.telephony.contract import Frame

SEND_SECONDS = 5
"""A peer that does not read for so long is given up"""
CLOSE_SECONDS = 1
"""How long a peer may take to answer a close frame"""
RECEIVE_BYTES = 4096


class TransportClosedError(Exception):
    """The connection has ended, from whichever side."""


class Transport(Protocol):
    def receive(self, timeout: float) -> Frame | None:
        """The next message or piece, or None after `timeout` seconds. Raises TransportClosedError."""
        ...

    def send(self, frame: Frame) -> None:
        """Sends one message, or one piece in one write. Raises TransportClosedError."""
        ...

    def close(self) -> None:
        """Ends the connection in good order. Never raises; may be called twice."""
        ...


    def abort(self) -> None:
        """Ends it at once, from any thread: `receive` raises. Never raises."""
        ...


class WebSocketTransport:
    """simple_websocket's server end, made safe for a reader and a writer thread."""

    def __init__(self, ws: Any) -> None:
        self._ws = ws
        self._sending = threading.Lock()
        _tune(ws.sock)

    def receive(self, timeout: float) -> Frame | None:
        try:
            message: Frame | None = self._ws.receive(timeout)
        except ConnectionClosed as error:
            raise TransportClosedError(str(error)) from error
        return bytes(message) if isinstance(message, bytearray) else message

    def send(self, frame: Frame) -> None:
        try:
            with self._sending:
                self._ws.send(frame)
        except (ConnectionClosed, LocalProtocolError, OSError) as error:  # LocalProtocolError: it is just being closed
            _abandon(self._ws.sock)
            raise TransportClosedError(str(error)) from error

    def close(self) -> None:
        """Sends no more after the close frame: werkzeug would add an HTTP response, which browsers call a bad frame.
        The library's thread ends when the peer has closed too, or is told to; a stopping server would wait for it."""
        with contextlib.suppress(ConnectionClosed, LocalProtocolError, OSError), self._sending:
            self._ws.close()
        with contextlib.suppress(OSError):
            self._ws.sock.shutdown(socket.SHUT_WR)
        self._ws.thread.join(CLOSE_SECONDS)
        _abandon(self._ws.sock)
        self._ws.thread.join(CLOSE_SECONDS)  # it must have noticed before whoever owns the socket closes it

    def abort(self) -> None:
        _abandon(self._ws.sock)


class TcpTransport:
    """A TCP connection; `send` is one write, so that a header never travels without its payload."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection
        self._closed = False
        _tune(connection)

    def receive(self, timeout: float) -> Frame | None:
        try:
            if not _readable(self._connection, timeout):
                return None
            data = self._connection.recv(RECEIVE_BYTES)
        except (OSError, ValueError) as error:
            raise TransportClosedError(str(error)) from error
        if not data:
            raise TransportClosedError("the peer has closed")
        return data

    def send(self, frame: Frame) -> None:
        if self._closed:
            raise TransportClosedError("closed")
        try:
            self._connection.sendall(frame if isinstance(frame, bytes) else frame.encode())
        except OSError as error:
            _abandon(self._connection)
            raise TransportClosedError(str(error)) from error

    def close(self) -> None:
        """Half-closes first: a reset in place of a FIN would make Asterisk hang up instead of going on."""
        if self._closed:
            return
        self._closed = True
        with contextlib.suppress(OSError):
            self._connection.shutdown(socket.SHUT_WR)
            for _ in range(50):
                if not _readable(self._connection, 0.1) or not self._connection.recv(RECEIVE_BYTES):
                    break
        with contextlib.suppress(OSError):
            self._connection.close()


    def abort(self) -> None:
        _abandon(self._connection)


def _readable(connection: socket.socket, timeout: float) -> bool:
    """poll(), because select() takes no descriptor above 1023."""
    poll = select.poll()
    poll.register(connection, select.POLLIN)
    return bool(poll.poll(timeout * 1000))


def _abandon(connection: socket.socket) -> None:
    """A peer that could not be sent to is not listened to either: whoever waits for it in `receive` wakes up."""
    with contextlib.suppress(OSError):
        connection.shutdown(socket.SHUT_RDWR)


def _tune(connection: socket.socket) -> None:
    """No delay for small frames; a send that the peer does not take in time fails."""
    with contextlib.suppress(OSError):
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_SNDTIMEO, struct.pack("ll", SEND_SECONDS, 0))
