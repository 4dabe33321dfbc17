"""Gaussians as a layer, seen whole and through a telephone."""

from __future__ import annotations

import numpy as np
import pytest

from voice.recognition.compact.builder import embedded_transitions
from voice.recognition.compact.gaussians import PAIRS, View, gaussian_layer
from voice.recognition.compact.network import MeanGate
from voice.recognition.compact.ptm import CEPSTRA, FloatArray, PtmModel
from voice.recognition.compact.telephone import BINS, HEARD, cepstral_transform, telephone_front_end


@pytest.fixture(scope="module")
def model() -> PtmModel:
    return embedded_transitions().phones.model


def _scores(model: PtmModel, x: FloatArray, view: View | None) -> FloatArray:
    weights, bias = gaussian_layer(model, 0, view)
    products = x[PAIRS[0]] * x[PAIRS[1]] if view else x * x
    scores: FloatArray = weights @ np.concatenate([x, products]) + bias
    relative: FloatArray = scores - scores.max()
    return relative


def test_a_view_that_hides_nothing_changes_no_density(model: PtmModel) -> None:
    x = np.random.default_rng(1).normal(0, 5, CEPSTRA)
    whole = View(np.eye(CEPSTRA), np.zeros((CEPSTRA, CEPSTRA)))
    assert np.allclose(_scores(model, x, None), _scores(model, x, whole), atol=1e-6)


def test_a_density_is_that_of_the_mapped_normal(model: PtmModel) -> None:
    random = np.random.default_rng(2)
    view = View(random.normal(size=(CEPSTRA, CEPSTRA)), np.eye(CEPSTRA))
    x = random.normal(0, 5, CEPSTRA)
    expected = []
    for mean, variance in zip(model.means[3, 0, :2], model.variances[3, 0, :2], strict=True):
        covariance = view.matrix @ np.diag(variance) @ view.matrix.T + view.noise
        off = x - view.matrix @ mean
        expected.append(-0.5 * (off @ np.linalg.solve(covariance, off) + np.linalg.slogdet(covariance)[1]))
    densities = model.means.shape[2]
    got = _scores(model, x, view)[3 * densities : 3 * densities + 2]
    assert got[1] - got[0] == pytest.approx(expected[1] - expected[0])


def test_a_telephone_carries_the_lower_bins_and_the_model_knows_what_they_show() -> None:
    front = telephone_front_end()
    assert front.affine and front.view
    transform = cepstral_transform()
    cepstra = np.random.default_rng(3).normal(0, 5, CEPSTRA)
    spectrum = np.linalg.pinv(transform) @ cepstra
    heard = front.affine[0] @ spectrum
    assert np.allclose(heard, front.view.matrix @ cepstra)
    louder_above = spectrum + 5.0 * (np.arange(BINS) >= HEARD)
    assert np.allclose(front.affine[0] @ louder_above, heard)
    assert np.linalg.eigvalsh(front.view.noise).min() > 0


def test_the_gate_for_the_mean_opens_at_the_same_level_below_the_usual() -> None:
    narrow, whole = telephone_front_end().gate, MeanGate()
    below = (whole.prior[0] - whole.threshold) / BINS**0.5
    assert (narrow.prior[0] - narrow.threshold) / HEARD**0.5 == pytest.approx(below)
