"""`comanda capacity`: how many calls at once this machine serves, from which the setting `max_calls` follows."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import click
from rich.console import Console

from server.client.measuring import Measured, answered_alone, measure, own_server, turns_for, warm_up
from server.client.placing import PROTOCOLS
from server.commands.latency import recordings, show, teller
from voice.commands.counting import counted

RECORDINGS = 8
"""What is said, by all callers"""
HEADROOM = 0.8
"""Share of what was just about served that is recommended"""


@click.command()
@click.option("--limit", default=1500, show_default=True, help="Milliseconds that 95 % of the answers must keep.")
@click.option("--most", default=32, show_default=True, help="Calls at once beyond which is not looked.")
@click.option("--answers", default=16, show_default=True, help="At least so many for each number of calls.")
@click.option("--protocol", type=click.Choice(PROTOCOLS), default="twilio", show_default=True)
@click.option("--cores", default=0, show_default=True, help="Cores for the server (0: all).")
@click.option("--audio", type=click.Path(path_type=Path, exists=True), help="Folder of WAVs to say (audio_samples).")
def capacity(limit: int, most: int, answers: int, protocol: str, cores: int, audio: Path | None) -> None:
    """Find how many calls at once keep their answers quick, and recommend the admission limit."""
    spoken = recordings(audio)
    console = Console()
    rows: list[Measured] = []
    with console.status("Starting a server ...") as status, own_server(most + 1, cores) as target:

        def keeps(calls: int) -> bool:
            row = Measured(calls)
            rows.append(row)
            for _ in range(2):  # too slow once may be somebody else's doing
                row.add(measure(target, protocol, calls, spoken, turns_for(answers, calls), teller(status, calls)))
                console.print(f"{calls} at once: 95 % within {row.percentile(95) * 1000:.0f} ms", highlight=False)
                if row.percentile(95) * 1000 < limit and not row.refused:
                    return True
            return False

        warm_up(target, protocol, spoken)
        status.update("Looking for recordings that are answered in time ...")
        spoken = answered_alone(target, protocol, spoken, limit / 1000, RECORDINGS)
        served = search(keeps, most) if spoken else 0
    show(console, sorted(rows, key=lambda row: row.calls))
    if not served:
        console.print(f"Not even one call keeps {limit} ms: this machine is too slow or too busy.")
        return
    recommended = max(1, int(served * HEADROOM))
    keep = f"{counted(served, 'call')} at once {'keeps' if served == 1 else 'keep'} {limit} ms"
    console.print(f"{keep}. Recommended: COMANDA_MAX_CALLS={recommended}", style="bold")


def search(keeps: Callable[[int], bool], most: int) -> int:
    """The largest number of calls for which `keeps(calls)` holds: doubled while it does, then halved in."""
    good, calls = 0, 1
    while calls <= most and keeps(calls):
        good, calls = calls, calls * 2
    bad = min(calls, most + 1)
    while bad - good > 1:
        middle = (good + bad) // 2
        if keeps(middle):
            good = middle
        else:
            bad = middle
    return good
