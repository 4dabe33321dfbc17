"""How answers are timed, and how the number of calls that a machine serves is looked for."""

from __future__ import annotations

import pytest

from server.client.measuring import Answer, Measured, Recording, measure
from server.client.placing import Target
from server.commands.capacity import search
from tests.server.conftest import Server, tone
from voice.audio.pcm import silence
from voice.types import AudioChunk


def test_each_answer_is_timed_and_told_with_what_was_said(server: Server) -> None:
    spoken = [Recording(name, AudioChunk(tone(0.8, 8000).pcm + silence(0.1, 8000).pcm, 8000)) for name in ("a", "b")]
    measured = measure(Target(server.url, server.audiosocket_port), "twilio", 2, spoken, 1)
    assert (measured.missing, measured.refused) == (0, 0)
    assert sorted(answer.said for answer in measured.answers) == ["a", "b"]
    for answer in measured.answers:
        assert answer.seconds is not None and 0 < answer.seconds < 12
        assert [turn["heard"] for turn in answer.turns] == ["something"]
    assert len(measured.parts["end_of_turn"]) == 2


def test_a_call_that_is_not_taken_counts_as_refused(server: Server) -> None:
    server.shared.admission.limit = 1
    spoken = [Recording("a", tone(0.5, 8000))]
    with_one = measure(Target(server.url, server.audiosocket_port), "twilio", 2, spoken, 1)
    assert with_one.refused == 1


def test_an_answer_that_did_not_come_is_the_slowest() -> None:
    measured = Measured(1, [Answer(0.4), Answer(None), Answer(2.0)])
    assert measured.slower_than(1.0) == [Answer(None), Answer(2.0)]
    assert measured.missing == 1
    assert measured.percentile(50) == 2.0


@pytest.mark.parametrize("most", [1, 5, 16])
@pytest.mark.parametrize("served", [0, 1, 3, 4, 5, 16, 40])
def test_the_largest_number_of_calls_is_found(served: int, most: int) -> None:
    asked: list[int] = []

    def keeps(calls: int) -> bool:
        asked.append(calls)
        return calls <= served

    assert search(keeps, most) == min(served, most)
    assert max(asked) <= most
