from __future__ import annotations

import pytest

from voice.shop.privacy import MASK, mask_digits


@pytest.mark.parametrize("text", ["4111111111111111", "4111 1111 1111 1111", "3782-822463-10005", "x 4111111111111112"])
def test_what_may_be_a_card_number_is_masked(text: str) -> None:
    masked = mask_digits(text)
    assert MASK in masked and not any(c.isdigit() for c in masked)


@pytest.mark.parametrize("text", ["order 137", "12 Rose Lane, 34121", "040 123 456", "", "half past 8"])
def test_other_numbers_stay(text: str) -> None:
    assert mask_digits(text) == text
