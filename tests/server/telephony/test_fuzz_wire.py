"""Fuzzed frames over real sockets: the server serves on, another call hears nothing of it, memory stays bounded."""

from __future__ import annotations

import json
import os
import random
import socket
from collections.abc import Callable
from pathlib import Path
from uuid import uuid4

import pytest
import websocket

from server.client.placing import Target, place
from server.limits import RateLimiter
from server.telephony.audiosocket import frame
from server.telephony.contract import Frame
from server.telephony.streams import PROVIDERS
from server.telephony.transport import WebSocketTransport
from tests.server.conftest import Server, until
from tests.server.telephony.test_fuzz import fuzz_seeds, mutated

FRAMES = int(os.environ.get("COMANDA_TEST_FUZZ_FRAMES", "2000"))
A_CONNECTION = 500
"""Frames sent before the next connection: a fuzzed `stop` ends many calls early"""
GROWTH = 150 * 1024 * 1024
"""Bytes that the process may have grown by"""

Fuzz = Callable[[], Frame]


@pytest.fixture
def fuzz() -> Fuzz:
    chance, seeds = random.Random(3), fuzz_seeds()
    return lambda: mutated(chance.choice(seeds), chance)


@pytest.fixture
def arrived(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Frames that the server has taken in: what is sent after it has closed counts for nothing."""
    count, receive = [0], WebSocketTransport.receive

    def counting(transport: WebSocketTransport, timeout: float) -> Frame | None:
        received = receive(transport, timeout)
        count[0] += received is not None
        return received

    monkeypatch.setattr(WebSocketTransport, "receive", counting)
    return count


def memory() -> int:
    """Bytes that this process holds."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def flood(server: Server, path: str, fuzz: Fuzz) -> None:
    """One connection's worth."""
    ws = websocket.create_connection(f"{server.ws}{path}", timeout=10, origin="https://shop.example.com")
    try:
        if path == "/api/voice":
            token = server.shared.signer.token("https://shop.example.com")
            ws.send(json.dumps({"type": "hello", "token": token, "rate": 16000}))
        for _ in range(A_CONNECTION):
            fuzzed = fuzz()
            ws.send(fuzzed, websocket.ABNF.OPCODE_BINARY if isinstance(fuzzed, bytes) else websocket.ABNF.OPCODE_TEXT)
    except (OSError, websocket.WebSocketException):
        pass  # given up by the server
    finally:
        ws.shutdown()  # type: ignore[no-untyped-call]


def check_the_other_call(server: Server, attack: Callable[[], None]) -> None:
    """Attacks while a call is under way."""
    server.shared.connects = RateLimiter(1e6, 1e6)  # or few of the frames would arrive
    before = memory()
    with place("audiosocket", Target(server.url, server.audiosocket_port), "", str(uuid4())) as other:
        until(lambda: other.recording.seconds > 0.1)
        attack()
        server.wait_for_calls(1, seconds=30)
        heard = other.recording.seconds
        until(lambda: other.recording.seconds > heard + 0.2)
        (running,) = server.shared.running()
        assert running.record.bad_frames == 0
    assert server.app.test_client().get("/health").status_code == 200
    assert memory() - before < GROWTH


@pytest.mark.parametrize("protocol", [*PROVIDERS, "web"])
def test_fuzzed_messages(server: Server, protocol: str, fuzz: Fuzz, arrived: list[int]) -> None:
    path = "/api/voice" if protocol == "web" else f"/telephony/{protocol}/stream"

    def attack() -> None:
        while arrived[0] < FRAMES:
            flood(server, path, fuzz)

    check_the_other_call(server, attack)


def test_fuzzed_audiosocket_frames(server: Server, fuzz: Fuzz) -> None:
    def attack() -> None:
        for _ in range(0, FRAMES, A_CONNECTION):
            with socket.create_connection(("127.0.0.1", server.audiosocket_port)) as peer:
                peer.sendall(frame(0x01, uuid4().bytes))
                for _ in range(A_CONNECTION):
                    fuzzed = fuzz()
                    try:
                        peer.sendall(fuzzed if isinstance(fuzzed, bytes) else fuzzed.encode())
                    except OSError:
                        break  # given up by the server

    check_the_other_call(server, attack)
