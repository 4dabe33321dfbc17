"""How speakers of other accents say words: what grammars/<lang>/accents.yaml names, besides the dictionary's ways.

The embedded model's dictionary is American, and says each word as one careful speaker would.
"""

from __future__ import annotations

from voice.language import Language
from voice.recognition.arpabet import VOWELS
from voice.recognition.compact.lexicon import Pronunciation
from voice.recognition.pronunciation import Pronouncer, reading, unique


class Accents:
    """Further pronunciations for a language's words."""

    def __init__(self, pronouncer: Pronouncer, language: Language) -> None:
        """A language without the file has none."""
        data = language.topics.get("accents", {})
        self._pronouncer = pronouncer
        self._voices: list[str] = data.get("readings") or []
        self._codas: dict[str, str] = data.get("codas") or {}
        self.share: float = data.get("share") or 1.0
        """How likely each is as against a way of the dictionary"""

    def ways(self, word: str) -> tuple[Pronunciation, ...]:
        """Those of one lower-case word that `Pronouncer.pronounce` does not give; none where the owner has spoken."""
        own = self._pronouncer.pronounce(word)
        if own.source == "owner":
            return ()
        read = unique(reading(word, voice) for voice in self._voices)
        weakened = (self._weakened(way) for way in (*own.ways, *read))
        return tuple(way for way in unique([*read, *weakened]) if way not in own.ways)

    def _weakened(self, way: Pronunciation) -> Pronunciation:
        """The way with its codas changed."""
        around = zip(("", *way), way, (*way[1:], ""), strict=False)
        return tuple(
            self._codas.get(phone, phone) if before in VOWELS and after and after not in VOWELS else phone
            for before, phone, after in around
        )
