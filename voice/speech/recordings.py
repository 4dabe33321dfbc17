"""The shop's own recordings, which replace the synthetic voice where they say exactly the same.

A folder of WAVs. `recordings.yaml` in it maps file names to the words they say ("welcome.wav: Welcome to Mario's.");
a file it does not name says what its own name says ("anything-else.wav" replaces "Anything else?").
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

import yaml

from voice.errors import SpeechError

_NOT_A_WORD = re.compile(r"[^\w']+")


def normalise(text: str) -> str:
    """The words alone: case, punctuation and spacing do not matter."""
    return " ".join(_NOT_A_WORD.sub(" ", text.casefold().replace("_", " ")).split())


def find_recordings(folder: Path) -> Mapping[str, Path]:
    """Normalised words -> file. Raises SpeechError naming what is wrong and what to do."""
    if not folder.is_dir():
        raise SpeechError(f"{folder} is no folder of recordings. Create it or remove `recordings` from the settings.")
    index = folder / "recordings.yaml"
    names: object = {}
    try:
        if index.is_file():
            names = yaml.safe_load(index.read_text(encoding="utf-8")) or {}
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise SpeechError(f"{index} cannot be read as YAML: {error}") from error
    if not isinstance(names, dict):
        raise SpeechError(f"{index}: expected lines like 'welcome.wav: Welcome.'")
    found = {normalise(file.stem): file for file in sorted(folder.glob("*.wav")) if file.name not in names}
    for name, words in names.items():
        if not (folder / str(name)).is_file():
            raise SpeechError(f"{index} names {name}, which is not there. Record it or remove the line.")
        found[normalise(str(words))] = folder / str(name)
    return found
