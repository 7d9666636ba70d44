"""Days are Shanghai's."""

from wufang.domain.warning.sighting import DAY_MS, day_of, day_start, weekday


def test_a_day_begins_at_midnight_in_shanghai() -> None:
    sixteen_utc = 16 * 3_600_000
    assert day_of(sixteen_utc - 1) == 0
    assert day_of(sixteen_utc) == 1
    assert day_start(1) == sixteen_utc
    assert day_of(day_start(20_000) + DAY_MS - 1) == 20_000


def test_weekdays() -> None:
    assert weekday(day_of(1_790_000_000_000)) == 0  # 2026-09-21, a Monday
