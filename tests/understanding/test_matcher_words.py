from __future__ import annotations

from voice.language import load_language
from voice.understanding.matcher_words import EXPLAINS, SAME, word_knowledge


def test_synonyms_are_nearer_than_explanations() -> None:
    words = word_knowledge("en")
    assert words.kin("aubergines")["eggplant"] == SAME
    assert words.kin("unagi")["eel"] == EXPLAINS
    assert words.kin("eels")["unagi"] == EXPLAINS
    assert not words.kin("zzz")


def test_a_language_without_a_grammar_knows_nothing() -> None:
    words = word_knowledge("xx")
    assert words.stem("eels") == "eels"
    assert not words.kin("eels") and not words.function


def test_every_word_of_the_glossary_can_be_found() -> None:
    glossary = load_language("en").topics["glossary"]
    single = [*glossary["means"], *(word for row in glossary["akin"] for word in row)]
    assert all(isinstance(word, str) and len(word.split()) == 1 for word in single)
    assert all(word_knowledge("en").kin(word) for word in single)
