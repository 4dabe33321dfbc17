"""The kiosk's loop with the real assistant and voice; sound devices are scripted, or files."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from click.testing import CliRunner

from server.commands.kiosk import kiosk as command
from voice import kiosk as kiosk_module
from voice.assistant import Assistant
from voice.audio import microphone, pcm
from voice.audio.files import RATE, FileLoudspeaker, FileMicrophone
from voice.errors import AudioError
from voice.evaluation.make_samples import MANIFEST, call_paths, load_manifest
from voice.kiosk import Button, Kiosk, Shown
from voice.settings import Settings
from voice.shop.catalogue import load_catalogue
from voice.shop.storage import Storage
from voice.types import AudioChunk

QUIET = AudioChunk(bytes(640), RATE)


@pytest.fixture
def assistant(tmp_path: Path) -> Iterator[Assistant]:
    settings = Settings(data_dir=tmp_path, no_input=1.0)
    catalogue = load_catalogue(settings.catalogue)
    now = datetime(2026, 11, 24, 12, 10, tzinfo=ZoneInfo(catalogue.shop.timezone))
    with Assistant(settings, catalogue, Storage(settings.database_url), lambda: now) as opened:
        yield opened


class ScriptedMicrophone:
    """Some seconds of silence each time it is opened; "lost" at their end but the last."""

    rate = RATE

    def __init__(self, seconds: Sequence[float]) -> None:
        self._seconds = list(seconds)
        self.opened = 0
        self.closed = 0
        self.refusals = 0

    def open(self) -> None:
        if self.refusals:
            self.refusals -= 1
            raise AudioError("not yet")
        self.opened += 1

    def __iter__(self) -> Iterator[AudioChunk]:
        for _ in range(round(self._seconds.pop(0) / 0.02)):
            yield QUIET
        if self._seconds:
            raise AudioError("unplugged")

    def discard(self) -> None: ...

    def close(self) -> None:
        self.closed += 1


@pytest.fixture
def shown(monkeypatch: pytest.MonkeyPatch) -> list[Shown]:
    monkeypatch.setattr(kiosk_module, "RETRY_SECONDS", 0.0)
    return []


def kinds(shown: list[Shown]) -> list[str]:
    return [one.kind for one in shown]


def test_the_greeting_is_spoken_and_silence_is_asked_again(
    assistant: Assistant, shown: list[Shown], tmp_path: Path
) -> None:
    Kiosk(assistant, ScriptedMicrophone([1.8]), FileLoudspeaker(tmp_path / "out"), show=shown.append).run()
    assert kinds(shown) == ["turn", "turn"]
    greeting, again = (one.turn for one in shown)
    assert greeting is not None and again is not None
    assert greeting.sentences != again.sentences
    answers = sorted((tmp_path / "out").glob("*.wav"))
    assert len(answers) == len(greeting.sentences) + len(again.sentences)
    assert all(pcm.read_audio(answer).seconds > 1 for answer in answers)


def test_a_customer_who_left_makes_room_for_the_next(assistant: Assistant, shown: list[Shown]) -> None:
    Kiosk(assistant, ScriptedMicrophone([30]), FileLoudspeaker(), show=shown.append).run()
    assert kinds(shown)[-1] == "idle", "after the reprompts it waits in silence"
    assert kinds(shown).count("idle") == 1


def test_a_device_that_disappears_is_waited_for(assistant: Assistant, shown: list[Shown]) -> None:
    source = ScriptedMicrophone([0.5, 0.5])
    device = Kiosk(assistant, source, FileLoudspeaker(), show=shown.append)
    source.refusals = 0
    original = source.close

    def close() -> None:
        original()
        source.refusals = 2 if source.closed == 1 else source.refusals

    source.close = close  # type: ignore[method-assign]
    device.run()
    assert kinds(shown) == ["turn", "device_lost", "device_back"]
    assert source.opened == 2


def test_no_device_at_the_start_is_an_error(assistant: Assistant, shown: list[Shown]) -> None:
    source = ScriptedMicrophone([1])
    source.refusals = 1
    with pytest.raises(AudioError):
        Kiosk(assistant, source, FileLoudspeaker(), show=shown.append).run()


def test_quitting_ends_it(assistant: Assistant, shown: list[Shown]) -> None:
    keys = iter([Button.NOTHING, Button.QUIT])
    Kiosk(
        assistant, ScriptedMicrophone([60]), FileLoudspeaker(), show=shown.append, button=lambda: next(keys),
        push_to_talk=True,
    ).run()  # fmt: skip
    assert kinds(shown) == ["turn"]


def test_a_microphone_file_is_followed_by_silence(tmp_path: Path) -> None:
    tone = (9000 * np.sin(np.arange(8000) * 0.3)).astype("<i2").tobytes()
    pcm.write_wav(tmp_path / "a.wav", AudioChunk(tone, 8000))
    heard = list(FileMicrophone([tmp_path / "a.wav"], pause=1.0))
    assert sum(chunk.seconds for chunk in heard) == pytest.approx(2.5, abs=0.02)
    assert pcm.level_db(heard[-1].pcm) == -120
    with pytest.raises(AudioError):
        FileMicrophone([tmp_path / "none.wav"])


def test_devices_are_listed_or_their_absence_is_explained() -> None:
    result = CliRunner().invoke(command, ["--list-devices"])
    try:
        devices = microphone.list_devices()
    except AudioError as error:
        assert "libportaudio2" in str(error)
        return
    assert result.exit_code == 0
    assert all(d.name[:10] in result.output for d in devices) if devices else "No sound device" in result.output


def test_a_device_that_is_not_there_is_named() -> None:
    for device in (microphone.Microphone("no such thing"), microphone.Loudspeaker("no such thing")):
        with pytest.raises(AudioError, match=r"no such thing|libportaudio2"):
            device.open()
        device.close()


@pytest.mark.slow
@pytest.mark.xdist_group("recognition")
def test_an_order_at_the_kiosk_through_files(tmp_path: Path, shown: list[Shown]) -> None:
    """The spoken call of the samples, end to end: turn-taking, recogniser, dialogue, voice."""
    call = next(call for call in load_manifest()["calls"] if call["channel"] == "kiosk")
    settings = Settings()  # the models and graphs that the other tests built
    catalogue = load_catalogue(settings.catalogue)
    now = datetime.fromisoformat(str(call["at"])).replace(tzinfo=ZoneInfo(catalogue.shop.timezone))
    with Assistant(settings, catalogue, Storage(f"sqlite:///{tmp_path / 'orders.db'}"), lambda: now) as assistant:
        files = FileMicrophone(call_paths(call, MANIFEST.parent / "en"))
        Kiosk(assistant, files, FileLoudspeaker(tmp_path / "answers"), show=shown.append).run()
    heard = [one.turn.utterance.text for one in shown if one.turn is not None]
    prompts = [prompt.key for one in shown if one.turn for prompt in one.turn.reply.prompts]
    assert "order.placed" in prompts, heard
    assert len(list((tmp_path / "answers").glob("*.wav"))) >= len(call["turns"])
