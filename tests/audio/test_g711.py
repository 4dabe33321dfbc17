"""G.711 against the published values and properties of the Recommendation."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from voice.audio import g711

ALL_CODES = bytes(range(256))
ALL_SAMPLES = np.arange(-32768, 32768).astype("<i2")


def linear(data: bytes) -> np.ndarray[tuple[int], np.dtype[np.int16]]:
    return np.frombuffer(data, "<i2")


def test_every_alaw_code_survives_decoding_and_encoding() -> None:
    assert g711.alaw_encode(g711.alaw_decode(ALL_CODES)) == ALL_CODES


def test_every_mulaw_code_survives_except_negative_zero() -> None:
    expected = bytearray(ALL_CODES)
    expected[0x7F] = 0xFF  # mu-law has a negative zero, linear samples have one zero
    assert g711.mulaw_encode(g711.mulaw_decode(ALL_CODES)) == bytes(expected)


@pytest.mark.parametrize(
    ("code", "value"), [(0x00, -32124), (0x80, 32124), (0xFF, 0), (0xFE, 8), (0x8F, 16764), (0x0F, -16764), (0xF0, 120)]
)
def test_mulaw_values_of_the_recommendation(code: int, value: int) -> None:
    assert linear(g711.mulaw_decode(bytes([code])))[0] == value


@pytest.mark.parametrize(("code", "value"), [(0x2A, -32256), (0xAA, 32256), (0xD5, 8), (0x55, -8), (0xC5, 264)])
def test_alaw_values_of_the_recommendation(code: int, value: int) -> None:
    assert linear(g711.alaw_decode(bytes([code])))[0] == value


@pytest.mark.parametrize("law", ["mulaw", "alaw"])
def test_no_sample_moves_further_than_half_a_step(law: str) -> None:
    encode, decode = getattr(g711, f"{law}_encode"), getattr(g711, f"{law}_decode")
    back = linear(decode(encode(ALL_SAMPLES.tobytes()))).astype(int)
    magnitude = np.abs(ALL_SAMPLES.astype(int))
    inside = magnitude < 32000  # above that both laws clip
    half_step = np.maximum((magnitude + 132) / 32, 8) + 4
    assert (np.abs(back - ALL_SAMPLES)[inside] <= half_step[inside]).all()
    assert (np.diff(back) >= 0).all()


@given(st.lists(st.integers(-32768, 32767), max_size=300))
def test_encoding_is_stable_after_the_first_round(samples: list[int]) -> None:
    pcm = np.array(samples, "<i2").tobytes()
    for encode, decode in ((g711.mulaw_encode, g711.mulaw_decode), (g711.alaw_encode, g711.alaw_decode)):
        once = decode(encode(pcm))
        assert decode(encode(once)) == once
        assert len(encode(pcm)) == len(samples)
