"""A catalogue's decoding graph on disk: word grammar, pronunciations and acoustic model brought together.

A graph folder is a Vosk model folder whose acoustic part is a link to the shared one. It is named by everything that it
was made from, built beside its place and moved there: a catalogue that changes gives another folder, and calls that
began with the old one keep it.
"""

from __future__ import annotations

import hashlib
import json
import pickle
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from voice.errors import ModelError
from voice.language import load_language
from voice.recognition.compact.fst_arrays import FstArrays
from voice.recognition.progress import Progress, silent
from voice.settings import ROOT
from voice.shop.model import Catalogue

_GRAPH = "graph/HCLG.fst"


@dataclass(frozen=True)
class Job:
    """What the compiler is given (pickled, on its standard input)."""

    catalogue: Catalogue
    language: str
    state: str
    target: Path


@dataclass(frozen=True)
class LoopJob:
    """The loop of common words that readings are measured against."""

    words: int
    """So many of the commonest"""
    target: Path


LOOP_WORDS = 3000
LOOP_DECODER = {"--beam": "10.0", "--lattice-beam": "1.0", "--max-active": "2000"}
"""What the loop's search needs: its score alone counts"""


def loop_folder(acoustic: Path, cache_dir: Path, on_progress: Progress = silent) -> Path:
    """The Vosk model folder of the word loop, compiled first if it is not in the cache (some seconds)."""
    compiled = cache_dir / "graphs" / f"loop-{content_key(LOOP_WORDS)}"
    install(compiled, _GRAPH, lambda draft: compile_job(LoopJob(LOOP_WORDS, draft), on_progress))
    folder = compiled.with_name(f"{compiled.name}-{acoustic.name}")
    install(folder, _GRAPH, lambda draft: _join_loop(draft, compiled, acoustic))
    return folder


def _join_loop(draft: Path, compiled: Path, acoustic: Path) -> None:
    link(acoustic / "am", draft / "am")
    (draft / "conf").mkdir()
    (draft / "graph").mkdir()
    for file in (acoustic / "conf").iterdir():
        if file.name != "model.conf":
            link(file, draft / "conf" / file.name)
    lines = [line.partition("=") for line in (acoustic / "conf" / "model.conf").read_text("ascii").splitlines()]
    settings = "".join(f"{key}={LOOP_DECODER.get(key, value)}\n" for key, _, value in lines)
    (draft / "conf" / "model.conf").write_text(settings, encoding="ascii")
    link(acoustic / "graph" / "phones", draft / "graph" / "phones")
    for name in ("HCLG.fst", "words.txt"):
        link(compiled / "graph" / name, draft / "graph" / name)


def graph_folder(
    catalogue: Catalogue,
    language: str,
    state: str,
    acoustic: Path,
    cache_dir: Path,
    on_progress: Progress = silent,
) -> Path:
    """The Vosk model folder for a catalogue in a dialogue state, compiled first if it is not in the cache.

    The graph is compiled once for all acoustic models of the embedded kind, and joined with each by links.
    Raises ModelError when the cache cannot be written.
    """
    compiled = cache_dir / "graphs" / f"{state}-{_key(catalogue, language, state)}"
    install(compiled, _GRAPH, lambda draft: compile_job(Job(catalogue, language, state, draft), on_progress))
    folder = compiled.with_name(f"{compiled.name}-{acoustic.name}")
    install(folder, _GRAPH, lambda draft: _join(draft, compiled, acoustic))
    return folder


def install(folder: Path, finished: str, write: Callable[[Path], None]) -> None:
    """Has `write` fill a draft beside `folder` and moves it there, unless the file `finished` is there already.

    Raises ModelError when the disk refuses.
    """
    if (folder / finished).is_file():
        return
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        draft = Path(tempfile.mkdtemp(prefix=".building-", dir=folder.parent))
    except OSError as error:
        raise ModelError(
            f"The speech graph cannot be stored in {folder.parent} ({error}). Set COMANDA_DATA_DIR."
        ) from error
    try:
        write(draft)
        draft.replace(folder)
    except OSError as error:
        if not (folder / finished).is_file():  # else another process was quicker
            raise ModelError(f"The speech graph cannot be stored in {folder} ({error}). Free some space.") from error
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def _join(draft: Path, compiled: Path, acoustic: Path) -> None:
    for part in ("am", "conf"):
        link(acoustic / part, draft / part)
    (draft / "graph").mkdir()
    link(acoustic / "graph" / "phones", draft / "graph" / "phones")
    for name in ("HCLG.fst", "words.txt"):
        link(compiled / "graph" / name, draft / "graph" / name)
    for name in ("grammar.fst", "grammar.json"):
        link(compiled / name, draft / name)


def _key(catalogue: Catalogue, language: str, state: str) -> str:
    return content_key(spoken(catalogue), load_language(language).topics, state)


def spoken(catalogue: Catalogue) -> tuple[object, ...]:
    """What a catalogue gives to the grammar and to the pronunciations."""
    shop = (catalogue.products, catalogue.amounts, catalogue.negations, catalogue.pronunciations)
    return (*shop, catalogue.category_words, catalogue.topic_words)


def content_key(*parts: object) -> str:
    """Names what is made from `parts` (by their `repr`) and from the code of this package."""
    digest = hashlib.sha256(repr(parts).encode())
    for file in sorted(Path(__file__).parent.rglob("*.py")):
        digest.update(file.read_bytes())
    return digest.hexdigest()[:16]


def compile_job(job: object, on_progress: Progress) -> None:
    """Runs a job of `voice.recognition.graph_compiler` in a process of its own (see `voice.recognition.openfst`).

    Raises ModelError when it fails.
    """
    command = [sys.executable, "-m", "voice.recognition.graph_compiler"]
    process = subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=ROOT,
        start_new_session=True,  # Ctrl-C is for the parent, which may have calls to finish
    )  # fmt: skip
    assert process.stdin is not None and process.stdout is not None and process.stderr is not None
    with process:
        try:
            process.stdin.write(pickle.dumps(job))
            process.stdin.close()
            for line in process.stdout:
                stage, fraction = line.decode().strip().rsplit(" ", 1)
                on_progress(stage, float(fraction))
            told = process.stderr.read().decode(errors="replace").strip()
        except BaseException:  # Ctrl-C as well: nobody waits for the graph any more
            process.kill()
            raise
    if process.returncode:
        raise ModelError(f"The speech graph could not be compiled: {told.splitlines()[-1] if told else 'no reason'}")


def dialogue_state(expectation_kind: str, language: str = "en") -> str:
    """The state of the grammar (a key of spoken_order.yaml's `states`) that fits what the dialogue expects."""
    state: str = load_language(language).topic("spoken_order").get("expectations", {}).get(expectation_kind, "open")
    return state


def read_grammar(folder: Path) -> tuple[FstArrays, tuple[str, ...], str]:
    """The word grammar that a graph folder was made from: acceptor, words (the first is word 1), the garbage word."""
    facts = json.loads((folder / "grammar.json").read_text(encoding="utf-8"))
    return FstArrays.from_bytes((folder / "grammar.fst").read_bytes()), tuple(facts["words"]), facts["garbage"]


def link(source: Path, target: Path) -> None:
    """A symbolic link where the system has them, else a copy."""
    try:
        target.symlink_to(source.resolve(), target_is_directory=source.is_dir())
    except OSError:
        if source.is_dir():
            shutil.copytree(source, target)
        else:
            shutil.copy(source, target)
