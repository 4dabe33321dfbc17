"""Names as a recogniser mishears them: each query has a word or two replaced by others that sound like it.

The words come from the names themselves, the sounds from espeak-ng; nothing here knows how the matcher compares sounds
beyond the distance that both take from `voice.phonetics`.
"""

from __future__ import annotations

import random
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from voice.phonetics import phonetic_key, sound_distance, word_phonemes

_FURTHEST = 0.3
"""A word further than this in sound is another word, not a mishearing"""


@dataclass(frozen=True)
class Misheard:
    query: str
    name: str


def misheard(names: Sequence[str], count: int, language: str = "en", seed: int = 1) -> list[Misheard]:
    """At most `count` names with one or two words misheard, the same for the same seed."""
    chance = random.Random(seed)
    sounds = _Sounds((w for n in names for w in n.lower().split() if w.isalpha()), language)
    out = []
    for name in chance.sample(list(names), len(names)):
        words = name.lower().split()
        places = [i for i, w in enumerate(words) if w.isalpha() and len(w) > 2]
        for i in chance.sample(places, min(len(places), chance.choice((1, 1, 2)))):
            words[i] = sounds.instead_of(words[i], chance)
        if " ".join(words) != name.lower():
            out.append(Misheard(" ".join(words), name))
        if len(out) == count:
            break
    return out


class _Sounds:
    """Which words of a vocabulary sound like a word, or like its two halves."""

    def __init__(self, words: Iterable[str], language: str) -> None:
        self.language = language
        self.words = {w for w, n in Counter(words).items() if n > 1 and len(w) > 1}
        self.by_key: dict[str, list[str]] = defaultdict(list)
        for word in sorted(self.words):
            key = phonetic_key(word_phonemes(word, language))
            for variant in {key, *_shorter(key)}:
                self.by_key[variant].append(word)

    def instead_of(self, word: str, chance: random.Random) -> str:
        """One of the five nearest-sounding other words or pairs of words; the word itself when none is near."""
        phones = word_phonemes(word, self.language)
        found = [(d, w) for w in self._near(phones) if w != word and (d := self._distance(phones, w)) < _FURTHEST]
        for cut in range(2, len(phones) - 1):
            halves = [self._nearest(phones[:cut]), self._nearest(phones[cut:])]
            pair = " ".join(h for h in halves if h)
            if all(halves) and pair != word and (d := self._distance(phones, pair)) < _FURTHEST / 2:
                found.append((d, pair))
        return chance.choice(sorted(found)[:5])[1] if found else word

    def _near(self, phones: Sequence[str]) -> set[str]:
        key = phonetic_key(phones)
        return {w for variant in (key, *_shorter(key)) for w in self.by_key.get(variant, ())}

    def _nearest(self, phones: Sequence[str]) -> str | None:
        found = [(self._distance(phones, w), w) for w in self.by_key.get(phonetic_key(phones), ())]
        return min(found)[1] if found else None

    def _distance(self, phones: Sequence[str], text: str) -> float:
        return sound_distance(phones, [p for w in text.split() for p in word_phonemes(w, self.language)])


def _shorter(key: str) -> set[str]:
    return {key[:i] + key[i + 1 :] for i in range(len(key))} - {""}
