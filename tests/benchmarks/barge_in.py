"""Interruptions on simulated lines: how soon speech stops the assistant's voice, and what stops it wrongly.

    python -m tests.benchmarks.barge_in [--samples audio_samples] [--every 4]

The assistant's own voice plays three sentences and comes back as an echo; each recording of the samples is spoken over
it, then nothing, coughs and breaths are. A caller counts as stopping it "in time" within 0.2 s of the sound being
noticed. Words are known 0.6 s after the caller began, as a recogniser has them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import click
import numpy as np
import yaml

from tests.audio.line import RATE, Line, Samples, breath, cough, db, samples
from voice.audio.pcm import read_audio
from voice.audio.resample import resample
from voice.audio.turn_taking import BargeIn, Event, FalseStart, SpeechStarted, TurnTaker
from voice.language import load_language
from voice.settings import Settings
from voice.speech.synthesizer import Synthesizer
from voice.types import AudioChunk

PROMPT = ("Welcome to Juniper Bakery.", "We have fresh croissants and cinnamon rolls.", "What would you like?")
AT = 2.0
IN_TIME, WORDS_AFTER = 0.2, 0.6
LOSSES = (200.0, 30.0, 20.0, 14.0)
"""Decibels by which the echo is weaker than what is played; 200 is none"""
NOISES: Sequence[tuple[str, Samples | None]] = (
    ("silence", None), ("cough 0.15 s", cough(0.15)), ("cough 0.3 s", cough(0.3)), ("breath", breath()),
)  # fmt: skip


def run(prompt: Sequence[AudioChunk], loss: float, sound: Samples | None, words: str) -> list[Event]:
    """The events of one line on which `sound` is made over the prompt."""
    taker = TurnTaker(Settings(), load_language("en"), RATE)
    caller = [] if sound is None else [(AT, sound)]
    line = Line(taker, caller, lambda at: (words, True) if at >= AT + WORDS_AFTER else ("", False), loss)
    return line.run(AT + (0 if sound is None else len(sound) / RATE) + 6, prompt)


def judge(events: Sequence[Event]) -> tuple[str, float]:
    """("in time" | "late" | "taken back" | "never", seconds from the recording's start to the stop)."""
    stop = next((event for event in events if isinstance(event, BargeIn) and event.at >= AT), None)
    if stop is None:
        return "never", 0.0
    after = events[events.index(stop) :]
    if any(isinstance(event, FalseStart) for event in after):
        return "taken back", 0.0
    start = [event for event in events if isinstance(event, SpeechStarted) and event.at <= stop.at][-1]
    return ("in time" if stop.at - start.at <= IN_TIME + 1e-9 else "late"), stop.at - AT


def spoken(folder: Path, every: int) -> list[Samples]:
    """The recordings without the silence before them, at the telephone's rate."""
    entries = yaml.safe_load((folder / "samples.yaml").read_text(encoding="utf-8"))["samples"]
    quiet = [folder / "en" / row["voice"] / f"{row['id']}.wav" for row in entries if row["sound"] != "noisy"]
    found = []
    for path in quiet[::every]:
        sound = samples(resample(read_audio(path), RATE))
        found.append(sound[int(np.flatnonzero(np.abs(sound) > np.abs(sound).max() / 30)[0]) :])
    return found


@click.command()
@click.option("--samples", "folder", type=click.Path(exists=True, path_type=Path), default=Path("audio_samples"))
@click.option("--every", default=1, show_default=True)
def main(folder: Path, every: int) -> None:
    """Prints two lines an echo: callers, and what is none."""
    with Synthesizer(Settings(), load_language("en")) as synthesizer:
        prompt = [synthesizer.speak(sentence, RATE) for sentence in PROMPT]
    callers = spoken(folder, every)
    for loss in LOSSES:
        for level in (0.0, -10.0):
            found = [judge(run(prompt, loss, sound * db(level), "two lattes please")) for sound in callers]
            counts, waits = Counter(kind for kind, _ in found), [wait for _, wait in found if wait]
            shares = "  ".join(f"{kind} {100 * counts[kind] / len(found):.1f} %" for kind in sorted(counts))
            print(f"echo -{loss:.0f} dB, caller {level:+.0f} dB: {shares}   median {np.median(waits or [0]):.2f} s")
        stopped = [name for name, sound in NOISES if judge(run(prompt, loss, sound, ""))[0] in ("in time", "late")]
        print(f"echo -{loss:.0f} dB, no caller: {len(NOISES)} sounds, stopped for good by {stopped or 'none'}")


if __name__ == "__main__":
    main()
