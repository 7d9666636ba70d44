"""Made-up daily series with weekdays and festivals, and other methods of finding bursts to compare ours with.

Poisson days, or days whose rate wavers by a quarter (gamma); nothing here is fitted to any county's figures.
"""

import datetime
import math
import random
from collections import Counter
from collections.abc import Callable, Sequence
from statistics import fmean, pstdev

import msgspec

from wufang.domain.shanghai import date_of, day_number, weekday
from wufang.domain.warning.bursts import judge
from wufang.domain.warning.rules import RULES, Rules
from wufang.domain.warning.sighting import About, Kind
from wufang.domain.warning.track import Track

YEAR = 365
START = day_number(datetime.date(2018, 1, 1))
WEEK = (1.2, 1.25, 1.2, 1.15, 1.0, 0.6, 0.6)  # a line that is called half as often at weekends
SPRING_FESTIVALS = {
    2018: (2, 16),
    2019: (2, 5),
    2020: (1, 25),
    2021: (2, 12),
    2022: (2, 1),
    2023: (1, 22),
    2024: (2, 10),
}
# Days from the festival's first day, and what they are worth: quiet, then what was kept back comes.
SPRING = ((-7, 0, 0.7), (0, 7, 0.3), (7, 10, 0.7), (10, 15, 1.4))
NATIONAL_DAY = ((0, 7, 0.5), (7, 10, 1.4))
MAY_DAY = ((0, 5, 0.5), (5, 7, 1.3))
WAVER = 16.0  # the shape of a rate whose standard deviation is a quarter

TAUGHT = 91  # days before anything is judged: each method's history
IN_TIME = 56  # days a rise has to be found in

Series = list[int]
Alarm = Callable[[Series, int], bool]


def factor(day: int) -> float:
    """What a day is worth beside the mean day: its weekday, and the festivals around it."""
    date = date_of(day)
    factors = [_near(date, datetime.date(date.year, 10, 1), NATIONAL_DAY)]
    factors.append(_near(date, datetime.date(date.year, 5, 1), MAY_DAY))
    if date.year in SPRING_FESTIVALS:
        factors.append(_near(date, datetime.date(date.year, *SPRING_FESTIVALS[date.year]), SPRING))
    return math.prod(factors) * WEEK[weekday(day)]


def _near(date: datetime.date, first: datetime.date, parts: Sequence[tuple[int, int, float]]) -> float:
    after = (date - first).days
    return next((worth for since, until, worth in parts if since <= after < until), 1.0)


FACTORS = [factor(START + at) for at in range(7 * YEAR)]


def made(chance: random.Random, rate: float, days: int, wavering: bool, rise: float = 1.0, at: int = 0) -> Series:
    """Counts of `days` days at a mean `rate` a day, `rise` times as many from day `at` on."""
    counts = []
    for day in range(days):
        mean = rate * FACTORS[day] * (rise if day >= at else 1.0)
        counts.append(poisson(chance, mean * (chance.gammavariate(WAVER, 1 / WAVER) if wavering else 1.0)))
    return counts


def poisson(chance: random.Random, mean: float) -> int:
    """Knuth's product of chances; good for means under 700."""
    limit, product, count = math.exp(-mean), chance.random(), 0
    while product >= limit:
        product *= chance.random()
        count += 1
    return count


def ours(kind: Kind = "category", rules: Rules = RULES) -> Alarm:
    """The shipped method, judged once at the end of each day: the last person of a day is its most surprising."""
    about = About(kind, "made-up")
    kept = rules.windows[-1] + rules.history

    def alarm(counts: Series, today: int) -> bool:
        if not counts[today]:
            return False
        days = {START + day: counts[day] for day in range(max(0, today - kept + 1), today + 1) if counts[day]}
        track = Track(about, START, START + today, days, {}, ())
        return judge(track, START, rules)[1] is not None

    return alarm


