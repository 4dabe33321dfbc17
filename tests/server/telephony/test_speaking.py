"""How an answer is spoken: its first sentence at once, resumed after a false interruption, a filler only if needed."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest

from server.client.placed_call import PlacedCall
from server.client.placing import PROTOCOLS, Target, place
from server.telephony import conversation
from tests.server.conftest import CountingRecognizer, Server, tone, until
from voice.types import AudioChunk, Turn


def placed(server: Server, protocol: str = "twilio") -> PlacedCall:
    return place(protocol, Target(server.url, server.audiosocket_port))


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_the_first_sentence_is_heard_while_the_next_is_not_made_yet(server: Server, protocol: str) -> None:
    made = threading.Event()

    def speak(turn: Turn, rate: int) -> Iterator[AudioChunk]:
        yield tone(0.3, rate)
        assert made.wait(20)
        yield tone(0.3, rate)

    server.assistant.speak = speak  # type: ignore[method-assign]
    with placed(server, protocol) as call:
        until(lambda: call.recording.seconds >= 0.3)  # its end: the second is still being made
        assert not made.is_set()
        made.set()
        until(lambda: 2 in server.assistant.heard_sentences)


class WordlessRecognizer(CountingRecognizer):
    """There are no words in a cough."""

    def partial(self) -> str:
        return ""


def test_after_a_false_interruption_the_rest_is_played_and_counted(server: Server) -> None:
    server.assistant.sentence_seconds = 2.0
    server.assistant.recognizer = lambda session, rate: WordlessRecognizer()  # type: ignore[method-assign]
    with placed(server) as call:
        until(lambda: call.recording.seconds > 0.5)
        call.speak(tone(0.25, 8000))  # long enough to stop the voice
        until(lambda: call.cleared == 1)
        until(lambda: 2 in server.assistant.heard_sentences, seconds=20)
        (running,) = server.shared.running()
        assert running.record.false_barge_ins == 1
        assert server.assistant.heard_sentences[0] == 0  # when it was interrupted
    assert server.assistant.turns == []


def spoken_by_the_channel(server: Server) -> list[str]:
    """Collects what the channel says in words of its own."""
    said: list[str] = []

    def say(text: str, rate: int) -> AudioChunk:
        said.append(text)
        return tone(0.2, rate)

    server.assistant.say = say  # type: ignore[method-assign]
    return said


@pytest.mark.parametrize(("delay", "fillers"), [(0.0, 0), (1.0, 1)])
def test_a_filler_is_said_only_when_the_answer_takes_long(
    server: Server, monkeypatch: pytest.MonkeyPatch, delay: float, fillers: int
) -> None:
    monkeypatch.setattr(conversation, "FILLER_SECONDS", 0.5)
    said = spoken_by_the_channel(server)
    with placed(server) as call:
        call.listen(settle=0.3)
        server.assistant.delay = delay
        call.press("1")
        until(lambda: server.assistant.heard_sentences.count(2) >= 2)
    assert len(said) == fillers
