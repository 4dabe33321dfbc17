"""When a reply counts as heard: by the peer's marks, or by the clock where none come."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest

from server.telephony.chan_websocket import ChanWebSocket
from server.telephony.contract import Frame
from server.telephony.player import MARK_PATIENCE, Player
from tests.server.conftest import tone, until


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def sent() -> list[Frame]:
    return []


@pytest.fixture
def player(clock: Clock, sent: list[Frame]) -> Iterator[Player]:
    made = Player(ChanWebSocket(), sent.append, lambda: None, clock)
    thread = threading.Thread(target=made.run)
    thread.start()
    yield made
    made.end()
    thread.join()


def say(player: Player, sent: list[Frame], mark: str) -> None:
    player.begin_reply()
    player.play(tone(0.2, 8000), mark)
    until(lambda: f"MARK_MEDIA {mark}" in sent)


def test_a_mark_is_waited_for(player: Player, clock: Clock, sent: list[Frame]) -> None:
    say(player, sent, "1.0")
    clock.now += 1.0
    assert not player.wait_until_heard(0.2)
    player.mark_reached("1.0")
    assert player.wait_until_heard(8)


def test_a_peer_that_knows_no_marks_is_waited_for_once(player: Player, clock: Clock, sent: list[Frame]) -> None:
    """Asterisk before 20.18, 22.8 and 23.2 ignores MARK_MEDIA: not three seconds more after each answer."""
    say(player, sent, "1.0")
    clock.now += MARK_PATIENCE + 1.0
    assert player.wait_until_heard(8)
    say(player, sent, "2.0")
    clock.now += 1.0
    assert player.wait_until_heard(8)
    player.mark_reached("2.0")  # it does know them, as it turns out
    say(player, sent, "3.0")
    clock.now += 1.0
    assert not player.wait_until_heard(0.2)
