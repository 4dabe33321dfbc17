"""`comanda evaluate confidence`: how sure recognition may be, fitted on recordings and drawn as a curve.

What is seen of an utterance (SIGNALS) goes into a logistic regression whose outcome is "understood exactly right". Each
recording is judged by weights fitted on the others (five folds), so that the curve holds for new ones.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import click
import numpy as np
from numpy.typing import NDArray
from rich.console import Console
from rich.progress import track
from rich.table import Table

from voice.commands.counting import counted
from voice.errors import AudioError
from voice.evaluation import plots
from voice.evaluation.degrade import Degradation
from voice.evaluation.metrics import error_curves
from voice.evaluation.report import Outcome
from voice.evaluation.samples import Sample, as_written, read_samples
from voice.evaluation.speech import Bench, noisy
from voice.recognition.rejection import Rejection
from voice.settings import Settings
from voice.types import Interpretation, Understood, Utterance

Matrix = NDArray[np.float64]
_FOLDS = 5
_RIDGE = 1.0
"""Strength of the prior that a signal says nothing, in recordings"""
_FEWEST = 20
Reader = Callable[[Utterance], Interpretation]


def _margin(utterance: Utterance, read: Reader) -> float:
    """Log-likelihood by which the best reading beats the best one of another meaning, a second of audio; at most 10."""
    if not utterance.hypotheses:
        return 0.0
    best = utterance.hypotheses[0]
    meaning = as_written(read(_alone(utterance, 0)))
    for number, other in enumerate(utterance.hypotheses[1:], 1):
        if as_written(read(_alone(utterance, number))) != meaning:
            return min(10.0, max(0.0, best.score - other.score) / max(utterance.seconds, 0.3))
    return 10.0


def _agreement(utterance: Utterance, read: Reader) -> float:
    """Share of the readings, by likelihood, that mean what the best one means."""
    if not utterance.hypotheses:
        return 0.0
    best = utterance.hypotheses[0].score
    weights = [math.exp(max(-50.0, min(0.0, (h.score - best) / 10))) for h in utterance.hypotheses]
    meanings = [as_written(read(_alone(utterance, n))) for n in range(len(utterance.hypotheses))]
    return sum(w for w, m in zip(weights, meanings, strict=True) if m == meanings[0]) / sum(weights)


def _alone(utterance: Utterance, number: int) -> Utterance:
    return Utterance(utterance.kind, (utterance.hypotheses[number],), utterance.seconds)


def _understanding(found: Interpretation) -> float:
    """The understanding's own doubt: the least sure intent or item."""
    if not isinstance(found, Understood):
        return 0.0
    items = [item.confidence for intent in found.intents for item in intent.items]
    return min([intent.confidence for intent in found.intents] + items, default=0.0)


def _unknown(utterance: Utterance, found: Interpretation) -> float:
    """Share of the words that nothing accounts for."""
    if not isinstance(found, Understood):
        return 1.0
    return sum(len(stretch.split()) for stretch in found.unknown) / max(1, len(found.text.split()))


def _pace(utterance: Utterance) -> float:
    """How far from three words a second the utterance is spoken: noise becomes many short words, or few."""
    words = len(utterance.text.split())
    return abs(math.log(max(words, 0.5) / 3 / max(utterance.seconds, 0.3)))


def _heard(utterance: Utterance) -> float:
    """The recogniser's own confidence in the best reading: agreement with its garbage or phone loop."""
    return utterance.hypotheses[0].confidence if utterance.hypotheses else 0.0


SIGNALS: Mapping[str, Callable[[Utterance, Interpretation, Reader], float]] = {
    "recogniser": lambda u, f, r: _heard(u),
    "margin": lambda u, f, r: _margin(u, r),
    "agreement": lambda u, f, r: _agreement(u, r),
    "understanding": lambda u, f, r: _understanding(f),
    "unknown": lambda u, f, r: _unknown(u, f),
    "pace": lambda u, f, r: _pace(u),
}


def fit(signals: Matrix, right: NDArray[np.bool_]) -> Matrix:
    """Weights of a logistic regression, the constant first, by Newton's method with a ridge; shape (signals + 1,)."""
    x = np.column_stack([np.ones(len(signals)), signals])
    ridge = np.diag([1e-6] + [_RIDGE] * signals.shape[1])
    weights = np.zeros(x.shape[1])
    for _ in range(30):
        chance = probability(signals, weights)
        slope = x.T @ (chance - right) + ridge @ weights
        curvature = (x * (chance * (1 - chance) + 1e-6)[:, None]).T @ x + ridge
        step = np.linalg.solve(curvature, slope)
        weights = weights - step
        if np.abs(step).max() < 1e-6:
            break
    return weights


def probability(signals: Matrix, weights: Matrix) -> Matrix:
    """Calibrated confidence of each line of signals."""
    return np.asarray(1 / (1 + np.exp(-np.clip(weights[0] + signals @ weights[1:], -30, 30))))


def fit_rejection(sure: Matrix, right: NDArray[np.bool_], used: Rejection) -> Rejection:
    """The curve that makes of confidences between 0 and 1, which the curve `used` gave, the share that is right.

    Raises AudioError where readings that fit better are not oftener right.
    """
    constant, slope = fit(np.log(sure / (1 - sure))[:, None], right)
    if slope <= 0.05:
        raise AudioError("Readings that fit the sound better are not oftener right here: there is no curve to fit.")
    return replace(used, even=used.even - constant * used.width / slope, width=used.width / slope)


