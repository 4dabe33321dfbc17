"""The noise under speech is the silence of the embedded model."""

from __future__ import annotations

import numpy as np

from voice.recognition.compact.network import PRIOR_MEAN
from voice.recognition.compact.ptm import read_ptm, wheel_model_folder
from voice.recognition.compact.telephone import cepstral_transform
from voice.recognition.noise_floor import RATE, SILENCE, NoiseFloor


def test_silence_is_the_model_s_first_state_of_silence() -> None:
    model = read_ptm(wheel_model_folder() / "en-us")
    senone = model.sequences[model.ci_sequence[model.silence]][0]
    weights = np.exp(model.log_weights[0, :, senone])
    cepstrum = weights @ model.means[model.senone_codebook[senone], 0] / weights.sum() + np.array(PRIOR_MEAN)
    assert np.abs(np.linalg.pinv(cepstral_transform()) @ cepstrum - SILENCE).max() < 0.1


def test_the_noise_has_that_spectrum() -> None:
    energies = np.log(_mel_energies(NoiseFloor(1).take(10 * RATE))).mean(axis=0)
    assert np.abs(energies - SILENCE).max() < 0.4


def test_the_noise_goes_on_where_it_was() -> None:
    whole, pieces = NoiseFloor(3).take(200_000), NoiseFloor(3)
    assert np.array_equal(whole, np.concatenate([pieces.take(n) for n in (0, 1, 150_000, 49_999)]))


def _mel_energies(samples: np.ndarray) -> np.ndarray:
    """(frames, 25): as in Kaldi (feat/mel-computations.cc), in the bins that the model was trained on."""
    frames = np.lib.stride_tricks.sliding_window_view(samples, 410)[::160]
    frames = np.hstack([frames[:, :1] * (1 - 0.97), frames[:, 1:] - 0.97 * frames[:, :-1]]) * np.hamming(410)
    power = np.abs(np.fft.rfft(frames, 512)) ** 2
    low, high = (1127 * np.log(1 + f / 700) for f in (130.0, 6800.0))
    edges = np.linspace(low, high, 27)
    mel = 1127 * np.log(1 + np.arange(257) * RATE / 512 / 700)[:, None]
    up, down = (mel - edges[:-2]) / (edges[1:-1] - edges[:-2]), (edges[2:] - mel) / (edges[2:] - edges[1:-1])
    energies: np.ndarray = power @ np.clip(np.minimum(up, down), 0, None)
    return energies
