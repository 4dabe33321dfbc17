"""Which speech model is used: the one named in the settings, an official one on the machine, or the embedded one."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from voice.errors import ModelError
from voice.recognition.official_models import BY_NAME, official
from voice.settings import Settings

_NAME = re.compile(r"vosk-model(?:-small)?-(?P<language>[a-z]{2})(?:-|$)")
_OTHER_CODES = {"cn": "zh", "vn": "vi", "kz": "kk"}
"""Country codes that Alpha Cephei's names use for a language"""
_FAST_FIRST = {"lookahead": 0, "static": 1, "official": 2}
"""A model that takes the shop's grammar goes before one that does not"""


@dataclass(frozen=True)
class ModelInfo:
    """A speech model. `path` is None for the embedded one, which is built when it is first needed."""

    path: Path | None
    kind: Literal["static", "lookahead", "official"]
    """How the grammar gets in: a graph built for each catalogue; a Gr.fst laid over HCLr.fst; not at all"""
    language: str


def find_model(settings: Settings, environ: Mapping[str, str] = os.environ) -> ModelInfo:
    """The model to use. Raises ModelError when the settings name a folder that is no Vosk model, or none speaks it.

    Looked for in this order: `settings.model`; an official one in `settings.models_dir`, then where the vosk package
    looks (VOSK_MODEL_PATH, /usr/share/vosk, ~/.cache/vosk); the embedded one (English).
    """
    if settings.model is not None:
        return inspect(settings.model, settings.language)
    for folder in model_folders(settings, environ):
        found = [m for m in installed(folder) if m.language == settings.language]
        if found:
            return min(found, key=lambda m: (_FAST_FIRST[m.kind], str(m.path)))
    if settings.language == "en":
        return ModelInfo(None, "static", "en")
    if official(settings.language) is None:
        raise ModelError(
            f"There is no official speech model for '{settings.language}'. "
            "Name a Vosk model's folder in the setting 'model'."
        )
    raise ModelError(
        f"There is no speech model for '{settings.language}' on this machine. "
        f"Type: comanda models install {settings.language}"
    )


def model_folders(settings: Settings, environ: Mapping[str, str] = os.environ) -> Iterator[Path]:
    """Folders in which official models may lie, first the own one."""
    yield settings.models_dir
    if named := environ.get("VOSK_MODEL_PATH"):
        yield Path(named)
    yield Path("/usr/share/vosk")
    yield Path.home() / ".cache" / "vosk"


def installed(folder: Path) -> list[ModelInfo]:
    """The official models in a folder, or the one that it is; what is no whole model is passed over."""
    try:
        places = [folder, *sorted(folder.iterdir())] if folder.is_dir() else []
    except OSError:
        return []
    found = []
    for place in places:
        language = language_of(place.name)
        if language and is_model(place):
            found.append(inspect(place, language))
    return found


def language_of(name: str) -> str | None:
    """The language that a model's name tells: "vosk-model-small-en-us-0.15" -> "en"."""
    if name in BY_NAME:
        return BY_NAME[name].language
    match = _NAME.match(name)
    return _OTHER_CODES.get(match["language"], match["language"]) if match else None


def is_model(folder: Path) -> bool:
    """Whether a folder holds a whole Vosk model, in either of the layouts that Vosk reads."""
    if (folder / "am" / "final.mdl").is_file():
        graph = folder / "graph"
        return (graph / "HCLG.fst").is_file() or ((graph / "HCLr.fst").is_file() and (graph / "Gr.fst").is_file())
    return (folder / "final.mdl").is_file() and any((folder / name).is_file() for name in ("HCLG.fst", "HCLr.fst"))


def inspect(folder: Path, language: str) -> ModelInfo:
    """What kind of model a folder holds. Raises ModelError when it is none."""
    if not folder.is_dir():
        raise ModelError(f"There is no folder {folder}. Check the setting 'model', or install the model again.")
    if not is_model(folder):
        raise ModelError(
            f"{folder} is not a whole Vosk model: am/final.mdl or graph/HCLG.fst (or HCLr.fst and Gr.fst) is missing. "
            "Check the setting 'model', or install the model again."
        )
    graph = folder / "graph" if (folder / "am").is_dir() else folder
    if not (graph / "HCLG.fst").is_file() and (graph / "HCLr.fst").is_file() and (graph / "Gr.fst").is_file():
        return ModelInfo(folder, "lookahead", language)
    return ModelInfo(folder, "official", language)
