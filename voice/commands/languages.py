"""`comanda languages`: which languages there are, and what one that is being written still lacks."""

from __future__ import annotations

from pathlib import Path

import click

from voice.dialogue.completeness import missing
from voice.errors import GrammarError
from voice.language import languages as known
from voice.language import load_language, read_language


@click.group()
def languages() -> None:
    """The languages callers are spoken with in, and whether one is complete."""


@languages.command("list")
def list_languages() -> None:
    """Prints the codes."""
    for code in known():
        click.echo(code)


@languages.command()
@click.argument("code")
@click.option("--folder", type=click.Path(exists=True, file_okay=False, path_type=Path), help="Where its files are.")
def check(code: str, folder: Path | None) -> None:
    """Prints what grammars/CODE still lacks, one line a finding."""
    findings = missing(read_language(folder, code) if folder else load_language(code))
    for finding in findings:
        click.echo(finding)
    if findings:
        raise GrammarError(f"The language '{code}' is not complete: {len(findings)} findings.")
    click.echo(f"The language '{code}' is complete.")
