"""A peer that takes nothing from its socket is given up, and its call ends with the order kept."""

from __future__ import annotations

import base64
import socket
from typing import Any

import pytest
import simple_websocket

from server.client.placing import Target, place
from server.telephony import transport
from server.telephony.transport import TcpTransport, TransportClosedError, WebSocketTransport
from tests.server.conftest import Server
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


def test_nothing_of_a_websocket_outlives_its_call() -> None:
    """The library's thread would wait for its next ping, and a stopping server for the thread."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        theirs = socket.create_connection(listener.getsockname())
        ours, _ = listener.accept()
    headers = {"HOST": "localhost", "UPGRADE": "websocket", "CONNECTION": "Upgrade", "SEC_WEBSOCKET_VERSION": "13",
               "SEC_WEBSOCKET_KEY": base64.b64encode(bytes(16)).decode()}  # fmt: skip
    environ = {"gunicorn.socket": ours} | {f"HTTP_{name}": value for name, value in headers.items()}
    ws = simple_websocket.Server(environ, ping_interval=20)
    WebSocketTransport(ws).close()  # which the peer does not answer
    ours.close()
    ws.thread.join(2)
    assert not ws.thread.is_alive()
    theirs.close()
