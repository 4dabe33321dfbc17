"""`comanda talk`, typed by a script."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from voice.commands.talk import talk
from voice.errors import StorageError


@pytest.fixture(autouse=True)
def data_dir(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COMANDA_DATA_DIR", str(tmp_path))


def talked(said: str, *arguments: str) -> Result:
    return CliRunner().invoke(talk, arguments, input=said)


def test_a_conversation_goes_on_where_it_was_left() -> None:
    first = talked("two large lattes\n")
    assert first.exit_code == 0, first.output
    session = re.findall(r"comanda talk --session (\S+)", first.output)[-1]
    second = talked("what is in my order\n", "--session", session)
    assert second.exit_code == 0 and f"session {session}" in second.output
    assert "two large lattes" in second.output


def test_a_conversation_that_there_is_not_is_no_new_one() -> None:
    result = talked("", "--session", "nope")
    assert isinstance(result.exception, StorageError) and "Leave --session out" in str(result.exception)
    assert "Hello" not in result.output
