"""What one case comes to in a window of days, for the hot-topic report: counts only, no pseudonym leaves here."""

from collections import defaultdict
from collections.abc import Iterable
from typing import NamedTuple

from wufang.domain.shanghai import day_start
from wufang.domain.warning.heat import PLACE_FLOOR, CaseFigures
from wufang.domain.warning.sighting import Sighting


class Window(NamedTuple):
    """So many days up to and with `last` (days from 1970-01-01, Asia/Shanghai); as many before it are compared."""

    last: int
    days: int

    @property
    def bounds(self) -> tuple[int, int, int]:
        """UTC milliseconds: where the window before begins, where it ends and this one begins, where this one ends."""
        first = self.last - self.days + 1
        return day_start(first - self.days), day_start(first), day_start(self.last + 1)

    def holds(self, day: int) -> bool:
        """Whether a day is in the window or in the one before."""
        return self.last - 2 * self.days < day <= self.last


class Told(NamedTuple):
    """How often somebody told of a case through a channel, of a place, in a window and in the one before.

    `who` is the same for the same person in this case, and need not be in any other.
    """

    who: str | int
    channel: str
    place: str | None
    within: int
    before: int


def told(sighting: Sighting, place: str | None, window: Window) -> Told:
    """One report; the window holds its day."""
    within = sighting.day > window.last - window.days
    return Told(sighting.who, sighting.channel, place, int(within), int(not within))


def figures(case_id: str, title: str, category: str | None, rows: Iterable[Told]) -> CaseFigures:
    """A case's rows, each person once; the places are the window's, of a case that went quiet those of before."""
    asked = list(rows)
    now, earlier = [row for row in asked if row.within], [row for row in asked if row.before]
    return CaseFigures(
        case_id,
        title,
        people=len({row.who for row in now}),
        before=len({row.who for row in earlier}),
        reports=sum(row.within for row in now),
        channels=tuple(sorted({row.channel for row in now})),
        category=category,
        places=tuple(sorted({row.place for row in now or earlier if row.place is not None})),
        shared=_shared(now),
    )


def _shared(rows: Iterable[Told]) -> tuple[str, ...]:
    people = defaultdict[str, set[str | int]](set)
    for row in rows:
        if row.place is not None:
            people[row.place].add(row.who)
    return tuple(sorted(place for place, who in people.items() if len(who) >= PLACE_FLOOR))
