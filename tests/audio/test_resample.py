from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from voice.audio.resample import Resampler, resample
from voice.types import AudioChunk


def tone(rate: int, seconds: float = 1.0, hertz: float = 440.0) -> bytes:
    return (8000 * np.sin(2 * np.pi * hertz * np.arange(round(rate * seconds)) / rate)).astype("<i2").tobytes()


@pytest.mark.parametrize(("source", "target"), [(8000, 16000), (16000, 8000), (22050, 8000), (44100, 16000)])
def test_a_tone_keeps_its_pitch_and_level(source: int, target: int) -> None:
    out = np.frombuffer(resample(AudioChunk(tone(source), source), target).pcm, "<i2").astype(float)
    assert len(out) == pytest.approx(target, abs=2)
    inner = out[target // 10 : -target // 10]
    spectrum = np.abs(np.fft.rfft(inner * np.hanning(len(inner))))
    assert np.argmax(spectrum) * target / len(inner) == pytest.approx(440, abs=2)
    assert np.sqrt(np.mean(inner**2)) == pytest.approx(8000 / np.sqrt(2), rel=0.01)


@settings(max_examples=25, deadline=None)
@given(st.lists(st.integers(0, 700), min_size=1, max_size=30))
def test_chunking_changes_nothing(sizes: list[int]) -> None:
    data = tone(8000, sum(sizes) / 8000)
    whole, cut = Resampler(8000, 16000), Resampler(8000, 16000)
    pieces, at = b"", 0
    for size in sizes:
        pieces += cut.process(data[2 * at : 2 * (at + size)])
        at += size
    one = np.frombuffer(pieces + cut.flush(), "<i2").astype(int)
    other = np.frombuffer(whole.process(data) + whole.flush(), "<i2").astype(int)
    assert len(one) == len(other) and np.abs(one - other).max(initial=0) <= 2  # soxr dithers its last bit


def test_same_rate_passes_through() -> None:
    same = Resampler(8000, 8000)
    assert same.process(b"\1\2") == b"\1\2"
    assert same.flush() == b""
    chunk = AudioChunk(b"\1\2", 8000)
    assert resample(chunk, 8000) is chunk
