"""Seasons (研办): what came in the same weeks of earlier years, to be told before it comes again, and when it is more.

State: a subject's newly reporting people by week (`weeks`, four years of them), and the county's first day.
"""

from collections.abc import Mapping, Sequence

import msgspec

from wufang.domain.warning.rules import RULES, Rules
from wufang.domain.warning.tail import surprise

WEEKS_KEPT = 4 * 53
AHEAD = 4
BEFORE = 8


class SeasonAhead(msgspec.Struct, frozen=True):
    """People in four weeks: `expected` in those that begin with `week`; `years` hold eight before and four after."""

    week: int
    expected: float
    years: tuple[tuple[int, int], ...]
    surprise: float


class AboveSeason(msgspec.Struct, frozen=True):
    """`seen` people in the four weeks that end before `week`, `years` in the same weeks of each year, latest first."""

    week: int
    expected: float
    seen: int
    years: tuple[int, ...]
    surprise: float


def week_of(day: int) -> int:
    """Weeks since the Monday before 1970-01-01; days count from that date."""
    return (day + 3) // 7


def told(weeks: Mapping[int, int], day: int) -> dict[int, int]:
    """The weeks after one newly reporting person more; the oldest are forgotten."""
    week = week_of(day)
    oldest = max((week, *weeks)) - WEEKS_KEPT
    return {at: people for at, people in {**weeks, week: weeks.get(week, 0) + 1}.items() if at > oldest}


def season_ahead(weeks: Mapping[int, int], today: int, watched_since: int, rules: Rules = RULES) -> SeasonAhead | None:
    """Whether every earlier year rose in the four weeks that begin next week (today's is not over)."""
    years = [
        (_people(weeks, at - BEFORE, at), _people(weeks, at, at + AHEAD))
        for at in _earlier(today + 7, watched_since, BEFORE)
    ]
    if len(years) < rules.season_years or any(after * 2 < rules.season_times * before for before, after in years):
        return None
    before, after = sum(old for old, _ in years), sum(new for _, new in years)
    if after < rules.season_floor:
        return None
    # Half the eight weeks, and half a person where there were none, is what four weeks bring without a season.
    level = max(before / 2, 0.5)
    found = surprise(after, level, _shape(before, rules))
    if found < rules.season_level:
        return None
    week = week_of(today) + 1
    now = _people(weeks, week - 1 - BEFORE, week - 1)
    return SeasonAhead(week, round(max(now / 2, 0.5) * after / level, 1), tuple(years), found)


def above_season(weeks: Mapping[int, int], today: int, watched_since: int, rules: Rules = RULES) -> AboveSeason | None:
    """Whether the last four whole weeks brought more than the same weeks of earlier years did."""
    week = week_of(today)
    seen = _people(weeks, week - AHEAD, week)
    years = [_people(weeks, at - AHEAD, at) for at in _earlier(today, watched_since, AHEAD)]
    if len(years) < rules.season_years or seen < rules.season_floor:
        return None
    mean = max(sum(years), 0.5) / len(years)
    found = surprise(seen, mean, _shape(sum(years), rules))
    if found < rules.season_level:
        return None
    return AboveSeason(week, round(mean, 1), seen, tuple(years), found)


def _earlier(day: int, watched_since: int, before: int) -> Sequence[int]:
    """The week of this date in each of three earlier years that is wholly known, latest first; years of 365.25 days."""
    weeks = [week_of(day - 1461 * year // 4) for year in range(1, 4)]
    return [week for week in weeks if week - before > week_of(watched_since)]


def _people(weeks: Mapping[int, int], since: int, until: int) -> int:
    return sum(weeks.get(week, 0) for week in range(since, until))


def _shape(people: int, rules: Rules) -> float:
    return 1 / (1 / (people + 0.5) + rules.season_drift)
