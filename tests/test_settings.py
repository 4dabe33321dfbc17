"""A setting that does not exist, or holds what it may not, is named with its place."""

from __future__ import annotations

from pathlib import Path

import pytest

from voice.errors import SettingsError
from voice.settings import load_settings


def test_a_setting_that_does_not_exist(tmp_path: Path) -> None:
    file = tmp_path / "comanda.yaml"
    file.write_text("max_failurs: 4\n", encoding="utf-8")
    told = r"comanda\.yaml: max_failurs: there is no such setting\. Did you mean max_failures\? README\.md"
    with pytest.raises(SettingsError, match=told):
        load_settings(environ={"COMANDA_SETTINGS": str(file)})


def test_a_variable_that_does_not_exist() -> None:
    told = r"COMANDA_CATALOUGE: there is no such setting\. Did you mean COMANDA_CATALOGUE\?"
    with pytest.raises(SettingsError, match=told):
        load_settings(environ={"COMANDA_CATALOUGE": "shop.yaml"})
    with pytest.raises(SettingsError, match=r"^COMANDA_QQQQQQ: there is no such setting\. Remove it\."):
        load_settings(environ={"COMANDA_QQQQQQ": ""})


def test_variables_of_others_and_of_the_tests_are_left_alone() -> None:
    environ = {"HOME": "/", "COMANDANTE": "x", "COMANDA_TEST_POSTGRES": "x", "COMANDA_SETTINGS": ""}
    assert load_settings(environ=environ | {"COMANDA_PORT": "1"}).port == 1


def test_a_settings_file_that_is_not_there(tmp_path: Path) -> None:
    for file in (tmp_path / "none.yaml", tmp_path):
        told = rf"settings file {file} cannot be read: .*\. Check its path \(COMANDA_SETTINGS\)"
        with pytest.raises(SettingsError, match=told):
            load_settings(environ={"COMANDA_SETTINGS": str(file)})


def test_a_value_that_does_not_fit() -> None:
    with pytest.raises(SettingsError, match=r"COMANDA_MAX_FAILURES: max_failures: .*integer"):
        load_settings(environ={"COMANDA_MAX_FAILURES": "abc"})


def test_a_port_that_there_is_not() -> None:
    with pytest.raises(SettingsError, match=r"COMANDA_PORT: port: .*65535"):
        load_settings(environ={"COMANDA_PORT": "80000"})
