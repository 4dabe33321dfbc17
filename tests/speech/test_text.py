from __future__ import annotations

import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from voice.speech.recordings import normalise
from voice.speech.text import MAX_CHARACTERS, PIECE_CHARACTERS, sanitise, split_sentences


@given(st.text(max_size=600))
def test_nothing_but_words_and_punctuation_is_left(text: str) -> None:
    clean = sanitise(text)
    assert not any(unicodedata.category(c) in ("Cc", "Cf", "Cs") or c in "<>[]{}|\\^~`_" for c in clean)
    assert sanitise(clean) == clean
    assert len(clean) <= MAX_CHARACTERS


def test_money_times_and_accents_stay() -> None:
    assert sanitise("A caffè crème is €3.50 (or £3), at 5:30; it's 10% off.") == (
        "A caffè crème is €3.50 (or £3), at 5:30; it's 10% off."
    )


@given(st.text(alphabet="ab ,.!?", max_size=3000))
def test_splitting_loses_no_word(text: str) -> None:
    text = sanitise(text)
    pieces = split_sentences(text)
    assert all(0 < len(piece) <= PIECE_CHARACTERS for piece in pieces)
    assert "".join(pieces).replace(" ", "") == text.replace(" ", "")


def test_sentences_are_cut_where_people_pause() -> None:
    text = "One latte. Two teas, and a scone. Three cakes."
    assert split_sentences(text, 40) == ["One latte. Two teas, and a scone.", "Three cakes."]
    assert split_sentences("one latte, two teas and a scone", 20) == ["one latte,", "two teas and a scone"]


def test_prompts_are_compared_by_their_words() -> None:
    assert normalise("Welcome to Mario's.") == normalise(" WELCOME, to  Mario's") == "welcome to mario's"
    assert normalise("anything-else") == "anything else"
