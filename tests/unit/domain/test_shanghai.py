"""Days are Shanghai's."""

from datetime import date

from wufang.domain.shanghai import DAY_MS, date_of, day_number, day_of, day_start, weekday


def test_a_day_begins_at_midnight_in_shanghai() -> None:
    sixteen_utc = 16 * 3_600_000
    assert day_of(sixteen_utc - 1) == 0
    assert day_of(sixteen_utc) == 1
    assert day_start(1) == sixteen_utc
    assert day_of(day_start(20_000) + DAY_MS - 1) == 20_000


def test_weekdays() -> None:
    assert weekday(day_of(1_790_000_000_000)) == 0  # 2026-09-21, a Monday


def test_days_are_counted_from_the_first_of_1970() -> None:
    assert day_number(date(1970, 1, 1)) == 0
    assert date_of(365) == date(1971, 1, 1)
    assert date_of(day_number(date(2024, 2, 29))) == date(2024, 2, 29)
