"""The README names every setting and every command, and nothing that does not exist."""

from __future__ import annotations

import re
from pathlib import Path

import click

from voice.cli import cli
from voice.settings import SECRET_FIELDS, Settings

README = (Path(__file__).resolve().parent.parent / "README.md").read_text(encoding="utf-8")
SETTING_ROW = re.compile(r"^\| `(\w+)` \|", re.MULTILINE)


def command(words: list[str]) -> click.Command | None:
    """The subcommand that `comanda <words>` runs, None where there is none."""
    found: click.Command = cli
    for word in words:
        if not isinstance(found, click.Group) or word.startswith("-"):
            break
        inner = found.get_command(click.Context(found), word)
        if inner is None:
            return None
        found = inner
    return found


def test_every_setting_has_a_row_and_every_row_is_a_setting() -> None:
    assert sorted(SETTING_ROW.findall(README)) == sorted(Settings.model_fields)


def test_secrets_are_marked() -> None:
    for name in SECRET_FIELDS:
        row = next(line for line in README.splitlines() if line.startswith(f"| `{name}` |"))
        assert "secret" in row


def test_every_command_is_described_and_every_described_command_exists() -> None:
    said = [match.split() for match in re.findall(r"comanda ((?:[a-z]+ ?)+)", "\n".join(code(README)))]
    unknown = [" ".join(words) for words in said if command(words[:1]) is None]
    assert not unknown
    top = {words[0] for words in said if words}
    assert top >= set(cli.list_commands(click.Context(cli)))


def test_every_option_of_a_described_command_exists() -> None:
    for line in "\n".join(code(README)).splitlines():
        _, found, said = line.partition("comanda ")
        inner = command(said.split()) if found and said[:1].isalpha() else None
        if inner is None:
            continue
        known = {option for param in inner.params for option in (*param.opts, *param.secondary_opts)}
        assert set(re.findall(r"(?<=\s)--[a-z-]+", said)) <= known | {"--help"}, line


def code(text: str) -> list[str]:
    """Code blocks and inline code."""
    blocks = re.findall(r"```\w*\n(.*?)```", text, re.DOTALL)
    return blocks + re.findall(r"`([^`\n]+)`", re.sub(r"```.*?```", "", text, flags=re.DOTALL))
