"""`comanda demo` beside a shop that takes orders."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from voice.commands.demo import demo
from voice.settings import default_data_dir


@pytest.mark.slow
@pytest.mark.xdist_group("recognition")
def test_its_orders_are_not_among_the_shops(tmp_path: Path) -> None:
    shop, played = tmp_path / "shop.db", tmp_path / "played"
    environment = {"COMANDA_DATA_DIR": str(default_data_dir()), "COMANDA_DATABASE": f"sqlite:///{shop}"}
    result = CliRunner().invoke(demo, ["--call", "at-the-kiosk", "--out", str(played)], env=environment)
    assert result.exit_code == 0, result.output
    assert not shop.exists() and (played / "orders.db").is_file()
    assert result.output.splitlines()[-1] == f"COMANDA_DATABASE=sqlite:///{played / 'orders.db'} comanda orders list"
