from __future__ import annotations

from server.telephony.contract import AudioIn, KeyPressed
from server.telephony.inbox import MAX_AUDIO_SECONDS, MAX_EVENTS, Inbox
from voice.types import AudioChunk


def test_tiny_packets_become_one_and_keep_their_order() -> None:
    inbox: Inbox[KeyPressed] = Inbox()
    for number in range(200):
        inbox.put(AudioIn(AudioChunk(bytes([number]) * 16, 8000)))
    inbox.put(KeyPressed("1"))
    heard = b""
    while isinstance(event := inbox.get(0), AudioIn):
        heard += event.chunk.pcm
    assert heard == b"".join(bytes([number]) * 16 for number in range(200))
    assert event == KeyPressed("1")
    assert inbox.seconds < 1e-9


def test_the_oldest_audio_goes_first_and_keys_stay() -> None:
    inbox: Inbox[KeyPressed] = Inbox()
    inbox.put(KeyPressed("1"))
    for number in range(100):
        inbox.put(AudioIn(AudioChunk(bytes([number]) * 16000, 8000)))
    assert inbox.seconds <= MAX_AUDIO_SECONDS
    assert inbox.dropped_seconds == 100 - MAX_AUDIO_SECONDS
    assert inbox.get(0) == KeyPressed("1")
    assert isinstance(first := inbox.get(0), AudioIn)
    assert first.chunk.pcm[:1] == bytes([70])


def test_events_are_bounded() -> None:
    inbox: Inbox[KeyPressed] = Inbox()
    assert [inbox.put(KeyPressed("1")) for _ in range(MAX_EVENTS + 1)][-1] is False