def ears(which: str, limit: float, floor: int = RULES.floor) -> Alarm:
    """EARS C1 (the week before), C2 (the week before, two days between), C3 (three days' excess over C2)."""
    gap = 0 if which == "C1" else 2

    def excess(counts: Series, today: int) -> float:
        before = counts[today - gap - 7 : today - gap]
        return (counts[today] - fmean(before)) / max(pstdev(before), 0.5)

    def alarm(counts: Series, today: int) -> bool:
        if counts[today] < floor:
            return False
        if which == "C3":
            return sum(max(0.0, excess(counts, today - back) - 1) for back in range(3)) > limit
        return excess(counts, today) > limit

    return alarm


def farrington(limit: float, window: int = 1, floor: int = RULES.floor) -> Alarm:
    """Quasi-Poisson with weekdays on the eight weeks that end a week ago, two-thirds power bound (Farrington 1996).

    The five years of the original are not there for most subjects, so its weeks are the last eight. `window` 7 counts
    whole weeks.
    """

    def alarm(counts: Series, today: int) -> bool:
        seen = sum(counts[today - window + 1 : today + 1])
        if seen < floor:
            return False
        units = [sum(counts[end - window + 1 : end + 1]) for end in range(today - 7, today - 63, -window)]
        if window == 1:
            same = units[0::7]
            mean, others = fmean(same), fmean(units)
            mean = (8 * mean + 8 * others) / 16  # half its own weekday, half the level
        else:
            mean = fmean(units)
        if mean <= 0:
            return True
        spread = max(1.0, sum((unit - mean) ** 2 for unit in units) / mean / max(len(units) - 1, 1))
        tau = spread + 1 / len(units)
        return seen > mean * math.pow(1 + 2 / 3 * limit * math.sqrt(tau / mean), 1.5)

    return alarm


def warnings(counts: Series, alarm: Alarm, since: int, quiet: int = RULES.quiet) -> list[int]:
    """The days on which a warning is given: an alarm after `quiet` days without any."""
    given, high = [], -quiet
    for today in range(since, len(counts)):
        if alarm(counts, today):
            if today - high >= quiet:
                given.append(today)
            high = today
    return given


class Calm(msgspec.Struct, frozen=True):
    """False alarms a series and year where nothing changes: the mean, the worst series, years with more than one."""

    mean: float
    worst: float
    years_over: float


class Found(msgspec.Struct, frozen=True):
    """Days from a rise to its warning (1: the first day), None where fewer were found in time; `share` were."""

    median: int | None
    nine_in_ten: int | None
    share: float


def calm(alarm: Alarm, rate: float, wavering: bool, series: int, years: int, seed: int) -> Calm:
    """False alarms of `series` series of `years` judged years each, behind a first quarter that only teaches."""
    each: list[float] = []
    over = 0
    for number in range(series):
        counts = made(_chance(seed, rate, wavering, number), rate, TAUGHT + years * YEAR, wavering)
        by_year = Counter((day - TAUGHT) // YEAR for day in warnings(counts, alarm, TAUGHT))
        each.append(by_year.total() / years)
        over += sum(given > 1 for given in by_year.values())
    return Calm(round(fmean(each), 3), round(max(each), 2), round(over / series / years, 3))


def found(alarm: Alarm, rate: float, rise: float, wavering: bool, runs: int, seed: int) -> Found:
    """How soon a rise that begins on any day of a year and stays is warned of."""
    days = []
    for number in range(runs):
        chance = _chance(seed, rate, wavering, number)
        at = TAUGHT + chance.randrange(YEAR)
        counts = made(chance, rate, at + IN_TIME, wavering, rise, at)
        days.append(next((day - at + 1 for day in range(at, len(counts)) if alarm(counts, day)), IN_TIME + 1))
    days.sort()
    share = sum(day <= IN_TIME for day in days) / runs
    return Found(_in_time(days[(runs - 1) // 2]), _in_time(days[-(-9 * runs // 10) - 1]), round(share, 2))


def _in_time(day: int) -> int | None:
    return day if day <= IN_TIME else None


def _chance(seed: int, rate: float, wavering: bool, number: int) -> random.Random:
    return random.Random(f"{seed} {rate} {wavering} {number}")
