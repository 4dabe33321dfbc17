"""Times as callers say them."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

from voice.dialogue.times import hear_day, hear_time, is_soon
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


@pytest.mark.parametrize(
    ("said", "at"),
    [
        ("sunday at noon", "11-29 12:00"), ("friday at ten", "11-27 10:00"),
        ("saturday morning at nine", "11-28 09:00"),
        ("the day after tomorrow at noon", "11-26 12:00"), ("december twenty fifth at noon", "12-25 12:00"),
        ("the third of december at half past four", "12-03 16:30"), ("five pm on the twenty seventh", "11-27 17:00"),
        ("in two days at nine", "11-26 09:00"),
        ("three days at four pm", "11-27 16:00"), ("december twenty five th at eleven", "12-25 11:00"),
        ("tuesday at noon", "11-24 12:00"), ("next tuesday at noon", "12-01 12:00"),
        ("tomorrow evening at six", "11-25 18:00"), ("christmas day at noon", "12-25 12:00"),
        ("the second of january at three", "01-02 15:00"), ("today at four", "11-24 16:00"),
    ],
)
def test_days_are_heard_with_their_times(said: str, at: str) -> None:
    found = hear_time(said, NOW, "en", SHOP)
    assert found is not None
    assert found.strftime("%m-%d %H:%M") == at


def test_a_day_alone_is_no_time() -> None:
    assert hear_time("on friday", NOW, "en", SHOP) is None
    assert hear_day("on friday", NOW, "en") == date(2026, 11, 27)
    assert hear_day("at noon", NOW, "en") is None
    assert hear_time("friday next week at noon", NOW, "en", SHOP) is None
    assert hear_day("friday next week at noon", NOW, "en") is None
    at = hear_time("at three", NOW, "en", SHOP, on=date(2026, 11, 27))
    assert at is not None
    assert at.strftime("%d %H:%M") == "27 15:00"


def test_tomorrow_and_nonsense() -> None:
    found = hear_time("tomorrow at nine in the morning", NOW, "en", SHOP)
    assert found is not None
    assert found.strftime("%d %H:%M") == "25 09:00"
    assert hear_time("when the cows come home", NOW, "en", SHOP) is None
    assert hear_time("at ninety nine", NOW, "en", SHOP) is None
    assert is_soon("as soon as possible", "en")
