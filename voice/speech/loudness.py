"""Every prompt equally loud and without silence around it, whatever the voice or the recording."""

from __future__ import annotations

import numpy as np

from voice.types import AudioChunk

ACTIVE_LEVEL_DB = -20.0
"""Level of the speaking parts against full scale; telephone networks expect about this (ITU-T P.56, G.111 practice)"""
PEAK_DB = -1.0
_FLOOR_DB = -45.0  # below the loudest frame: silence
_FRAME = 0.01


def level(chunk: AudioChunk) -> AudioChunk:
    """Cuts silence off both ends (20 ms stay) and brings the speaking parts to ACTIVE_LEVEL_DB without clipping."""
    size = max(round(_FRAME * chunk.rate), 1)
    samples = np.frombuffer(chunk.pcm, "<i2").astype(np.float64)
    frames = samples[: len(samples) // size * size].reshape(-1, size)
    power = (frames**2).mean(axis=1)
    if not power.size or power.max() == 0:
        return AudioChunk(b"", chunk.rate)
    active = power > power.max() * 10 ** (_FLOOR_DB / 10)
    first, last = int(np.argmax(active)), len(active) - int(np.argmax(active[::-1]))
    kept = samples[max(first - 2, 0) * size : (last + 2) * size]
    speaking = power[power > power.max() * 10 ** (-30 / 10)].mean()
    gain = 32768 * 10 ** (ACTIVE_LEVEL_DB / 20) / np.sqrt(speaking)
    gain = min(gain, 32768 * 10 ** (PEAK_DB / 20) / np.abs(kept).max())
    return AudioChunk(np.rint(kept * gain).astype("<i2").tobytes(), chunk.rate)