def cross_validated(signals: Matrix, right: NDArray[np.bool_], groups: Sequence[str]) -> Matrix:
    """Each line's confidence by weights fitted without its group (a recording in all its conditions)."""
    names = {name: number % _FOLDS for number, name in enumerate(dict.fromkeys(groups))}
    fold = np.array([names[g] for g in groups])
    out = np.zeros(len(right))
    for held in range(_FOLDS):
        inside = fold != held
        if inside.any() and not inside.all():
            out[~inside] = probability(signals[~inside], fit(signals[inside], right[inside]))
    return out


@click.command()
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--others", type=click.Path(exists=True, file_okay=False, path_type=Path),
              help="Recordings of what is not for the shop, in the same format: understanding them at all is wrong.")
@click.option("--catalogue", type=click.Path(path_type=Path), help="The shop; the one of the settings by default.")
@click.option("--language", default="en", show_default=True)
@click.option("--noise", "noises", multiple=True, default=("white", "babble"), show_default=True)
@click.option("--snr", default="6,12,18", show_default=True, help="Decibels, for --noise.")
@click.option("--every", default=1, help="Only every n-th recording.")
@click.option("--svg", type=click.Path(path_type=Path), help="Where the false-accept and false-reject curve goes.")
def confidence(
    folder: Path, others: Path | None, catalogue: Path | None, language: str, noises: Sequence[str], snr: str,
    every: int, svg: Path | None,
) -> None:  # fmt: skip
    """Fit how sure recognition may be, on FOLDER clean and with noise, and draw false accepts against false rejects."""
    console = Console()
    samples = read_samples(folder, language)[:: max(1, every)]
    foreign = read_samples(others, language)[:: max(1, every)] if others else []
    conditions = [Degradation(), *noisy(Degradation(), noises, snr)]
    bench = Bench(catalogue, language, console, refusing=False)
    work = [(s, c) for c in conditions for s in [*samples, *(_refused(f) for f in foreign)]]
    outcomes = [bench.take(*one) for one in track(work, "recognising", console=Console(stderr=True), transient=True)]
    signals = np.array([measure(bench, o) for o in outcomes]).reshape(-1, len(SIGNALS))
    right = np.array([o.right and isinstance(o.interpretation, Understood) for o in outcomes])
    if len(outcomes) < _FEWEST or right.all() or not right.any():
        raise AudioError(
            f"{int(right.sum())} of {len(outcomes)} are right: at least {_FEWEST} are needed, some right, some wrong. "
            "Add recordings, or noise with --noise and --snr."
        )
    sure = cross_validated(signals, right, [o.sample.id + o.sample.speaker for o in outcomes])
    _print(console, fit(signals, right), sure, right)
    _print_settings(console, bench.settings, signals[:, list(SIGNALS).index("recogniser")], right)
    if svg:
        _draw(svg, sure, right)
        console.print(f"The curve is in {svg}", soft_wrap=True)


def measure(bench: Bench, outcome: Outcome) -> list[float]:
    """The SIGNALS of one utterance."""

    def read(utterance: Utterance) -> Interpretation:
        return bench.interpret(outcome.sample, utterance)

    return [signal(outcome.utterance, outcome.interpretation, read) for signal in SIGNALS.values()]


def _refused(sample: Sample) -> Sample:
    return Sample(sample.id, sample.path, sample.words, [], sample.speaker, sample.sound, sample.language)


def _print(console: Console, weights: Matrix, sure: Matrix, right: NDArray[np.bool_]) -> None:
    table = Table("confidence from", "recordings", "mean confidence", "really right")
    for low in np.arange(0, 1, 0.2):
        inside = (sure >= low) & (sure < low + 0.2 if low < 0.79 else sure <= 1)
        if inside.any():
            table.add_row(f"{low:.1f}", str(inside.sum()), f"{sure[inside].mean():.1%}", f"{right[inside].mean():.1%}")
    console.print(table)
    curve = error_curves(zip(sure.tolist(), right.tolist(), strict=True))
    threshold, accepts, rejects = min(curve, key=lambda point: abs(point[1] - point[2]))
    console.print(f"{counted(len(right), 'utterance')}, {right.mean():.1%} right. "
                  f"Brier score {np.mean((sure - right) ** 2):.3f} "
                  f"(always the mean: {right.mean() * (1 - right.mean()):.3f})")  # fmt: skip
    console.print(f"equal errors at {threshold:.2f}: {accepts:.1%} of the wrong accepted, {rejects:.1%} of the right "
                  "refused")  # fmt: skip
    console.print(json.dumps(dict(zip(("constant", *SIGNALS), np.round(weights, 3).tolist(), strict=True))))


def _print_settings(console: Console, used: Settings, sure: Matrix, right: NDArray[np.bool_]) -> None:
    """Of the utterances that the recogniser judged and heard something in."""
    judged = (sure > 0) & (sure < 1)
    if judged.sum() < _FEWEST or right[judged].all() or not right[judged].any():
        console.print("Too few readings were judged by their sound to fit the settings confidence_even and _width.")
        return
    curve = Rejection(used.confidence_even, used.confidence_width, used.refuse_below)
    fitted = fit_rejection(sure[judged], right[judged], curve)
    console.print(f"By the sound alone ({judged.sum()} readings), settings that fit these recordings:")
    console.print(f"confidence_even: {fitted.even:.1f}\nconfidence_width: {fitted.width:.1f}")


def _draw(svg: Path, sure: Matrix, right: NDArray[np.bool_]) -> None:
    curve = error_curves(zip(sure.tolist(), right.tolist(), strict=True))
    series = {"false accepts": [(t, a) for t, a, _ in curve], "false rejects": [(t, r) for t, _, r in curve]}
    drawing = plots.lines(series, "confidence from which an utterance is accepted", "share")
    try:
        svg.write_text(drawing.replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" ', 1), encoding="utf-8")
    except OSError as error:
        raise AudioError(f"{svg} cannot be written: {error.strerror or error}. Name another file.") from error
