"""Writers for Kaldi's binary formats: tokens, numbers, vectors, matrices and nnet3 components.

Format: https://github.com/kaldi-asr/kaldi, src/base/io-funcs.cc, src/matrix/compressed-matrix.cc, src/nnet3.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Sequence

import numpy as np
import numpy.typing as npt

Matrix = npt.NDArray[np.floating]
MatrixWriter = Callable[[Matrix], bytes]


def token(text: str) -> bytes:
    return text.encode("ascii") + b" "


def integer(value: int) -> bytes:
    return b"\x04" + struct.pack("<i", value)


def real(value: float) -> bytes:
    return b"\x04" + struct.pack("<f", value)


def boolean(value: bool) -> bytes:
    return b"T" if value else b"F"


def integers(values: Sequence[int]) -> bytes:
    """A vector of int32."""
    data: bytes = np.asarray(values, "<i4").tobytes()
    return integer(len(values)) + data


def vector(values: npt.ArrayLike) -> bytes:
    array = np.asarray(values, "<f4")
    return b"FV " + integer(len(array)) + array.tobytes()


def matrix(values: Matrix) -> bytes:
    """A full matrix of 32-bit numbers."""
    data: bytes = values.astype("<f4").tobytes()
    return b"FM " + integer(values.shape[0]) + integer(values.shape[1]) + data


def compressed_matrix(values: Matrix) -> bytes:
    """A matrix of 16-bit numbers between its least and greatest element ("CM2")."""
    low = float(values.min())
    span = max(float(values.max()) - low, 1e-20)
    steps = np.clip(np.floor((values - low) / span * 65535 + 0.499), 0, 65535).astype("<u2")
    data: bytes = steps.tobytes()
    return b"CM2 " + struct.pack("<ffii", low, span, *values.shape) + data


def component(kind: str, *fields: tuple[str, bytes]) -> bytes:
    """One nnet3 component: `<KindComponent>`, its named fields, `</KindComponent>`."""
    body = b"".join(token(f"<{name}>") + value for name, value in fields)
    return token(f"<{kind}Component>") + body + token(f"</{kind}Component>")


def fixed_affine(weights: Matrix, bias: Matrix, write: MatrixWriter = matrix) -> bytes:
    return component("FixedAffine", ("LinearParams", write(weights)), ("BiasParams", vector(bias)))


def elementwise_product(inputs: int, outputs: int) -> bytes:
    return component("ElementwiseProduct", ("InputDim", integer(inputs)), ("OutputDim", integer(outputs)))


def nonlinearity(kind: str, dim: int) -> bytes:
    """ "Softmax" or "Sigmoid", with its (empty) training statistics."""
    zero = real(0.0)
    return component(
        kind, ("Dim", integer(dim)), ("ValueAvg", vector([])), ("DerivAvg", vector([])), ("Count", zero),
        ("NumDimsSelfRepaired", zero), ("NumDimsProcessed", zero),
    )  # fmt: skip


def log_of_magnitude(dim: int) -> bytes:
    """Normalises each number by itself and appends the logarithm of its magnitude: output is [sign, log|x|] pairs."""
    return component(
        "Normalize", ("InputDim", integer(dim)), ("BlockDim", integer(1)), ("TargetRms", real(1.0)),
        ("AddLogStddev", boolean(True)),
    )  # fmt: skip


def statistics_extraction(dim: int, period: int) -> bytes:
    """Sums `period` frames into one, preceded by their count. (Kaldi's own spelling: IncludeVarinance.)"""
    return component(
        "StatisticsExtraction", ("InputDim", integer(dim)), ("InputPeriod", integer(1)),
        ("OutputPeriod", integer(period)), ("IncludeVarinance", boolean(False)),
    )  # fmt: skip


def statistics_pooling(dim: int, period: int, left: int, right: int) -> bytes:
    """Sums blocks over a window of frames and divides by the first column, whose logarithm stands before the rest."""
    return component(
        "StatisticsPooling", ("InputDim", integer(dim)), ("InputPeriod", integer(period)),
        ("LeftContext", integer(left)),
        ("RightContext", integer(right)), ("NumLogCountFeatures", integer(1)), ("OutputStddevs", boolean(False)),
        ("VarianceFloor", real(1e-10)),
    )  # fmt: skip


def network(lines: Sequence[str], components: Sequence[tuple[str, bytes]]) -> bytes:
    """A whole nnet3 network: its configuration lines and its components by name."""
    body = b"".join(token("<ComponentName>") + token(name) + data for name, data in components)
    text = "\n".join(lines).encode("ascii")
    head = token("<Nnet3>") + b"\n" + text + b"\n\n" + token("<NumComponents>") + integer(len(components))
    return head + body + token("</Nnet3>")
