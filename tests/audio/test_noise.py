"""The noise suppressor: quieter noise, all samples, the same for any pieces."""

from __future__ import annotations

import numpy as np
import pytest

from voice.audio.noise import NoiseSuppressor

NOISE = np.round(np.random.default_rng(1).normal(0, 600, 48000)).astype("<i2")


def suppressed(samples: np.ndarray, piece: int) -> np.ndarray:
    machine = NoiseSuppressor()
    parts = [machine.process(samples[i : i + piece].tobytes()) for i in range(0, len(samples), piece)]
    return np.frombuffer(b"".join([*parts, machine.flush()]), "<i2")


def test_steady_noise_becomes_quieter() -> None:
    out = suppressed(NOISE, len(NOISE))[32000:].astype(float)
    assert 20 * np.log10(NOISE.std() / out.std()) > 8


@pytest.mark.parametrize("piece", [7, 160, 1000])
def test_pieces_of_any_size_give_every_sample(piece: int) -> None:
    samples = NOISE[:8011]
    pieces, whole = suppressed(samples, piece).astype(int), suppressed(samples, len(samples)).astype(int)
    assert len(pieces) == len(whole) == len(samples)
    assert np.abs(pieces - whole).max() < NOISE.std() / 10  # libsoxr dithers what it rounds, and the network remembers


def test_nothing_gives_nothing() -> None:
    machine = NoiseSuppressor()
    assert machine.process(b"") + machine.flush() == b""
