"""Card numbers as people say and write them; numbers that are none."""

from __future__ import annotations

import pytest

from voice.dialogue.privacy import LONGER_THAN_A_PHONE, MASK, mask_card_numbers


@pytest.mark.parametrize(
    "said",
    [
        "4111 1111 1111 1111", "4111-1111-1111-1111", "3782 822463 10005",
        "four one one one one one one one one one one one one one one one",
        "forty-one eleven eleven eleven eleven eleven eleven eleven",
        "double four triple five double four triple five double one two",
        "four one oh oh one one one one one one nought one one one one two",
        "4111 1111 1111 1111 12 25 123",
    ],
)
def test_a_card_number_is_masked_whole(said: str) -> None:
    assert mask_card_numbers(f"it is {said}, thanks", "en") == f"it is {MASK}, thanks"


@pytest.mark.parametrize("said", ["two lattes and three muffins", "020 555 0188", "forty two harbour square", ""])
def test_other_numbers_stay(said: str) -> None:
    assert mask_card_numbers(said, "en") == said


def test_where_a_telephone_number_is_asked_only_what_is_longer_is_masked() -> None:
    assert mask_card_numbers("0049 1511 2345 678", "en", LONGER_THAN_A_PHONE) == "0049 1511 2345 678"
    assert mask_card_numbers("4111 1111 1111 1111", "en", LONGER_THAN_A_PHONE) == MASK
