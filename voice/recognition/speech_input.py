"""Audio on its way to the decoder: rate, offset, level and a noise floor, streaming and right from the start.

The model's running cepstral mean opens at an absolute level, and its Gaussians know no digital silence. So speech is
brought to one level (a gain found from its first syllables, before anything is passed on) and the noise is laid under
it that the model takes for silence (`voice.recognition.noise_floor`). Where those first syllables stand in noise, it is
suppressed; clean speech is left as it is.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from voice.audio.noise import NoiseSuppressor
from voice.audio.resample import Resampler
from voice.recognition.noise_floor import NoiseFloor, Samples

RATE = 16000
"""Hertz of what comes out"""
_FRAME = RATE // 50
"""Samples in a level measurement: 20 ms"""


@dataclass(frozen=True)
class InputOptions:
    level: float = -20.0
    """dBFS of the louder frames of speech after the gain"""
    most_gain: float = 40.0
    """dB"""
    least_gain: float = -20.0
    """dB"""
    onset: float = 9.0
    """dB above the quietest frame so far: speech has begun"""
    wait: float = 0.3
    """Seconds of speech from which the gain is found"""
    longest_wait: float = 2.0
    """Seconds after which the gain is found from whatever came"""
    audible: float = -65.0
    """dBFS below which there is only silence"""
    floor: float = 1.0
    """How loud the noise is that is laid under speech, as against the model's silence"""
    edge: float = 0.1
    """Seconds of quiet put around a recording that was cut close to its words: at its very edge the decoder hears a
    sound as another"""
    cut: float = 20.0
    """dB below speech: what is louder in the first `edge` seconds was cut close"""
    seed: int = 1
    clean: float = 30.0
    """dB from the quieter to the louder frames above which nothing is suppressed"""
    judged: float = 0.6
    """Seconds that show whether there is noise: of a longer utterance, less may be all speech"""
    briefest: float = 0.2
    """... and of one that ends before"""


