"""Words the lexicon lacks: which name do they look or sound like? "mayo", "jalepeno", "cappucino", "flat wide"."""

from __future__ import annotations

from collections import defaultdict

from rapidfuzz import fuzz, process
from rapidfuzz.distance import Levenshtein

from voice.phonetics import phonemes, phonetic_key, sound_distance
from voice.understanding.concepts import Concept
from voice.understanding.forms import Form
from voice.understanding.lexicon import Lexicon

_LEAST = 86.0
"""Spelling ratio in percent below which two spellings are two words"""
_LEAST_SHORT = 90.0
_SHORT = 6
"""Letters; in shorter words one letter is much"""
_SHORTEST = 4
"""Letters; shorter words are alike too easily, and Tom is no tomato"""
_ABBREVIATION = 0.85
_MAX_KNOWN = 10_000
_SOUND = 0.12
"""Greatest distance of sound (voice.phonetics) at which words were misheard for a name"""
_MAX_SOUNDS = 5000
"""Names; larger catalogues are matched by sound elsewhere"""


class Likeness:
    """Nearest full form of the lexicon by spelling, and words cut short ("parm" for "parmesan").

    With `details_only`, of variants and options alone: the products of a large catalogue have a search of their own.
    """

    def __init__(self, lexicon: Lexicon, language: str, details_only: bool = False) -> None:
        self._language = language
        self._sounds: list[tuple[str, ...]] | None = None
        self._keys: list[str] = []
        self._concepts: list[Concept] = []
        self._spellings: list[str] = []
        self._names: list[str] = []
        self._starts: dict[str, list[tuple[str, Concept]]] = defaultdict(list)
        self._known: dict[Form, tuple[Concept, float] | None] = {}
        for form, concept in lexicon.names():
            if details_only and not concept.owners():
                continue
            self._spellings.append("".join(form))
            self._names.append(" ".join(form))
            self._concepts.append(concept)
            if len(form) == 1 and len(form[0]) > _SHORTEST:
                self._starts[form[0][:3]].append((form[0], concept))

    def best(self, stems: Form) -> tuple[Concept, float] | None:
        """What these words are most like and how near, 0 to 1; None when nothing is near enough."""
        if stems not in self._known:
            if len(self._known) > _MAX_KNOWN:
                self._known.clear()
            self._known[stems] = self._find(stems)
        return self._known[stems]

    def _find(self, stems: Form) -> tuple[Concept, float] | None:
        spelling = "".join(stems)
        if len(spelling) < _SHORTEST:
            return None
        if len(stems) == 1:
            longer = [c for word, c in self._starts.get(spelling[:3], ()) if word.startswith(spelling)]
            if len({id(c) for c in longer}) == 1:
                return longer[0], _ABBREVIATION
        found = process.extractOne(
            spelling,
            self._spellings,
            scorer=fuzz.ratio,
            score_cutoff=_LEAST if len(spelling) >= _SHORT else _LEAST_SHORT,
        )
        if found is not None:
            _, score, index = found
            return self._concepts[index], score / 100
        return self._by_sound(" ".join(stems)) if len(spelling) >= _SHORT else None

    def _by_sound(self, words: str) -> tuple[Concept, float] | None:
        """The name that sounds most like the words, if near: recognisers err in sound, not in letters."""
        if len(self._names) > _MAX_SOUNDS:
            return None
        if self._sounds is None:
            self._sounds = [phonemes(name, self._language) for name in self._names]
            self._keys = [phonetic_key(sound) for sound in self._sounds]
        said = phonemes(words, self._language)
        near = process.extract(phonetic_key(said), self._keys, scorer=Levenshtein.distance, score_cutoff=2, limit=30)
        distances = [(sound_distance(said, self._sounds[index]), index) for _, _, index in near]
        best = min(distances, default=None)
        if best is None or best[0] > _SOUND:
            return None
        return self._concepts[best[1]], 1.0 - 2 * best[0]
