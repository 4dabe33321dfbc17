"""Articulatory features of IPA phones and the costs of confusing them.

Features after the IPA chart (2020); the weights follow what listeners and recognisers confuse: voicing and
neighbouring places easily, manner seldom, consonants and vowels almost never.
"""

from __future__ import annotations

import unicodedata
from functools import cache

_VOWELS: dict[str, tuple[float, float, float]] = {  # height 0 open .. 1 close, backness 0 front .. 1 back, rounding
    "i": (1, 0, 0), "y": (1, 0, 1), "ɨ": (1, 0.5, 0), "ʉ": (1, 0.5, 1), "ɯ": (1, 1, 0), "u": (1, 1, 1),
    "ɪ": (0.85, 0.15, 0), "ʏ": (0.85, 0.15, 1), "ʊ": (0.85, 0.85, 1), "e": (0.67, 0, 0), "ø": (0.67, 0, 1),
    "ɘ": (0.67, 0.5, 0), "ɵ": (0.67, 0.5, 1), "ɤ": (0.67, 1, 0), "o": (0.67, 1, 1), "ə": (0.5, 0.5, 0),
    "ɛ": (0.33, 0.1, 0), "œ": (0.33, 0.1, 1), "ɜ": (0.4, 0.5, 0), "ɞ": (0.4, 0.5, 1), "ʌ": (0.33, 0.75, 0),
    "ɔ": (0.33, 1, 1), "æ": (0.15, 0.15, 0), "ɐ": (0.2, 0.5, 0), "a": (0, 0.3, 0), "ɶ": (0, 0.2, 1),
    "ɑ": (0, 0.9, 0), "ɒ": (0.05, 1, 1),
}  # fmt: skip
_PLACES = {  # 0 lips .. 1 glottis
    0.0: "pbmɸβʙw", 0.1: "fvɱʋ", 0.25: "θð", 0.35: "tdnszlɹrɾɬɮ", 0.5: "ʃʒʈɖɳʂʐɭɻɽ", 0.6: "ɕʑ", 0.65: "cɟɲçʝjʎ",
    0.8: "kɡŋxɣɰʟ", 0.9: "qɢɴχʁʀ", 0.95: "ħʕ", 1.0: "ʔhɦ",
}  # fmt: skip
_MANNERS = {
    "stop": "pbtdʈɖcɟkɡqɢʔ", "fricative": "ɸβfvθðszʃʒʂʐɕʑçʝxɣχħʕhɦɬɮ", "nasal": "mɱnɳɲŋɴ", "lateral": "lɭʎʟ",
    "approximant": "ʋɹɻjɰwʁ", "tap": "ɾɽ", "trill": "rʙʀ",
}  # fmt: skip
_VOICELESS = frozenset("pɸftθsʃʈʂɕcçkxqχħʔhɬ")
_PLACE_OF = {c: place for place, letters in _PLACES.items() for c in letters}
_MANNER_OF = {c: manner for manner, letters in _MANNERS.items() for c in letters}
_MANNER_COSTS = {
    ("affricate", "stop"): 0.4, ("affricate", "fricative"): 0.4, ("fricative", "stop"): 0.6, ("stop", "tap"): 0.3,
    ("tap", "trill"): 0.2, ("approximant", "tap"): 0.4, ("approximant", "trill"): 0.2, ("lateral", "tap"): 0.5,
    ("approximant", "lateral"): 0.5, ("lateral", "nasal"): 0.6, ("approximant", "fricative"): 0.7,
    ("lateral", "trill"): 0.5,
}  # fmt: skip
_GLIDES = {("j", "i"): 0.3, ("j", "ɪ"): 0.3, ("w", "u"): 0.3, ("w", "ʊ"): 0.3, ("ɹ", "ɚ"): 0.2, ("ɹ", "ə"): 0.5}
_RHOTIC = {"ɚ": "ə", "ɝ": "ɜ"}
_LETTERS = _VOWELS.keys() | _PLACE_OF.keys() | _RHOTIC.keys()
_CLASSES = {  # what recognisers confuse falls into one class; "" is too weak to count
    "P": "pbɸβ", "F": "fvʋɱ", "T": "tdθðɾʈɖɽ", "S": "szʂʐ", "C": "ʃʒɕʑçʝ", "K": "kɡxɣqɢχcɟ", "N": "mnŋɲɳɴ",
    "L": "lɭʎʟɬɮ", "R": "ɹrɻʁʀʙ", "W": "w", "": "hɦʔjɰħʕ",
}  # fmt: skip
_CLASS_OF = {c: name for name, letters in _CLASSES.items() for c in letters} | dict.fromkeys(_VOWELS, "A")


