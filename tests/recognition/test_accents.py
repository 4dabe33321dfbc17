"""Ways to say words that the dictionary does not have."""

from __future__ import annotations

from dataclasses import replace

from voice.language import load_language
from voice.recognition.accents import Accents
from voice.recognition.pronunciation import Pronouncer

ENGLISH = load_language("en")


def ways(word: str, state: str = "open", **given: list[str]) -> set[str]:
    return {" ".join(way) for way in Accents(Pronouncer(given=given), ENGLISH).ways(word, state)}


def test_british_speakers_have_other_vowels_and_drop_their_r() -> None:
    assert "B AH N AA N AH" in ways("banana")
    assert "L AA JH" in ways("large")
    assert "HH AA F" in ways("half")


def test_what_the_dictionary_has_is_not_given_again() -> None:
    assert "T AH M AA T OW" not in ways("tomato")
    assert not set(Pronouncer().pronounce("almond").ways) & set(Accents(Pronouncer(), ENGLISH).ways("almond"))


def test_an_l_between_a_vowel_and_a_consonant_may_be_a_vowel() -> None:
    assert ways("help") == {"HH EH OW P"}
    assert "M IH OW K" in ways("milk")
    assert not any("OW" in way for way in ways("latte"))
    assert not any("OW" in way for way in ways("bagel"))


def test_the_owners_word_stands_alone() -> None:
    assert ways("banana", banana=["B AH N AE N AH"]) == set()


def test_a_language_without_the_file_has_none() -> None:
    silent = replace(ENGLISH, topics={k: v for k, v in ENGLISH.topics.items() if k != "accents"})
    assert Accents(Pronouncer(), silent).ways("banana") == {}


def test_a_number_that_is_the_whole_answer_may_have_lost_its_edges() -> None:
    assert {"IH K S", "S IH", "S IY K S"} <= ways("six", "digits")
    assert "IH R OW" in ways("zero", "number")
    assert not any(" " not in way for way in ways("two", "digits") | ways("eight", "digits"))


def test_elsewhere_numbers_are_said_in_full() -> None:
    assert "IH K S" not in ways("six")
    assert "IH K S" not in ways("six", "time")
    assert ways("latte", "digits") == ways("latte")
