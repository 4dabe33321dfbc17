"""`comanda run`: everything, from nothing. Builds what is missing with progress, then serves the demonstration page."""

from __future__ import annotations

import logging
import sys

import click
from rich.console import Console

from server.commands.serve import run_server
from voice.settings import load_settings


@click.command()
@click.option("--port", type=int, help="Port to listen on (setting `port`).")
def run(port: int | None) -> None:
    """Load the shop (the demonstration one unless `catalogue` is set), build its speech model, serve the page."""
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(name)s: %(message)s")
    settings = load_settings()
    changes = {"port": port or settings.port, "unsigned_local_calls": not settings.production}
    settings = settings.model_copy(update=changes)
    console = Console()
    shop = settings.catalogue or "the demonstration shop"
    doing = f"Loading {shop}; the first time its speech model is built, which takes a minute or two ..."
    with console.status(doing) as s:

        def ready(url: str) -> None:
            s.stop()
            console.print(f"\n  Comanda is at [bold]{url}[/bold]\n", highlight=False)
            console.print("  Press the microphone on that page and say, for instance:", highlight=False)
            for line in TRY:
                console.print(f"    [italic]{line}[/italic]", highlight=False)
            console.print("\n  By telephone, without a telephone (in another terminal):", highlight=False)
            example = f"{sys.argv[0]} call --url {url} audio_samples/en/flite-slt/two-lattes.wav"
            console.print(f"    {example}", highlight=False, soft_wrap=True)  # to be copied in one piece
            console.print("\n  Ctrl-C ends it.", highlight=False)

        run_server(settings, ready, lambda words: console.print(f"  {words}", highlight=False, soft_wrap=True))


TRY = (
    "two large lattes with oat milk and a blueberry muffin",
    "make that three",
    "what is in my order?",
    "that's all",
)