def split_phone(phone: str) -> tuple[str, ...]:
    """espeak-ng's phone without stress, cut into plain IPA phones: "ˈɔːɹ" -> ("ɔː", "ɹ"), "aɪɚ" -> ("aɪ", "ɚ")."""
    letters = unicodedata.normalize("NFD", phone).replace("ᵻ", "ɪ").replace("g", "ɡ")
    out: list[str] = []
    for c in letters:
        if c in _LETTERS:
            out.append(c)
        elif c in "ːʲ\u0303\u0329" and out:  # long, palatal, nasal, syllabic
            out[-1] += c
    return tuple(_merge(out))


def _merge(units: list[str]) -> list[str]:
    """Joins diphthongs and affricates; one espeak-ng phone never holds two syllables."""
    merged: list[str] = []
    for unit in units:
        if unit.endswith("\u0329"):  # a syllabic consonant is heard as schwa and the consonant
            merged += ["ə", unit[0]]
        elif merged and (merged[-1] + unit[0] in _AFFRICATES or _is_glide(merged[-1], unit)):
            merged[-1] += unit
        else:
            merged.append(unit)
    return merged


_AFFRICATES = frozenset({"tʃ", "dʒ", "ts", "dz", "tɕ", "dʑ", "pf"})


def _is_glide(first: str, second: str) -> bool:
    """Two vowels of which the second is the weak end of a diphthong."""
    return len(first) == 1 and first in _VOWELS and second[0] in "ɪʊiuə" and "ː" not in second and first != second


@cache
def substitution_cost(a: str, b: str) -> float:
    """Cost of hearing phone `a` as `b`: 0 for the same, up to 1."""
    if a == b:
        return 0.0
    vowels = _vowel(a), _vowel(b)
    if vowels[0] and vowels[1]:
        return min(1.0, _vowel_cost(a, b))
    if vowels[0] or vowels[1]:
        return _GLIDES.get((a[0], b[0])) or _GLIDES.get((b[0], a[0])) or 1.0
    return min(1.0, _consonant_cost(a, b))


@cache
def drop_cost(phone: str) -> float:
    """Cost of a phone that is heard on one side only."""
    if phone[0] in "ʔ":
        return 0.2
    if phone[0] in "əhɦ":
        return 0.4
    return 0.5 if phone[0] in "jɪɨɚɐɹ" else 0.8


@cache
def coarse_class(phone: str) -> str:
    """Letters of the phonetic key: one a class, "AR" for an r-coloured vowel, "TS" for an affricate, "" for weak."""
    if phone[0] in _RHOTIC:
        return "AR"
    if phone[:2] in _AFFRICATES:
        return "C" if phone[1] in "ʃʒɕʑ" else "TS"
    return _CLASS_OF.get(phone[0], "")


def _vowel(phone: str) -> bool:
    return phone[0] in _VOWELS or phone[0] in _RHOTIC


def _consonant_cost(a: str, b: str) -> float:
    (place_a, manner_a), (place_b, manner_b) = _consonant(a), _consonant(b)
    low, high = sorted((manner_a, manner_b))
    manner = 0.0 if low == high else _MANNER_COSTS.get((low, high), 0.9)
    voicing = 0.2 if (a[0] in _VOICELESS) != (b[0] in _VOICELESS) else 0.0
    secondary = 0.05 if a[1:] != b[1:] else 0.0
    return 0.5 * abs(place_a - place_b) + 0.6 * manner + voicing + secondary


def _consonant(phone: str) -> tuple[float, str]:
    if phone[:2] in _AFFRICATES:
        return _PLACE_OF[phone[1]], "affricate"
    return _PLACE_OF.get(phone[0], 0.5), _MANNER_OF.get(phone[0], "approximant")


def _vowel_cost(a: str, b: str) -> float:
    """Weighted difference of the starts (0.6) and the ends (0.4), so that diphthongs compare with plain vowels."""
    starts, ends = _ends(a), _ends(b)
    cost = sum(w * _point_cost(x, y) for w, x, y in zip((0.6, 0.4), starts, ends, strict=True))
    rhotic = 0.2 if (a[0] in _RHOTIC) != (b[0] in _RHOTIC) else 0.0
    length = 0.03 if ("ː" in a) != ("ː" in b) else 0.0
    return cost + rhotic + length


def _ends(phone: str) -> tuple[tuple[float, float, float], tuple[float, float, float]]:
    points = [_VOWELS[_RHOTIC.get(c, c)] for c in phone if c in _VOWELS or c in _RHOTIC]
    return points[0], points[-1]


def _point_cost(a: tuple[float, float, float], b: tuple[float, float, float]) -> float:
    return abs(a[0] - b[0]) + 0.65 * abs(a[1] - b[1]) + 0.15 * abs(a[2] - b[2])
