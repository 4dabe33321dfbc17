from __future__ import annotations

import numpy as np
import pytest

from voice.evaluation.degrade import Degradation, degrade, phone_channel, speech_level
from voice.types import AudioChunk


def tone(seconds: float = 1.0, rate: int = 16000, hertz: float = 1000, level: float = 0.1) -> AudioChunk:
    wave = level * np.sin(2 * np.pi * hertz * np.arange(int(seconds * rate)) / rate)
    return AudioChunk((wave * 32768).astype("<i2").tobytes(), rate)


def samples(chunk: AudioChunk) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    return np.frombuffer(chunk.pcm, "<i2") / 32768


def test_nothing_asked_for_changes_nothing() -> None:
    assert degrade(tone(), Degradation()) == tone()


@pytest.mark.parametrize("noise", ["white", "pink", "babble", "hum", tone(0.3, 8000, 300)])
@pytest.mark.parametrize("snr", [6.0, 24.0])
def test_noise_has_the_level_asked_for(noise: object, snr: float) -> None:
    speech = tone()
    mixed = degrade(speech, Degradation(noise=noise, snr=snr))  # type: ignore[arg-type]
    added = samples(mixed) - samples(speech)
    measured = 20 * np.log10(np.sqrt(np.mean(samples(speech) ** 2)) / np.sqrt(np.mean(added**2)))
    assert measured == pytest.approx(snr, abs=0.3)


def test_silence_around_the_words_does_not_raise_the_noise() -> None:
    padded = np.concatenate([np.zeros(16000), samples(tone()), np.zeros(16000)])
    assert speech_level(padded, 16000) == pytest.approx(0.1 / np.sqrt(2), rel=0.02)


def test_the_same_seed_gives_the_same_samples() -> None:
    how = Degradation(noise="white", snr=10, packet_loss=0.2)
    assert degrade(tone(), how, "a.wav") == degrade(tone(), how, "a.wav")
    assert degrade(tone(), how, "a.wav") != degrade(tone(), how, "b.wav")


def test_the_phone_keeps_its_band_only() -> None:
    kept, low, high = (phone_channel(tone(hertz=f)) for f in (1000, 60, 3900))
    assert kept.rate == 8000
    assert kept.seconds == pytest.approx(1, abs=0.01)
    assert samples(kept).std() == pytest.approx(samples(tone()).std(), rel=0.05)
    assert samples(low).std() < 0.002
    assert samples(high).std() < 0.002


def test_gain_hum_constant_and_clipping() -> None:
    assert samples(degrade(tone(), Degradation(gain_db=-24))).max() == pytest.approx(0.1 / 15.85, rel=0.02)
    assert samples(degrade(tone(), Degradation(dc=0.05))).mean() == pytest.approx(0.05, abs=0.001)
    assert samples(degrade(tone(), Degradation(gain_db=12, clip_db=-12))).max() == pytest.approx(0.251, abs=0.001)
    hum = samples(degrade(AudioChunk(bytes(32000), 16000), Degradation(hum_db=-40)))
    assert np.sqrt(np.mean(hum**2)) == pytest.approx(0.01, rel=0.05)


def test_lost_packets_are_silent() -> None:
    lost = samples(degrade(tone(10), Degradation(packet_loss=0.1)))
    packets = lost.reshape(-1, 320)
    assert 0.05 < np.mean(~packets.any(axis=1)) < 0.16


def test_an_empty_recording_stays_empty() -> None:
    empty = AudioChunk(b"", 16000)
    assert degrade(empty, Degradation(noise="babble", channel="phone", packet_loss=0.5, hum_db=-40)).pcm == b""


def test_labels_tell_what_was_done() -> None:
    assert Degradation().label == "clean"
    assert Degradation(noise="white", snr=6, channel="phone").label == "white 6 dB, phone"
