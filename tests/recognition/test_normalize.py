"""Written text to spoken words."""

from __future__ import annotations

import pytest

from voice.normalize import spoken_words


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("2% Milk", "two percent milk"),
        ("Jalapeño-Dip", "jalapeno dip"),
        ("Caffè Crème", "caffe creme"),
        ("Ben & Jerry's", "ben and jerry's"),
        ("7Up", "seven up"),
        ("a 16.5 oz cup", "a sixteen point five ounce cup"),
        ("4mm screws", "four millimeter screws"),
        ("Coke 330 ml", "coke three hundred and thirty milliliter"),
        ('12" pizza', "twelve inch pizza"),
        ("1/2 lb burger", "half pound burger"),
        ("½ kg", "half kilo"),
        ("1½ l", "one and a half liter"),
        ("2 1/4 lb", "two and a quarter pound"),
        ("3/4 inch", "three quarters inch"),
        ("50/50 blend", "fifty fifty blend"),
        ("5/8 nut", "five eight nut"),
        ("4 m8 bolts", "four m eight bolts"),
        ("a 7 g sachet", "a seven gram sachet"),
        ("room 007", "room zero zero seven"),
        ("don’t!", "don't"),
        ("", ""),
    ],
)
def test_text_becomes_the_words_that_are_said(text: str, words: str) -> None:
    assert " ".join(spoken_words(text)) == words
