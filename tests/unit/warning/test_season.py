"""Seasons: said before they come, and said when they are more than ever; years by hand."""

import datetime
import random
from collections.abc import Sequence
from typing import Any

import pytest

from wufang.domain.shanghai import day_number, day_of
from wufang.domain.warning import RULES
from wufang.domain.warning.season import (
    AHEAD,
    LATE_KEPT,
    NOTHING,
    WEEKS_KEPT,
    SeasonAhead,
    Years,
    above_season,
    season_ahead,
    told,
    told_late,
    week_of,
    week_start,
)

TODAY = 20_000
WEEK = week_of(TODAY)
Weeks = dict[int, int]


def people(days: dict[int, int]) -> Weeks:
    years = NOTHING
    for day, count in days.items():
        for _ in range(count):
            years = told(years, day)
    return years.weeks


def year(back: int, before: int, after: int) -> Weeks:
    """So many people in each of eight weeks before and of four weeks after this date, `back` years ago."""
    date = TODAY - back * 1461 // 4 + 7
    return people({date - 7 * week: before for week in range(1, 9)} | {date + 7 * week: after for week in range(4)})


def county(years: int, each: int = 40) -> Weeks:
    """A county that told of so many people a week, for so many years."""
    return dict.fromkeys(range(WEEK - years * 53, WEEK + 1), each)


def test_a_season_is_seen_ahead() -> None:
    found = season_ahead(year(1, 2, 8) | year(2, 2, 9), TODAY, county(3))
    assert found is not None
    assert [(one.before, one.people) for one in found.years] == [(16, 32), (16, 36)]
    assert found.week == WEEK + 1
    assert found.expected == round(0.5 * 68 / 16, 1)  # this year brought nobody so far
    assert found.needed == RULES.verdict_floor


def test_what_is_expected_is_the_rise_of_earlier_years_on_this_years_level() -> None:
    now = {WEEK - back: 6 for back in range(1, 9)}
    found = season_ahead(year(1, 2, 8) | year(2, 2, 8) | now, TODAY, county(3))
    assert found is not None
    assert found.expected == 24 * 64 / 16
    assert found.needed == 36  # half as many again as the 24 of four weeks now


def test_one_year_is_no_season() -> None:
    assert season_ahead(year(1, 2, 8) | year(2, 2, 9), TODAY, county(2)) is None


def test_every_year_has_to_rise() -> None:
    assert season_ahead(year(1, 2, 20) | year(2, 2, 2), TODAY, county(3)) is None
    assert season_ahead(year(1, 2, 20) | year(2, 0, 0), TODAY, county(3)) is None


def test_a_few_more_are_no_season() -> None:
    assert season_ahead(year(1, 0, 1) | year(2, 0, 1), TODAY, county(3)) is None


def test_a_year_the_county_told_nothing_of_is_not_known() -> None:
    """Imports leave gaps; and one report with a wrong date makes no year known in which nobody could rise."""
    weeks, known = year(1, 2, 8) | year(2, 2, 9) | year(3, 2, 9), county(4)
    gap = {week: each for week, each in known.items() if not WEEK - 120 < week < WEEK - 90}
    found = season_ahead(weeks, TODAY, gap)
    assert found is not None
    assert [round((WEEK + 1 - one.week) / 52) for one in found.years] == [1, 3]
    alone = {WEEK - 156: 1} | county(1)
    assert season_ahead(weeks, TODAY, alone) is None


