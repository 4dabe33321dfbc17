"""Reads a Sphinx "PTM" (phonetically tied mixture) acoustic model, such as the one inside the pocketsphinx wheel.

Formats: S3 parameter files and the binary model definition of CMU Sphinx, as described in the sources and documents of
https://github.com/cmusphinx/pocketsphinx.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from voice.errors import ModelError

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]

CEPSTRA = 13
"""Coefficients a frame and stream"""
STREAMS = 3
"""Static, delta and delta-delta cepstra"""
VARIANCE_FLOOR = 1e-4
LOG_BASE = 1.0001
"""Sphinx keeps log probabilities to this base; `sendump` has them shifted right by ten bits"""
INTERNAL, BEGIN, END, SINGLE = range(4)
"""A phone's position in the word, as the model definition numbers them"""


@dataclass(frozen=True, eq=False)
class PtmModel:
    """A PTM model as arrays. `codebooks` = one for each context-independent (CI) phone."""

    ci_phones: tuple[str, ...]
    is_filler: npt.NDArray[np.bool_]
    """(CI phones,): silence and noises, which have no context"""
    silence: int
    """Index of SIL in `ci_phones`"""
    means: FloatArray
    """(codebooks, 3 streams, densities, 13)"""
    variances: FloatArray
    """(codebooks, 3 streams, densities, 13), floored"""
    log_weights: FloatArray
    """(3 streams, densities, senones), natural logarithm"""
    transitions: FloatArray
    """(matrices, 3 states, 4 states), rows sum to 1"""
    senone_codebook: IntArray
    """(senones,): the CI phone whose Gaussians a senone mixes"""
    sequences: IntArray
    """(sequences, 3): the senones of a triphone's three states"""
    ci_sequence: IntArray
    """(CI phones,): row of `sequences`"""
    ci_transition: IntArray
    """(CI phones,): row of `transitions`"""
    triphones: IntArray
    """(triphones, 5): base, left, right CI phone, word position, row of `sequences`"""

    @property
    def senones(self) -> int:
        return len(self.senone_codebook)

    @property
    def real_phones(self) -> IntArray:
        """Indices of the phones that words are made of."""
        return np.flatnonzero(~self.is_filler)


def wheel_model_folder() -> Path:
    """Folder of the en-us model and dictionary in the installed pocketsphinx wheel. Raises ModelError without it."""
    spec = find_spec("pocketsphinx")
    folder = Path(spec.origin).parent / "model" / "en-us" if spec and spec.origin else None
    if folder is None or not (folder / "en-us" / "means").is_file():
        raise ModelError(
            "The package 'pocketsphinx' with its English model is missing: pip install pocketsphinx==5.1.1"
        )
    return folder


def read_ptm(folder: Path) -> PtmModel:
    """Reads `means`, `variances`, `transition_matrices`, `sendump` and `mdef`. Raises ModelError for a damaged one."""
    try:
        means = _gaussians(folder / "means")
        weights = _mixture_weights(folder / "sendump", densities=means.shape[2])
        definition = _definition(folder / "mdef")
        return PtmModel(
            means=means,
            variances=np.maximum(_gaussians(folder / "variances"), VARIANCE_FLOOR),
            log_weights=weights,
            transitions=_transitions(folder / "transition_matrices"),
            **definition,
        )
    except (OSError, ValueError, struct.error, IndexError) as error:
        raise ModelError(f"The acoustic model in {folder} cannot be read ({error}): reinstall pocketsphinx.") from error


def _s3_body(file: Path) -> bytes:
    data = file.read_bytes()
    start = data.index(b"endhdr\n") + 7
    if struct.unpack_from("<I", data, start)[0] != 0x11223344:
        raise ValueError(f"{file.name} is not little-endian")
    return data[start + 4 :]


def _gaussians(file: Path) -> FloatArray:
    body = _s3_body(file)
    codebooks, streams, densities = struct.unpack_from("<3i", body)
    lengths = struct.unpack_from(f"<{streams}i", body, 12)
    if streams != STREAMS or set(lengths) != {CEPSTRA}:
        raise ValueError(f"{file.name} has streams of {lengths}, expected three of {CEPSTRA}")
    values = np.frombuffer(body, "<f4", codebooks * streams * densities * CEPSTRA, 12 + 4 * streams + 4)
    return values.reshape(codebooks, streams, densities, CEPSTRA).astype(np.float64)


def _transitions(file: Path) -> FloatArray:
    body = _s3_body(file)
    matrices, states, targets, count = struct.unpack_from("<4i", body)
    values = np.frombuffer(body, "<f4", count, 16).reshape(matrices, states, targets).astype(np.float64)
    normalised: FloatArray = values / values.sum(axis=2, keepdims=True)
    return normalised


def _mixture_weights(file: Path, densities: int) -> FloatArray:
    data = file.read_bytes()
    at = 0
    for skip_until_zero in (False, False, True):  # title, name, then header lines closed by a zero length
        while True:
            (length,) = struct.unpack_from("<i", data, at)
            at += 4 + length
            if not skip_until_zero or length == 0:
                break
    rows, senones = struct.unpack_from("<2i", data, at)
    if rows != densities or len(data) - at - 8 != STREAMS * rows * senones:
        raise ValueError(f"{file.name} has {rows} densities, expected {densities}")
    values = np.frombuffer(data, np.uint8, STREAMS * rows * senones, at + 8).reshape(STREAMS, rows, senones)
    weights: FloatArray = -values.astype(np.float64) * 1024 * np.log(LOG_BASE)
    return weights


def _definition(file: Path) -> dict[str, Any]:
    data = file.read_bytes()
    if data[:4] != b"BMDF":
        raise ValueError(f"{file.name} is not a binary model definition")
    at = 12 + struct.unpack_from("<i", data, 8)[0]
    ci, phones, states, _, _, _, _, _, tree_nodes, silence = struct.unpack_from("<10i", data, at)
    at += 40
    names = data[at:].split(b"\0", ci)[:ci]
    at += (sum(len(n) + 1 for n in names) + 3) // 4 * 4 + 8 * tree_nodes
    record = np.dtype([("ssid", "<i4"), ("tmat", "<i4"), ("attr", "u1", 4)])
    table = np.frombuffer(data, record, phones, at)
    at += record.itemsize * phones
    (count,) = struct.unpack_from("<i", data, at)
    sequences = np.frombuffer(data, "<u2", count, at + 4).reshape(-1, states).astype(np.int64)
    attributes = table["attr"].astype(np.int64)
    ssid = table["ssid"].astype(np.int64)
    base = np.concatenate([np.arange(ci), attributes[ci:, 1]])
    codebook = np.full(int(sequences.max()) + 1, -1, np.int64)
    codebook[sequences[ssid].ravel()] = np.repeat(base, states)
    position, centre, left, right = attributes[ci:].T
    return {
        "ci_phones": tuple(n.decode("ascii") for n in names),
        "is_filler": attributes[:ci, 0] != 0,
        "silence": silence,
        "senone_codebook": codebook,
        "sequences": sequences,
        "ci_sequence": ssid[:ci],
        "ci_transition": table["tmat"][:ci].astype(np.int64),
        "triphones": np.stack([centre, left, right, position, ssid[ci:]], axis=1),
    }
