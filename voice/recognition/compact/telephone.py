"""Features for telephone speech: what the wide-band model needs, guessed from what an 8 kHz line carries.

The mel bins above the line's band are predicted from those within it. The regression needs no recordings: the model's
own Gaussians say how speech spectra vary, and the conditional mean of a normal distribution is linear.
"""

from __future__ import annotations

import numpy as np

from voice.recognition.compact.network import PRIOR_MEAN, SPECTRUM, FrontEnd
from voice.recognition.compact.ptm import CEPSTRA, FloatArray, PtmModel

BINS = 25
HEARD = 18
"""Mel bins (of 25 from 130 to 6800 Hz) that lie below 3.5 kHz"""
LIFTER = 22
_FINE_STRUCTURE = 0.5
"""Standard deviation of log mel energies around the spectrum that 13 cepstra describe"""
_LEVEL = 5.0
"""Standard deviation of the level (natural logarithm of energy): the prediction must not depend on it"""

FBANK = SPECTRUM + "--use-log-fbank=true\n--use-power=true\n"


def cepstral_transform() -> FloatArray:
    """(13, 25): log mel energies to liftered cepstra, as Kaldi computes them (feat/mel-computations.cc)."""
    order = np.arange(CEPSTRA)[:, None]
    cosines = np.cos(np.pi * order * (np.arange(BINS)[None, :] + 0.5) / BINS)
    scale = np.sqrt(np.where(order == 0, 1.0, 2.0) / BINS)
    lifter = 1 + LIFTER / 2 * np.sin(np.pi * order / LIFTER)
    return cosines * scale * lifter


def speech_statistics(model: PtmModel) -> tuple[FloatArray, FloatArray]:
    """Mean (25,) and covariance (25, 25) of the log mel energies of speech, by the model's static Gaussians."""
    real = model.real_phones
    weights = np.stack([np.exp(model.log_weights[0][:, model.senone_codebook == c]).mean(axis=1) for c in real])
    weights = (weights / weights.sum()).ravel()
    means = model.means[real, 0].reshape(-1, CEPSTRA)
    mean = weights @ means
    spread = (means - mean).T @ (weights[:, None] * (means - mean))
    cepstral = spread + np.diag(weights @ model.variances[real, 0].reshape(-1, CEPSTRA))
    transform = cepstral_transform()
    back = np.linalg.pinv(transform)
    rest = np.eye(BINS) - back @ transform
    covariance = back @ cepstral @ back.T + _FINE_STRUCTURE**2 * rest @ rest.T + _LEVEL**2
    return back @ (mean + np.array(PRIOR_MEAN)), covariance


def telephone_front_end(model: PtmModel) -> FrontEnd:
    """Log mel energies to cepstra, the bins that were not heard filled in."""
    mean, covariance = speech_statistics(model)
    heard, lost = slice(0, HEARD), slice(HEARD, BINS)
    predict = np.linalg.solve(covariance[heard, heard], covariance[heard, lost]).T
    fill = np.zeros((BINS, BINS))
    fill[heard, heard] = np.eye(HEARD)
    fill[lost, heard] = predict
    bias = np.zeros(BINS)
    bias[lost] = mean[lost] - predict @ mean[heard]
    transform = cepstral_transform()
    return FrontEnd("fbank.conf", FBANK, (transform @ fill, transform @ bias))
