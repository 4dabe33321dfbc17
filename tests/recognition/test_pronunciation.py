"""Where pronunciations come from, and IPA written in the model's phones."""

from __future__ import annotations

from voice.recognition.arpabet import PHONES, from_arpabet, from_ipa
from voice.recognition.pronunciation import Pronouncer


def test_the_owner_comes_first() -> None:
    pronouncer = Pronouncer(given={"latte": ["L AE1 T IY0"]})
    assert pronouncer.pronounce("latte").source == "owner"
    assert pronouncer.pronounce("latte").ways == (("L", "AE", "T", "IY"),)


def test_the_plural_of_an_owners_word_is_said_as_the_owner_says_it() -> None:
    assert Pronouncer(given={"latte": ["L AE1 T IY0"]}).pronounce("lattes").ways == (("L", "AE", "T", "IY", "Z"),)


def test_the_owner_may_write_ipa() -> None:
    assert Pronouncer(given={"njoki": ["ˈnjɒk.i"]}).pronounce("njoki").ways == (("N", "Y", "AA", "K", "IY"),)


def test_the_dictionary_then_plurals_then_a_reading() -> None:
    pronouncer = Pronouncer()
    assert pronouncer.pronounce("coffee").source == "dictionary"
    lattes = pronouncer.pronounce("lattes")
    assert lattes.source == "derived" and lattes.ways[0][-1] == "Z"
    strange = pronouncer.pronounce("xylofizzo")
    assert strange.source == "reading" and strange.ways
    assert all(phone in PHONES for way in strange.ways for phone in way)


def test_a_word_without_a_sound_has_no_pronunciation() -> None:
    assert Pronouncer().pronounce("—").ways == ()


def test_arpabet_is_checked() -> None:
    assert from_arpabet("JH AH0 N IY1") == ("JH", "AH", "N", "IY")
    assert from_arpabet("J A N I") is None


def test_r_coloured_vowels_are_one_phone() -> None:
    assert from_ipa(("b", "ɜː", "ɡ", "ɚ")) == ("B", "ER", "G", "ER")
    assert from_ipa(("w", "ɔː", "ɹ", "m")) == ("W", "AO", "R", "M")
