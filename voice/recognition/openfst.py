"""OpenFst (the wheel `pynini`): the operations that graphs need. Never in one process with Vosk.

Both wheels bring their own OpenFst under the same symbols. In one process they overwrite each other's memory, or
Vosk's start-up waits for ever (seen with vosk 0.3.45 and pynini 2.1.7). Graphs are therefore compiled in a process of
their own (`voice.recognition.graph`). This file alone imports `pywrapfst`, and it refuses to load beside Vosk.
"""

from __future__ import annotations

import sys
from typing import Any

import numpy as np

from voice.errors import ModelError
from voice.recognition.compact.fst_arrays import GRID, FstArrays

if "vosk" in sys.modules:
    raise ModelError("OpenFst cannot be loaded beside Vosk: compile graphs with voice.recognition.graph.")

import pywrapfst

Fst = Any
_HUGE = 2_000_000
"""States: of those of 20,000 products, minimisation would find one in fifty to be superfluous, in six seconds"""


def to_fst(arrays: FstArrays) -> Fst:
    return pywrapfst.convert(pywrapfst.Fst.read_from_string(arrays.to_bytes()), "vector")


def from_fst(fst: Fst) -> FstArrays:
    return FstArrays.from_bytes(pywrapfst.convert(fst, "const").write_to_string())


def vector_bytes(arrays: FstArrays) -> bytes:
    """OpenFst's vector format without dead ends, sorted by input label: a grammar to compose with while decoding."""
    fst = to_fst(arrays)
    fst.connect()
    fst.arcsort("ilabel")
    data: bytes = fst.write_to_string()
    return data


def compose(left: FstArrays, right: Fst) -> Fst:
    """`left`'s arcs are sorted by output label."""
    return pywrapfst.compose(to_fst(left), right.arcsort("ilabel"))


def compact(arrays: FstArrays) -> Fst:
    """Without epsilons, weights moved forward and rounded, prefixes and suffixes shared."""
    fst = to_fst(arrays)
    fst.connect()
    fst.rmepsilon()
    pushed = from_fst(pywrapfst.push(fst, push_weights=True))
    pushed.arcs["weight"] = np.round(pushed.arcs["weight"] * GRID) / GRID
    pushed.final[:] = np.round(pushed.final * GRID) / GRID
    return minimal(to_fst(_without_doubles(pushed)))


def minimal(fst: Fst) -> Fst:
    """Determinised and (unless it is huge) minimised, an arc's labels and weight taken as one letter."""
    fst.connect()
    mapper = pywrapfst.EncodeMapper("standard", encode_labels=True, encode_weights=True)
    fst.encode(mapper)
    fst = pywrapfst.determinize(fst)
    if fst.num_states() < _HUGE:
        fst.minimize()
    fst.decode(mapper)
    return fst


def _without_doubles(fst: FstArrays) -> FstArrays:
    """Of arcs alike but for their weights, the likeliest."""
    keys = np.column_stack([fst.source, fst.arcs["ilabel"], fst.arcs["olabel"], fst.arcs["next"]])
    order = np.lexsort((fst.arcs["weight"], *keys.T[::-1]))
    first = np.ones(len(order), bool)
    first[1:] = (keys[order][1:] != keys[order][:-1]).any(axis=1)
    keep = np.sort(order[first])
    return FstArrays(fst.start, fst.final, fst.source[keep], fst.arcs[keep])
