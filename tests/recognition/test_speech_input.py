"""Level, rate and offset of what reaches the decoder."""

from __future__ import annotations

import numpy as np
import pytest

from voice.recognition.speech_input import InputOptions, SpeechInput


def speech(rate: int, level: float) -> np.ndarray:
    """Half a second of near silence, then a second of a modulated tone at `level` dBFS."""
    t = np.arange(rate) / rate
    tone = np.sin(2 * np.pi * 300 * t) * (0.6 + 0.4 * np.sin(2 * np.pi * 4 * t))
    samples = np.concatenate([np.zeros(rate // 2), tone * 10 ** (level / 20)])
    return np.round(samples * 32767).astype("<i2")


def run(samples: np.ndarray, rate: int, piece: int = 0) -> np.ndarray:
    machine = SpeechInput(rate, InputOptions(floor=0.0))
    step = piece or len(samples)
    parts = [machine.process(samples[i : i + step].tobytes()) for i in range(0, len(samples), step)]
    return np.frombuffer(b"".join([*parts, machine.flush()]), "<i2")


@pytest.mark.parametrize("rate", [8000, 16000, 44100])
@pytest.mark.parametrize("level", [-30, -6, 0])
def test_speech_comes_to_one_level_and_rate(rate: int, level: float) -> None:
    out = run(speech(rate, level), rate).astype(float)
    assert abs(len(out) - 24000) < 100
    loud = np.sort((out[: len(out) // 320 * 320].reshape(-1, 320) ** 2).mean(axis=1))[-5:].mean()
    assert abs(10 * np.log10(loud / 32768**2) + 20) < 2.5


def test_pieces_and_the_whole_give_nearly_the_same() -> None:
    samples = speech(16000, -20)
    whole, pieces = run(samples, 16000), run(samples, 16000, 320)
    assert len(whole) == len(pieces)
    gain = np.linalg.norm(pieces.astype(float)) / np.linalg.norm(whole.astype(float))
    assert 0.5 < gain < 2


@pytest.mark.parametrize("piece", [0, 160])
def test_what_was_cut_close_gets_quiet_around_it(piece: int) -> None:
    word = speech(16000, -12)[8000:]  # a second, from its very beginning
    machine = SpeechInput(16000, InputOptions(floor=0.0, edge=0.2))
    step = piece or len(word)
    parts = [machine.process(word[i : i + step].tobytes()) for i in range(0, len(word), step)]
    out = np.frombuffer(b"".join([*parts, machine.flush()]), "<i2")
    assert machine.lead == 0.2 and len(out) == len(word) + 2 * 3200
    assert not out[:3200].any() and not out[-3200:].any() and out[3200:-3200].any()


@pytest.mark.parametrize("samples", [speech(16000, -12), np.zeros(16000, "<i2")], ids=["speech", "silence"])
def test_what_begins_quietly_is_left_as_it_is(samples: np.ndarray) -> None:
    machine = SpeechInput(16000)
    out = machine.process(samples.tobytes()) + machine.flush()
    assert machine.lead == 0 and len(out) == 2 * len(samples)


def test_a_constant_offset_is_taken_out() -> None:
    out = run((speech(16000, -20).astype(int) + 3000).astype("<i2"), 16000)
    assert abs(out[8000:].mean()) < 60


def test_digital_silence_gets_a_noise_floor_and_nothing_else() -> None:
    machine = SpeechInput(16000)
    out = np.frombuffer(machine.process(bytes(32000)) + machine.flush(), "<i2")
    assert len(out) == 16000 and 30 < out.std() < 120


def test_no_audio_gives_no_samples() -> None:
    machine = SpeechInput(8000)
    assert machine.process(b"") + machine.flush() == b""


def test_clean_speech_is_left_as_it_is_and_noise_is_suppressed() -> None:
    clean = speech(16000, -20).astype(float)
    noise = np.random.default_rng(1).normal(0, 500, len(clean))
    for added, quieter in ((0.01 * noise, False), (noise, True)):
        samples = np.round(clean + added).astype("<i2")
        outcomes = []
        for limit in (30.0, 0.0):  # 0: never suppressed
            machine = SpeechInput(16000, InputOptions(floor=0.0, clean=limit))
            out = np.frombuffer(machine.process(samples.tobytes()) + machine.flush(), "<i2").astype(float)
            outcomes.append(out[4000:8000].std() / out[8000:].std())  # the noise before the speech
        with_it, without = outcomes
        assert (with_it < 0.7 * without) == quieter


@pytest.mark.parametrize(("seconds", "suppressed"), [(0.4, True), (0.15, False)])
@pytest.mark.parametrize("piece", [0, 160])
def test_noise_is_suppressed_in_an_answer_of_one_word_that_is_long_enough_to_tell(
    seconds: float, suppressed: bool, piece: int
) -> None:
    word = speech(16000, -20)[8000 : 8000 + round(16000 * seconds)]  # from its very beginning
    noisy = np.round(word + np.random.default_rng(1).normal(0, 500, len(word))).astype("<i2")
    hiss = []
    for limit in (30.0, 0.0):  # 0: never suppressed
        machine = SpeechInput(16000, InputOptions(floor=0.0, edge=0.0, clean=limit))
        step = piece or len(noisy)
        parts = [machine.process(noisy[i : i + step].tobytes()) for i in range(0, len(noisy), step)]
        out = np.frombuffer(b"".join([*parts, machine.flush()]), "<i2").astype(float)
        assert len(out) == len(noisy)
        hiss.append(np.linalg.norm(np.fft.rfft(out)[len(out) // 4 :]))  # above the tone
    assert (hiss[0] < 0.8 * hiss[1]) == suppressed
