"""`comanda evaluate latency`: from the end of the caller's speech to the first sound of the answer, over the wire."""

from __future__ import annotations

import os
from contextlib import nullcontext
from pathlib import Path

import click
import numpy as np
from rich.console import Console
from rich.status import Status
from rich.table import Table

from server.client.measuring import PARTS, Measured, OnAnswer, Recording, measure, own_server, turns_for, warm_up
from server.client.placing import PROTOCOLS, Target
from voice.audio.pcm import read_audio
from voice.evaluation.samples import read_samples
from voice.settings import ROOT

MAX_SECONDS = 6.0
"""Longer recordings are left out: what is measured comes after them"""


@click.command()
@click.option("--calls", default="1,4,8", show_default=True, help="How many calls at once, one row each.")
@click.option("--answers", default=32, show_default=True, help="At least so many in each row.")
@click.option("--protocol", type=click.Choice(PROTOCOLS), default="twilio", show_default=True)
@click.option("--cores", default=2, show_default=True, help="Cores for the server (0: all).")
@click.option("--url", help="A running server; else one is started for the purpose.")
@click.option("--audio", type=click.Path(path_type=Path, exists=True), help="Folder of WAVs to say (audio_samples).")
@click.option("--slow", default=1000, show_default=True, help="Tell what was said and heard in answers slower, ms.")
def latency(
    calls: str, answers: int, protocol: str, cores: int, url: str | None, audio: Path | None, slow: int
) -> None:
    """Measure how soon answers come: median and 95th percentile, with the parts they are made of."""
    counts = [int(part) for part in calls.split(",")]
    spoken = recordings(audio)
    console = Console()
    server = nullcontext(Target(url)) if url else own_server(max(counts) + 1, cores)
    rows = []
    with console.status("Starting a server ...") as status, server as target:
        warm_up(target, protocol, spoken)
        for count in counts:
            told = teller(status, count)
            rows.append(measure(target, protocol, count, spoken, turns_for(answers, count), told))
            console.print(f"{count} at once: 95 % within {rows[-1].percentile(95) * 1000:.0f} ms", highlight=False)
    show(console, rows)
    show_slow(console, rows, slow / 1000)


def teller(status: Status, calls: int) -> OnAnswer:
    """Shows how far a measurement is."""
    return lambda come, wanted: status.update(f"{calls} at once: {come} of {wanted} answers ...")


def recordings(folder: Path | None) -> list[Recording]:
    """What callers say: the WAVs of a folder, or the project's samples in the clean and over the telephone."""
    if folder is not None:
        paths = sorted(folder.rglob("*.wav"))
    else:
        paths = [sample.path for sample in read_samples(ROOT / "audio_samples") if sample.sound != "noisy"]
    all_of_them = (Recording(f"{path.parent.name}/{path.stem}", read_audio(path)) for path in paths)
    short = [recording for recording in all_of_them if recording.chunk.seconds <= MAX_SECONDS]
    if not short:
        raise click.ClickException(f"No WAV of at most {MAX_SECONDS:.0f} s was found.")
    return short


def show(console: Console, rows: list[Measured]) -> None:
    table = Table("calls", "answers", "none", "refused", "median ms", "95 % ms")
    for row in rows:
        waits = (f"{row.percentile(50) * 1000:.0f}", f"{row.percentile(95) * 1000:.0f}")
        table.add_row(str(row.calls), str(len(row.answers)), str(row.missing), str(row.refused), *waits)
    console.print(table)
    parts = Table("part (median / 95 %, ms)", *(f"{row.calls} at once" for row in rows))
    for part in PARTS:
        parts.add_row(PARTS[part], *(_part(row.parts.get(part, [])) for row in rows))
    console.print(parts)
    console.print(
        "From the caller's last sound to the first audible byte of the answer, at the caller's end of the line.\n"
        f"Load of this machine while measuring: {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores.",
        highlight=False,
    )


def show_slow(console: Console, rows: list[Measured], seconds: float) -> None:
    """What was said and taken for turns where an answer took longer, and what of it took how long."""
    table = Table("calls", "said", "heard", "ms", "of which", title=f"slower than {seconds * 1000:.0f} ms")
    for row in rows:
        for answer in row.slower_than(seconds):
            heard = " / ".join(turn["heard"] or f"({turn['kind']})" for turn in answer.turns)
            spent = " ".join(
                f"{PARTS[name]} {turn['milliseconds'][name]:.0f}"
                for turn in answer.turns for name in PARTS if turn["milliseconds"].get(name, 0) >= 50
            )  # fmt: skip
            waited = "none" if answer.seconds is None else f"{answer.seconds * 1000:.0f}"
            table.add_row(str(row.calls), answer.said, heard, waited, spent)
    if table.row_count:
        console.print(table)


def _part(milliseconds: list[float]) -> str:
    if not milliseconds:
        return ""
    return f"{np.percentile(milliseconds, 50):.0f} / {np.percentile(milliseconds, 95):.0f}"
