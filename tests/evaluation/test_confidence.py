from __future__ import annotations

import numpy as np
import pytest

from voice.errors import AudioError
from voice.evaluation.confidence import SIGNALS, cross_validated, fit, fit_rejection, probability
from voice.recognition.rejection import Rejection
from voice.types import Hypothesis, Intent, Interpretation, NoMatch, Understood, Utterance


def understood(name: str) -> Understood:
    return Understood((Intent(name, confidence=0.8),), "words")


def read(utterance: Utterance) -> Interpretation:
    """Stands for a shop in which a sentence's first word is its meaning."""
    return understood(utterance.text.split()[0]) if utterance.text else NoMatch()


def signals(utterance: Utterance) -> dict[str, float]:
    return {name: signal(utterance, read(utterance), read) for name, signal in SIGNALS.items()}


def heard(*texts: tuple[str, float]) -> Utterance:
    return Utterance("speech", tuple(Hypothesis(t, score=s, confidence=0.7) for t, s in texts), seconds=1.0)


def test_the_margin_is_to_the_next_meaning_not_the_next_wording() -> None:
    found = signals(heard(("yes please", 0.0), ("yes ease", -1.0), ("no thanks", -4.0)))
    assert found["margin"] == pytest.approx(4.0)
    assert 0.5 < found["agreement"] < 1
    assert signals(heard(("yes please", 0.0), ("yes ease", -1.0)))["margin"] == 10
    assert signals(heard(("yes please", 0.0)))["agreement"] == 1


def test_silence_has_no_signal_of_being_right() -> None:
    found = signals(Utterance.silence())
    assert (found["recogniser"], found["margin"], found["agreement"], found["understanding"]) == (0, 0, 0, 0)
    assert found["unknown"] == 1


def test_the_fit_recovers_probabilities() -> None:
    random = np.random.default_rng(4)
    x = random.standard_normal((3000, 2))
    true = np.array([0.5, 2.0, -1.0])
    right = random.random(3000) < probability(x, true)
    assert fit(x, right) == pytest.approx(true, abs=0.25)
    sure = cross_validated(x, right, [str(i // 3) for i in range(3000)])
    for low in (0.1, 0.4, 0.7):
        inside = (sure >= low) & (sure < low + 0.2)
        assert right[inside].mean() == pytest.approx(sure[inside].mean(), abs=0.08)


def test_a_signal_that_tells_all_stays_finite() -> None:
    x = np.array([[0.0], [0.0], [1.0], [1.0]])
    assert np.isfinite(fit(x, np.array([False, False, True, True]))).all()


def test_the_rejection_s_curve_is_recovered_whatever_curve_was_used() -> None:
    random = np.random.default_rng(5)
    margins = random.normal(-15, 10, 4000)
    right = random.random(4000) < 1 / (1 + np.exp(-(margins + 12) / 4))
    used = Rejection(even=-19.0, width=2.5, refused=0.0)
    found = fit_rejection(1 / (1 + np.exp(-(margins - used.even) / used.width)), right, used)
    assert found.even == pytest.approx(-12, abs=0.6) and found.width == pytest.approx(4, abs=0.6)


def test_a_curve_is_not_fitted_to_readings_that_are_wrong_when_sure() -> None:
    sure = np.linspace(0.01, 0.99, 50)
    with pytest.raises(AudioError, match="no curve"):
        fit_rejection(sure, sure < 0.5, Rejection(-19.0, 2.5, 0.0))
