"""Features for telephone speech: the cepstra of the mel bins that an 8 kHz line carries, and how the model sees them.

The model's cepstra tell a spectrum of 25 mel bins up to what is finer than 13 coefficients describe. Those of the bins
below the line's upper edge follow from it linearly, and so do the Gaussians' (`voice.recognition.compact.gaussians`).
"""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np

from voice.recognition.compact.gaussians import View
from voice.recognition.compact.network import PRIOR_MEAN, SPECTRUM, FrontEnd, MeanGate
from voice.recognition.compact.ptm import CEPSTRA, FloatArray

BINS = 25
HEARD = 18
"""Mel bins that lie below 3.5 kHz"""
LIFTER = 22
_FINE_STRUCTURE = 1.5
"""Standard deviation of log mel energies around the spectrum that 13 cepstra describe"""

FBANK = SPECTRUM + "--use-log-fbank=true\n--use-power=true\n"


def cepstral_transform() -> FloatArray:
    """(13, 25): log mel energies to liftered cepstra, as Kaldi computes them (feat/mel-computations.cc)."""
    order = np.arange(CEPSTRA)
    lifter = 1 + LIFTER / 2 * np.sin(np.pi * order / LIFTER)
    return lifter[:, None] * _cosines(BINS)


def _cosines(bins: int) -> FloatArray:
    order = np.arange(CEPSTRA)[:, None]
    scale = np.sqrt(np.where(order == 0, 1.0, 2.0) / bins)
    return scale * np.cos(np.pi * order * (np.arange(bins)[None, :] + 0.5) / bins)


def telephone_front_end() -> FrontEnd:
    """Log mel energies to 13 cepstra of the bins that are heard."""
    transform, narrow = cepstral_transform(), _cosines(HEARD)
    spectrum = np.linalg.pinv(transform)
    rest = (np.eye(BINS) - spectrum @ transform)[:HEARD]
    noise = _FINE_STRUCTURE**2 * narrow @ rest @ rest.T @ narrow.T + 1e-3 * np.eye(CEPSTRA)
    view = View(narrow @ spectrum[:HEARD], noise)
    select = np.hstack([narrow, np.zeros((CEPSTRA, BINS - HEARD))])
    return FrontEnd("fbank.conf", FBANK, (select, np.zeros(CEPSTRA)), view, _gate(view))


def _gate(view: View) -> MeanGate:
    """Opens at the same level as that of the whole band."""
    whole = MeanGate()
    prior = view.matrix @ np.array(PRIOR_MEAN)
    below = (PRIOR_MEAN[0] - whole.threshold) * math.sqrt(HEARD / BINS)
    return replace(whole, threshold=float(prior[0] - below), prior=tuple(prior.tolist()))
