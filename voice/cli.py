"""The `comanda` command. Each subcommand is one file; the dictionary below is the whole registry."""

from __future__ import annotations

import importlib
import sys

import click

from voice.errors import ComandaError

COMMANDS: dict[str, str] = {
    "run": "server.commands.run:run",
    "demo": "voice.commands.demo:demo",
    "talk": "voice.commands.talk:talk",
    "understand": "voice.commands.understand:understand",
    "catalogue": "voice.commands.catalogue:catalogue",
    "models": "voice.commands.models:models",
    "languages": "voice.commands.languages:languages",
    "orders": "voice.commands.orders:orders",
    "kiosk": "server.commands.kiosk:kiosk",
    "evaluate": "voice.commands.evaluate:evaluate",
    "capacity": "server.commands.capacity:capacity",
    "serve": "server.commands.serve:serve",
    "call": "server.commands.call:call",
}


class LazyGroup(click.Group):
    """Loads a subcommand's module only when it is asked for, so that `comanda --help` is instant."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module, attribute = COMMANDS[cmd_name].split(":")
        command: click.Command = getattr(importlib.import_module(module), attribute)
        return command


@click.group(cls=LazyGroup)
@click.version_option(package_name="comanda")
def cli() -> None:
    """Comanda: an offline voice assistant that takes orders for shops."""


def main() -> None:
    """Entry point: a broken set-up prints one clear message, never a traceback."""
    try:
        cli()
    except ComandaError as error:
        click.echo(f"comanda: {error}", err=True)
        sys.exit(error.exit_status)
