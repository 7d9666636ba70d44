"""How many people a window would bring if nothing had changed, and how sure that is: from the subject's own past."""

from collections.abc import Sequence
from functools import lru_cache
from operator import mul

import msgspec

from wufang.domain.shanghai import weekday
from wufang.domain.warning.rules import Rules
from wufang.domain.warning.track import Track


class Forecast(msgspec.Struct, frozen=True, gc=False):
    """People expected in a window, and how sure that is: a gamma's shape, one through the squared relative error."""

    mean: float
    shape: float


class Past(msgspec.Struct, frozen=True, gc=False):
    """What a window is compared with: people a day from the day `born` on, and how many in all."""

    born: int
    counts: tuple[int, ...]
    people: int

    @property
    def days(self) -> int:
        return len(self.counts)


def recent(track: Track, rules: Rules) -> list[int]:
    """Newly reporting people of each day that may matter, the newest first."""
    newest, days = track.newest, rules.windows[-1] + rules.history
    found = [0] * days
    for day, count in track.counts.items():
        back = newest - day
        if back < days:
            found[back] = count
    return found


def past(track: Track, window: int, watched_since: int, rules: Rules, days: Sequence[int]) -> Past:
    """The history before the `window` days up to the track's newest; `watched_since` is the county's first day.

    `days` are those of `recent`.
    """
    span = max(window, rules.guard)
    first = track.newest - span - rules.history + 1
    matter = track.about.kind == "matter"
    born = max(track.first if matter else watched_since, first)
    counts = tuple(days[span : max(track.newest - born + 1, span)][::-1])
    if matter and counts and born == track.first:
        counts = (counts[0] - 1, *counts[1:])  # it opened the matter, and says nothing of how often others come
    return Past(born, counts, sum(counts))


def forecast(track: Track, window: int, before: Past, rules: Rules) -> Forecast:
    """Of the `window` days up to the track's newest, behind their past."""
    worth, wavering = _rhythm(before, rules)
    today = weekday(track.newest)
    days = 7 * (window // 7) + sum([worth[(today - back) % 7] for back in range(window % 7)])
    shape = rules.of(track.about.kind).shape + before.people
    return Forecast(_daily(track, before, rules) * days, 1 / (1 / shape + wavering / window + rules.drift))


def surest(track: Track, window: int, before: Past, rules: Rules) -> tuple[float, float]:
    """The mean of whole weeks, which no weekday changes, and the shape if single days wavered by chance alone."""
    shape = rules.of(track.about.kind).shape + before.people
    return _daily(track, before, rules) * window, 1 / (1 / shape + rules.drift)


def _daily(track: Track, before: Past, rules: Rules) -> float:
    """The prior holds for one of whom little is known; one who is often seen is not drawn down to it."""
    prior, people, days = rules.of(track.about.kind), before.people, before.days
    return max((prior.shape + people) / (prior.days + days), people / max(days, rules.guard))


def _rhythm(before: Past, rules: Rules) -> tuple[tuple[float, ...], float]:
    """How many mean days each weekday is worth, and how much single days waver; of a day's reports mostly known."""
    numbers = (rules.guard, rules.weekday_doubt, rules.wavering, rules.wavering_doubt)
    return _rhythm_of(before.counts, weekday(before.born), *numbers)


@lru_cache(8_192)
def _rhythm_of(
    counts: tuple[int, ...], first: int, guard: int, weekday_doubt: float, wavering: float, wavering_doubt: float
) -> tuple[tuple[float, ...], float]:
    """`first` is the weekday of the first day. A weekday's days have one mean, so they are summed together.

    Wavering is the squared relative error of a day's rate beyond what chance does to its count: over the days, the sum
    of (count - mean)² - mean against that of mean².
    """
    days = [((first + offset) % 7, counts[offset::7]) for offset in range(min(7, len(counts)))]
    people = [weekday_doubt] * 7
    for day, some in days:
        people[day] += sum(some)
    total = sum(people)
    worth = tuple([7 * one / total for one in people])
    level = sum(counts) / max(len(counts), guard)
    excess, weight = wavering * wavering_doubt, wavering_doubt
    for day, some in days:
        mean, number = level * worth[day], len(some)
        squares = number * mean * mean
        excess += sum(map(mul, some, some)) - 2 * mean * sum(some) + squares - number * mean
        weight += squares
    return worth, max(excess / weight, 0.0)
