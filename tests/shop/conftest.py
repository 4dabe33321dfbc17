from __future__ import annotations

from pathlib import Path

import pytest

from tests.shop.catalogues import small_shop
from voice.shop.model import Catalogue


@pytest.fixture(scope="session")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Catalogue:
    folder: Path = tmp_path_factory.mktemp("shop")
    return small_shop(folder)
