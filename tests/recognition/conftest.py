"""A small shop whose graph is compiled once a test run."""

from __future__ import annotations

from pathlib import Path

import pytest

from voice.settings import Settings
from voice.shop.model import Catalogue, Option, OptionGroup, Product, Shop, Variant


@pytest.fixture(scope="session")
def catalogue() -> Catalogue:
    milk = OptionGroup("milk", "milk", (Option("oat", "oat milk"), Option("soy", "soy milk", ("soya milk",))))
    syrup = OptionGroup("syrup", "syrup", (Option("vanilla", "vanilla syrup", ("vanilla",)),), amounts=True)
    sizes = (Variant("small", "small", 300), Variant("large", "large", 400))
    return Catalogue(
        Shop("Test bar"),
        (
            Product("latte", "latte", variants=sizes, groups=(milk, syrup)),
            Product("tea", "cup of tea", 200, aliases=("tea",)),
            Product("muffin", "blueberry muffin", 250),
        ),
    )


@pytest.fixture(scope="session")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    folder: Path = tmp_path_factory.mktemp("recognition")
    return Settings(data_dir=folder)
