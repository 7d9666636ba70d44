"""How alike a report and a case are, feature by feature; it weighs, it does not decide."""

import math
from collections import Counter
from collections.abc import Sequence

import msgspec

from wufang.domain.linking.profile import Profile
from wufang.domain.linking.reading import SCALE, Reading
from wufang.domain.linking.rules import Rules

DAY = 86_400_000


class Likeness(msgspec.Struct, frozen=True):
    """`title` and `problem` are cosines with the best member; `place` sums the rarity of the shared names."""

    title: float
    problem: float
    place: float
    same_spot: bool
    same_reporter: bool
    days: float


def likeness(reading: Reading, profile: Profile, manner: frozenset[str] = frozenset()) -> Likeness:
    """Compare with every kept member; the best of each feature counts. Words of `manner` count for nothing."""
    shared: set[str] = set()
    problem = title = 0
    for member in profile.members:
        problem = max(problem, _problem(reading.vector, member.vector, manner, shared))
        title = max(title, _dot(reading.title, member.title, manner))
    return Likeness(
        title=title / SCALE**2,
        problem=problem / SCALE**2,
        place=sum(reading.rarity[name] for name in sorted(shared)),
        same_spot=any(spot in profile.spots for spot in reading.spots),
        same_reporter=not manner and reading.reporter is not None and reading.reporter in profile.reporters,
        days=abs(reading.occurred_at - profile.last_occurred_at) / DAY,
    )


def manner(reading: Reading, profiles: Sequence[Profile], rules: Rules) -> frozenset[str]:
    """Words that one reporter uses in most of many cases: they say who writes, not about what."""
    own = [profile for profile in profiles if reading.reporter is not None and reading.reporter in profile.reporters]
    if len(own) < rules.manner_cases:
        return frozenset()
    counts = Counter(word for profile in own for word in profile.members[0].vector)
    return frozenset(word for word in reading.vector if 2 * counts[word] >= len(own))


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


def _problem(mine: dict[str, int], theirs: dict[str, int], manner: frozenset[str], shared: set[str]) -> int:
    """The dot product of the words that say what happened; shared names are added to `shared`."""
    problem = 0
    for word in _both(mine, theirs, manner):
        one, other = mine[word], theirs[word]
        if one < 0 or other < 0:
            shared.add(word)
        else:
            problem += one * other
    return problem


def _dot(mine: dict[str, int], theirs: dict[str, int], manner: frozenset[str]) -> int:
    product = 0
    for word in _both(mine, theirs, manner):
        product += mine[word] * theirs[word]
    return product


def _both(mine: dict[str, int], theirs: dict[str, int], manner: frozenset[str]) -> set[str]:
    """Only for sums of whole numbers and for sets: the order of what it returns means nothing."""
    return (mine.keys() & theirs.keys()) - manner if manner else mine.keys() & theirs.keys()
