"""Spoken postcodes and house numbers."""

from __future__ import annotations

import pytest

from voice.dialogue.spelled import as_postcode, in_figures


@pytest.mark.parametrize(
    ("said", "written"),
    [
        ("twelve main street", "12 main street"), ("main street one hundred and five", "main street 105"),
        ("forty two harbour square", "42 harbour square"), ("church lane", "church lane"),
    ],
)
def test_addresses(said: str, written: str) -> None:
    assert in_figures(said, "en") == written


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ("one thousand twelve", "1012"), ("ten twelve", "1012"), ("one oh one two", "1012"), ("1012 ab", "1012AB"),
        ("s w one a one a a", "SW1A1AA"),
    ],
)
def test_postcodes(said: str, code: str) -> None:
    assert as_postcode(said, "en") == code
