"""Which speech model is used: the one named in the settings, an official one on the machine, or the embedded one."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from voice.errors import ModelError
from voice.settings import Settings


@dataclass(frozen=True)
class ModelInfo:
    """A speech model. `path` is None for the embedded one, which is built when it is first needed."""

    path: Path | None
    kind: Literal["static", "lookahead", "official"]
    """How the grammar gets in: a graph built for each catalogue; a Gr.fst laid over HCLr.fst; not at all"""
    language: str


def find_model(settings: Settings) -> ModelInfo:
    """The model to use. Raises ModelError when the settings name a folder that is no Vosk model, or none speaks it."""
    if settings.model is not None:
        return inspect(settings.model, settings.language)
    if settings.language == "en":
        return ModelInfo(None, "static", "en")
    raise ModelError(
        f"There is no speech model for '{settings.language}'. Type: comanda models install {settings.language}"
    )


def inspect(folder: Path, language: str) -> ModelInfo:
    """What kind of model a folder holds. Raises ModelError when it is none."""
    if not (folder / "am" / "final.mdl").is_file():
        raise ModelError(f"{folder} is not a Vosk model: it has no am/final.mdl. Check the setting 'model'.")
    if (folder / "graph" / "HCLr.fst").is_file() and (folder / "graph" / "Gr.fst").is_file():
        return ModelInfo(folder, "lookahead", language)
    return ModelInfo(folder, "official", language)
