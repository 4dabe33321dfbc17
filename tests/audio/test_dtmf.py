"""Keys in generated tones by the limits of ITU-T Q.24; none in speech and noise."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

from voice.audio import g711
from voice.audio.dtmf import DtmfDetector
from voice.language import Language
from voice.settings import Settings
from voice.speech.synthesizer import Synthesizer

LOW = {"123A": 697, "456B": 770, "789C": 852, "*0#D": 941}
HIGH = (1209, 1336, 1477, 1633)
KEYS = "0123456789*#ABCD"


def tone(key: str, seconds: float, *, rate: int = 8000, low: float = -12, high: float = -12, off: float = 1) -> bytes:
    """One key at levels in decibels of full scale, frequencies multiplied by `off`."""
    row = next(keys for keys in LOW if key in keys)
    t = np.arange(round(seconds * rate)) / rate
    wave = 10 ** (low / 20) * np.sin(2 * np.pi * LOW[row] * off * t)
    wave += 10 ** (high / 20) * np.sin(2 * np.pi * HIGH[row.index(key)] * off * t)
    return np.round(32767 * wave).astype("<i2").tobytes()


def pause(seconds: float, rate: int = 8000) -> bytes:
    return bytes(2 * round(seconds * rate))


def detect(pcm: bytes, rate: int = 8000, chunk: int = 320) -> str:
    detector = DtmfDetector(rate)
    pcm += pause(0.3, rate)  # what the resampler holds back
    return "".join(detector.process(pcm[at : at + chunk]) for at in range(0, len(pcm), chunk))


@pytest.mark.parametrize("rate", [8000, 16000, 48000])
def test_every_key_is_heard_once(rate: int) -> None:
    audio = b"".join(tone(key, 0.08, rate=rate) + pause(0.08, rate) for key in KEYS)
    assert detect(audio, rate) == KEYS


@pytest.mark.parametrize("chunk", [2, 160, 320, 1000, 10**6])
def test_the_size_of_the_pieces_does_not_matter(chunk: int) -> None:
    assert detect(pause(0.011) + tone("5", 0.1) + pause(0.1) + tone("5", 0.1), chunk=chunk) == "55"


@pytest.mark.parametrize("start", range(0, 68, 7))
def test_forty_milliseconds_are_a_press_and_twenty_are_not(start: int) -> None:
    for key in KEYS:
        assert detect(bytes(2 * start) + tone(key, 0.040) + pause(0.05)) == key
        assert detect(bytes(2 * start) + tone(key, 0.020) + pause(0.05)) == ""


def test_a_long_press_is_one_and_a_short_pause_separates_two() -> None:
    assert detect(tone("7", 5)) == "7"
    assert detect((tone("7", 0.06) + pause(0.045)) * 4) == "7777"
    assert detect(tone("7", 0.1) + tone("8", 0.1)) == "78"
    assert detect(tone("7", 0.06) + pause(0.008) + tone("7", 0.06)) == "7", "a drop-out is no second press"


@pytest.mark.parametrize(("low", "high", "heard"), [
    (-12, -8.5, True), (-12, -19.5, True), (-12, -5, False), (-8, -20, False), (-36, -36, True), (-50, -50, False),
])  # fmt: skip
def test_levels_and_twist(low: float, high: float, heard: bool) -> None:
    for key in KEYS:
        assert detect(tone(key, 0.1, low=low, high=high)) == (key if heard else "")


@pytest.mark.parametrize(("off", "heard"), [(1.014, True), (0.986, True), (1.05, False), (0.95, False)])
def test_frequencies_that_are_off(off: float, heard: bool) -> None:
    for key in KEYS:
        assert detect(tone(key, 0.1, off=off)) == (key if heard else "")


def test_telephone_coding_and_noise_do_not_hide_a_key(rng: np.random.Generator) -> None:
    for key in KEYS:
        noisy = np.frombuffer(tone(key, 0.07), "<i2") + rng.normal(0, 700, 560)
        coded = g711.mulaw_decode(g711.mulaw_encode(np.clip(noisy, -32768, 32767).astype("<i2").tobytes()))
        assert detect(pause(0.03) + coded + pause(0.03)) == key


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(11)


def test_noise_and_single_tones_are_no_keys(rng: np.random.Generator) -> None:
    noise: npt.NDArray[np.float64] = rng.normal(0, 3000, 8000 * 60)
    assert detect(noise.astype("<i2").tobytes(), chunk=8000) == ""
    t = np.arange(16000) / 8000
    for hertz in (*LOW.values(), *HIGH, 425, 440, 1000):
        assert detect((9000 * np.sin(2 * np.pi * hertz * t)).astype("<i2").tobytes()) == ""


@pytest.mark.parametrize("voice", ["en-us", "en-gb-scotland", "it", "ru"])
def test_speech_is_no_key(voice: str, tmp_path: Path) -> None:
    words = "Two large lattes with oat milk, nine blueberry muffins, eighty eight doughnuts and a moonlight tea please."
    with Synthesizer(Settings(data_dir=tmp_path, voice=voice), Language("en", {})) as synthesizer:
        for speed in (0.6, 1.0, 1.5):
            assert detect(synthesizer.speak(words, 8000, speed).pcm) == ""