def moon(shifts: tuple[int, int, int]) -> Weeks:
    """Twenty people a week in two weeks of each of three years, so many weeks from this date; two in others."""
    weeks = dict.fromkeys(range(WEEK - 170, WEEK), 2)
    for back, shift in enumerate(shifts, 1):
        first = week_of(TODAY + 7 - back * 1461 // 4) + shift
        weeks |= {first: 20, first + 1: 20}
    return weeks


@pytest.mark.parametrize(
    ("shifts", "found"),
    [
        ((0, 0, 0), True),
        ((0, 1, 2), True),  # within one window of four weeks
        ((-1, 0, 3), True),  # the first week lies before the window: a rise still
        ((0, 2, 5), False),  # a month later in one year: its rise is not in these four weeks
    ],
)
def test_a_festival_that_moves_is_found_where_its_weeks_lie_close(shifts: tuple[int, int, int], found: bool) -> None:
    assert (season_ahead(moon(shifts), TODAY, county(4)) is not None) is found


def test_a_festival_that_moves_far_is_found_in_no_week_of_the_season() -> None:
    weeks = moon((-3, 0, 5))
    ahead = [season_ahead(weeks, TODAY + 7 * late, county(4)) for late in range(-8, 1)]
    assert not any(ahead)


SPRING_FESTIVALS = ("2023-01-22", "2024-02-10", "2025-01-29", "2026-02-17")


def before_spring(festivals: Sequence[str] = SPRING_FESTIVALS, each: int = 20) -> Weeks:
    """Two people a week, and so many in each of the two weeks before a festival."""
    days = [day_number(datetime.date.fromisoformat(one)) for one in festivals]
    weeks = dict.fromkeys(range(week_of(days[0]) - 60, week_of(days[-1]) + 8), 2)
    return weeks | {week_of(day) - back: each for day in days for back in (1, 2)}


def first_told(weeks: Weeks, **more: Any) -> SeasonAhead:
    """The first season said from December 2025 on."""
    december = day_number(datetime.date(2025, 12, 1))
    county = dict.fromkeys(range(min(weeks), max(weeks) + 1), 40)
    told = (
        season_ahead({at: n for at, n in weeks.items() if at <= week_of(day)}, day, county, **more)
        for day in range(december, december + 90, 7)
    )
    return next(one for one in told if one is not None)


def test_what_comes_before_spring_is_told_of_in_this_years_weeks() -> None:
    """By the sun alone it is said of weeks that end a month before: those of 2023."""
    weeks = before_spring()
    rise = week_of(day_number(datetime.date(2026, 2, 17))) - 2
    found = first_told(weeks)
    assert (found.calendar, found.week <= rise < found.week + AHEAD) == ("moon", True)
    assert sum(weeks[found.week + at] for at in range(AHEAD)) >= found.needed
    alone = first_told(weeks, calendars=("sun",))
    assert alone.week + AHEAD <= rise


def test_what_goes_by_the_sun_is_told_of_by_the_sun() -> None:
    weeks = before_spring(("2023-01-22", "2024-01-22", "2025-01-22", "2026-01-22"))
    assert first_told(weeks).calendar == "sun"


def test_a_festival_that_came_later_is_not_above_its_season() -> None:
    """Four weeks to the festival of 2026 are more than those of earlier Februaries, and not than before any other."""
    weeks = before_spring(each=100)
    today = day_number(datetime.date(2026, 2, 17))
    county = dict.fromkeys(range(min(weeks), max(weeks) + 1), 40)
    assert above_season(weeks, today, county, calendars=("sun",)) is not None
    assert above_season(weeks, today, county) is None


def same_weeks(back: int, each: int) -> Weeks:
    """So many people in each of the four weeks before this date, `back` years ago."""
    return people({TODAY - back * 1461 // 4 - 7 * week: each for week in range(1, 5)})


def test_more_than_the_same_weeks_of_earlier_years() -> None:
    earlier = same_weeks(1, 5) | same_weeks(2, 5) | same_weeks(3, 5)
    found = above_season(earlier | same_weeks(0, 20), TODAY, county(3))
    assert found is not None
    assert (found.seen, [one.people for one in found.years], found.expected) == (80, [20, 20, 20], 20.0)
    assert found.week == WEEK - 4
    assert above_season(earlier | same_weeks(0, 6), TODAY, county(3)) is None
    assert above_season(earlier | same_weeks(0, 20), TODAY, county(1)) is None


def test_a_county_that_tells_of_everything_more_is_not_above_its_seasons() -> None:
    """A channel that joined this year: three times as many people of every kind."""
    weeks = same_weeks(1, 5) | same_weeks(2, 5) | same_weeks(3, 5) | same_weeks(0, 15)
    grown = county(3) | {WEEK - back: 120 for back in range(5)}
    assert above_season(weeks, TODAY, county(3)) is not None
    assert above_season(weeks, TODAY, grown) is None


def test_four_years_are_kept() -> None:
    years = NOTHING
    for week in range(400):
        years = told(years, 7 * week)
    assert len(years.weeks) == WEEKS_KEPT
    assert told(years, 0) == years


def test_who_is_late_counts_once_in_28_days() -> None:
    years = NOTHING
    for day in (0, 27, 28, 10, 60):
        years = told_late(years, "a", day) or years
    assert sum(years.weeks.values()) == 3
    assert told_late(years, "b", 60) is not None


def test_one_person_who_tells_of_two_years_by_turns_makes_no_season() -> None:
    years = NOTHING
    for _ in range(20):
        for day in (100, 465):
            years = told_late(years, "a", day) or years
    assert sum(years.weeks.values()) == 2


def test_of_those_who_are_late_only_so_many_are_remembered() -> None:
    years: Years = NOTHING
    for number in range(LATE_KEPT + 5):
        years = told_late(years, str(number), 0) or years
    assert len(years.late) == LATE_KEPT
    assert told_late(years, "0", 0) is not None, "forgotten"
    assert told_late(years, str(LATE_KEPT), 0) is None


def test_weeks_begin_on_monday_in_shanghai() -> None:
    day = day_of(week_start(WEEK))
    assert week_of(day) == WEEK == week_of(day - 1) + 1
    assert (day + 3) % 7 == 0


def test_years_that_waver_by_chance_are_seldom_a_season() -> None:
    """Ten people a week, Poisson's chance: of 156 weeks that are judged hardly any."""
    chance = random.Random(4)
    weeks = {week: sum(chance.random() < 0.1 for _ in range(100)) for week in range(WEEK - 320, WEEK)}
    found = [week for week in range(WEEK - 156, WEEK) if season_ahead(weeks, 7 * week, dict.fromkeys(range(WEEK), 10))]
    assert len(found) <= 3
