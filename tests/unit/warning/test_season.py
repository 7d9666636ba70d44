"""Seasons: said before they come, and said when they are more than ever."""

from wufang.domain.warning.season import WEEKS_KEPT, above_season, season_ahead, told, week_of

TODAY = 20_000
YEAR = 365


def people(days: dict[int, int]) -> dict[int, int]:
    weeks: dict[int, int] = {}
    for day, count in days.items():
        for _ in range(count):
            weeks = told(weeks, day)
    return weeks


def year(back: int, before: int, after: int) -> dict[int, int]:
    """So many people in each of eight weeks before and of four weeks after this date, `back` years ago."""
    date = TODAY - back * 1461 // 4 + 7
    return {date - 7 * week: before for week in range(1, 9)} | {date + 7 * week: after for week in range(4)}


def test_a_season_is_seen_ahead() -> None:
    weeks = people(year(1, 2, 8) | year(2, 2, 9))
    found = season_ahead(weeks, TODAY, TODAY - 3 * YEAR)
    assert found is not None
    assert found.years == ((16, 32), (16, 36))
    assert found.week == week_of(TODAY) + 1
    assert found.expected == round(0.5 * 68 / 16, 1)  # this year brought nobody so far


def test_one_year_is_no_season() -> None:
    weeks = people(year(1, 2, 8) | year(2, 2, 9))
    assert season_ahead(weeks, TODAY, TODAY - 2 * YEAR) is None


def test_every_year_has_to_rise() -> None:
    weeks = people(year(1, 2, 20) | year(2, 2, 2))
    assert season_ahead(weeks, TODAY, TODAY - 3 * YEAR) is None


def test_a_few_more_are_no_season() -> None:
    weeks = people(year(1, 0, 1) | year(2, 0, 1))
    assert season_ahead(weeks, TODAY, TODAY - 3 * YEAR) is None


def test_more_than_the_same_weeks_of_earlier_years() -> None:
    def at(back: int, each: int) -> dict[int, int]:
        return {TODAY - back * 1461 // 4 - 7 * week: each for week in range(1, 5)}

    earlier = at(1, 5) | at(2, 5)
    found = above_season(people(earlier | at(0, 20)), TODAY, TODAY - 3 * YEAR)
    assert found is not None
    assert (found.seen, found.years, found.expected) == (80, (20, 20), 20.0)
    assert above_season(people(earlier | at(0, 6)), TODAY, TODAY - 3 * YEAR) is None
    assert above_season(people(earlier | at(0, 20)), TODAY, TODAY - 2 * YEAR) is None


def test_four_years_are_kept() -> None:
    weeks = people(dict.fromkeys(range(0, 7 * 400, 7), 1))
    assert len(weeks) == WEEKS_KEPT
    assert told(weeks, 0) == weeks
