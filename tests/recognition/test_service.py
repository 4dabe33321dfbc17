"""Speech to words through the real model: a synthetic voice orders in a small shop."""

from __future__ import annotations

import threading
from collections.abc import Callable

import numpy as np
import pytest

from voice.language import load_language
from voice.recognition.service import RecognitionService
from voice.settings import Settings
from voice.shop.model import Catalogue
from voice.speech.synthesizer import Synthesizer
from voice.types import AudioChunk, Expectation, Utterance

ORDER = "two large lattes with oat milk and a blueberry muffin"


@pytest.fixture(scope="module")
def service(settings: Settings, catalogue: Catalogue) -> RecognitionService:
    return RecognitionService(settings, catalogue, "en")


@pytest.fixture(scope="module")
def say(settings: Settings) -> Callable[[str, int], AudioChunk]:
    with Synthesizer(settings, load_language("en")) as synthesizer:
        spoken = {rate: synthesizer.speak(ORDER, rate) for rate in (8000, 16000)}
    return lambda text, rate: spoken[rate]


def amplified(chunk: AudioChunk, gain: float) -> AudioChunk:
    samples = np.frombuffer(chunk.pcm, "<i2") * 10 ** (gain / 20)
    return AudioChunk(np.clip(samples, -32768, 32767).astype("<i2").tobytes(), chunk.rate)


def meaning(utterance: Utterance) -> set[str]:
    return {"large", "lattes", "oat", "milk", "blueberry", "muffin"} & set(utterance.text.split())


@pytest.mark.parametrize("rate", [16000, 8000])
def test_an_order_is_heard(service: RecognitionService, say: Callable[[str, int], AudioChunk], rate: int) -> None:
    heard = service.recognize(say(ORDER, rate))
    assert heard.kind == "speech" and len(meaning(heard)) == 6


@pytest.mark.parametrize("gain", [-24, 12])
def test_the_level_does_not_matter(
    service: RecognitionService, say: Callable[[str, int], AudioChunk], gain: float
) -> None:
    assert len(meaning(service.recognize(amplified(say(ORDER, 16000), gain)))) == 6


def test_words_come_with_their_times(service: RecognitionService, say: Callable[[str, int], AudioChunk]) -> None:
    chunk = say(ORDER, 16000)
    words = service.recognize(chunk).hypotheses[0].words
    assert [w.start for w in words] == sorted(w.start for w in words)
    assert chunk.seconds / 2 < words[-1].end <= chunk.seconds + 0.2


def test_a_stream_has_partial_words_and_knows_a_whole_sentence(
    service: RecognitionService, say: Callable[[str, int], AudioChunk]
) -> None:
    recognizer = service.recognizer(16000, Expectation("anything"))
    chunk = say(ORDER, 16000)
    assert recognizer.partial() == "" and not recognizer.complete()
    for start in range(0, len(chunk.pcm), 6400):
        recognizer.accept(AudioChunk(chunk.pcm[start : start + 6400], 16000))
    recognizer.accept(AudioChunk(bytes(32000), 16000))
    assert "latte" in recognizer.partial() and recognizer.complete()
    assert len(meaning(recognizer.finish())) == 6


@pytest.mark.parametrize("seconds", [0.0, 0.05, 2.0])
def test_silence_is_silence(service: RecognitionService, seconds: float) -> None:
    assert service.recognize(AudioChunk(bytes(2 * int(16000 * seconds)), 16000)).text == ""


def test_audio_of_another_rate_than_announced_is_refused(service: RecognitionService) -> None:
    with pytest.raises(ValueError, match="8000"):
        service.recognizer(16000).accept(AudioChunk(b"", 8000))


def test_two_calls_at_once(service: RecognitionService, say: Callable[[str, int], AudioChunk]) -> None:
    heard: list[Utterance] = []
    threads = [threading.Thread(target=lambda: heard.append(service.recognize(say(ORDER, 16000)))) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert heard[0].text == heard[1].text
