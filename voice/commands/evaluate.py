"""`comanda evaluate ...`: measurements that an operator runs on his own shop."""

from __future__ import annotations

import importlib

import click

EVALUATIONS: dict[str, str] = {
    "speech": "voice.evaluation.speech:speech",
    "calls": "voice.evaluation.calls:calls",
    "latency": "server.commands.latency:latency",
    "confidence": "voice.evaluation.confidence:confidence",
}


class LazyGroup(click.Group):
    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(EVALUATIONS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in EVALUATIONS:
            return None
        module, attribute = EVALUATIONS[cmd_name].split(":")
        command: click.Command = getattr(importlib.import_module(module), attribute)
        return command


@click.group(cls=LazyGroup)
def evaluate() -> None:
    """Measure recognition, conversation and latency on your own shop."""
