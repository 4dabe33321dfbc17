from __future__ import annotations

import sys
import threading

import pytest

from voice import phonetics
from voice.errors import ComandaError
from voice.phonetics import phonemes, phonetic_key, sound_distance, sounds_alike, word_phonemes


def distance(a: str, b: str) -> float:
    return sound_distance(phonemes(a), phonemes(b))


def test_phones_are_plain_ipa_without_stress() -> None:
    assert phonemes("cheese") == ("tʃ", "iː", "z")
    assert phonemes("Oat MILK") == ("oʊ", "t", "m", "ɪ", "l", "k")
    assert phonemes("fork fire") == ("f", "ɔː", "ɹ", "k", "f", "aɪ", "ɚ")


def test_digits_are_read_out() -> None:
    assert phonemes("4") == phonemes("four")


def test_other_languages_have_their_own_sounds() -> None:
    assert phonemes("gnocchi", "it")[0] == "ɲ"
    assert "ɕ" in phonemes("борщ", "ru")


@pytest.mark.parametrize("text", ["", "   ", "---", "\x00", "(!)"])
def test_what_cannot_be_said_has_no_phones(text: str) -> None:
    assert phonemes(text) == ()


@pytest.mark.parametrize("text", ["日本", "😀😀", "a" * 5000, "7" * 500, "\x01latte\x02", "<speak>", "[[h@l'oU]]"])
def test_odd_text_does_no_harm(text: str) -> None:
    assert isinstance(phonemes(text), tuple)
    assert phonemes("latte") == ("l", "ɑː", "t", "eɪ")


def test_an_unknown_language_says_so() -> None:
    with pytest.raises(ComandaError, match="xx"):
        word_phonemes("latte", "xx")
    assert phonemes("tea") == ("t", "iː")


def test_without_espeak_the_remedy_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "espeakng_loader", None)
    phonetics._espeak.cache_clear()
    try:
        with pytest.raises(ComandaError, match="pip install espeakng-loader"):
            word_phonemes("a word that no test has asked for")
    finally:
        phonetics._espeak.cache_clear()


def test_threads_and_languages_do_not_mix() -> None:
    words = [f"gnocchi{n}" for n in range(60)]
    alone = {(w, lang): word_phonemes(w, lang) for w in words for lang in ("en", "it", "ru")}
    word_phonemes.cache_clear()
    wrong: list[str] = []

    def speak(language: str) -> None:
        wrong.extend(w for w in words if word_phonemes(w, language) != alone[w, language])

    threads = [threading.Thread(target=speak, args=(lang,)) for lang in ("en", "it", "ru") * 2]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


@pytest.mark.parametrize(("a", "b"), [("flour", "flower"), ("suite potato", "sweet potato"), ("for", "four")])
def test_homophones_are_at_no_distance(a: str, b: str) -> None:
    assert distance(a, b) == 0
    assert phonetic_key(phonemes(a)) == phonetic_key(phonemes(b))


@pytest.mark.parametrize(
    ("near", "name", "far"),
    [("mocker", "mocha", "mango"), ("bat", "pad", "bun"), ("the calf", "decaf", "latte"), ("bin", "bean", "bone")],
)
def test_what_sounds_nearer_is_nearer(near: str, name: str, far: str) -> None:
    assert distance(near, name) < distance(far, name)


def test_the_distance_is_symmetric_and_bounded() -> None:
    words = ["latte", "cappuccino", "tea", "large", "x", "strawberry", ""]
    for a in words:
        assert distance(a, a) == 0
        for b in words:
            assert 0 <= distance(a, b) <= 1
            assert distance(a, b) == pytest.approx(distance(b, a))


def test_names_that_sound_alike_are_paired() -> None:
    pairs = sounds_alike(["Flour tortilla", "Flower tortilla", "Red icing sugar", "White icing sugar", "Bean", "Bin"])
    assert [p[:2] for p in pairs] == [("flour tortilla", "flower tortilla"), ("bean", "bin")]
