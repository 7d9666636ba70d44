"""How alike a report and a case are, feature by feature; it weighs, it does not decide."""

import math
from collections import Counter
from collections.abc import Sequence

import msgspec

from wufang.domain.linking.profile import IN_LANE, LANE, Profile, lane_of, weights_of
from wufang.domain.linking.reading import SCALE, Reading
from wufang.domain.linking.rules import Rules

DAY = 86_400_000
MOST_ALIKE = 1.02  # no cosine is more: a unit vector of 64 weights is rounded to thousandths


class Likeness(msgspec.Struct, frozen=True):
    """`title` and `problem` are cosines with the best member; `place` sums the rarity of the shared names."""

    title: float
    problem: float
    place: float
    same_spot: bool
    same_reporter: bool
    days: float


class Evidence:
    """A reading laid out for many comparisons; words of `manner` are left out."""

    __slots__ = ("manner", "rarity", "title", "what", "who", "words")

    def __init__(self, reading: Reading, manner: frozenset[str] = frozenset()) -> None:
        title, what, who = reading.title, reading.what, reading.who
        if manner:
            title, what, who = (_without(words, manner) for words in (title, what, who))
        self.title, self.what = title, what
        self.who, self.words = who.keys(), {**what, **who}.keys()
        self.rarity, self.manner = reading.rarity, manner


def _without(words: dict[str, int], manner: frozenset[str]) -> dict[str, int]:
    return {word: weight for word, weight in words.items() if word not in manner}


def likeness(reading: Reading, profile: Profile, mine: Evidence, rules: Rules, least: float) -> Likeness | None:
    """Compare with every kept report, the best of each feature counts; None when the log odds stay under `least`.

    The likeness of the problems takes most of the time, so it is asked last, if it can still matter.
    """
    days = abs(reading.occurred_at - profile.last_occurred_at) / DAY
    if days > rules.window_days or least == math.inf:
        return None
    own = not mine.manner and reading.reporter is not None and reading.reporter in profile.reporters
    spot = any(spot in profile.spots for spot in reading.spots)
    title, place = _cosine(mine.title, profile.title), _place(mine, profile)
    if odds(Likeness(title, MOST_ALIKE, place, spot, own, days), rules) < least:
        return None
    return Likeness(title, _cosine(mine.what, profile.what), place, spot, own, days)


def _place(mine: Evidence, profile: Profile) -> float:
    """The summed rarity of the words both have and one of them takes for a name, any report's."""
    shared = mine.words & profile.who.keys()
    if mine.who:
        shared |= mine.who & profile.what.keys()
    return sum([mine.rarity[name] for name in sorted(shared)]) if shared else 0


def _cosine(mine: dict[str, int], theirs: dict[str, int]) -> float:
    """With the best of the case's reports: their lanes are summed together. Sums of whole numbers have no order."""
    products, best = sum([mine[word] * theirs[word] for word in mine.keys() & theirs.keys()]), 0
    while products:
        best = max(best, products & IN_LANE)
        products >>= LANE
    return best / SCALE**2


def manner(reading: Reading, profiles: Sequence[Profile], rules: Rules) -> frozenset[str]:
    """Words that one reporter uses in most of many cases: they say who writes, not about what."""
    own = [profile for profile in profiles if reading.reporter is not None and reading.reporter in profile.reporters]
    if len(own) < rules.manner_cases:
        return frozenset()
    counts = Counter(
        word for profile in own for words in (profile.what, profile.who) for word in weights_of(words, lane_of(0))
    )
    return frozenset(word for word in reading.telling if 2 * counts[word] >= len(own))


def odds(found: Likeness, rules: Rules) -> float:
    """The log odds that report and case are one matter, places apart that conflict."""
    return (
        rules.bias
        + rules.title * found.title
        + rules.problem * math.log(found.problem + rules.problem_floor)
        + rules.place * math.log1p(found.place + rules.spot * found.same_spot)
        + rules.reporter * found.same_reporter
        + rules.days * math.log1p(found.days)
    )
