"""ARPABET, the phones of the embedded English model, and IPA written in them."""

from __future__ import annotations

from collections.abc import Sequence

from voice.recognition.compact.lexicon import Pronunciation

VOWELS = frozenset(["AA", "AE", "AH", "AO", "AW", "AY", "EH", "ER", "EY", "IH", "IY", "OW", "OY", "UH", "UW"])
CONSONANTS = frozenset(
    [
        "B",
        "CH",
        "D",
        "DH",
        "F",
        "G",
        "HH",
        "JH",
        "K",
        "L",
        "M",
        "N",
        "NG",
        "P",
        "R",
        "S",
        "SH",
        "T",
        "TH",
        "V",
        "W",
        "Y",
        "Z",
        "ZH",
    ]
)
PHONES = VOWELS | CONSONANTS

_IPA = {
    "ɑ": "AA", "ɒ": "AA", "a": "AA", "ɐ": "AH", "æ": "AE", "ʌ": "AH", "ə": "AH", "ɔ": "AO", "o": "OW", "aʊ": "AW",
    "aɪ": "AY", "eɪ": "EY", "e": "EH", "ɛ": "EH", "ɜ": "ER", "ɝ": "ER", "ɚ": "ER", "ɪ": "IH", "i": "IY", "oʊ": "OW",
    "əʊ": "OW", "ɔɪ": "OY", "ʊ": "UH", "u": "UW", "y": "UW", "ø": "ER", "œ": "ER", "ɨ": "IH", "ʉ": "UW", "ɯ": "UH",
    "ɵ": "OW", "ɘ": "AH", "ɤ": "AH",
    "b": "B", "β": "V", "tʃ": "CH", "d": "D", "ɖ": "D", "ð": "DH", "f": "F", "ɸ": "F", "ɡ": "G", "ɣ": "G", "h": "HH",
    "ɦ": "HH", "x": "HH", "χ": "HH", "ç": "HH", "ħ": "HH", "dʒ": "JH", "ɟ": "JH", "k": "K", "q": "K", "c": "K",
    "l": "L", "ɫ": "L", "ɭ": "L", "m": "M", "ɱ": "M", "n": "N", "ɳ": "N", "ŋ": "NG", "p": "P", "ɹ": "R", "r": "R",
    "ɾ": "T", "ɻ": "R", "ʁ": "R", "ʀ": "R", "s": "S", "ʃ": "SH", "ʂ": "SH", "ɕ": "SH", "t": "T", "ʈ": "T", "θ": "TH",
    "v": "V", "ʋ": "V", "w": "W", "j": "Y", "z": "Z", "ʒ": "ZH", "ʐ": "ZH", "ʑ": "ZH",
}  # fmt: skip
_CLUSTERS = {
    "ɲ": ("N", "Y"), "ʎ": ("L", "Y"), "ts": ("T", "S"), "dz": ("D", "Z"), "ɪə": ("IH", "R"), "eə": ("EH", "R"),
    "ʊə": ("UH", "R"), "iə": ("IY", "AH"), "aɪə": ("AY", "AH"), "aʊə": ("AW", "AH"), "ʔ": (), "ks": ("K", "S"),
}  # fmt: skip
"""IPA that takes several phones of ours, or none"""
_VOWEL_BEFORE_R = {"ɔ": "AO", "o": "AO", "ɑ": "AA", "ɒ": "AA", "ɪ": "IH", "ʊ": "UH", "ɛ": "EH", "e": "EH"}

_TO_IPA = {
    **{arpabet: (ipa,) for ipa, arpabet in reversed(_IPA.items())},
    "AH": ("ə",), "ER": ("ɜ", "ɹ"), "OW": ("oʊ",), "EH": ("ɛ",),
}  # fmt: skip


def from_arpabet(text: str) -> Pronunciation | None:
    """ "JH AH0 N IY1" without its stress marks; None when a phone is not ARPABET."""
    phones = tuple(p.rstrip("012") for p in text.upper().split())
    return phones if phones and set(phones) <= PHONES else None


def to_ipa(pronunciation: Pronunciation) -> tuple[str, ...]:
    """ARPABET phones as IPA, as `voice.phonetics` writes it."""
    return tuple(ipa for phone in pronunciation for ipa in _TO_IPA[phone])


def from_ipa(phones: Sequence[str]) -> Pronunciation | None:
    """IPA phones (see `voice.phonetics`) as ARPABET; None when one has no counterpart."""
    out: list[str] = []
    for i, phone in enumerate(phones):
        plain = "".join(c for c in phone if c not in "ː\u0303\u0329ʲʰˈˌ̩")
        following = phones[i + 1] if i + 1 < len(phones) else ""
        if plain in _VOWEL_BEFORE_R and following[:1] == "ɹ":
            out.append(_VOWEL_BEFORE_R[plain])
        elif plain in _CLUSTERS:
            out += _CLUSTERS[plain]
        elif plain in _IPA:
            out.append(_IPA[plain])
        elif plain and all(c in _IPA for c in plain):
            out += [_IPA[c] for c in plain]
        elif plain:
            return None
    return _joined(out) or None


def _joined(phones: list[str]) -> Pronunciation:
    """Doubled consonants are one; "AH R" and "ER R" before a consonant are ER, as the dictionary writes them."""
    out: list[str] = []
    for i, phone in enumerate(phones):
        if out and out[-1] == phone and phone in CONSONANTS:
            continue
        following = phones[i + 1] if i + 1 < len(phones) else None
        if phone == "R" and out and out[-1] in ("AH", "ER") and following not in VOWELS:
            out[-1] = "ER"
            continue
        out.append(phone)
    return tuple(out)
