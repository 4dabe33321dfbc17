"""Numbers as people say them."""

from __future__ import annotations

import pytest

from voice.language import load_language
from voice.understanding.quantities import NumberReader
from voice.understanding.tokens import Tokenizer

TOKENS = Tokenizer(load_language("en"))
NUMBERS = NumberReader(load_language("en"))


@pytest.mark.parametrize(
    ("said", "value", "rest"),
    [
        ("two lattes", "2", "lattes"),
        ("21", "21", ""),
        ("twenty one", "21", ""),
        ("two seven up", "2", "seven up"),
        ("two and a half kilos", "2.5", "kilos"),
        ("half a dozen eggs", "6", "eggs"),
        ("a dozen and a half croissants", "18", "croissants"),
        ("one and a half dozen eggs", "18", "eggs"),
        ("a dozen and a half kilo of plums", "12", "and a half kilo of plums"),
        ("two dozen eggs", "24", "eggs"),
        ("a couple of cokes", "2", "cokes"),
        ("a hundred and twenty", "120", ""),
        ("one twenty ounce", "1", "twenty ounce"),
        ("16.9 fl oz", "16.9", "fl oz"),
        ("1,500", "1500", ""),
        ("two thousand and twenty six", "2026", ""),
        ("three quarters of a pound", "0.75", "pound"),
        ("twelve and a muffin", "12", "and a muffin"),
        ("minus two", "-2", ""),
        ("another one please", "1", "please"),
        ("2½ pounds", "2.5", "pounds"),
        ("half decaf", None, ""),
        ("latte", None, ""),
    ],
)
def test_read(said: str, value: str | None, rest: str) -> None:
    keys = TOKENS.keys(said)
    found = NUMBERS.read(keys, 0)
    if value is None:
        assert found is None
        return
    assert found is not None
    end, quantity = found
    assert str(quantity.value.normalize() + 0) == value or f"{quantity.value:f}" == value
    assert " ".join(keys[end:]) == rest


def test_telephone_numbers() -> None:
    assert NUMBERS.digits(TOKENS.keys("oh seven double five nine twenty one")) == "0755921"
    assert NUMBERS.digits(TOKENS.keys("020 555 0142")) == "0205550142"
    assert NUMBERS.digits(TOKENS.keys("zero four zero five five five one two zero zero four")) == "04055512004"
    assert NUMBERS.digits(TOKENS.keys("one zero one one")) == "1011"
    assert NUMBERS.digits(TOKENS.keys("two thousand five")) == "2005"
    assert NUMBERS.digits(TOKENS.keys("a latte")) == ""


@pytest.mark.parametrize(
    ("text", "stems"),
    [
        ("Lattes, muffins & brownies!", "latte muffin and browny"),
        ("Crème brûlées", "creme brulee"),
        ("cortado's", "cortado"),
        ("the 2nd one", "the second one"),
        ("don't", "dont"),
    ],
)
def test_tokens(text: str, stems: str) -> None:
    assert " ".join(t.stem for t in TOKENS.tokens(text)) == stems
