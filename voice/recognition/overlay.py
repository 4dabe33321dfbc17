"""A shop's grammar laid over a dynamic-graph model, such as the official small ones.

Such a model is HCLr.fst, which knows its words, and Gr.fst, which says what follows what. The overlay is a folder of
links to the model in which Gr.fst is the shop's grammar over the model's own word numbers. What the model has no word
for is listened for as the nearest-sounding words it has, and told as the shop's own word: the first of those words
carries it as its output, the others carry `vosk_words.PART`.
"""

from __future__ import annotations

import hashlib
import json
import struct
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from voice.errors import ModelError
from voice.language import load_language
from voice.recognition.graph import compile_job, content_key, install, link, spoken
from voice.recognition.progress import Progress, silent
from voice.shop.model import Catalogue

UNKNOWN_WORDS = ("[unk]", "<unk>", "<UNK>", "[UNK]")
"""What models call the word that is none of theirs"""
REPLACED = "replaced.json"
_REPLACED_PARTS = ("Gr.fst", "words.txt")
_FST_MAGIC, _TABLE_MAGIC = 2125659606, 2125658996
_HAS_INPUT_TABLE, _HAS_OUTPUT_TABLE = 1, 2
_VOSK_FRAME = 3
"""Vosk's word times take a decoder frame for three frames of audio"""


@dataclass(frozen=True)
class OverlayJob:
    """What the compiler is given."""

    catalogue: Catalogue
    language: str
    state: str
    model: Path
    target: Path


def overlay_folder(
    catalogue: Catalogue, language: str, state: str, model: Path, cache_dir: Path, on_progress: Progress = silent
) -> Path:
    """The Vosk model folder for a catalogue in a dialogue state over `model`, compiled first if it is not in the cache.

    Raises ModelError when the model's words cannot be read or the cache cannot be written.
    """
    stamps = [_stamp(graph_part(model) / name) for name in ("HCLr.fst", "Gr.fst")]
    key = content_key(spoken(catalogue), load_language(language).topics, state, model.resolve(), stamps)
    folder = cache_dir / "graphs" / f"{state}-{key}-over"

    def write(draft: Path) -> None:
        link_parts(model, draft)
        compile_job(OverlayJob(catalogue, language, state, model, draft), on_progress)

    install(folder, "grammar.json", write)
    return folder


def replaced_words(folder: Path) -> Mapping[str, tuple[str, ...]]:
    """The grammar's words that the model behind an overlay does not know -> what it listens for, word by word."""
    found = json.loads((folder / REPLACED).read_text(encoding="utf-8"))
    return {word: tuple(texts) for word, texts in found.items()}


def graph_part(folder: Path) -> Path:
    """Where a model keeps its graph: in graph/, or among the other files (Vosk's older layout)."""
    return folder / "graph" if (folder / "am").is_dir() else folder


def time_scale(folder: Path) -> float:
    """What Vosk's word times are to be multiplied by: a decoder frame is not three frames of audio for all models."""
    for file in (folder / "conf" / "model.conf", folder / "model.conf"):
        if file.is_file():
            for line in file.read_text(encoding="utf-8").splitlines():
                name, _, value = line.strip().partition("=")
                if name == "--frame-subsampling-factor" and value.strip().isdigit():
                    return int(value) / _VOSK_FRAME
    return 1.0


def model_words(folder: Path) -> dict[str, int]:
    """A dynamic-graph model's words by number, from the table inside its Gr.fst or from words.txt.

    Raises ModelError when it has neither.
    """
    graph = graph_part(folder)
    try:
        words = _table_inside((graph / "Gr.fst").read_bytes())
        if not words:
            lines = (graph / "words.txt").read_text(encoding="utf-8").splitlines()
            words = {word: int(number) for word, number in (line.split() for line in lines if line.strip())}
    except (OSError, ValueError, struct.error) as error:
        raise ModelError(
            f"The words of the speech model in {folder} cannot be read ({error}). Install it again."
        ) from error
    return {word: number for word, number in words.items() if number and not any(c.isspace() for c in word)}


def _table_inside(data: bytes) -> dict[str, int]:
    """The output symbols (else the input symbols) that an OpenFst file brings along; none when it brings none.

    Format: https://www.openfst.org, FstHeader::Write and SymbolTableImpl::Write.
    """
    at = 4
    for _ in range(2):  # type of the transducer, type of the arcs
        at += 4 + struct.unpack_from("<i", data, at)[0]
    magic, (flags,) = struct.unpack_from("<i", data)[0], struct.unpack_from("<i", data, at + 4)
    if magic != _FST_MAGIC:
        raise ValueError("Gr.fst is no OpenFst file")
    at += struct.calcsize("<iiQqqq")
    words: dict[str, int] = {}
    for flag in (_HAS_INPUT_TABLE, _HAS_OUTPUT_TABLE):
        if flags & flag:
            words, at = _table(data, at)
    return words


def _table(data: bytes, at: int) -> tuple[dict[str, int], int]:
    """A symbol table at a place in the file, and the place behind it."""
    magic, length = struct.unpack_from("<ii", data, at)
    if magic != _TABLE_MAGIC:
        raise ValueError("Gr.fst has no symbol table where it should")
    at += 8 + length
    _, size = struct.unpack_from("<qq", data, at)
    at += 16
    words = {}
    for _ in range(size):
        (length,) = struct.unpack_from("<i", data, at)
        word = data[at + 4 : at + 4 + length].decode("utf-8", errors="replace")
        at += 4 + length
        (words[word],) = struct.unpack_from("<q", data, at)
        at += 8
    return words, at


def words_key(words: Mapping[str, int], language: str) -> str:
    """Names what is derived from a model's words."""
    return hashlib.sha256(repr((sorted(words), language)).encode()).hexdigest()[:16]


def _stamp(file: Path) -> tuple[str, int, int]:
    """Tells whether a file of the model has changed."""
    try:
        told = file.stat()
    except OSError as error:
        raise ModelError(f"The speech model's {file} cannot be read ({error}). Install it again.") from error
    return file.name, told.st_size, told.st_mtime_ns


def link_parts(model: Path, draft: Path) -> None:
    """Everything of the model but what the overlay replaces."""
    graph = graph_part(model)
    for part in sorted(model.iterdir()):
        if part == graph:
            (draft / part.name).mkdir()
        elif graph != model or part.name not in _REPLACED_PARTS:
            link(part, draft / part.name)
    if graph != model:
        for part in sorted(graph.iterdir()):
            if part.name not in _REPLACED_PARTS:
                link(part, draft / "graph" / part.name)
