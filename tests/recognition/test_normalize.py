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
        ("a 16.5 oz cup", "a sixteen point five oz cup"),
        ("room 007", "room zero zero seven"),
        ("don’t!", "don't"),
        ("", ""),
    ],
)
def test_text_becomes_the_words_that_are_said(text: str, words: str) -> None:
    assert " ".join(spoken_words(text)) == words
