"""Times as callers say them."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from voice.dialogue.times import hear_time, is_soon
from voice.shop.catalogue import load_catalogue

SHOP = load_catalogue().shop
NOW = datetime(2026, 11, 24, 10, 5, tzinfo=ZoneInfo(SHOP.timezone))


@pytest.mark.parametrize(
    ("said", "at"),
    [
        ("half past ten", "10:30"), ("quarter to twelve", "11:45"), ("a quarter past four", "16:15"),
        ("noon", "12:00"),
        ("ten thirty", "10:30"), ("10:45", "10:45"), ("five pm", "17:00"), ("five o'clock", "17:00"),
        ("in twenty minutes", "10:25"), ("in half an hour", "10:35"), ("in an hour", "11:05"),
        ("in two hours", "12:05"),
        ("around three in the afternoon", "15:00"), ("eleven", "11:00"), ("twenty past one", "13:20"),
    ],
)
def test_times_are_heard(said: str, at: str) -> None:
    found = hear_time(said, NOW, "en", SHOP)
    assert found is not None
    assert found.strftime("%H:%M") == at
    assert found.date() == NOW.date()


def test_tomorrow_and_nonsense() -> None:
    found = hear_time("tomorrow at nine in the morning", NOW, "en", SHOP)
    assert found is not None
    assert found.strftime("%d %H:%M") == "25 09:00"
    assert hear_time("when the cows come home", NOW, "en", SHOP) is None
    assert hear_time("at ninety nine", NOW, "en", SHOP) is None
    assert is_soon("as soon as possible", "en")
