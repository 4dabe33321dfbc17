"""G.711 mu-law and A-law, the codecs of telephone lines, as table look-ups.

Source: ITU-T Recommendation G.711 (1988); rounding of 16-bit samples as in ITU-T G.191's reference `ulaw_compress`,
`ulaw_expand`, `alaw_compress` and `alaw_expand`. Samples are signed 16-bit, codes one byte each.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Samples = npt.NDArray[np.int16]
Codes = npt.NDArray[np.uint8]

_BIAS = 33  # of the 14-bit mu-law scale, which moves the segment borders onto powers of two
_MU_CLIP = 0x1FFF


def _mulaw_decode_table() -> Samples:
    inverted = 0xFF - np.arange(256)
    exponent = (inverted >> 4) & 7
    step = 8 << exponent
    magnitude = (0x80 << exponent) + step * (inverted & 0xF) + step // 2 - 4 * _BIAS
    table: Samples = np.where(inverted & 0x80, -magnitude, magnitude).astype(np.int16)
    return table


def _mulaw_encode_table() -> Codes:
    sample = np.arange(65536).astype(np.uint16).view(np.int16).astype(np.int32)
    magnitude = np.minimum((np.where(sample < 0, ~sample, sample) >> 2) + _BIAS, _MU_CLIP)
    exponent = np.floor(np.log2(magnitude)).astype(np.int32) - 5
    mantissa = (magnitude >> (exponent + 1)) & 0xF
    table: Codes = (0xFF - (np.where(sample < 0, 0x80, 0) | (exponent << 4) | mantissa)).astype(np.uint8)
    return table


def _alaw_decode_table() -> Samples:
    code = np.arange(256) ^ 0x55
    exponent = (code >> 4) & 7
    mantissa = (((code & 0xF) + np.where(exponent > 0, 16, 0)) << 4) + 8
    magnitude = mantissa << np.maximum(exponent - 1, 0)
    table: Samples = np.where(code & 0x80, magnitude, -magnitude).astype(np.int16)
    return table


def _alaw_encode_table() -> Codes:
    sample = np.arange(65536).astype(np.uint16).view(np.int16).astype(np.int32)
    magnitude = np.where(sample < 0, ~sample, sample) >> 4
    exponent = np.maximum(np.floor(np.log2(np.maximum(magnitude, 1))).astype(np.int32) - 3, 0)
    mantissa = (magnitude >> np.maximum(exponent - 1, 0)) & 0xF
    table: Codes = ((np.where(sample < 0, 0, 0x80) | (exponent << 4) | mantissa) ^ 0x55).astype(np.uint8)
    return table


_MULAW_TO_LINEAR, _LINEAR_TO_MULAW = _mulaw_decode_table(), _mulaw_encode_table()
_ALAW_TO_LINEAR, _LINEAR_TO_ALAW = _alaw_decode_table(), _alaw_encode_table()


def mulaw_decode(data: bytes) -> bytes:
    """mu-law codes to s16le samples."""
    return _MULAW_TO_LINEAR[np.frombuffer(data, np.uint8)].astype("<i2").tobytes()


def mulaw_encode(pcm: bytes) -> bytes:
    """s16le samples to mu-law codes."""
    return bytes(_LINEAR_TO_MULAW[np.frombuffer(pcm, "<u2")])


def alaw_decode(data: bytes) -> bytes:
    """A-law codes to s16le samples."""
    return _ALAW_TO_LINEAR[np.frombuffer(data, np.uint8)].astype("<i2").tobytes()


def alaw_encode(pcm: bytes) -> bytes:
    """s16le samples to A-law codes."""
    return bytes(_LINEAR_TO_ALAW[np.frombuffer(pcm, "<u2")])
