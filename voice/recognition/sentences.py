"""The sentences of grammars/<lang>/sentences.yaml in the speech grammar."""

from __future__ import annotations

from voice.language import Language
from voice.recognition.automaton import Automaton, SlotFiller


def add_sentences(a: Automaton, language: Language, fill: SlotFiller, start: int, end: int, probability: float) -> None:
    """Every sentence template between two states, intents equally likely and an intent's templates among themselves."""
    if "sentences" not in language.topics:
        return
    data = language.topic("sentences")
    rules = data.get("expansion_rules", {})
    intents = {name: intent["sentences"] for name, intent in data["intents"].items() if intent.get("sentences")}
    for templates in intents.values():
        a.templates(start, end, templates, probability / len(intents), rules, fill)
