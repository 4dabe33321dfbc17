"""`comanda catalogue`: check a shop's file, look at it, begin one."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

import click
from rich.console import Console
from rich.table import Table

from voice.commands.catalogue_check import Finding, Report, examine
from voice.commands.counting import counted
from voice.errors import CatalogueError, ModelError
from voice.language import load_language
from voice.recognition.models import find_model
from voice.recognition.overlay import overlay_folder, replaced_words
from voice.settings import Settings, load_settings
from voice.shop.catalogue import DEMO, load_catalogue
from voice.shop.display import money
from voice.shop.model import Catalogue, Product

SAMPLE_RATE = 16000
_FILE = click.Path(path_type=Path)
_TITLES = {
    "same": "Names that mean two things", "alike": "Names that sound alike",
    "word": "Words the recogniser does not have: where one is said otherwise, give it under pronunciations",
    "name": "Names that are hard to say", "setting": "Settings that do nothing",
}


@click.group()
def catalogue() -> None:
    """Check, show or begin a shop's catalogue."""


@catalogue.command()
@click.argument("file", type=_FILE, required=False)
@click.option("--words", is_flag=True, help="List every word with its pronunciations and where they come from.")
@click.option("--speak", type=click.Path(file_okay=False, path_type=Path), help="Folder for WAVs of doubtful words.")
def check(file: Path | None, words: bool, speak: Path | None) -> None:
    """Validate FILE and tell what callers and the recogniser may stumble over.

    Without FILE, the catalogue of the settings. A mistake ends with status 3; what is only doubtful does not.
    """
    settings = load_settings()
    language = load_language(settings.language)
    shop = load_catalogue(file or settings.catalogue)
    console = Console(highlight=False)
    report = examine(shop, language, _replaced(settings, shop))
    _summary(console, shop, report)
    for topic, title in _TITLES.items():
        _findings(console, title, [finding for finding in report.findings if finding.topic == topic])
    if words:
        _words(console, report)
    if speak is not None:
        _speak(console, settings, report, speak)
    console.print("[green]The catalogue can be used.[/green]")


@catalogue.command()
@click.argument("file", type=_FILE, required=False)
def show(file: Path | None) -> None:
    """Print FILE, or the catalogue of the settings, as a price list."""
    shop = load_catalogue(file or load_settings().catalogue)
    console = Console(highlight=False)
    shelves: dict[str, list[Product]] = {}
    for product in shop.products:
        shelves.setdefault(product.category, []).append(product)
    for category, products in shelves.items():
        name = shop.categories[category].name if category in shop.categories else category
        table = Table("Product", "Price", "Also called", "Options", title=name or shop.shop.name, title_justify="left",
                      header_style="bold", expand=True)
        for product in products:
            options = ", ".join(f"{group.name}*" if group.required else group.name for group in product.groups)
            table.add_row(product.name, _prices(shop, product), ", ".join(product.aliases), options)
        console.print(table)
    console.print(f"{counted(len(shop.products), 'product')}. Options with * are asked for.")


@catalogue.command()
@click.argument("path", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--demo", is_flag=True, help="The whole demonstration shop, in place of a short beginning.")
def new(path: Path, demo: bool) -> None:
    """Write a commented catalogue to PATH, to start from."""
    text = (DEMO if demo else DEMO.with_name("starter.yaml")).read_text(encoding="utf-8")
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError as error:
        raise CatalogueError(f"{path} exists and is left as it is. Name another file.") from error
    except OSError as error:
        raise CatalogueError(f"{path} cannot be written: {error.strerror}. Name another file.") from error
    click.echo(f"{path} is written. Change it, then: comanda catalogue check {path}")


def _replaced(settings: Settings, shop: Catalogue) -> Mapping[str, tuple[str, ...]] | None:
    """The words that the speech model lacks and what it listens for; None for a model that takes any word."""
    try:
        model = find_model(settings)
    except ModelError:
        return None  # what has no model yet can still be checked
    if model.path is None or model.kind != "lookahead":
        return None
    with Console(stderr=True).status("Comparing with the speech model's words"):
        return replaced_words(overlay_folder(shop, settings.language, "open", model.path, settings.cache_dir))


def _summary(console: Console, shop: Catalogue, report: Report) -> None:
    names = sum(1 + len(product.aliases) for product in shop.products)
    counts = {source: sum(1 for word in report.words if word.source == source)
              for source in ("owner", "dictionary", "derived", "reading")}
    products = counted(len(shop.products), "product")
    console.print(f"[bold]{shop.shop.name}[/bold]: {products} under {counted(names, 'name')}.")
    console.print(
        f"{counted(len(report.words), 'word')}: {counts['dictionary']} said as the dictionary has them, "
        f"{counts['derived']} made from a word in it, "
        f"{counts['owner']} as the catalogue says, {counts['reading']} read by rule."
    )


def _findings(console: Console, title: str, findings: list[Finding]) -> None:
    if not findings:
        return
    table = Table("", "", "What Comanda does", title=f"{title} ({len(findings)})", title_justify="left", box=None,
                  header_style="dim", title_style="bold", padding=(0, 2, 0, 0))
    for finding in findings:
        table.add_row(finding.subject, finding.what, finding.does)
    console.print()
    console.print(table)


def _words(console: Console, report: Report) -> None:
    sources = {"owner": "the catalogue", "dictionary": "the dictionary", "derived": "a word of the dictionary",
               "reading": "reading rules"}
    table = Table("Word", "Said", "From", title="All words", title_justify="left", header_style="bold")
    for word in report.words:
        table.add_row(word.word, " | ".join(" ".join(way) for way in word.ways) or "-", sources[word.source])
    console.print(table)


def _speak(console: Console, settings: Settings, report: Report, folder: Path) -> None:
    """A WAV of each doubtful word as the assistant's voice says it, for the owner's ear."""
    from voice.audio.pcm import write_wav
    from voice.speech.synthesizer import Synthesizer

    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise CatalogueError(f"{folder} cannot be made: {error.strerror}. Name another folder.") from error
    with Synthesizer(settings, load_language(settings.language)) as voice:
        for word in report.doubtful:
            write_wav(folder / f"{re.sub(r'[^0-9a-z]+', '_', word.word)}.wav", voice.speak(word.word, SAMPLE_RATE))
    console.print(f"{counted(len(report.doubtful), 'spoken word')} in {folder}.")


def _prices(shop: Catalogue, product: Product) -> str:
    if product.variants:
        return ", ".join(f"{variant.name} {money(variant.price, shop.shop)}" for variant in product.variants)
    return money(product.price, shop.shop) + (f" / {product.unit}" if product.unit else "")