class SpeechInput:
    """Turns a stream of any rate into level 16 kHz samples. One for each utterance."""

    def __init__(self, rate: int, options: InputOptions | None = None) -> None:
        """`rate` in hertz."""
        self._options = options or InputOptions()
        self._resampler = Resampler(rate, RATE)
        self._floor = NoiseFloor(self._options.seed)
        self._suppressor: NoiseSuppressor | None = NoiseSuppressor()
        self._held, self._held_suppressed = np.zeros(0), np.zeros(0)
        self._known: int | None = None
        """Samples held when the level was known"""
        self._last_in = self._last_out = 0.0
        self._gain: float | None = None
        self._loud_samples = 0
        self._edge = 0

    def process(self, pcm: bytes) -> bytes:
        """s16le in, s16le at 16 kHz out: nothing until the level is known, then everything at once."""
        return self._pass(self._resampler.process(pcm), last=False)

    def flush(self) -> bytes:
        """The rest; the stream has ended."""
        return self._pass(self._resampler.flush(), last=True)

    @property
    def lead(self) -> float:
        """Seconds of quiet that were put before the audio."""
        return self._edge / RATE

    @property
    def audible(self) -> float:
        """Seconds so far that were more than silence."""
        return self._loud_samples / RATE

    def _pass(self, pcm: bytes, last: bool) -> bytes:
        samples = self._without_offset(_samples(pcm))
        self._loud_samples += _FRAME * int((_levels(samples) > self._options.audible).sum())
        suppressed = self._suppress(samples, last)
        if self._gain is not None:
            return self._go_on(self._gain, suppressed if self._suppressor else samples, last)
        self._held = np.concatenate([self._held, samples])
        self._held_suppressed = np.concatenate([self._held_suppressed, suppressed])
        if self._known is None and (last or self._level_known()):
            self._known = len(self._held)
        ended = last and len(self._held) < self._options.judged * RATE
        if self._known is None or not (last or len(self._held) >= self._options.judged * RATE):
            return b""
        return self._begin(len(self._held) if ended else self._known, ended, last)

    def _begin(self, known: int, ended: bool, last: bool) -> bytes:
        """All that was held; its first `known` samples tell the level, and whether there is noise."""
        samples = self._chosen(known, self._options.briefest if ended else self._options.judged)
        self._gain = self._find_gain(samples[:known])
        self._edge = self._edge_before(samples[:known])
        ends = last and known == len(samples)
        first = self._leveled(np.concatenate([np.zeros(self._edge), samples[:known]]), self._gain, ends)
        return first if known == len(samples) else first + self._go_on(self._gain, samples[known:], last)

    def _go_on(self, gain: float, samples: Samples, last: bool) -> bytes:
        """What follows: where it is louder than the beginning it lowers the gain."""
        self._gain = min(gain, self._find_gain(samples, gain + 6.0))
        return self._leveled(samples, self._gain, last)

    def _leveled(self, samples: Samples, gain: float, last: bool) -> bytes:
        """With the gain and the noise floor, and at the end the edge."""
        if last:
            samples = np.concatenate([samples, np.zeros(self._edge)])
        return _pcm(samples * 10 ** (gain / 20) + self._options.floor * self._floor.take(len(samples)))

    def _suppress(self, samples: Samples, last: bool) -> Samples:
        if self._suppressor is None:
            return np.zeros(0)
        pcm = self._suppressor.process(_pcm(samples))
        return _samples(pcm + self._suppressor.flush() if last else pcm)

    def _chosen(self, known: int, judged: float) -> Samples:
        """What was held: its noise suppressed if the first `known` samples, `judged` seconds at least, have much."""
        levels, held = _levels(self._held[:known]), self._held_suppressed
        short = known < judged * RATE
        silent = not len(levels) or levels.max() < self._options.audible
        if short or silent or _loud(levels) + _loud(-levels) > self._options.clean:
            self._suppressor, held = None, self._held
        self._held = self._held_suppressed = np.zeros(0)
        return held

    def _without_offset(self, samples: Samples) -> Samples:
        """A first-order high-pass at 20 Hz: takes out a constant offset and rumble."""
        if not len(samples):
            return samples
        pole = 1 - 2 * math.pi * 20 / RATE
        return self._high_pass(samples, pole)

    def _high_pass(self, samples: Samples, pole: float) -> Samples:
        difference = np.diff(samples, prepend=self._last_in)
        self._last_in = float(samples[-1])
        out = np.empty(len(difference))
        for start in range(0, len(difference), 256):  # y[n] = pole y[n-1] + d[n], a block at a time
            block = difference[start : start + 256]
            powers = pole ** np.arange(1, len(block) + 1)
            out[start : start + len(block)] = powers * (self._last_out + np.cumsum(block / powers))
            self._last_out = float(out[start + len(block) - 1])
        return out

    def _edge_before(self, samples: Samples) -> int:
        """Samples of quiet wanted around the utterance that begins so: none where it has its own."""
        edge, levels = round(self._options.edge * RATE), _levels(samples)
        first = levels[: edge // _FRAME]
        if not len(first) or levels.max() < self._options.audible:
            return 0
        return edge if first.max() > _loud(levels) - self._options.cut else 0

    def _level_known(self) -> bool:
        seconds = len(self._held) / RATE
        if seconds < self._options.wait:
            return False
        levels = _levels(self._held)
        speech = levels > levels.min() + self._options.onset
        first = int(speech.argmax())
        heard = speech.any() and (len(levels) - first) * _FRAME / RATE >= self._options.wait
        return bool(heard) or seconds >= self._options.longest_wait

    def _find_gain(self, samples: Samples, otherwise: float = 0.0) -> float:
        """dB that bring the louder tenth of the frames to the wanted level."""
        levels = _levels(samples)
        if not len(levels):
            return otherwise
        return float(np.clip(self._options.level - _loud(levels), self._options.least_gain, self._options.most_gain))


def _loud(levels: Samples) -> float:
    """dBFS of the louder tenth of the frames."""
    return float(np.sort(levels)[-max(1, len(levels) // 10) :].mean())


def _samples(pcm: bytes) -> Samples:
    return np.frombuffer(pcm, "<i2").astype(np.float64)


def _pcm(samples: Samples) -> bytes:
    return np.clip(np.round(samples), -32768, 32767).astype("<i2").tobytes()


def _levels(samples: Samples) -> Samples:
    """dBFS of each whole frame of 20 ms; of what there is when that is less."""
    whole = len(samples) // _FRAME * _FRAME
    frames = samples[:whole].reshape(-1, _FRAME) if whole else samples[None, :] if len(samples) else np.zeros((0, 1))
    levels: Samples = 10 * np.log10(np.mean(frames**2, axis=1) + 1e-3) - 20 * math.log10(32768)
    return levels
