from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, time, timezone

import pytest

from voice.shop.files.hours_text import parse_hours
from voice.shop.hours import closing, earliest, hours_on, is_open, later, local_now, next_opening, next_sale, sold_now
from voice.shop.model import Catalogue, OpeningHours

# 23 November 2026 is a Monday; the shop is open mon-fri 08:00-18:00 and sat 20:00-02:00, closed on 25 December.


def at(day: int, hour: int, minute: int = 0, month: int = 11) -> datetime:
    return datetime(2026, month, day, hour, minute)


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        (at(23, 8), True), (at(23, 7, 59), False), (at(23, 17, 59), True), (at(23, 18), False), (at(28, 19), False),
        (at(28, 23), True), (at(29, 1, 59), True), (at(29, 2), False), (at(25, 12, month=12), False),
        (at(24, 12, month=12), True),
    ],
)
def test_open_or_closed(shop: Catalogue, moment: datetime, expected: bool) -> None:
    assert is_open(shop.shop, moment) is expected


def test_the_shops_clock_counts_not_the_callers(shop: Catalogue) -> None:
    assert is_open(shop.shop, datetime(2026, 11, 23, 7, 30, tzinfo=timezone.utc))
    assert local_now(shop.shop, datetime(2026, 11, 23, 7, 30, tzinfo=timezone.utc)).hour == 8


def test_the_next_opening_skips_closed_days(shop: Catalogue) -> None:
    opening = next_opening(shop.shop, at(24, 19, month=12))
    assert opening is not None and (opening.day, opening.hour) == (26, 20)
    assert next_opening(shop.shop, at(23, 9)) == local_now(shop.shop, at(23, 9))
    away = tuple(date.fromordinal(date(2026, 11, 1).toordinal() + i) for i in range(90))
    mondays = (OpeningHours(0, time(8), time(9)),)
    assert next_opening(replace(shop.shop, hours=mondays, closed_on=away), at(23, 9)) is None


def test_closing_past_midnight_and_never(shop: Catalogue) -> None:
    ends = closing(shop.shop, at(28, 23))
    assert ends is not None and (ends.day, ends.hour) == (29, 2)
    assert closing(replace(shop.shop, hours=(), closed_on=()), at(23, 9)) is None
    assert closing(shop.shop, at(23, 19)) is None


def test_an_order_is_ready_before_the_shop_closes(shop: Catalogue) -> None:
    assert earliest(shop.shop, at=at(23, 9)) == local_now(shop.shop, at(23, 9, 15))
    assert earliest(shop.shop, at=at(23, 17, 50)) == local_now(shop.shop, at(24, 8, 15))
    zone = shop.shop.delivery[0]
    assert earliest(shop.shop, "delivery", zone, at(23, 17, 50)) == local_now(shop.shop, at(23, 18, 30))
    assert earliest(shop.shop, at=at(23, 6)) == local_now(shop.shop, at(23, 8, 15))


def test_breakfast_is_sold_at_breakfast(shop: Catalogue) -> None:
    egg, tea = shop.product("egg"), shop.product("tea")
    assert sold_now(shop.shop, egg, at(23, 9)) and not sold_now(shop.shop, egg, at(23, 11))
    assert next_sale(shop.shop, egg, at(23, 11)) == local_now(shop.shop, at(24, 8))
    assert sold_now(shop.shop, tea, at(23, 23))


def test_minutes_are_real_minutes_when_the_clocks_change(shop: Catalogue) -> None:
    before = local_now(shop.shop, datetime(2026, 3, 29, 1, 45))
    assert later(before, 30).hour == 3


def test_hours_of_a_date(shop: Catalogue) -> None:
    assert hours_on(shop.shop, date(2026, 11, 23)) == [(time(8), time(18))]
    assert hours_on(shop.shop, date(2026, 11, 29)) == [] == hours_on(shop.shop, date(2026, 12, 25))


@pytest.mark.parametrize(
    ("text", "count"),
    [("mon-fri 07:00-18:30", 5), ("sat, sun 8-13, 15-19:30", 4), ("daily 18:00-02:00", 7), ("fri-mon 9.30-12", 4),
     ("Monday and Friday 00:00-24:00", 2), ("mon - wed 8:00 - 9:00", 3), ("sunday: 10-12", 1)],
)
def test_hours_as_owners_write_them(text: str, count: int) -> None:
    assert len(parse_hours(text)) == count


@pytest.mark.parametrize("text", [
    "", "mon", "8-9", "mon 8", "mon 8-8", "mon 9-26", "foo 8-9", "mon-tue-wed 8-9", "mon 8:7-9",
])
def test_hours_that_cannot_be(text: str) -> None:
    with pytest.raises(ValueError, match=r"Write"):
        parse_hours(text)
