"""A catalogue's decoding graph on disk: word grammar, pronunciations and acoustic model brought together.

A graph folder is a Vosk model folder whose acoustic part is a link to the shared one. It is named by everything that it
was made from, built beside its place and moved there: a catalogue that changes gives another folder, and calls that
began with the old one keep it.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path

from voice.errors import ModelError
from voice.language import load_language
from voice.recognition.compact.builder import embedded_transitions
from voice.recognition.compact.fst_arrays import FstArrays
from voice.recognition.compact.lexicon import Lexicon, Pronunciation
from voice.recognition.compact.static_graph import Progress, silent, static_graph
from voice.recognition.pronunciation import Pronouncer
from voice.recognition.word_grammar import WordGrammar, word_grammar
from voice.shop.model import Catalogue

_FINISHED = "graph/HCLG.fst"


def graph_folder(
    catalogue: Catalogue,
    language: str,
    state: str,
    acoustic: Path,
    cache_dir: Path,
    on_progress: Progress = silent,
) -> Path:
    """The Vosk model folder for a catalogue in a dialogue state, compiled first if it is not in the cache.

    Raises ModelError when the cache cannot be written.
    """
    folder = cache_dir / "graphs" / f"{state}-{_key(catalogue, language, state, acoustic)}"
    if (folder / _FINISHED).is_file():
        return folder
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        draft = Path(tempfile.mkdtemp(prefix=".building-", dir=folder.parent))
    except OSError as error:
        raise ModelError(
            f"The speech graph cannot be stored in {folder.parent} ({error}). Set COMANDA_DATA_DIR."
        ) from error
    try:
        _write(
            draft, word_grammar(catalogue, language, state), Pronouncer.for_catalogue(catalogue), acoustic, on_progress
        )
        draft.replace(folder)
    except OSError as error:
        if not (folder / _FINISHED).is_file():  # else another process was quicker
            raise ModelError(f"The speech graph cannot be stored in {folder} ({error}). Free some space.") from error
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    return folder


def _key(catalogue: Catalogue, language: str, state: str, acoustic: Path) -> str:
    digest = hashlib.sha256(repr((catalogue.products, catalogue.amounts, catalogue.negations)).encode())
    digest.update(repr((load_language(language), state, acoustic.name)).encode())
    for file in sorted(Path(__file__).parent.glob("*.py")):
        digest.update(file.read_bytes())
    return digest.hexdigest()[:16]


def _write(draft: Path, grammar: WordGrammar, pronouncer: Pronouncer, acoustic: Path, on_progress: Progress) -> None:
    lexicon = Lexicon.build(pronunciations(grammar, pronouncer), embedded_transitions().phones)
    graph = static_graph(grammar.acceptor, lexicon, embedded_transitions(), grammar.garbage, on_progress=on_progress)
    for part in ("am", "conf"):
        link(acoustic / part, draft / part)
    shutil.copytree(acoustic / "graph", draft / "graph")
    (draft / "graph" / "words.txt").write_text(lexicon.symbol_table(), encoding="utf-8")
    (draft / "grammar.fst").write_bytes(FstArrays.from_fst(grammar.acceptor).to_bytes())
    (draft / "grammar.json").write_text(
        json.dumps({"words": grammar.words, "garbage": grammar.words[grammar.garbage - 1]})
    )
    (draft / _FINISHED).write_bytes(graph.to_bytes())


def read_grammar(folder: Path) -> tuple[FstArrays, tuple[str, ...], str]:
    """The word grammar that a graph folder was made from: acceptor, words (the first is word 1), the garbage word."""
    facts = json.loads((folder / "grammar.json").read_text(encoding="utf-8"))
    return FstArrays.from_bytes((folder / "grammar.fst").read_bytes()), tuple(facts["words"]), facts["garbage"]


def pronunciations(grammar: WordGrammar, pronouncer: Pronouncer) -> Mapping[str, tuple[Pronunciation, ...]]:
    """Every word of the grammar with the ways to say it; the garbage word is spelled out by the graph itself."""
    return {w: () if i == grammar.garbage else pronouncer.pronounce(w).ways for i, w in enumerate(grammar.words, 1)}


def link(source: Path, target: Path) -> None:
    """A symbolic link where the system has them, else a copy."""
    try:
        target.symlink_to(source.resolve(), target_is_directory=True)
    except OSError:
        shutil.copytree(source, target)
