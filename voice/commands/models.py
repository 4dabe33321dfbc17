"""`comanda models`: official Vosk models, listed, installed and checked."""

from __future__ import annotations

import sys
from pathlib import Path

import click
from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn, TransferSpeedColumn
from rich.table import Table

from voice.errors import ModelError
from voice.recognition.download import download
from voice.recognition.install import install_zip, verify
from voice.recognition.lookahead_model import lookahead_model
from voice.recognition.models import find_model, installed, model_folders
from voice.recognition.official_models import OFFICIAL, OfficialModel, official
from voice.settings import Settings, load_settings
from voice.shop.catalogue import load_catalogue

_STATE = {True: "as installed", False: "CHANGED since it was installed", None: "not installed by Comanda"}


@click.group()
def models() -> None:
    """Official speech models: list them, install one, see which is used."""


@models.command("list")
@click.argument("language", required=False)
def list_models(language: str | None) -> None:
    """List the official models (of LANGUAGE), and those on this machine."""
    settings = load_settings()
    here = {m.path.name: m.path for folder in model_folders(settings) for m in installed(folder) if m.path}
    table = Table("language", "model", "MB", "licence", "on this machine")
    for model in OFFICIAL:
        if language in (None, model.language):
            place = str(here.get(model.name, ""))
            table.add_row(model.language, model.name, str(model.megabytes), model.licence, place)
    Console(width=None if sys.stdout.isatty() else 160).print(table)
    click.echo("Install one: comanda models install LANGUAGE (or its name). English works without: it is built in.")


@models.command()
@click.argument("wanted", metavar="LANGUAGE|NAME")
@click.option("--big", is_flag=True, help="The large model, for servers; it cannot take the shop's grammar.")
@click.option("--file", "archive", type=click.Path(path_type=Path), help="Take this zip instead of downloading.")
def install(wanted: str, big: bool, archive: Path | None) -> None:
    """Download and install an official model; a repeated command goes on where it stopped."""
    settings = load_settings()
    model = official(wanted, big)
    if model is None:
        languages = ", ".join(sorted({m.language for m in OFFICIAL}))
        raise ModelError(f"There is no official {'big ' * big}model '{wanted}'. Languages: {languages}.")
    source = f"{settings.models_url.rstrip('/')}/{model.file}"
    try:
        fetched = archive or _fetch(model, source, settings.models_dir)
    except ModelError as error:
        raise ModelError(f"{error}\n{_by_hand(model, source, settings)}") from error
    try:
        path = install_zip(fetched, settings.models_dir, model.name, model.language, source)
    finally:
        if archive is None:
            fetched.unlink(missing_ok=True)
    click.echo(f"{model.name} ({model.licence}) is installed in {path}")
    if model.language != settings.language:
        click.echo(f"To use it, set the language: COMANDA_LANGUAGE={model.language}")


@models.command()
@click.argument("language", required=False)
def path(language: str | None) -> None:
    """Print the folder of the model that is used (for LANGUAGE), or where models are installed."""
    settings = load_settings()
    if language:
        settings = settings.model_copy(update={"language": language, "model": None})
    found = find_model(settings)
    click.echo(found.path or f"{settings.models_dir} (embedded model, built when it is first needed)")


@models.command()
def check() -> None:
    """Compare every installed model with the sizes and SHA-256 recorded when it was installed."""
    settings = load_settings()
    damaged = []
    for folder in model_folders(settings):
        for model in installed(folder):
            assert model.path is not None
            state = verify(model.path)
            click.echo(f"{model.path}: {_STATE[state]}")
            if state is False:
                damaged.append(model.path)
    if damaged:
        raise ModelError(f"{damaged[0]} is damaged. Delete it and type: comanda models install {damaged[0].name}")


@models.command()
@click.option("--words", default=10_000, show_default=True, help="How many of the most frequent English words it has.")
def lookahead(words: int) -> None:
    """Build the embedded English model in the form of the official small ones.

    It knows the words of the settings' catalogue and the most frequent others; every shop's grammar can be laid over
    it. To use it, name its folder in the setting `model`.
    """
    settings = load_settings()
    with Console(stderr=True).status("Building") as status:
        catalogue = load_catalogue(settings.catalogue)
        folder = lookahead_model(settings.models_dir, catalogue, words, lambda stage, _: status.update(stage))
    click.echo(folder)


def _fetch(model: OfficialModel, source: str, folder: Path) -> Path:
    """The downloaded zip, in the models folder. Raises ModelError."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ModelError(f"{folder} cannot be made: {error.strerror}. Set COMANDA_DATA_DIR.") from error
    target = folder / model.file
    columns = (TextColumn(model.name), BarColumn(), DownloadColumn(), TransferSpeedColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True)) as bar:
        task = bar.add_task(model.name, total=model.megabytes << 20)
        download(source, target, lambda have, total: bar.update(task, completed=have, total=total or None))
    return target


def _by_hand(model: OfficialModel, source: str, settings: Settings) -> str:
    return (
        f"Without internet here: fetch {source} on another machine, bring it over, and type: "
        f"comanda models install {model.name} --file {model.file}\n"
        f"Or unpack it yourself to {settings.models_dir / model.name}"
    )
