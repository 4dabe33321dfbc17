"""A language's data: grammars/<lang>/*.yaml, read once. No sentence, word, number or unit stands in code."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

import yaml

from voice.errors import GrammarError

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable


@dataclass(frozen=True)
class Language:
    """The files of one language by topic: `topics["numbers"]` is grammars/<code>/numbers.yaml."""

    code: str
    topics: Mapping[str, Mapping[str, Any]]

    def topic(self, name: str) -> Mapping[str, Any]:
        """One file's contents. Raises GrammarError when the language lacks it."""
        if name not in self.topics:
            file = f"{self.code}/{name}.yaml"
            raise GrammarError(f"grammars/{file} is missing. Copy grammars/en/{name}.yaml and translate it.")
        return self.topics[name]


@lru_cache
def load_language(code: str) -> Language:
    """Reads grammars/<code>. Raises GrammarError for an unknown language or a malformed file."""
    folder = files("grammars") / code
    if not folder.is_dir():
        raise GrammarError(f"There is no language '{code}'. Known: {', '.join(languages())}.")
    return read_language(folder, code)


def languages() -> list[str]:
    """Codes of the languages there are."""
    return sorted(p.name for p in files("grammars").iterdir() if p.is_dir() and not p.name.startswith("_"))


def read_language(folder: Traversable, code: str) -> Language:
    """The files of any folder as a language. Raises GrammarError for a malformed one."""
    topics: dict[str, Mapping[str, Any]] = {}
    for file in sorted(folder.iterdir(), key=lambda f: f.name):
        if file.name.endswith(".yaml"):
            text = file.read_text(encoding="utf-8")
            topics[file.name.removesuffix(".yaml")] = _read(text, f"grammars/{code}/{file.name}")
    return Language(code, topics)


def load_contract() -> Mapping[str, Any]:
    """grammars/intents.yaml: the intents every language must satisfy, with their slots."""
    return _read((files("grammars") / "intents.yaml").read_text(encoding="utf-8"), "grammars/intents.yaml")


def _read(text: str, name: str) -> Mapping[str, Any]:
    try:
        data = yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise GrammarError(f"{name} is not valid YAML: {error}") from error
    if not isinstance(data, dict):
        raise GrammarError(f"{name}: expected a mapping of names to values.")
    return data
