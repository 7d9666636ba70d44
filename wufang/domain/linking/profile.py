"""What the linker keeps of one case; bounded however many reports join, and never a decision."""

from collections.abc import Iterable, Iterator
from itertools import chain

import msgspec

from wufang.domain.linking.places import Place
from wufang.domain.linking.reading import Reading

FIRST_KEPT = 3
LATEST_KEPT = 5
REPORTERS_KEPT = 32
PLACES_KEPT = 24
SPOTS_KEPT = 8


class Member(msgspec.Struct, frozen=True, array_like=True):
    """One report of the case, as far as it is compared with; see `Reading`."""

    what: dict[str, int]
    who: dict[str, int]
    title: dict[str, int]

    def words(self) -> Iterator[str]:
        """Those of its vector."""
        return chain(self.what, self.who)


class Profile(msgspec.Struct, frozen=True, array_like=True):
    """`members` are the first reports and the latest; places and reporters those known longest."""

    case_id: str
    reports: int
    last_occurred_at: int
    members: tuple[Member, ...]
    titled: tuple[Place, ...]
    mentioned: tuple[Place, ...]
    spots: tuple[str, ...]
    reporters: tuple[str, ...]


def profile_opened(case_id: str, reading: Reading) -> Profile:
    """The profile of a case that this reading opened."""
    return profile_joined(Profile(case_id, 0, reading.occurred_at, (), (), (), (), ()), reading)


def profile_joined(profile: Profile, reading: Reading) -> Profile:
    """The profile after this reading joined its case."""
    return Profile(
        case_id=profile.case_id,
        reports=profile.reports + 1,
        last_occurred_at=max(profile.last_occurred_at, reading.occurred_at),
        members=_kept((*profile.members, Member(reading.what, reading.who, reading.title))),
        titled=_known(profile.titled, reading.titled),
        mentioned=_known(profile.mentioned, reading.mentioned),
        spots=tuple(dict.fromkeys((*profile.spots, *reading.spots)))[:SPOTS_KEPT],
        reporters=_reporters(profile.reporters, reading.reporter),
    )


def _kept(members: tuple[Member, ...]) -> tuple[Member, ...]:
    return members if len(members) <= FIRST_KEPT + LATEST_KEPT else members[:FIRST_KEPT] + members[-LATEST_KEPT:]


def _known(places: tuple[Place, ...], more: Iterable[Place]) -> tuple[Place, ...]:
    return tuple(dict.fromkeys((*places, *more)))[:PLACES_KEPT]


def _reporters(known: tuple[str, ...], reporter: str | None) -> tuple[str, ...]:
    return known if reporter is None or reporter in known else (*known, reporter)[-REPORTERS_KEPT:]
