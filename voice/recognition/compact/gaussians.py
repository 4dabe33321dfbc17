"""The Gaussians of a model as one affine layer: every log density is linear in the features and their products.

A front end that does not carry all that the model was trained on sees its Gaussians through a linear map: y = A x + n
of a normal x is normal again, with the mean A m and the covariance A S A' + N. So the model itself is fitted to the
narrower band, exactly, in place of guessing what was lost and taking the guess for heard (Cooke et al., "Robust
automatic speech recognition with missing and unreliable acoustic data", 2001: marginalisation and imputation).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from voice.recognition.compact.ptm import CEPSTRA, FloatArray, PtmModel

PAIRS = np.triu_indices(CEPSTRA)
"""The products that a full covariance needs: rows and columns, 91 each"""


@dataclass(frozen=True, eq=False)
class View:
    """What a front end makes of the model's cepstra, up to a constant."""

    matrix: FloatArray
    """(13, 13)"""
    noise: FloatArray
    """(13, 13): covariance of what the model's cepstra do not tell"""


def gaussian_layer(model: PtmModel, stream: int, view: View | None = None) -> tuple[FloatArray, FloatArray]:
    """Weights and bias of the layer that puts out every log density of a stream, up to a constant.

    Without a view its inputs are the features and their squares (26); with one the features and the products of
    `PAIRS` (13 + 91). Densities follow one another by codebook.
    """
    mean = model.means[:, stream].reshape(-1, CEPSTRA)
    variance = model.variances[:, stream].reshape(-1, CEPSTRA)
    weights, bias = _diagonal(mean, variance) if view is None else _seen(mean, variance, view)
    return weights, bias - bias.max()


def _diagonal(mean: FloatArray, variance: FloatArray) -> tuple[FloatArray, FloatArray]:
    bias: FloatArray = -0.5 * (mean * mean / variance + np.log(variance)).sum(axis=1)
    return np.hstack([mean / variance, -0.5 / variance]), bias


def _seen(mean: FloatArray, variance: FloatArray, view: View) -> tuple[FloatArray, FloatArray]:
    mean = mean @ view.matrix.T
    covariance = np.einsum("ij,nj,kj->nik", view.matrix, variance, view.matrix) + view.noise
    precision = np.linalg.inv(covariance)
    linear = np.einsum("nij,nj->ni", precision, mean)
    rows, columns = PAIRS
    products = precision[:, rows, columns] * np.where(rows == columns, -0.5, -1.0)
    bias: FloatArray = 0.5 * (np.linalg.slogdet(precision)[1] - (linear * mean).sum(axis=1))
    return np.hstack([linear, products]), bias
