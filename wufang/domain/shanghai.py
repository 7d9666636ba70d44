"""The clock officials' days and hours are of: Asia/Shanghai, eight hours ahead of UTC, no summer time since 1991.

A day's number counts the days of this clock from 1970-01-01 on.
"""

from datetime import date, datetime, timedelta, timezone

SHANGHAI = timezone(timedelta(hours=8))
DAY_MS = 86_400_000
_AHEAD_MS = 8 * 3_600_000
_FIRST = date(1970, 1, 1).toordinal()
_LATEST = datetime.max.replace(tzinfo=SHANGHAI)


def local(moment: datetime) -> datetime:
    """A moment as this clock shows it; the last hours of the year 9999, which it has not, are shown as its last."""
    return min(moment, _LATEST).astimezone(SHANGHAI)


def day_of(at: int) -> int:
    """The number of the day that a UTC millisecond lies in."""
    return (at + _AHEAD_MS) // DAY_MS


def day_start(day: int) -> int:
    """The UTC millisecond at which a day begins."""
    return day * DAY_MS - _AHEAD_MS


def weekday(day: int) -> int:
    """0 for Monday; 1970-01-01 was a Thursday."""
    return (day + 3) % 7


def date_of(day: int) -> date:
    """The date of a day. Raises ValueError or OverflowError beyond the years 1 to 9999."""
    return date.fromordinal(_FIRST + day)


def day_number(when: date) -> int:
    """The number of a date's day."""
    return when.toordinal() - _FIRST
