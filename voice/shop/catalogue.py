"""Reads a shop's catalogue: one YAML file, or a CSV price list for the simple case.

The demonstration shop (`voice/shop/demo/catalogue.yaml`) shows every key of the format.
"""

from __future__ import annotations

import hashlib
from dataclasses import replace
from pathlib import Path

from voice.errors import CatalogueError
from voice.shop.files.build import build
from voice.shop.files.located_yaml import read_yaml
from voice.shop.files.price_list import read_price_list
from voice.shop.files.problems import Problems
from voice.shop.model import Catalogue

DEMO = Path(__file__).resolve().parent / "demo" / "catalogue.yaml"
_PRICE_LISTS = frozenset({".csv", ".tsv"})


def load_catalogue(path: Path | str | None = None) -> Catalogue:
    """The catalogue of a file; None is the demonstration shop.

    Raises CatalogueError with one line a mistake, all of them at once: file, line, what is wrong, what to do.
    """
    file = Path(path) if path is not None else DEMO
    content, lines, noticed = (read_price_list if file.suffix.lower() in _PRICE_LISTS else read_yaml)(file)
    problems = Problems(file, lines)
    for location, message in noticed:
        problems.add(location, message)
    catalogue = build(content, problems)
    problems.raise_if_any()
    if catalogue is None:
        raise CatalogueError(f"{file} cannot be used as a catalogue.")
    version = hashlib.sha256(file.read_bytes()).hexdigest()
    return replace(catalogue, source=str(file), version=version)
