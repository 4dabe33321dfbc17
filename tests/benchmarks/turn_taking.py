"""Turn-taking on recorded speech: how many turns are found whole, cut off, missed or split, line by line.

    python -m tests.benchmarks.turn_taking --manifest barista_orders.jsonl [--every 4] [--words]

Each recording follows three seconds in which a greeting is played (without echo), as at the beginning of a call. Its
true end is the last 20 ms frame within 30 dB of its loudest, so that the recording's own silence does not count.
Without --words the recogniser is deaf (the default delay applies); with it, a complete sentence is recognised from the
end of speech on.
"""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import click
import numpy as np
import soundfile

from voice.audio.turn_taking import EndOfTurn, SpeechStarted, TurnTaker
from voice.evaluation.degrade import Degradation, degrade
from voice.language import load_language
from voice.settings import Settings
from voice.types import AudioChunk

CONDITIONS = {
    "clean": Degradation(),
    "phone": Degradation(channel="phone"),
    "-24 dB": Degradation(gain_db=-24),
    "babble 15 dB": Degradation(noise="babble", snr=15),
    "pink 12 dB": Degradation(noise="pink", snr=12),
    "hum": Degradation(hum_db=-35),
    "phone, pink 15 dB": Degradation(noise="pink", snr=15, channel="phone"),
    "phone, 5% lost": Degradation(channel="phone", packet_loss=0.05),
}
_BEFORE, _AFTER = 3.0, 3.0
_GREETING = AudioChunk(np.random.default_rng(2).normal(0, 3000, 45000).astype("<i2").tobytes(), 16000)


def spoken_part(samples: np.ndarray[tuple[int], np.dtype[np.float64]], rate: int) -> tuple[float, float]:
    """Seconds of the first and last frame within 30 dB of the loudest."""
    size = round(0.02 * rate)
    power = (samples[: len(samples) // size * size].reshape(-1, size) ** 2).mean(axis=1)
    loud = np.flatnonzero(power > power.max() / 1000)
    return loud[0] * 0.02, (loud[-1] + 1) * 0.02


def judge(path: Path, how: Degradation, words: str) -> tuple[str, float]:
    """("one turn" | "cut off" | "missed" | "split", seconds from the true end to the decision)."""
    samples, rate = soundfile.read(path, dtype="float64")
    first, last = spoken_part(samples, rate)
    room = np.random.default_rng(1).normal(0, 3 / 32768, round((_BEFORE + _AFTER) * rate) + len(samples))
    start = round(_BEFORE * rate)
    room[start : start + len(samples)] += samples
    audio = degrade(AudioChunk(np.clip(room * 32768, -32768, 32767).astype("<i2").tobytes(), rate), how, path.name)
    taker = TurnTaker(Settings(), load_language("en"), audio.rate)
    taker.playback_queued(_GREETING)
    end_of_speech, events = _BEFORE + last, []
    step = 2 * round(0.02 * audio.rate)
    for at in range(0, len(audio.pcm), step):
        said = words if taker.clock >= end_of_speech else ""
        events += taker.push(AudioChunk(audio.pcm[at : at + step], audio.rate), said, bool(said))
    ends = [event for event in events if isinstance(event, EndOfTurn)]
    starts = [event for event in events if isinstance(event, SpeechStarted)]
    if not ends:
        return "missed", 0.0
    if ends[0].at < end_of_speech - 0.05:
        return "cut off", 0.0
    if starts[0].at - 0.3 > _BEFORE + first + 0.1:
        return "begun late", 0.0
    return ("one turn" if len(ends) == 1 else "split"), ends[0].at - end_of_speech


@click.command()
@click.option("--manifest", type=click.Path(exists=True, path_type=Path), required=True)
@click.option("--every", default=1, show_default=True)
@click.option("--words", is_flag=True)
def main(manifest: Path, every: int, words: bool) -> None:
    """Prints one line a condition."""
    rows = [json.loads(line) for line in manifest.read_text().splitlines()][::every]
    for name, how in CONDITIONS.items():
        found = [judge(manifest.parent / row["audio"], how, "a complete sentence" if words else "") for row in rows]
        counts = Counter(kind for kind, _ in found)
        waits = [wait for kind, wait in found if kind == "one turn"]
        shares = "  ".join(f"{kind} {100 * counts[kind] / len(rows):5.1f} %" for kind in sorted(counts))
        wait = np.percentile(waits, [50, 95]) if waits else [0, 0]
        print(f"{name:20} {shares}   decided {wait[0]:.2f} s after the end (95 %: {wait[1]:.2f} s)")


if __name__ == "__main__":
    main()
