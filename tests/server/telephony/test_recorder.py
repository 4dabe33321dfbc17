"""Recordings of callers: none without consent, no card numbers, none that no record names, no stranger's ears."""

from __future__ import annotations

import re
import stat
import wave
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from pathlib import Path
from uuid import uuid4

import numpy as np
import pytest
from pydantic import SecretStr

from server.client.placing import Target, place
from server.retention import Retention
from server.state import ServerState
from server.telephony.recorder import Recorder
from tests.server.conftest import PromptAssistant, Server, tone, until
from voice.audio.pcm import read_audio
from voice.dialogue.session import Session, new_session
from voice.errors import SettingsError
from voice.settings import Settings
from voice.shop.recordings import sweep
from voice.shop.storage import CallRecord, Storage
from voice.types import AudioChunk, Hypothesis, Turn, Utterance

RATE = 8000
CARD = "my card is four one one one one one one one one one one one one one one one"
PASSWORD = "correct horse battery"


def level(value: int, seconds: float = 1.0, rate: int = RATE) -> AudioChunk:
    """Audio that can be told from other audio."""
    return AudioChunk(np.full(round(seconds * rate), value, "<i2").tobytes(), rate)


def said(*texts: str) -> Utterance:
    return Utterance("speech", tuple(Hypothesis(text) for text in texts))


@pytest.fixture
def shop_settings(shop_settings: Settings) -> Settings:
    return shop_settings.model_copy(update={"recording": "ask", "operator_password": SecretStr(PASSWORD)})


@pytest.fixture
def storage() -> Iterator[Storage]:
    with Storage("sqlite://") as opened:
        yield opened


@pytest.fixture
def session() -> Session:
    agreed = new_session("phone", "en")
    agreed.recording_consent = True
    return agreed


@pytest.fixture
def recorder(shop_settings: Settings, storage: Storage, session: Session) -> Recorder:
    return Recorder(shop_settings, storage, session, RATE)


def files(settings: Settings) -> list[Path]:
    return sorted(settings.call_audio_dir.glob("*")) if settings.call_audio_dir.is_dir() else []


