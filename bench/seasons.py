"""Seasons on made-up series: how often one is told of that is none, and how far ahead one that is.

python -m bench.seasons [--count 40] [--out OUT.json]

Seven years of one category (bench.series: weekdays, festivals, days that waver by a quarter), each year at a level of
its own, 15 % up or down; three years teach, the others are judged week by week, as the ledger does. A season is eight
weeks that begin on the same date each year, a week earlier or later by chance, with two or three times as many people;
or four weeks that end with the day before 春节, judged by both calendars and by the sun's alone.
"""

import argparse
import datetime
import json
import random
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from statistics import fmean, median
from typing import Any

from bench import machine
from bench.series import FACTORS, SPRING_FESTIVALS, START, WAVER, YEAR, poisson
from wufang.domain.shanghai import day_number
from wufang.domain.warning.rules import RULES
from wufang.domain.warning.season import AHEAD, AboveSeason, SeasonAhead, above_season, season_ahead, week_of

SEED = 6
RATES = (0.1, 0.5, 2.0, 10.0, 30.0)
TAUGHT_YEARS = 3
JUDGED_YEARS = 4
LEVELS = 44.0  # the shape of a year's level: a standard deviation of 15 %
LASTS = 8  # weeks of a season
BEFORE_SPRING = 4  # weeks of one that ends with the year of the moon
FESTIVALS = [day_number(datetime.date(year, *day)) - START for year, day in sorted(SPRING_FESTIVALS.items())]
OTHERS = 200  # people a week who tell the county of other things
Weeks = dict[int, int]
Found = SeasonAhead | AboveSeason
Judge = Callable[[Weeks, int, Weeks], Found | None]


def category(chance: random.Random, rate: float, rise: float = 1.0, begins: int = 0) -> tuple[Weeks, list[int]]:
    """People by week, and the first week of each year's season, which begins about day `begins` of a year."""
    starts = [year * YEAR + begins + 7 * chance.choice((-1, 0, 0, 1)) for year in range(TAUGHT_YEARS + JUDGED_YEARS)]
    return _made(chance, rate, rise, starts, LASTS)


def before_spring(chance: random.Random, rate: float, rise: float) -> tuple[Weeks, list[int]]:
    """The same with a season of the four weeks before each 春节."""
    return _made(chance, rate, rise, [day - 7 * BEFORE_SPRING for day in FESTIVALS], BEFORE_SPRING)


def _made(
    chance: random.Random, rate: float, rise: float, starts: Sequence[int], lasts: int
) -> tuple[Weeks, list[int]]:
    levels = [chance.gammavariate(LEVELS, 1 / LEVELS) for _ in starts]
    weeks: Weeks = {}
    for day, factor in enumerate(FACTORS):
        times = rise if any(0 <= day - start < 7 * lasts for start in starts) else 1.0
        mean = rate * factor * levels[day // YEAR] * times * chance.gammavariate(WAVER, 1 / WAVER)
        week = week_of(START + day)
        weeks[week] = weeks.get(week, 0) + poisson(chance, mean)
    return weeks, [week_of(START + start) for start in starts[TAUGHT_YEARS:]]


def told(weeks: Weeks, judge: Judge) -> list[Found]:
    """What is said, once in `season_again` weeks, on Mondays."""
    county = {week: people + OTHERS for week, people in weeks.items()}
    given: list[Found] = []
    for week in range(week_of(START + TAUGHT_YEARS * YEAR), max(weeks)):
        if given and week - given[-1].week < RULES.season_again:
            continue
        known = {at: people for at, people in weeks.items() if at <= week}
        found = judge(known, 7 * week, county)
        if found is not None:
            given.append(found)
    return given


def calm(rate: float, count: int, judge: Judge) -> dict[str, float]:
    """Said of categories without any season, a series and year."""
    given = [len(told(category(_chance(rate, 1.0, number), rate)[0], judge)) for number in range(count)]
    each = [one / JUDGED_YEARS for one in given]
    return {"mean": round(fmean(each), 3), "worst_series": round(max(each), 2)}


def ahead(rate: float, rise: float, count: int) -> dict[str, Any]:
    """Of the seasons that came: how many were told of before they began, and how many weeks before."""

    def one(number: int) -> tuple[Weeks, list[int]]:
        chance = _chance(rate, rise, number)
        return category(chance, rate, rise, 60 + chance.randrange(240))

    return _early([one(number) for number in range(count)], season_ahead)


def moved(rate: float, rise: float, count: int, judge: Judge) -> dict[str, Any]:
    """The same of seasons before 春节."""
    return _early([before_spring(_chance(rate, rise, number), rate, rise) for number in range(count)], judge)


def _early(series: Sequence[tuple[Weeks, list[int]]], judge: Judge) -> dict[str, Any]:
    early: list[int] = []
    true: list[bool] = []
    asked = 0
    for weeks, starts in series:
        given = told(weeks, judge)
        asked += len(starts)
        early += [start - one.week + 1 for start in starts for one in given if 0 <= start - one.week + 1 <= LASTS]
        true += [sum(weeks.get(one.week + at, 0) for at in range(AHEAD)) >= one.needed for one in given]
    return {
        "told_before": round(len(early) / asked, 2),
        "weeks_before": median(early) if early else None,
        "came_true": round(fmean(true), 2) if true else None,
    }


def by_the_sun(weeks: Weeks, today: int, county: Weeks) -> Found | None:
    """As it was judged before the moon's calendar was known."""
    return season_ahead(weeks, today, county, calendars=("sun",))


def rows(count: int) -> Iterator[dict[str, Any]]:
    """One row for each base rate, people a day."""
    for rate in RATES:
        yield {
            "rate": rate,
            "false_season_a_year": calm(rate, count, season_ahead),
            "false_above_a_year": calm(rate, count, above_season),
            "twofold": ahead(rate, 2.0, count),
            "threefold": ahead(rate, 3.0, count),
            "threefold_before_spring": moved(rate, 3.0, count, season_ahead),
            "threefold_before_spring_by_the_sun": moved(rate, 3.0, count, by_the_sun),
        }


def _chance(rate: float, rise: float, number: int) -> random.Random:
    return random.Random(f"{SEED} {rate} {rise} {number}")


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and say it in short."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=40, help="series of each base rate and kind")
    parser.add_argument("--out", type=Path, help="the result as JSON")
    options = parser.parse_args(arguments)
    made = list(rows(options.count))
    result = {
        "machine": machine.describe(),
        "rules": RULES.version,
        "seed": SEED,
        "series": options.count,
        "rows": made,
    }
    if options.out is not None:
        options.out.write_text(json.dumps(result, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    for row in made:
        sys.stdout.write(json.dumps(row) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
