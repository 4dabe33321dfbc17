"""A PTM model as a Kaldi nnet3 network: the same scores, computed by affine layers, softmaxes and products.

With x the feature vector of a stream, every Gaussian's log density is linear in (x, x^2). A softmax over all Gaussians
of a stream gives their posteriors up to a factor shared by all senones, which cancels in decoding; an affine layer per
codebook mixes them, a product joins the streams, and a normalisation component stands in for the logarithm.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from voice.recognition.compact import kaldi_io as kaldi
from voice.recognition.compact.gaussians import PAIRS, View, gaussian_layer
from voice.recognition.compact.phone_set import TransitionModel
from voice.recognition.compact.ptm import CEPSTRA, STREAMS, FloatArray, IntArray, PtmModel

PRIOR_MEAN = (
    84.417, -1.006, -0.188, 7.475, -3.385, -2.978, -1.5, -10.935, -2.129, -3.378, 1.317, -1.171, -1.463,
)  # fmt: skip
"""Mean cepstrum of speech at an ordinary level, in the units of conf/mfcc.conf: what the running mean starts from.
Averaged over the speech frames of about thirty people ordering coffee (Picovoice
speech-to-intent benchmark, Apache-2.0).
"""
LEFT, RIGHT = 3, 3
"""Frames of context the deltas need"""
_NEVER_NONE = 0.02
"""Pseudo-frames of the prior mean in each block of `period` frames: a window without speech has a mean too"""
WEIGHT_SCALE = 2.0**20
"""Keeps products of three mixture sums away from zero in single precision"""


@dataclass(frozen=True)
class MeanGate:
    """The running cepstral mean, over frames loud enough to be speech: gate = sigmoid((c0 - threshold) / slope)."""

    threshold: float = 50.0
    slope: float = 3.0
    prior: tuple[float, ...] = PRIOR_MEAN
    prior_frames: float = 15.0
    """Frames of speech that the prior weighs as much as: a word alone, such as "six", is not its own mean"""
    left: int = 300
    """Frames"""
    right: int = 30
    """Frames of look-ahead"""
    period: int = 10
    """Frames"""


SPECTRUM = """\
--use-energy=false
--sample-frequency=16000
--frame-length=25.625
--frame-shift=10
--window-type=hamming
--preemphasis-coefficient=0.97
--remove-dc-offset=false
--dither=0
--num-mel-bins=25
--low-freq=135
--high-freq=7072
--snip-edges=true
"""
"""The model was trained with mel bins from 130 to 6800 Hz. Bins that lie 4 % higher fit today's speakers better, as a
warp of the frequency axis fits the average vocal tract (Lee and Rose, "A frequency warping approach to speaker
normalization", 1998): README.md, "Measured"."""
"""The frames and mel bins that the en-us model was trained on (its feat.params), for both bands"""


@dataclass(frozen=True)
class FrontEnd:
    """What precedes the network: a Kaldi feature configuration, and an affine map from its output to 13 cepstra."""

    file: str
    """mfcc.conf or fbank.conf"""
    text: str
    affine: tuple[FloatArray, FloatArray] | None = None
    """Weights (13, inputs) and bias (13,)"""
    view: View | None = None
    """What those 13 are of the model's own, where they are others"""
    gate: MeanGate = field(default_factory=MeanGate)


@dataclass
class _Draft:
    """A network under construction."""

    lines: list[str] = field(default_factory=list)
    components: list[tuple[str, bytes]] = field(default_factory=list)

    def node(self, name: str, data: bytes, inputs: str) -> None:
        self.components.append((name, data))
        self.lines.append(f"component-node name={name} component={name} input={inputs}")

    def part(self, name: str, of: str, offset: int, dim: int) -> None:
        self.lines.append(f"dim-range-node name={name} input-node={of} dim-offset={offset} dim={dim}")


def senone_order(model: PtmModel) -> IntArray:
    """Senones in the order of their codebooks, as the network's last layers put them out."""
    return np.argsort(model.senone_codebook, kind="stable")


def pdf_ids(model: PtmModel) -> IntArray:
    """(senones,): the output of the network that holds each senone's log score (odd: the even ones hold signs)."""
    place = np.empty(model.senones, np.int64)
    place[senone_order(model)] = np.arange(model.senones)
    return 2 * place + 1


def model_file(transitions: TransitionModel, front: FrontEnd) -> bytes:
    """The bytes of a Kaldi am/final.mdl: transition model, network, empty priors. Matrices have 16 bits."""
    model = transitions.phones.model
    context = kaldi.token("<LeftContext>") + kaldi.integer(LEFT) + kaldi.token("<RightContext>") + kaldi.integer(RIGHT)
    draft = _Draft()
    _streams(draft, front)
    outputs = [name for stream in range(STREAMS) for name in _mixtures(draft, model, stream, front.view)]
    draft.node("product", kaldi.elementwise_product(STREAMS * model.senones, model.senones), _append(outputs))
    draft.node("log", kaldi.log_of_magnitude(model.senones), "product")
    draft.lines.append("output-node name=output input=log objective=linear")
    network = kaldi.network(draft.lines, draft.components)
    return b"\0B" + transitions.to_bytes() + network + context + kaldi.token("<Priors>") + kaldi.vector([])


def _append(names: list[str]) -> str:
    return f"Append({', '.join(names)})"


def _streams(draft: _Draft, front: FrontEnd) -> None:
    """Cepstra, less their running mean, with deltas (node `delta`, 39), and their products (node `products`)."""
    dim = front.affine[0].shape[1] if front.affine else CEPSTRA
    draft.lines.append(f"input-node name=input dim={dim}")
    cepstra = "input"
    if front.affine:
        cepstra = "cepstra"
        draft.node(cepstra, kaldi.fixed_affine(*front.affine), "input")
    mean = _running_mean(draft, cepstra, front.gate)
    frames = [f"Offset({cepstra}, {k})" if k else cepstra for k in range(-LEFT, RIGHT + 1)]
    less_mean = np.zeros((STREAMS * CEPSTRA, 1 + 2 * CEPSTRA))  # the pooled mean stands behind a logarithm
    less_mean[:CEPSTRA, 1:] = np.hstack([-np.eye(CEPSTRA)] * 2)
    weights = np.hstack([delta_matrix(), less_mean])
    draft.node("delta", kaldi.fixed_affine(weights, np.zeros(len(weights))), _append([*frames, *mean]))
    if front.view:
        _pair_products(draft)
    else:
        draft.node("products", kaldi.elementwise_product(2 * len(weights), len(weights)), "Append(delta, delta)")


def _pair_products(draft: _Draft) -> None:
    """Node `products`: those of `PAIRS` of a stream, stream after stream; without them squares alone are needed."""
    size = len(PAIRS[0])
    for side, of in zip(("left", "right"), PAIRS, strict=True):
        select = np.zeros((STREAMS * size, STREAMS * CEPSTRA))
        for stream in range(STREAMS):
            select[stream * size + np.arange(size), stream * CEPSTRA + of] = 1.0
        draft.node(side, kaldi.fixed_affine(select, np.zeros(STREAMS * size)), "delta")
    product = kaldi.elementwise_product(2 * STREAMS * size, STREAMS * size)
    draft.node("products", product, "Append(left, right)")


def delta_matrix() -> FloatArray:
    """(39, 91): frames t-3 to t+3 to Sphinx's streams c[t], c[t+2]-c[t-2], (c[t+3]-c[t-1])-(c[t+1]-c[t-3])."""
    matrix = np.zeros((STREAMS * CEPSTRA, (LEFT + 1 + RIGHT) * CEPSTRA))
    taps = ({0: 1.0}, {2: 1.0, -2: -1.0}, {3: 1.0, -1: -1.0, 1: -1.0, -3: 1.0})
    for stream, weights in enumerate(taps):
        for offset, weight in weights.items():
            rows = slice(stream * CEPSTRA, (stream + 1) * CEPSTRA)
            columns = slice((offset + LEFT) * CEPSTRA, (offset + LEFT + 1) * CEPSTRA)
            matrix[rows, columns] += weight * np.eye(CEPSTRA)
    return matrix


def _running_mean(draft: _Draft, cepstra: str, gate: MeanGate) -> tuple[str, str]:
    """Descriptors of the mean sum(g x) / sum(g) over a window around each frame, and of its shift to the prior.

    Statistics pooling divides by its first column, taken for a frame count; with sum(g) there it gives the gated mean,
    and log(sum(g)) before it. The prior weighs n / (n + sum(g)) = sigmoid(log n - log(sum(g))).
    """
    size = CEPSTRA + 1
    open_gate = np.zeros((size, CEPSTRA))
    open_gate[:, 0] = 1.0 / gate.slope
    bias = np.full(size, -gate.threshold / gate.slope)
    draft.node("loudness", kaldi.fixed_affine(open_gate, bias), cepstra)
    draft.node("gate", kaldi.nonlinearity("Sigmoid", size), "loudness")
    one_and_frame = np.vstack([np.zeros((1, CEPSTRA)), np.eye(CEPSTRA)])
    draft.node("one_frame", kaldi.fixed_affine(one_and_frame, np.eye(size)[0]), cepstra)
    draft.node("gated", kaldi.elementwise_product(2 * size, size), "Append(gate, one_frame)")
    draft.node("sums", kaldi.statistics_extraction(size, gate.period), "gated")
    draft.part("gated_sums", "sums", 1, size)
    prior = np.array(gate.prior)
    draft.node("some", kaldi.fixed_affine(np.eye(size), _NEVER_NONE * np.array([1.0, *prior])), "gated_sums")
    draft.node("mean", kaldi.statistics_pooling(size, gate.period, gate.left, gate.right), "some")
    _shift_to_prior(draft, prior, gate.prior_frames)
    return f"Round(mean, {gate.period})", f"Round(shift, {gate.period})"


def _shift_to_prior(draft: _Draft, prior: FloatArray, frames: float) -> None:
    minus_log = np.zeros((CEPSTRA, 1 + CEPSTRA))
    minus_log[:, 0] = -1.0
    draft.node("odds", kaldi.fixed_affine(minus_log, np.full(CEPSTRA, np.log(frames))), "mean")
    draft.node("trust", kaldi.nonlinearity("Sigmoid", CEPSTRA), "odds")
    minus_mean = np.hstack([np.zeros((CEPSTRA, 1)), -np.eye(CEPSTRA)])
    draft.node("distance", kaldi.fixed_affine(minus_mean, prior), "mean")
    draft.node("shift", kaldi.elementwise_product(2 * CEPSTRA, CEPSTRA), "Append(trust, distance)")


def _mixtures(draft: _Draft, model: PtmModel, stream: int, view: View | None) -> list[str]:
    """Gaussian posteriors of one stream and their mixtures by codebook; names of the nodes, senones in their order."""
    weights, bias = gaussian_layer(model, stream, view)
    size = weights.shape[1] - CEPSTRA
    draft.part(f"x{stream}", "delta", CEPSTRA * stream, CEPSTRA)
    draft.part(f"xx{stream}", "products", size * stream, size)
    draft.node(f"gaussian{stream}", kaldi.fixed_affine(weights, bias), f"Append(x{stream}, xx{stream})")
    draft.node(f"posterior{stream}", kaldi.nonlinearity("Softmax", len(weights)), f"gaussian{stream}")
    order = senone_order(model)
    densities = model.means.shape[2]
    names = []
    for codebook in range(len(model.means)):
        senones = order[model.senone_codebook[order] == codebook]
        mixture = np.exp(model.log_weights[stream][:, senones]).T * WEIGHT_SCALE
        draft.part(f"p{stream}.{codebook}", f"posterior{stream}", densities * codebook, densities)
        name = f"mixture{stream}.{codebook}"
        data = kaldi.fixed_affine(mixture, np.zeros(len(senones)), kaldi.compressed_matrix)
        draft.node(name, data, f"p{stream}.{codebook}")
        names.append(name)
    return names
