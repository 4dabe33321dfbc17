"""Opening hours as owners write them: "mon-fri 07:00-18:00", "sat 8-13, 15-19", "daily 18:00-02:00"."""

from __future__ import annotations

import re
from datetime import time

from voice.shop.model import OpeningHours

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_EVERY_DAY = ("daily", "every day")
_TIMES = re.compile(r"(\d{1,2})(?:[:.](\d{2}))?\s*-\s*(\d{1,2})(?:[:.](\d{2}))?")
_SHAPE = 'Write hours as "mon-fri 07:00-18:00".'


def parse_hours(text: str) -> list[OpeningHours]:
    """One entry per weekday and stretch. "24:00" is midnight. Raises ValueError saying what is wrong."""
    match = re.match(r"\s*([^\d]+?)\s*(?=\d)(.*)", text)
    if not match:
        raise ValueError(f"'{text}' has no days or no times. {_SHAPE}")
    days, found = _days(match[1].lower().rstrip(":")), []
    for stretch in re.split(r"\s*(?:,|\band\b)\s*", match[2].strip()):
        opens, closes = _stretch(stretch)
        found += [OpeningHours(day, opens, closes) for day in days]
    return found


def _days(text: str) -> list[int]:
    if text in _EVERY_DAY:
        return list(range(7))
    days: list[int] = []
    for part in re.split(r"\s*(?:,|\band\b)\s*|(?<!-)\s+(?!-)", text):
        ends = [_day(name.strip()) for name in part.split("-")]
        if len(ends) > 2:
            raise ValueError(f"'{part}' is not a day or a range of days. {_SHAPE}")
        first, last = ends[0], ends[-1]
        days += [day % 7 for day in range(first, last + 1 if last >= first else last + 8)]
    return sorted(set(days))


def _day(name: str) -> int:
    for index, day in enumerate(DAYS):
        if name.startswith(day):
            return index
    raise ValueError(f"'{name}' is not a day: {', '.join(DAYS)}, or daily. {_SHAPE}")


def _stretch(text: str) -> tuple[time, time]:
    match = _TIMES.fullmatch(text.strip())
    if not match:
        raise ValueError(f"'{text}' is not a stretch of time. {_SHAPE}")
    try:
        opens = time(int(match[1]), int(match[2] or 0))
        closes = time(int(match[3]) % 24, int(match[4] or 0)) if int(match[3]) <= 24 else time(99)
    except ValueError:
        raise ValueError(f"'{text}' holds a time that no clock shows. {_SHAPE}") from None
    if opens == closes and text.count("24") == 0:
        raise ValueError(f"'{text}' opens and closes at once. Write 00:00-24:00 for the whole day.")
    return opens, closes
