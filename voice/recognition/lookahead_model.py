"""The embedded model as a dynamic-graph model: HCLr.fst of a large vocabulary, over which any shop's Gr.fst is laid.

It has the form of the official small models and is used like them. Debian's `fstconvert` writes the look-ahead
transducer; it is needed on the machine that builds the model, not where the model is used.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from voice.errors import ModelError
from voice.recognition.compact.builder import embedded_model
from voice.recognition.graph import compile_job, content_key, install
from voice.recognition.progress import Progress, silent
from voice.shop.model import Catalogue

GARBAGE = "[unk]"
"""The word that is any phones, under the name that the official models have for it"""
FINISHED = "graph/HCLr.fst"
_REMEDY = "Type: sudo apt-get install libfst-tools libfst22-plugins-base"


@dataclass(frozen=True)
class LookaheadJob:
    """What the compiler is given."""

    catalogue: Catalogue
    words: int
    target: Path


def lookahead_model(
    models_dir: Path, catalogue: Catalogue, words: int = 10_000, on_progress: Progress = silent
) -> Path:
    """Folder of the model that knows the catalogue's words and the `words` most frequent of the dictionary.

    Built first if it is not in `models_dir` yet. Raises ModelError without fstconvert.
    """
    find_fstconvert()
    acoustic = embedded_model(models_dir, on_progress=on_progress)
    folder = models_dir / f"lookahead-en-{words}-{content_key(catalogue.products, words)}"

    def write(draft: Path) -> None:
        shutil.copytree(acoustic, draft, dirs_exist_ok=True)  # no links: the folder can be taken elsewhere
        compile_job(LookaheadJob(catalogue, words, draft), on_progress)

    install(folder, FINISHED, write)
    return folder


def find_fstconvert() -> tuple[str, Path]:
    """The program, and the folder of its plug-in for look-ahead transducers. Raises ModelError without them."""
    program = shutil.which("fstconvert")
    if program is None:
        raise ModelError(f"Look-ahead graphs need OpenFst's tools. {_REMEDY}")
    places = (*Path("/usr/lib").glob("*/fst/*"), *Path("/usr/lib").glob("*/fst"), Path("/usr/local/lib/fst"))
    for place in places:
        if (place / "olabel_lookahead-fst.so").is_file():
            return program, place
    raise ModelError(f"Look-ahead graphs need OpenFst's plug-ins. {_REMEDY}")


def convert(source: Path, target: Path) -> Mapping[int, int]:
    """A transducer sorted by output label, made a look-ahead one; and the new number of each output label.

    Raises ModelError when the program fails.
    """
    program, plugins = find_fstconvert()
    pairs = target.with_suffix(".relabel")
    command = [program, "--fst_type=olabel_lookahead", f"--save_relabel_opairs={pairs}", str(source), str(target)]
    path = os.pathsep.join(filter(None, [str(plugins), os.environ.get("LD_LIBRARY_PATH")]))
    done = subprocess.run(command, env={**os.environ, "LD_LIBRARY_PATH": path}, capture_output=True, text=True)
    if done.returncode or not target.is_file():
        told = done.stderr.strip().splitlines()
        raise ModelError(f"fstconvert could not write {target}: {told[-1] if told else 'no reason given'}")
    lines = [line.split() for line in pairs.read_text(encoding="ascii").splitlines() if line.strip()]
    pairs.unlink()
    return {int(old): int(new) for old, new in lines}