def seconds_of(recorder: Recorder, settings: Settings) -> list[int]:
    """What is in the finished recording: the value of each second."""
    name = recorder.close()
    recorder.publish()
    with wave.open(str(settings.call_audio_dir / name)) as file:
        samples = np.frombuffer(file.readframes(file.getnframes()), "<i2")
    return [int(second[RATE // 2]) for second in np.split(samples, len(samples) // RATE)]


def test_turns_are_recorded_in_order(recorder: Recorder, shop_settings: Settings) -> None:
    for value in (1000, 2000, 3000):
        recorder.hear(level(value))
        recorder.turn_taken(said("two lattes"))
    recorder.hear(level(4000))  # the caller hangs up before anybody knows what this was
    assert seconds_of(recorder, shop_settings) == [1000, 2000, 3000]
    (file,) = files(shop_settings)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700


@pytest.mark.parametrize("consent", [None, False])
def test_without_consent_nothing_is_held_or_written(
    recorder: Recorder, session: Session, shop_settings: Settings, consent: bool | None
) -> None:
    session.recording_consent = consent
    recorder.hear(level(1000))
    assert not recorder._heard
    recorder.turn_taken(said("two lattes"))
    assert recorder.close() == "" and files(shop_settings) == []


def test_what_was_said_before_the_yes_is_not_recorded(
    recorder: Recorder, session: Session, shop_settings: Settings
) -> None:
    session.recording_consent = None
    recorder.hear(level(1000))
    session.recording_consent = True  # as the dialogue does in the turn of the "yes"
    recorder.turn_taken(said("yes"))
    recorder.hear(level(2000))
    recorder.turn_taken(said("two lattes"))
    assert seconds_of(recorder, shop_settings) == [2000]


def test_a_consent_taken_back_erases_what_was_recorded(
    recorder: Recorder, session: Session, shop_settings: Settings
) -> None:
    for _ in range(2):
        recorder.hear(level(1000))
        recorder.turn_taken(said("two lattes"))
    assert files(shop_settings)
    session.recording_consent = False
    recorder.hear(level(2000))
    recorder.turn_taken(said("do not record me"))
    assert files(shop_settings) == []
    assert recorder.close() == ""


@pytest.mark.parametrize(
    "number",
    [
        said(CARD),
        said("[••••]"),  # as the assistant gives it back
        said("for one", CARD),  # a second reading
        said("4111 1111 1111 1111"),
        Utterance.keys("1"),
    ],
)
def test_a_turn_with_a_card_number_is_silence(recorder: Recorder, shop_settings: Settings, number: Utterance) -> None:
    turns = [(1000, said("hello")), (2000, said("a latte")), (3000, number), (4000, said("that's all"))]
    for value, utterance in turns:
        recorder.hear(level(value))
        recorder.turn_taken(utterance)
    assert seconds_of(recorder, shop_settings) == [1000, 0, 0, 4000]


def test_a_card_number_in_two_breaths_is_silence_too(recorder: Recorder, shop_settings: Settings) -> None:
    half = "four one one one one one one one"
    for value, text in ((1000, "a latte"), (2000, half), (3000, half), (4000, "thanks")):
        recorder.hear(level(value))
        recorder.turn_taken(said(text))
    assert seconds_of(recorder, shop_settings) == [1000, 0, 0, 4000]


def test_a_browsers_rate_is_brought_down(shop_settings: Settings, storage: Storage, session: Session) -> None:
    recorder = Recorder(shop_settings, storage, session, 48000)
    for _ in range(50):
        recorder.hear(tone(0.1, 48000))
    recorder.turn_taken(said("two lattes"))
    name = recorder.close()
    recorder.publish()
    recorded = read_audio(shop_settings.call_audio_dir / name)
    assert recorded.rate == 16000
    assert recorded.seconds == pytest.approx(5, abs=0.1)


def test_a_turn_without_end_is_bounded(recorder: Recorder, shop_settings: Settings) -> None:
    for _ in range(200):
        recorder.hear(level(1000))
    assert len(recorder._heard) == 2 * RATE * 120


def test_a_full_disk_costs_the_recording_and_not_the_call(
    recorder: Recorder, shop_settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    shop_settings.call_audio_dir.write_text("a file where the folder should be")
    for _ in range(3):
        recorder.hear(level(1000))
        recorder.turn_taken(said("two lattes"))
    assert recorder.close() == ""
    assert len([line for line in caplog.messages if "recorded no longer" in line]) == 1


# --- whole calls


def order(server: Server, turns: int) -> None:
    """A call in which so much is said."""
    with place("twilio", Target(server.url, server.audiosocket_port), "+390299", str(uuid4())) as call:
        call.listen(settle=0.3)
        for _ in range(turns):
            spoken = call.speak(tone(0.7, RATE))
            call.listen(spoken, settle=0.3)
    server.wait_for_calls(0)


def consenting(assistant: PromptAssistant) -> None:
    """The first turn is the caller's yes."""
    take_turn = assistant.take_turn

    def taken(session: Session, utterance: Utterance) -> Turn:
        session.recording_consent = True
        return take_turn(session, utterance)

    assistant.take_turn = taken  # type: ignore[method-assign]


def test_a_call_is_recorded_from_the_yes_on_and_played_to_the_operator_alone(server: Server) -> None:
    consenting(server.assistant)
    order(server, turns=2)
    until(lambda: files(server.shared.settings) and files(server.shared.settings)[0].suffix == ".wav")
    (file,) = files(server.shared.settings)
    recorded = read_audio(file)
    assert 0.7 < recorded.seconds < 15
    assert np.abs(np.frombuffer(recorded.pcm, "<i2")).max() > 5000
    with server.assistant.storage.unit_of_work(read_only=True) as uow:
        assert [call.recording for call in uow.calls.list()] == [file.name]

    client, path = server.app.test_client(), f"/operator/recordings/{file.name}"
    assert client.get(path).status_code == 302
    token = re.search(r'form_token" value="([^"]+)"', client.get("/operator/login").text)
    assert token
    client.post("/operator/login", data={"password": PASSWORD, "form_token": token.group(1)})
    assert path in client.get("/operator/calls").text
    with client.get(path) as played:
        assert played.data == file.read_bytes()
        assert (played.mimetype, played.headers["Cache-Control"]) == ("audio/wav", "no-store")
    with client.get(path, headers={"Range": "bytes=0-43"}) as part:
        assert part.status_code == 206
    for other in ("unknown.wav", "..%2Fcomanda.db", file.name + ".part"):
        assert client.get(f"/operator/recordings/{other}").status_code == 404


def test_without_a_yes_a_call_leaves_no_audio(server: Server) -> None:
    order(server, turns=1)
    assert files(server.shared.settings) == []


def test_switched_off_a_yes_records_nothing(server: Server) -> None:
    server.shared.settings = server.shared.settings.model_copy(update={"recording": "off"})
    consenting(server.assistant)
    order(server, turns=2)
    assert files(server.shared.settings) == []


# --- how long


def kept(settings: Settings, storage: Storage, days_ago: float, caller: str = "") -> Path:
    """A recording and its call's record."""
    recorder = Recorder(settings, storage, Session("s", recording_consent=True), RATE)
    recorder.hear(level(1000))
    recorder.turn_taken(said("a latte"))
    started = datetime.now(timezone.utc) - timedelta(days=days_ago)
    record = CallRecord(str(uuid4()), "s", "phone", started, recording=recorder.close())
    storage.run(lambda uow: uow.calls.save(record, caller))
    recorder.publish()
    return settings.call_audio_dir / record.recording


def test_retention_erases_recordings_with_their_calls(shop_settings: Settings, storage: Storage) -> None:
    old, new = kept(shop_settings, storage, 31), kept(shop_settings, storage, 29)
    retention = Retention(storage, 30, shop_settings.call_audio_dir)
    until(lambda: not old.exists())
    retention.close()
    assert new.exists()


def test_who_is_forgotten_is_not_heard_any_more(shop_settings: Settings, storage: Storage) -> None:
    mine, others = kept(shop_settings, storage, 1, "+390299"), kept(shop_settings, storage, 1, "+390288")
    storage.forget("+390299")
    assert sweep(storage, shop_settings.call_audio_dir) == 1
    assert not mine.exists() and others.exists()


def test_another_databases_recordings_are_left_alone(shop_settings: Settings, storage: Storage) -> None:
    with Storage("sqlite://") as other:
        file = kept(shop_settings, other, 1)
        assert sweep(storage, shop_settings.call_audio_dir) == 0
    assert file.exists()


def test_a_recording_under_way_is_left_alone(shop_settings: Settings, storage: Storage, recorder: Recorder) -> None:
    for _ in range(2):
        recorder.hear(level(1000))
        recorder.turn_taken(said("a latte"))
    assert sweep(storage, shop_settings.call_audio_dir) == 0
    assert len(files(shop_settings)) == 1


def test_recording_for_ever_is_refused(shop_settings: Settings, assistant: PromptAssistant) -> None:
    for_ever = shop_settings.model_copy(update={"retention_days": 0})
    with pytest.raises(SettingsError, match="COMANDA_RETENTION_DAYS"):
        ServerState.of(for_ever, assistant)  # type: ignore[arg-type]
