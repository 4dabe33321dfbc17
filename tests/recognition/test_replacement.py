"""Words said in other words."""

from __future__ import annotations

import pytest

from voice.phonetics import word_phonemes
from voice.recognition import replacement
from voice.recognition.replacement import SoundIndex

WORDS = ["brush", "etta", "knock", "key", "a", "tea", "window", "better", "[noise]", "knight", "night", "rain"]


@pytest.fixture(scope="module")
def index() -> SoundIndex:
    return SoundIndex.build(WORDS, "en")


@pytest.mark.parametrize(("word", "words"), [("bruschetta", ("brush", "etta")), ("nite", ("knight",))])
def test_the_nearest_words_are_found(index: SoundIndex, word: str, words: tuple[str, ...]) -> None:
    found = index.nearest(word_phonemes(word))
    assert found is not None and found.words == words and found.distance < 0.1


def test_what_is_no_word_is_never_used(index: SoundIndex) -> None:
    assert "[noise]" not in index.words and "night" not in index.words  # sounds like "knight"


def test_many_wanted_words_are_compared_with_fewer(index: SoundIndex, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(replacement, "AT_LEAST", 3)
    monkeypatch.setattr(replacement, "ALL", 3)
    told: list[float] = []
    wanted = {"bruschetta": [word_phonemes("bruschetta")], "": []}
    replaced = index.replacements(wanted, lambda stage, done: told.append(done))
    assert replaced["bruschetta"] and replaced[""] == () and told == [0.0, 0.5]


def test_nothing_is_nearest_to_silence_and_in_an_empty_model(index: SoundIndex) -> None:
    assert index.nearest(()) is None
    assert SoundIndex.build([], "en").nearest(word_phonemes("tea")) is None


def test_an_index_comes_back_from_disk(index: SoundIndex) -> None:
    again = SoundIndex.from_json(index.to_json())
    assert (again.words, again.phones, again.language) == (index.words, index.phones, index.language)
