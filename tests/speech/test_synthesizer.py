"""The real voice: pyttsx3 with espeak-ng in its worker process."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from voice.audio import pcm
from voice.errors import SpeechError
from voice.language import Language, load_language
from voice.settings import Settings
from voice.speech.synthesizer import Synthesizer
from voice.types import AudioChunk

LATTES = "Two large lattes with oat milk."


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(data_dir=tmp_path)


@pytest.fixture
def voice(settings: Settings) -> Iterator[Synthesizer]:
    with Synthesizer(settings, load_language("en")) as synthesizer:
        yield synthesizer


@pytest.mark.parametrize("rate", [8000, 16000])
def test_a_sentence_is_spoken_at_the_rate_asked_for(voice: Synthesizer, rate: int) -> None:
    chunk = voice.speak(LATTES, rate)
    assert chunk.rate == rate
    assert 1.2 < chunk.seconds < 4
    speaking = np.frombuffer(chunk.pcm, "<i2")[: round((chunk.seconds - 0.2) * rate)]
    assert -26 < pcm.level_db(speaking.tobytes()) < -17
    assert np.abs(speaking[: rate // 20]).max() > 100, "leading silence is cut"


def test_slower_is_longer(voice: Synthesizer) -> None:
    assert voice.speak(LATTES, 8000, 0.7).seconds > 1.2 * voice.speak(LATTES, 8000).seconds


def test_a_long_text_is_spoken_whole(voice: Synthesizer) -> None:
    once = voice.speak(LATTES, 8000).seconds
    assert voice.speak(" ".join([LATTES] * 30), 8000).seconds > 20 * once


@pytest.mark.parametrize("text", ["", " ", "...", "\0\x1b[;", "<break time='9s'/>"])
def test_nothing_to_say_is_no_audio(voice: Synthesizer, text: str) -> None:
    assert voice.speak(text, 8000).pcm == b""
    assert voice.worker.pid is None


def test_markup_is_not_obeyed(voice: Synthesizer) -> None:
    plain = voice.speak("one latte", 8000)
    assert voice.speak("one <break time='5s'/> latte \x00\x07", 8000) == plain
    assert voice.speak("[[h@l'oU]] latte", 8000).seconds < 4


@pytest.mark.parametrize("text", ["caffè", "😀 hello", "中文 हिन्दी Привет", "a" * 900, "99999999999", "ﬁﬀ‮abc"])
def test_any_text_is_survived(voice: Synthesizer, text: str) -> None:
    assert voice.speak(text, 8000).seconds > 0.1
    assert voice.worker.restarts == 0


def test_a_killed_process_is_replaced(voice: Synthesizer) -> None:
    voice.speak("one", 8000)
    assert voice.worker.pid is not None
    os.kill(voice.worker.pid, signal.SIGKILL)
    assert voice.speak("two", 8000).seconds > 0.2
    assert voice.worker.restarts == 1


def test_ctrl_c_in_a_terminal_does_not_reach_the_voice(voice: Synthesizer) -> None:
    voice.speak("one", 8000)
    assert voice.worker.pid is not None
    assert os.getpgid(voice.worker.pid) != os.getpgrp()


def test_a_hung_process_is_killed_at_its_deadline(settings: Settings) -> None:
    with Synthesizer(settings.model_copy(update={"speech_deadline": 2.0}), load_language("en")) as voice:
        voice.speak("one", 8000)
        assert voice.worker.pid is not None
        os.kill(voice.worker.pid, signal.SIGSTOP)
        assert voice.speak("two", 8000).seconds > 0.2
        assert voice.worker.restarts >= 1


def test_eight_threads_get_each_their_own_words(voice: Synthesizer) -> None:
    words = ["one", "two hundred and twenty two", "a chocolate croissant", "goodbye", "no", "yes please", "tea", "hi"]
    spoken: dict[str, AudioChunk] = {}

    def speak(word: str) -> None:
        for round_number in range(5):
            chunk = voice.speak(f"{word} {round_number}", 8000)
            spoken[f"{word} {round_number}"] = chunk

    threads = [threading.Thread(target=speak, args=(word,)) for word in words]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert voice.worker.restarts == 0
    with Synthesizer(Settings(data_dir=Path(os.devnull).parent / "none"), load_language("en")) as alone:
        for text, chunk in spoken.items():
            assert chunk.seconds == pytest.approx(alone.speak(text, 8000).seconds, abs=0.02), text


def test_an_unknown_voice_is_an_error_that_says_where(settings: Settings) -> None:
    wrong = settings.model_copy(update={"voice": "gmw/klingon"})
    with Synthesizer(wrong, load_language("en")) as voice, pytest.raises(SpeechError, match=r"klingon.*`voice`"):
        voice.speak("hello", 8000)


@pytest.mark.parametrize(("code", "text"), [("it", "Due cappuccini, per favore."), ("ru", "Два капучино, пожалуйста.")])
def test_a_language_without_a_named_voice_finds_its_own(settings: Settings, code: str, text: str) -> None:
    with Synthesizer(settings, Language(code, {})) as voice:
        assert 0.8 < voice.speak(text, 16000).seconds < 4


def test_what_recurs_is_kept_on_disk_and_what_is_private_is_not(settings: Settings, voice: Synthesizer) -> None:
    folder = settings.cache_dir / "speech"
    voice.speak(LATTES, 8000)
    assert not folder.exists(), "once is no recurrence"
    first = voice.speak(LATTES, 8000)
    for _ in range(3):
        voice.speak("Thank you, Ms Longstocking.", 8000, private=True)
    assert len(list(folder.glob("*.wav"))) == 1
    with Synthesizer(settings, load_language("en")) as later:
        assert later.speak(LATTES, 8000) == first
        assert later.worker.pid is None, "no process is needed for a cached prompt"
        next(folder.glob("*.wav")).write_bytes(b"damaged")
        with Synthesizer(settings, load_language("en")) as again:
            assert again.speak(LATTES, 8000).seconds == pytest.approx(first.seconds, abs=0.02)


def test_a_disk_that_takes_nothing_costs_no_answer(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    (tmp_path / "cache").write_text("a file where the folder should be")
    with Synthesizer(Settings(data_dir=tmp_path), load_language("en")) as voice:
        for _ in range(3):
            assert voice.speak("hello", 8000).pcm
    assert caplog.text.count("not kept on disk") == 1


def test_the_shops_own_recording_replaces_the_voice(tmp_path: Path, settings: Settings) -> None:
    tone = (9000 * np.sin(np.arange(8000) * 0.3)).astype("<i2").tobytes()
    pcm.write_wav(tmp_path / "anything-else.wav", AudioChunk(tone, 16000))
    pcm.write_wav(tmp_path / "a.wav", AudioChunk(tone, 16000))
    (tmp_path / "recordings.yaml").write_text("a.wav: Welcome to Mario's.")
    with Synthesizer(settings.model_copy(update={"recordings": tmp_path}), load_language("en")) as voice:
        for text in ("Anything else?", "anything else", "Welcome to Mario's."):
            assert voice.speak(text, 8000).seconds == pytest.approx(0.65, abs=0.03)
        assert voice.worker.pid is None
        assert voice.speak("Anything else today?", 8000).seconds > 0.7
    (tmp_path / "a.wav").unlink()
    with pytest.raises(SpeechError, match="Record it"):
        Synthesizer(settings.model_copy(update={"recordings": tmp_path}), load_language("en"))


@pytest.mark.parametrize("rate", [0, -1, 10**9])
def test_an_impossible_rate_is_refused(voice: Synthesizer, rate: int) -> None:
    with pytest.raises(SpeechError):
        voice.speak("hello", rate)
