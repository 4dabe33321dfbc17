"""Spoken postcodes and house numbers."""

from __future__ import annotations

import pytest

from voice.dialogue.spelled import as_postcode, in_figures, street_and_postcode
from voice.shop.model import DeliveryZone, Shop


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


CITY = Shop(name="City", delivery=(DeliveryZone("north", ("341",)), DeliveryZone("old town", ("001", "1012"))))


@pytest.mark.parametrize(
    ("said", "street", "code"),
    [
        ("via roma twelve 34121", "via roma 12", "34121"), ("via roma twelve 00184", "via roma 12", "00184"),
        ("damrak twelve one thousand twelve ab", "damrak 12", "1012AB"), ("via roma twelve", "via roma 12", ""),
    ],
)
def test_a_postcode_at_the_end_of_an_address(said: str, street: str, code: str) -> None:
    for asked in (False, True):
        assert street_and_postcode(said, "", "en", CITY, asked) == (street, code)


@pytest.mark.parametrize(
    ("said", "street", "code"),
    [
        ("34121 via roma twelve", "via roma 12", "34121"), ("one thousand twelve ab damrak six", "damrak 6", "1012AB"),
        ("via roma twelve 34121 trieste", "via roma 12 trieste", "34121"), ("via po two 99999", "via po 2", "99999"),
        ("341 via roma", "341 via roma", ""), ("via roma twelve", "via roma 12", ""),
    ],
)
def test_a_postcode_that_was_asked_stands_anywhere_and_is_no_house_number(said: str, street: str, code: str) -> None:
    assert street_and_postcode(said, "", "en", CITY, asked=True) == (street, code)
