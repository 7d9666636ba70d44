"""Seasons (研办): what came in the same weeks of earlier years, to be told before it comes again, and when it is more.

State: a category's newly reporting people by week (`Years`), and those of its whole county, which tell what years are
known and how much more is told of anything. The same weeks are those of the same date by the sun or by the moon: what
comes before 年关 moves by up to a month. A season need show by one of the two; what is above a season, by both.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Literal

import msgspec

from wufang.domain.shanghai import day_of, day_start
from wufang.domain.warning.moon import moon_years_ago, sun_years_ago
from wufang.domain.warning.rules import RULES, Rules
from wufang.domain.warning.tail import surprise

WEEKS_KEPT = 4 * 53
LATE_KEPT = 2_048
AHEAD = 4
BEFORE = 8
OTHERS_DOUBT = 10  # people: until a county told of more in four weeks, its growth is not believed


Calendar = Literal["sun", "moon"]
Calendars = tuple[Calendar, ...]
BOTH: Calendars = ("sun", "moon")  # of equals the sun's
_YEARS_AGO: dict[Calendar, Callable[[int, int], int | None]] = {"sun": sun_years_ago, "moon": moon_years_ago}
SOON = 6  # weeks: by so much a date of the moon's may come later by the sun's than in the earlier years, with one more


class Years(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """People by week, four years of them; `late` is when those counted whom no track remembers, once in 28 days each.

    `ahead` and `above` are the first weeks that were last warned of, 0 before that.
    """

    weeks: dict[int, int]
    late: dict[str, int]
    ahead: int = 0
    above: int = 0


NOTHING = Years({}, {})


class SameWeeks(msgspec.Struct, frozen=True):
    """Four weeks of one year: the first of them, the people in them, and those in the eight weeks before."""

    week: int
    before: int
    people: int


class SeasonAhead(msgspec.Struct, frozen=True):
    """`expected` people in the four weeks that begin with `week`; `needed` make it come true."""

    week: int
    expected: float
    needed: int
    years: tuple[SameWeeks, ...]
    surprise: float
    calendar: Calendar = "sun"


class AboveSeason(msgspec.Struct, frozen=True):
    """`seen` people in the four weeks that begin with `week`; `needed` in the next four make it come true."""

    week: int
    expected: float
    needed: int
    seen: int
    years: tuple[SameWeeks, ...]
    surprise: float
    calendar: Calendar = "sun"


def week_of(day: int) -> int:
    """Weeks since the Monday before 1970-01-01; days count from that date."""
    return (day + 3) // 7


def week_start(week: int) -> int:
    """The UTC millisecond at which a week of Asia/Shanghai begins."""
    return day_start(7 * week - 3)


def week_at(at: int) -> int:
    """The week of a UTC millisecond."""
    return week_of(day_of(at))


def told(years: Years, day: int) -> Years:
    """The years after one newly reporting person more; the oldest weeks are forgotten."""
    week, weeks = week_of(day), dict(years.weeks)
    known = weeks.get(week)
    weeks[week] = 1 + (known or 0)
    if known is None and len(weeks) > WEEKS_KEPT:
        oldest = max(weeks) - WEEKS_KEPT
        weeks = {at: people for at, people in weeks.items() if at > oldest}
    return msgspec.structs.replace(years, weeks=weeks)


def told_late(years: Years, who: str, day: int, rules: Rules = RULES) -> Years | None:
    """The years after a report that its track is past; None where its reporter counted within 28 days of it."""
    longest = rules.windows[-1]
    span, late = day // longest, dict(years.late)
    near = [late.get(_within(one, who)) for one in (span - 1, span, span + 1)]
    if any(counted is not None and abs(day - counted) < longest for counted in near):
        return None
    late[_within(span, who)] = day
    if len(late) > LATE_KEPT:
        del late[next(iter(late))]
    return msgspec.structs.replace(told(years, day), late=late)


def _within(span: int, who: str) -> str:
    """Of each 28 days one: whoever tells of two years by turns counts once in each."""
    return f"{span}|{who}"


def people(weeks: Mapping[int, int], since: int, until: int) -> int:
    """Of the weeks from `since` up to `until`, which is left out."""
    return sum([weeks.get(week, 0) for week in range(since, until)])


def season_ahead(
    weeks: Mapping[int, int], today: int, county: Mapping[int, int], rules: Rules = RULES, calendars: Calendars = BOTH
) -> SeasonAhead | None:
    """Whether every known earlier year rose in the four weeks that begin next week (today's is not over).

    Where the years rise together more by the other calendar, and that soon, its weeks are waited for: by the sun 年关
    of earlier years may lie a month before this year's.
    """

    def asked(calendar: Calendar, ahead: int) -> SeasonAhead | None:
        return _season_by(calendar, weeks, today + 7 * ahead, county, rules)

    now = {calendar: found for calendar in calendars if (found := asked(calendar, 0)) is not None}
    if not now:
        return None
    soon = {calendar: [now.get(calendar), *(asked(calendar, at) for at in range(1, SOON))] for calendar in calendars}
    surest = max(calendars, key=lambda calendar: max(one.surprise if one else 0.0 for one in soon[calendar]))
    return now.get(surest)


def _season_by(
    calendar: Calendar, weeks: Mapping[int, int], today: int, county: Mapping[int, int], rules: Rules
) -> SeasonAhead | None:
    years = [_same(weeks, at) for at in _earlier(today + 7, calendar, county, BEFORE, rules)]
    if len(years) < rules.season_years or not all(_rose(year, rules) for year in years):
        return None
    before, after = sum(year.before for year in years), sum(year.people for year in years)
    if after < rules.season_floor:
        return None
    # Half the eight weeks, and half a person where there were none, is what four weeks bring without a season.
    level = max(before / 2, 0.5)
    found = surprise(after, level, _shape(before, rules))
    if found < rules.season_level:
        return None
    week = week_of(today) + 1
    now = max(people(weeks, week - 1 - BEFORE, week - 1) / 2, 0.5)
    needed = max(rules.verdict_floor, math.ceil(rules.season_times * now))
    return SeasonAhead(week, round(now * after / level, 1), needed, tuple(years), found, calendar)


def above_season(
    weeks: Mapping[int, int], today: int, county: Mapping[int, int], rules: Rules = RULES, calendars: Calendars = BOTH
) -> AboveSeason | None:
    """Whether the last four whole weeks brought more than the same weeks of earlier years and the county's growth.

    By each calendar by which enough years are known: a festival that came later this year is no rise.
    """
    seen = people(weeks, week_of(today) - AHEAD, week_of(today))
    if seen < rules.season_floor:
        return None
    asked = [(calendar, _earlier(today, calendar, county, AHEAD, rules)) for calendar in calendars]
    known = [(calendar, then) for calendar, then in asked if len(then) >= rules.season_years]
    found = [_above_by(calendar, then, weeks, today, county, rules) for calendar, then in known]
    sure = [one for one in found if one is not None]
    return min(sure, key=lambda one: one.surprise) if sure and len(sure) == len(found) else None


def _above_by(
    calendar: Calendar,
    then: Sequence[int],
    weeks: Mapping[int, int],
    today: int,
    county: Mapping[int, int],
    rules: Rules,
) -> AboveSeason | None:
    week = week_of(today) - AHEAD
    seen = people(weeks, week, week + AHEAD)
    years = [_same(weeks, at - AHEAD) for at in then]
    more = [_more(weeks, county, week, year.week) for year in years]
    mean = max(_mean(more, [year.people for year in years]), 0.5)
    found = surprise(seen, mean, _shape(sum(year.people for year in years), rules))
    if found < rules.season_level:
        return None
    following = [people(weeks, year.week + AHEAD, year.week + 2 * AHEAD) for year in years]
    next_mean = _mean(more, following)
    needed = max(rules.verdict_floor, math.ceil(rules.season_times * next_mean))
    return AboveSeason(week, round(mean, 1), needed, seen, tuple(years), found, calendar)


def _same(weeks: Mapping[int, int], week: int) -> SameWeeks:
    return SameWeeks(week, people(weeks, week - BEFORE, week), people(weeks, week, week + AHEAD))


def _rose(year: SameWeeks, rules: Rules) -> bool:
    return year.people > 0 and year.people * 2 >= rules.season_times * year.before


def _mean(more: Sequence[float], years: Sequence[int]) -> float:
    return sum(times * number for times, number in zip(more, years, strict=True)) / len(years)


def _more(weeks: Mapping[int, int], county: Mapping[int, int], now: int, then: int) -> float:
    """How many times as many people told of anything else as in the same weeks then: a channel more, or more trust."""
    others = [people(county, at, at + AHEAD) - people(weeks, at, at + AHEAD) for at in (now, then)]
    return max(1.0, (others[0] + OTHERS_DOUBT) / (others[1] + OTHERS_DOUBT))


def _earlier(day: int, calendar: Calendar, county: Mapping[int, int], before: int, rules: Rules) -> list[int]:
    """The week of this date in each of three earlier years that is known, latest first."""
    days = [_YEARS_AGO[calendar](day, year) for year in range(1, 4)]
    weeks = [week_of(one) for one in days if one is not None]
    return [week for week in weeks if _known(county, week - before, week + AHEAD, rules)]


def _known(county: Mapping[int, int], since: int, until: int, rules: Rules) -> bool:
    """Whether the county told of anything in most of these weeks: one report with a wrong date makes no year known."""
    return sum([week in county for week in range(since, until)]) >= rules.season_known * (until - since)


def _shape(seen: int, rules: Rules) -> float:
    return 1 / (1 / (seen + 0.5) + rules.season_drift)
