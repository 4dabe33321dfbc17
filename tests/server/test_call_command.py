"""`comanda call`: where it looks for the server."""

from __future__ import annotations

import pytest
from click.testing import CliRunner

from server.commands.call import call


@pytest.mark.parametrize(
    ("arguments", "called"), [([], "http://localhost:1/"), (["--url", "http://127.0.0.1:2"], "http://127.0.0.1:2/")]
)
def test_it_calls_this_machine_at_the_settings_port_unless_told_otherwise(arguments: list[str], called: str) -> None:
    result = CliRunner().invoke(call, arguments, env={"COMANDA_PORT": "1"})
    assert called in str(result.exception) and "cannot be reached" in str(result.exception)
