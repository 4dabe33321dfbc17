"""A setting that does not exist, or holds what it may not, is named with its place."""

from __future__ import annotations

from pathlib import Path

import pytest

from voice.errors import SettingsError
from voice.settings import load_settings


def test_a_setting_that_does_not_exist(tmp_path: Path) -> None:
    file = tmp_path / "comanda.yaml"
    file.write_text("max_failurs: 4\n", encoding="utf-8")
    with pytest.raises(SettingsError, match=r"comanda\.yaml: max_failurs: there is no such setting\. README\.md"):
        load_settings(environ={"COMANDA_SETTINGS": str(file)})


def test_a_value_that_does_not_fit() -> None:
    with pytest.raises(SettingsError, match=r"COMANDA_MAX_FAILURES: max_failures: .*integer"):
        load_settings(environ={"COMANDA_MAX_FAILURES": "abc"})


def test_a_port_that_there_is_not() -> None:
    with pytest.raises(SettingsError, match=r"COMANDA_PORT: port: .*65535"):
        load_settings(environ={"COMANDA_PORT": "80000"})
