"""How many people a window would bring if nothing had changed, and how sure that is: from the subject's own past."""

import msgspec

from wufang.domain.warning.rules import Rules
from wufang.domain.warning.sighting import weekday
from wufang.domain.warning.track import Track


class Forecast(msgspec.Struct, frozen=True):
    """People expected in a window, and how sure that is: a gamma's shape, one through the squared relative error."""

    mean: float
    shape: float


def forecast(track: Track, window: int, watched_since: int, rules: Rules) -> Forecast:
    """Of the `window` days up to the track's newest; `watched_since` is the first day of the county's ledger."""
    until = track.newest - max(window, rules.guard)
    first = until - rules.history + 1
    matter = track.about.kind == "matter"
    born = max(track.first if matter else watched_since, first)
    past = [track.counts.get(day, 0) for day in range(born, until + 1)]
    if matter and past and born == track.first:
        past[0] -= 1  # it opened the matter, and says nothing of how often others come
    people, days = sum(past), len(past)
    prior = rules.of(track.about.kind)
    # The prior holds for one of whom little is known; one who is often seen is not drawn down to it.
    daily = max((prior.shape + people) / (prior.days + days), people / max(days, rules.guard))
    worth = _worth(past, born, rules)
    mean = daily * sum([worth[weekday(track.newest - back)] for back in range(window)])
    doubt = 1 / (prior.shape + people) + _wavering(past, born, worth, rules) / window + rules.drift
    return Forecast(mean, 1 / doubt)


def _worth(past: list[int], born: int, rules: Rules) -> list[float]:
    """How many mean days each weekday is worth."""
    people = [rules.weekday_doubt] * 7
    for day, count in enumerate(past, born):
        people[weekday(day)] += count
    total = sum(people)
    return [7 * some / total for some in people]


def _wavering(past: list[int], born: int, worth: list[float], rules: Rules) -> float:
    """The squared relative error of a day's rate beyond what chance does to its count."""
    level = sum(past) / max(len(past), rules.guard)
    excess, weight = rules.wavering * rules.wavering_doubt, rules.wavering_doubt
    for day, count in enumerate(past, born):
        mean = level * worth[weekday(day)]
        excess += (count - mean) ** 2 - mean
        weight += mean * mean
    return max(excess / weight, 0.0)
