"""Words to sounds: espeak-ng as a library, and a distance between what two words sound like.

espeak-ng keeps its state in globals, so one lock guards every call. It is the same library as pyttsx3 speaks with, but
that one runs in a process of its own (`voice.speech.pyttsx3_worker`) and is not disturbed.
"""

from __future__ import annotations

import ctypes
import re
import threading
from collections import defaultdict
from collections.abc import Iterable, Sequence
from functools import lru_cache

from voice.errors import ComandaError
from voice.phones import coarse_class, drop_cost, split_phone, substitution_cost

ALIKE = 0.1
"""Names closer than this are told apart by context only: "flour"/"flower" 0, "bean"/"bin" 0.09, "lemon"/"melon" 0.21"""
_LONG = 8
"""Phones from which on a name's length no longer excuses a difference: "red icing sugar" is not "white icing sugar" """
_VOICES = {"en": "en-us"}
"""Language -> espeak-ng voice where the plain name is not the accent of our acoustic model"""
_IPA = 0x02 | ord("_") << 8
"""espeak_TextToPhonemes mode: IPA, phones separated by "_" (speak_lib.h)"""
_SYNCHRONOUS, _DONT_EXIT, _UTF8 = 2, 0x8000, 1
_SWITCH = re.compile(r"\([a-z-]+\)")
"""espeak-ng marks a word that it reads in another language: "(en)...(it)" """
_UNSPEAKABLE = re.compile(r"[^\w'’.,+&%/-]+")
_lock = threading.Lock()


class _Espeak:
    """The library, loaded once a process. Use under `_lock` only."""

    def __init__(self) -> None:
        try:
            import espeakng_loader  # here, so that a missing wheel does not break the import of this file

            self.library = ctypes.CDLL(espeakng_loader.get_library_path())
            data = espeakng_loader.get_data_path()
        except (ImportError, OSError) as error:
            raise ComandaError(f"espeak-ng could not be loaded ({error}). Type: pip install espeakng-loader") from error
        self.library.espeak_TextToPhonemes.restype = ctypes.c_char_p
        self.library.espeak_TextToPhonemes.argtypes = [ctypes.POINTER(ctypes.c_void_p), ctypes.c_int, ctypes.c_int]
        if self.library.espeak_Initialize(_SYNCHRONOUS, 0, str(data).encode(), _DONT_EXIT) < 0:
            raise ComandaError(f"espeak-ng cannot read {data}. Type: pip install --force-reinstall espeakng-loader")
        self.language = ""

    def ipa(self, word: str, language: str) -> str:
        if language != self.language:
            voice = _VOICES.get(language, language)
            if self.library.espeak_SetVoiceByName(voice.encode()) != 0:
                raise ComandaError(f"espeak-ng has no voice '{voice}'; a language code like \"it\" is expected.")
            self.language = language
        buffer = ctypes.create_string_buffer(word.encode())
        rest = ctypes.c_void_p(ctypes.addressof(buffer))
        clauses = []
        while rest.value:  # one clause a call
            clauses.append(self.library.espeak_TextToPhonemes(ctypes.byref(rest), _UTF8, _IPA).decode())
        return " ".join(clauses)


@lru_cache(maxsize=1)
def _espeak() -> _Espeak:
    return _Espeak()


@lru_cache(maxsize=300_000)
def word_phonemes(word: str, language: str = "en") -> tuple[str, ...]:
    """IPA phones of one word as it is said alone, without stress; about 20,000 new words a second.

    Diphthongs and affricates are one phone ("aɪ", "tʃ"); r-coloured and syllabic ones are split ("ɔː", "ɹ"; "ə", "l").
    Digits are read out. Raises ComandaError when espeak-ng is missing or lacks the language.
    """
    speakable = _UNSPEAKABLE.sub(" ", word)[:200].strip()
    if not any(c.isalnum() for c in speakable):
        return ()
    with _lock:
        ipa = _espeak().ipa(speakable, language)
    return tuple(p for phone in re.split(r"[_\s]+", _SWITCH.sub("", ipa)) for p in split_phone(phone))


def phonemes(text: str, language: str = "en") -> tuple[str, ...]:
    """IPA phones of a text, word by word (see `word_phonemes`); empty when nothing in it can be said."""
    return tuple(phone for word in text.lower().split() for phone in word_phonemes(word, language))


def sound_distance(a: Sequence[str], b: Sequence[str]) -> float:
    """How different two phone sequences sound, 0 (the same) to 1: edit distance weighted by articulatory features.

    A substitution costs the difference in place, manner and voicing (consonants) or height, backness and rounding
    (vowels); weak sounds (schwa, h, glottal stop) are cheap to drop. Divided by the longer length. After Kondrak,
    "A new algorithm for the alignment of phonetic sequences" (NAACL 2000).
    """
    if not a or not b:
        return 0.0 if len(a) == len(b) else 1.0
    previous = [0.0]
    for phone in b:
        previous.append(previous[-1] + drop_cost(phone))
    for phone in a:
        drop = drop_cost(phone)
        row = [previous[0] + drop]
        for j, other in enumerate(b):
            row.append(
                min(previous[j + 1] + drop, row[j] + drop_cost(other), previous[j] + substitution_cost(phone, other))
            )
        previous = row
    return min(1.0, previous[-1] / max(len(a), len(b)))


def phonetic_key(phones: Iterable[str]) -> str:
    """A coarse spelling of the sound, one letter a class: voicing, vowel colour and weak sounds are gone.

    Equal for most homophones and for what recognisers confuse ("sweet", "suite"; "bat", "pad").
    """
    key: list[str] = []
    for letter in map(coarse_class, phones):
        for part in letter:
            if not key or key[-1] != part:
                key.append(part)
    return "".join(key)


def sounds_alike(names: Iterable[str], language: str = "en", limit: float = ALIKE) -> list[tuple[str, str, float]]:
    """Pairs of different names that sound alike, with their distance, nearest first.

    A difference counts as in a name of at most eight phones. Only names whose keys differ by at most one edit are
    compared, so 20,000 names take seconds.
    """
    distinct = sorted({n.strip().lower() for n in names})
    phones = {name: phonemes(name, language) for name in distinct}
    buckets: dict[str, list[str]] = defaultdict(list)
    for name in distinct:
        key = phonetic_key(phones[name])
        for variant in {key, *(key[:i] + key[i + 1 :] for i in range(len(key)))} if phones[name] else ():
            buckets[variant].append(name)
    pairs = {(a, b) for group in buckets.values() for i, a in enumerate(group) for b in group[i + 1 :]}
    found = []
    for a, b in pairs:
        length = max(len(phones[a]), len(phones[b]))
        found.append((a, b, sound_distance(phones[a], phones[b]) * max(1.0, length / _LONG)))
    return sorted((p for p in found if p[2] <= limit), key=lambda p: (p[2], p[0], p[1]))
