"""Builds the embedded model's acoustic part on the spot, from the acoustic model inside the pocketsphinx wheel.

The result is a folder with am/final.mdl, conf/ and the phones of graph/, to which a decoding graph is added for every
catalogue (`voice.recognition.graph`). It is built beside its place and moved there, so it is whole or absent.
"""

from __future__ import annotations

import hashlib
import shutil
import tempfile
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Literal

from voice.errors import ModelError
from voice.recognition.compact.network import SPECTRUM, FrontEnd, model_file, pdf_ids
from voice.recognition.compact.phone_set import PhoneSet, TransitionModel
from voice.recognition.compact.ptm import read_ptm, wheel_model_folder
from voice.recognition.compact.telephone import telephone_front_end
from voice.recognition.progress import Progress, silent

Band = Literal["wide", "telephone"]

MFCC = SPECTRUM + "--num-ceps=13\n--cepstral-lifter=22\n"
DECODER = """\
--min-active=200
--max-active=10000
--beam=16.0
--lattice-beam=6.0
--acoustic-scale=0.15
--frame-subsampling-factor=1
--frames-per-chunk=20
--endpoint.silence-phones=1:2:3
"""


@lru_cache(maxsize=1)
def embedded_transitions() -> TransitionModel:
    """Phones and transition model of the wheel's en-us model."""
    model = read_ptm(wheel_model_folder() / "en-us")
    return TransitionModel(PhoneSet(model), pdf_ids(model))


@dataclass(frozen=True)
class Recipe:
    """Everything that decides what the built folder holds."""

    band: Band = "wide"
    decoder: str = DECODER

    @property
    def key(self) -> str:
        """Names the folder: other code or other settings give another one."""
        digest = hashlib.sha256(repr(self).encode())
        for file in sorted(Path(__file__).parent.glob("*.py")):
            digest.update(file.read_bytes())
        return digest.hexdigest()[:12]


def front_end(band: Band) -> FrontEnd:
    """The features of a band."""
    return telephone_front_end() if band == "telephone" else FrontEnd("mfcc.conf", MFCC)


def embedded_model(models_dir: Path, recipe: Recipe | None = None, on_progress: Progress = silent) -> Path:
    """Folder of the embedded acoustic model under `models_dir`, built first if it is not there yet (about a second)."""
    recipe = recipe or Recipe()
    folder = models_dir / f"embedded-en-{recipe.band}-{recipe.key}"
    if (folder / "am" / "final.mdl").is_file():
        return folder
    try:
        models_dir.mkdir(parents=True, exist_ok=True)
        draft = Path(tempfile.mkdtemp(prefix=".building-", dir=models_dir))
    except OSError as error:
        raise ModelError(
            f"The speech model cannot be stored in {models_dir} ({error}). Set COMANDA_DATA_DIR."
        ) from error
    try:
        _write(draft, recipe, on_progress)
        draft.replace(folder)
    except OSError as error:
        if not (folder / "am" / "final.mdl").is_file():  # else another process was quicker
            raise ModelError(f"The speech model cannot be stored in {folder} ({error}). Free some space.") from error
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    return folder


def _write(draft: Path, recipe: Recipe, on_progress: Progress) -> None:
    on_progress("acoustic model", 0.0)
    transitions = embedded_transitions()
    front = front_end(recipe.band)
    for name in ("am", "conf", "graph/phones"):
        (draft / name).mkdir(parents=True)
    on_progress("acoustic model", 0.5)
    (draft / "am" / "final.mdl").write_bytes(model_file(transitions, front))
    (draft / "conf" / front.file).write_text(front.text, encoding="ascii")
    (draft / "conf" / "model.conf").write_text(recipe.decoder, encoding="ascii")
    (draft / "graph" / "phones" / "word_boundary.int").write_text(transitions.phones.word_boundaries, encoding="ascii")
    source = wheel_model_folder() / "en-us"
    for notice in ("LICENSE", "README"):
        if (source / notice).is_file():
            shutil.copy(source / notice, draft / f"{notice}.en-us")
    on_progress("acoustic model", 1.0)
