"""A connection that has not named its call: it takes nobody's line, and leaves nothing behind."""

from __future__ import annotations

import socket
import time
from uuid import uuid4

import pytest

from server.client.placing import Target, place
from server.limits import LOBBY, Lobby
from server.telephony import line, pace
from server.telephony.audiosocket import frame
from tests.server.conftest import Server, tone, until


def idle(server: Server, count: int) -> list[socket.socket]:
    return [socket.create_connection(("127.0.0.1", server.audiosocket_port), timeout=10) for _ in range(count)]


def test_connections_that_say_nothing_take_no_line(server: Server) -> None:
    waiting = idle(server, 2 * server.shared.admission.limit)
    with place("twilio", Target(server.url)) as call:
        assert call.listen(settle=0.3).chunk.seconds >= 0.6
    for connection in waiting:
        connection.close()


def test_of_too_many_that_wait_the_first_is_given_up() -> None:
    given_up: list[int] = []
    lobby = Lobby(2)
    with lobby.wait(lambda: given_up.append(1)), lobby.wait(lambda: given_up.append(2)):
        with lobby.wait(lambda: given_up.append(3)):
            assert given_up == [1]
        with lobby.wait(lambda: given_up.append(4)):
            assert given_up == [1]


def test_the_one_given_up_is_closed_and_the_newest_is_served(server: Server) -> None:
    waiting = idle(server, LOBBY + 1)
    assert waiting[0].recv(1) == b""
    waiting[-1].sendall(frame(0x01, uuid4().bytes))
    assert waiting[-1].recv(3)
    for connection in waiting:
        connection.close()


def test_a_connection_that_never_names_its_call_is_closed(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(line, "START_SECONDS", 0.3)
    (connection,) = idle(server, 1)
    assert connection.recv(1) == b""
    assert server.assistant.sessions == {}
    connection.close()


def test_how_an_earlier_call_of_the_same_id_ended_is_forgotten(server: Server) -> None:
    call_id = str(uuid4())
    server.shared.remember_outcome(call_id, "transfer")
    with place("audiosocket", Target(server.url, server.audiosocket_port), call_id=call_id) as call:
        until(lambda: call.recording.seconds > 0.1)
    server.wait_for_calls(0)
    assert server.app.test_client().get(f"/telephony/audiosocket/next?call={call_id}").text == "hang_up"


def test_audio_coded_otherwise_than_declared_is_told_and_survived(
    server: Server, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Samples of 16 bits in a stream that declares mu-law come at twice the pace of time."""
    monkeypatch.setattr(pace, "WATCHED_SECONDS", 1.0)
    with place("twilio", Target(server.url)) as call:
        for _ in range(70):
            with call._sending:
                call._link.send(call._dialect.audio(tone(0.04, 8000)))
            time.sleep(0.02)
        until(lambda: "is it coded as the stream declares?" in caplog.text)
        assert not call.ended
