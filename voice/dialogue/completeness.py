"""What a language still lacks, compared with one that is complete: a second language is a matter of files alone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from babel import Locale

from voice.dialogue.prompts import PLACEHOLDER
from voice.errors import GrammarError
from voice.language import Language, load_contract, load_language
from voice.understanding.grammar import Grammar

SHAPED = ("channel", "dashboard", "ticket", "widget", "speech")
"""Files whose inner keys the code asks for by name; of the others only the outer ones are"""
OWN = frozenset({
    "speech.units", "speech.amounts", "speech.fractions", "speech.money.units", "speech.heard_times.words",
    "speech.digits", "speech.item.portion",
})
"""... and where inside them a language, or a shop, has keys of its own"""


def missing(ours: Language, theirs: Language | None = None) -> list[str]:
    """One line a finding, empty when the language is complete. `theirs` is what it is compared with: English."""
    theirs = theirs or load_language("en")
    findings = []
    for topic, data in theirs.topics.items():
        if topic not in ours.topics:
            findings.append(f"{_file(ours, topic)} is missing. Copy {_file(theirs, topic)} and translate it.")
        elif topic == "prompts":
            findings += _prompts(ours, data)
        else:
            findings += _keys(ours.topics[topic], data, topic, topic in SHAPED, _file(ours, topic))
    if "sentences" in ours.topics:
        findings += _sentences(ours)
    return findings


def _file(language: Language, topic: str) -> str:
    return f"grammars/{language.code}/{topic}.yaml"


def _keys(ours: Any, theirs: Mapping[str, Any], path: str, deep: bool, file: str) -> Iterator[str]:
    for key, value in theirs.items():
        here = f"{path}.{key}"
        if not isinstance(ours, Mapping) or key not in ours:
            yield f"{file}: '{here.partition('.')[2]}' is missing. Where the language has none of it, leave it empty."
        elif deep and isinstance(value, Mapping) and here not in OWN:
            yield from _keys(ours[key], value, here, deep, file)


def _prompts(ours: Language, theirs: Mapping[str, Any]) -> Iterator[str]:
    file, own = _file(ours, "prompts"), ours.topics["prompts"]
    for key, template in theirs.items():
        if key not in own:
            yield f"{file}: '{key}' is missing."
            continue
        allowed = {"shop"} | {name for name, _, _ in _placeholders(template)}
        for name, style, forms in _placeholders(own[key]):
            if name not in allowed:
                yield f"{file}: '{key}' uses {{{name}}}, which is not given. There is: {', '.join(sorted(allowed))}."
            if style in ("plural", "counted") and (lacking := _categories(ours) - forms):
                yield f"{file}: '{key}' lacks the plural {', '.join(sorted(lacking))} of {{{name}}}."
    for key in own.keys() - theirs.keys():
        yield f"{file}: '{key}' is said nowhere. Is it misspelled?"


def _categories(language: Language) -> set[str]:
    """CLDR plural categories of whole numbers, besides "other", which counts where a form is not given."""
    rule = Locale.parse(language.code).plural_form
    return {str(rule(n)) for n in range(200)}


def _placeholders(template: str | list[str]) -> Iterator[tuple[str, str, set[str]]]:
    """(name, format, named forms) of each."""
    for text in template if isinstance(template, list) else [str(template)]:
        for found in PLACEHOLDER.finditer(text):
            forms = {part.split("=", 1)[0] for part in (found.group(3) or "").split()}
            yield found.group(1), found.group(2) or "plain", forms


def _sentences(ours: Language) -> Iterator[str]:
    file = _file(ours, "sentences")
    known = ours.topics["sentences"].get("intents") or {}
    for intent, contract in load_contract()["intents"].items():
        if contract.get("sentences", True) and intent not in known:
            yield f"{file}: no sentence for '{intent}'."
    try:
        Grammar(ours)
    except (GrammarError, KeyError, TypeError) as error:
        yield f"{file} cannot be compiled: {error}"
