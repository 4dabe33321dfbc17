"""Finite-state transducers as arrays, read from and written to OpenFst's binary "const" format in one go.

Format: https://www.openfst.org, src/include/fst/const-fst.h (file version 2, unaligned).
"""

from __future__ import annotations

import struct
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

ARC = np.dtype([("ilabel", "<i4"), ("olabel", "<i4"), ("weight", "<f4"), ("next", "<i4")])
STATE = np.dtype([("final", "<f4"), ("first", "<u4"), ("arcs", "<u4"), ("iepsilons", "<u4"), ("oepsilons", "<u4")])
MAGIC = 2125659606
VERSION = 2
EXPANDED = 1

JUMP = 1 << 24
"""Label of a word grammar's arcs that take no word but must stay: they lead to states that many others share"""
GRID = 256.0
"""Weights are rounded to 1/256, so that equal ones stay equal through additions and can be merged"""

Arcs = npt.NDArray[np.void]


@dataclass(frozen=True)
class FstArrays:
    """A transducer over the tropical semiring: weights are negative natural logarithms."""

    start: int
    final: npt.NDArray[np.float32]
    """(states,): infinity where the state is not final"""
    source: npt.NDArray[np.int64]
    """(arcs,): ascending"""
    arcs: Arcs
    """(arcs,) of type ARC"""

    @property
    def states(self) -> int:
        return len(self.final)

    @staticmethod
    def from_unsorted(start: int, final: npt.ArrayLike, source: npt.ArrayLike, arcs: Arcs) -> FstArrays:
        """Brings the arcs into the order of their source states; arcs of one state keep theirs."""
        sources = np.asarray(source, np.int64)
        order = np.argsort(sources, kind="stable")
        return FstArrays(start, np.asarray(final, np.float32), sources[order], arcs[order])

    def to_bytes(self) -> bytes:
        """OpenFst's const format, which Kaldi and Vosk read without a conversion."""
        states = np.zeros(self.states, STATE)
        states["final"] = self.final
        states["arcs"] = np.bincount(self.source, minlength=self.states)
        states["first"] = np.concatenate([[0], np.cumsum(states["arcs"])[:-1]])
        for count, label in (("iepsilons", "ilabel"), ("oepsilons", "olabel")):
            states[count] = np.bincount(self.source[self.arcs[label] == 0], minlength=self.states)
        header = struct.pack("<i", MAGIC) + _text(b"const") + _text(b"standard")
        header += struct.pack("<iiQqqq", VERSION, 0, EXPANDED, self.start, self.states, len(self.arcs))
        return header + states.tobytes() + self.arcs.tobytes()

    @staticmethod
    def from_bytes(data: bytes) -> FstArrays:
        at = 4
        for _ in range(2):  # type of the transducer, type of the arcs
            at += 4 + struct.unpack_from("<i", data, at)[0]
        version, _, _, start, count, arc_count = struct.unpack_from("<iiQqqq", data, at)
        if version != VERSION:
            raise ValueError(f"const FST of version {version}")
        at += struct.calcsize("<iiQqqq")
        states = np.frombuffer(data, STATE, count, at)
        arcs = np.frombuffer(data, ARC, arc_count, at + states.nbytes)
        source = np.repeat(np.arange(count), states["arcs"])
        return FstArrays(start, states["final"].copy(), source, arcs.copy())


def _text(value: bytes) -> bytes:
    return struct.pack("<i", len(value)) + value


def make_arcs(ilabel: npt.ArrayLike, olabel: npt.ArrayLike, weight: npt.ArrayLike, target: npt.ArrayLike) -> Arcs:
    """Arcs from four columns; scalars are repeated."""
    columns = np.broadcast_arrays(ilabel, olabel, weight, target)
    arcs = np.empty(columns[0].shape, ARC)
    for name, column in zip(("ilabel", "olabel", "weight", "next"), columns, strict=True):
        arcs[name] = column
    return arcs
