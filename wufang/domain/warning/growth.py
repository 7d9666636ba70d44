"""A matter that keeps growing (不让小事拖大): no burst, but month after month people who were quiet for a month."""

import msgspec

from wufang.domain.shanghai import day_start
from wufang.domain.warning.rules import RULES, Rules
from wufang.domain.warning.sighting import About
from wufang.domain.warning.track import Track

SPANS = 3


class Growth(msgspec.Struct, frozen=True):
    """`spans` are newly reporting people in three spans of 28 days, the latest last; `since` UTC milliseconds."""

    about: About
    since: int
    spans: tuple[int, ...]
    rules: str


def expected(rules: Rules = RULES) -> float:
    """How many people the spans bring to a matter of which nothing else is known."""
    prior = rules.of("matter")
    return round(SPANS * rules.windows[-1] * prior.shape / prior.days, 2)


def growing(track: Track, rules: Rules = RULES) -> Growth | None:
    """Whether each span up to the track's newest day brought somebody, and all together enough.

    For an open matter; who asks knows whether it is closed, and when it was last said.
    """
    if sum(track.counts.values()) < rules.growth_floor:
        return None
    span = rules.windows[-1]
    starts = [track.newest - span * back for back in range(SPANS, 0, -1)]
    people = tuple(track.seen(after, after + span) for after in starts)
    if min(people) == 0 or sum(people) < rules.growth_floor:
        return None
    since = min(day for day in track.counts if day > starts[0])
    return Growth(track.about, day_start(since), people, rules.version)
