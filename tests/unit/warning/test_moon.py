"""The same date by the moon's calendar; festivals by hand, from published calendars."""

import datetime

import pytest

from wufang.domain.shanghai import day_number
from wufang.domain.warning.moon import moon_years_ago, sun_years_ago


def day(written: str) -> int:
    return day_number(datetime.date.fromisoformat(written))


@pytest.mark.parametrize(
    ("now", "years", "then"),
    [
        ("2026-02-17", 1, "2025-01-29"),  # 春节
        ("2026-02-17", 2, "2024-02-10"),
        ("2026-02-17", 3, "2023-01-22"),
        ("2025-10-06", 1, "2024-09-17"),  # 中秋, behind a leap month
        ("2025-05-31", 1, "2024-06-10"),  # 端午
        ("2025-07-25", 1, "2024-07-06"),  # the first of the leap sixth month, as of the sixth
    ],
)
def test_a_festival_is_a_festival_of_earlier_years(now: str, years: int, then: str) -> None:
    assert moon_years_ago(day(now), years) == day(then)


@pytest.mark.parametrize("beyond", [day("1900-06-01"), day("2200-01-01"), 10**12, -(10**12)])
def test_beyond_its_calendar_nothing_is_known(beyond: int) -> None:
    assert moon_years_ago(beyond, 3) is None


def test_a_year_of_the_sun_is_365_days_and_a_quarter() -> None:
    assert sun_years_ago(day("2026-03-01"), 2) == day("2024-02-29") + 1
