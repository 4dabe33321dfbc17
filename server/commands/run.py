"""`comanda run`: everything, from nothing. Builds what is missing with progress, then serves the demonstration page."""

from __future__ import annotations

import logging
import sys
from decimal import Decimal

import click
from rich.console import Console

from server.commands.serve import run_server
from voice.assistant import Assistant
from voice.dialogue.context import words_of
from voice.settings import load_settings
from voice.shop.model import LineItem, Product


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

        def ready(url: str, assistant: Assistant) -> None:
            s.stop()
            console.print(f"\n  Comanda is at [bold]{url}[/bold]\n", highlight=False)
            console.print("  Press the microphone on that page and say, for instance:", highlight=False)
            for line in (example_order(assistant), *THEN):
                console.print(f"    [italic]{line}[/italic]", highlight=False)
            console.print("\n  By telephone, without a telephone (in another terminal):", highlight=False)
            recording = "YOUR.wav" if settings.catalogue else "audio_samples/en/flite-slt/two-lattes.wav"
            example = f"{sys.argv[0]} call --url {url} {recording}"
            console.print(f"    {example}", highlight=False, soft_wrap=True)  # to be copied in one piece
            console.print("\n  Ctrl-C ends it.", highlight=False)

        run_server(settings, ready, lambda words: console.print(f"  {words}", highlight=False, soft_wrap=True))


THEN = ("make that three", "what is in my order?", "that's all")


def example_order(assistant: Assistant) -> str:
    """Two of what this shop sells most and one of the next, as its callers would say it."""
    catalogue = assistant.catalogue
    wording = assistant.engine(assistant.language.code).prompts.wording
    liked = sorted((p for p in catalogue.products if p.available), key=lambda p: -p.popularity)
    lines = [LineItem("", p.id, Decimal(n), _largest(p)) for p, n in zip(liked, (2, 1), strict=False)]
    return wording.list([wording.item(words_of(catalogue, line)) for line in lines])


def _largest(product: Product) -> str | None:
    return next((variant.id for variant in reversed(product.variants) if variant.available), None)
