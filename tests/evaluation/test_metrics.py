from __future__ import annotations

import pytest

from voice.evaluation.metrics import Score, error_curves, wilson, word_errors


def test_word_errors_are_the_fewest_edits() -> None:
    errors = word_errors("two large lattes, please", "too large lattes with please")
    assert errors.words == 4
    assert errors.substituted == (("two", "too"),)
    assert (errors.deleted, errors.inserted) == ((), ("with",))
    assert errors.errors == 2


def test_case_and_punctuation_do_not_count() -> None:
    assert word_errors("Yes, please!", "yes please").errors == 0


@pytest.mark.parametrize(("said", "heard", "count"), [("", "", 0), ("", "a b", 2), ("a b", "", 2)])
def test_empty_texts(said: str, heard: str, count: int) -> None:
    assert word_errors(said, heard).errors == count


def test_scores_add_up() -> None:
    score = Score()
    score.add(True, word_errors("a b", "a b"), 2.0, 0.5)
    score.add(False, word_errors("a b", "a c"), 2.0, 0.5)
    assert (score.accuracy, score.word_error_rate, score.real_time_factor) == (0.5, 0.25, 0.25)
    assert score.confusions == {("b", "c"): 1}
    assert (Score().accuracy, Score().word_error_rate, Score().real_time_factor) == (0, 0, 0)


def test_the_interval_is_wilsons() -> None:
    low, high = wilson(95, 100)
    assert low == pytest.approx(0.8882, abs=1e-4)
    assert high == pytest.approx(0.9785, abs=1e-4)
    assert wilson(0, 0) == (0, 1)
    assert wilson(10, 10)[1] == 1


def test_error_curves_fall_and_rise() -> None:
    curve = error_curves([(0.9, True), (0.8, True), (0.6, False), (0.4, True), (0.1, False)])
    thresholds, accepts, rejects = zip(*curve, strict=True)
    assert thresholds == (0.0, 0.1, 0.4, 0.6, 0.8, 0.9, 1.0)
    assert accepts == (1, 1, 0.5, 0.5, 0, 0, 0)
    assert rejects == (0, 0, 0, 1 / 3, 1 / 3, 2 / 3, 1)
