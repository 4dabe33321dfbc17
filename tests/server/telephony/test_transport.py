"""A peer that takes nothing from its socket is given up, and its call ends with the order kept."""

from __future__ import annotations

import socket
import threading
from typing import Any

import pytest

from server.client.placing import Target, place
from server.telephony import transport
from server.telephony.transport import TcpTransport, TransportClosedError
from tests.server.conftest import Server, until
from tests.server.telephony.test_calls import start_frame, stream

PIECE = bytes(65536)


def fill(send: Any) -> None:
    """Sends what nobody reads, until that is noticed."""
    for _ in range(10_000):
        send(PIECE)


def test_a_tcp_peer_that_does_not_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transport, "SEND_SECONDS", 1)
    with socket.create_server(("127.0.0.1", 0)) as listener, socket.create_connection(listener.getsockname()):
        ours, _ = listener.accept()
        line = TcpTransport(ours)
        with pytest.raises(TransportClosedError):
            fill(line.send)
        ours.close()


def test_a_websocket_peer_that_does_not_read_loses_its_call_only(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(transport, "SEND_SECONDS", 1)
    slow = stream(server)
    slow.send(start_frame("CA-slow"))
    server.wait_for_calls(1)
    (running,) = server.shared.running()
    with place("vonage", Target(server.url, server.audiosocket_port)) as other:
        with pytest.raises(TransportClosedError):
            fill(running.transport.send)
        server.wait_for_calls(1)
        assert len(server.assistant.hung_up) == 1
        assert other.listen(settle=0.3).chunk.seconds >= 0.6
    slow.shutdown()


def test_nothing_of_a_websocket_outlives_its_call(server: Server) -> None:
    """A thread of the library's that waits for its next ping holds up a server that stops."""
    server.assistant.action = "hang_up"
    with place("vonage", Target(server.url, server.audiosocket_port)) as call:
        until(lambda: call.recording.seconds > 0.1)
        call.press("1")
        until(lambda: call.ended)
    server.wait_for_calls(0)
    until(lambda: not [thread for thread in threading.enumerate() if "(_thread)" in thread.name], seconds=5)
