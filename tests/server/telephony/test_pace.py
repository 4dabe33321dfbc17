from __future__ import annotations

import pytest

from server.telephony.contract import AudioIn
from server.telephony.pace import WATCHED_SECONDS, Pace
from server.telephony.twilio import Twilio
from tests.server.telephony.test_twilio import media, started, twilio_start


def remarks(encoding: str, payload: bytes) -> list[str]:
    """A call of 20 s in which every frame holds 20 ms of something else than was declared."""
    now = [0.0]
    twilio, pace, said = Twilio(), Pace(lambda: now[0]), []
    started(twilio, twilio_start(encoding))
    for number in range(1000):
        now[0] += 0.02
        for event in twilio.receive(media(number, payload)):
            assert isinstance(event, AudioIn)  # survived, whatever it sounds like
            said.append(pace.remark(event.chunk.seconds))
    return [remark for remark in said if remark]


@pytest.mark.parametrize(
    ("encoding", "payload", "told"),
    [("audio/x-mulaw", bytes(320), "at 2.0 times"), ("audio/x-l16", bytes(160), "at 0.5 times")],
)
def test_a_codec_other_than_declared_is_told_once(encoding: str, payload: bytes, told: str) -> None:
    (remark,) = remarks(encoding, payload)
    assert told in remark


def test_audio_as_declared_is_nothing_to_speak_of() -> None:
    assert remarks("audio/x-mulaw", bytes(160)) == []


def test_a_burst_at_the_start_is_none() -> None:
    now = [0.0]
    pace = Pace(lambda: now[0])
    assert pace.remark(2.0) == ""
    while now[0] < 2 * WATCHED_SECONDS:
        now[0] += 0.02
        assert pace.remark(0.02) == ""
