"""What the linker keeps of one case; bounded however many reports join, and never a decision."""

import msgspec

from wufang.domain.linking.reading import Reading

FIRST_KEPT = 3
LATEST_KEPT = 5
REPORTERS_KEPT = 32
PLACES_KEPT = 16


class Member(msgspec.Struct, frozen=True, array_like=True):
    """One report of the case, as far as it is compared with."""

    vector: dict[str, int]
    places: tuple[str, ...]
    reporter: str | None


class Profile(msgspec.Struct, frozen=True, array_like=True):
    """`members` are the first reports and the latest; `places` counts how many reports name each."""

    case_id: str
    reports: int
    last_occurred_at: int
    members: tuple[Member, ...]
    places: dict[str, int]
    reporters: tuple[str, ...]


def profile_opened(case_id: str, reading: Reading) -> Profile:
    """The profile of a case that this reading opened."""
    return Profile(
        case_id=case_id,
        reports=1,
        last_occurred_at=reading.occurred_at,
        members=(_member(reading),),
        places=dict.fromkeys(reading.places, 1),
        reporters=_reporters((), reading),
    )


def profile_joined(profile: Profile, reading: Reading) -> Profile:
    """The profile after this reading joined its case."""
    return Profile(
        case_id=profile.case_id,
        reports=profile.reports + 1,
        last_occurred_at=max(profile.last_occurred_at, reading.occurred_at),
        members=_kept((*profile.members, _member(reading))),
        places=_places(profile.places, reading),
        reporters=_reporters(profile.reporters, reading),
    )


def _member(reading: Reading) -> Member:
    return Member(reading.vector, reading.places, reading.reporter)


def _kept(members: tuple[Member, ...]) -> tuple[Member, ...]:
    return members if len(members) <= FIRST_KEPT + LATEST_KEPT else members[:FIRST_KEPT] + members[-LATEST_KEPT:]


def _places(counts: dict[str, int], reading: Reading) -> dict[str, int]:
    """The most named places; of equals those known longer."""
    merged = dict(counts)
    for place in reading.places:
        merged[place] = merged.get(place, 0) + 1
    return dict(sorted(merged.items(), key=lambda item: -item[1])[:PLACES_KEPT])


def _reporters(known: tuple[str, ...], reading: Reading) -> tuple[str, ...]:
    if reading.reporter is None or reading.reporter in known:
        return known
    return (*known, reading.reporter)[-REPORTERS_KEPT:]
