"""Simulated callers: the same seed the same callers, and their orders arrive."""

from __future__ import annotations

from collections import Counter

from voice.evaluation.calls import simulate
from voice.settings import Settings
from voice.shop.catalogue import load_catalogue


def test_callers_get_what_they_want() -> None:
    calls = simulate(load_catalogue(), Settings(), callers=15, seed=7)
    outcomes = Counter(call.outcome for call in calls)
    assert outcomes["success"] >= 13, outcomes
    again = simulate(load_catalogue(), Settings(), callers=3, seed=7)
    assert [call.transcript for call in again] == [call.transcript for call in calls[:3]]
