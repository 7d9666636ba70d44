"""What the linker keeps of one case; bounded however many reports join, and never a decision."""

from collections.abc import Iterable

import msgspec

from wufang.domain.linking.places import Place
from wufang.domain.linking.reading import Reading

FIRST_KEPT = 3
LATEST_KEPT = 5
REPORTERS_KEPT = 32
PLACES_KEPT = 24
LANES = FIRST_KEPT + LATEST_KEPT
LANE = 21  # bits; the product of two unit vectors in thousandths is about a million at most, and needs 20
IN_LANE = (1 << LANE) - 1
LANES_IN_PART = 3
SPOTS_KEPT = 8


class Profile(msgspec.Struct, frozen=True):
    """Places and reporters are those known longest.

    `title`, `what` and `who` hold the words of the first reports and the latest (see `Reading`). A word's weights stand
    in one whole number, a lane for each report: one pass over the words gives the products with all of them, where a
    pass for each took a quarter of a decision.
    """

    case_id: str
    reports: int
    last_occurred_at: int
    title: dict[str, int]
    what: dict[str, int]
    who: dict[str, int]
    titled: tuple[Place, ...]
    mentioned: tuple[Place, ...]
    spots: tuple[str, ...]
    reporters: tuple[str, ...]


class _Stored(msgspec.Struct, array_like=True):
    """A profile as bytes hold it: the numbers cut into parts of three lanes, as 64 bits take."""

    case_id: str
    reports: int
    last_occurred_at: int
    words: list[tuple[dict[str, int], dict[str, int], dict[str, int]]]
    titled: tuple[Place, ...]
    mentioned: tuple[Place, ...]
    spots: tuple[str, ...]
    reporters: tuple[str, ...]


_encode, _decode = msgspec.msgpack.Encoder().encode, msgspec.msgpack.Decoder(_Stored).decode


def packed(profile: Profile) -> bytes:
    """The bytes of a profile."""
    whole = (profile.title, profile.what, profile.who)
    lanes = min(profile.reports, LANES)
    words = [whole] if lanes <= LANES_IN_PART else [_part(whole, at) for at in range(0, lanes, LANES_IN_PART)]
    return _encode(
        _Stored(
            profile.case_id,
            profile.reports,
            profile.last_occurred_at,
            words,
            profile.titled,
            profile.mentioned,
            profile.spots,
            profile.reporters,
        )
    )


def unpacked(value: bytes) -> Profile:
    """Inverse of `packed`. Raises msgspec.DecodeError."""
    stored = _decode(value)
    title, what, who = stored.words[0]
    for number, part in enumerate(stored.words[1:], 1):
        for whole, more in zip((title, what, who), part, strict=True):
            for word, weights in more.items():
                whole[word] = whole.get(word, 0) | weights << number * LANES_IN_PART * LANE
    return Profile(
        stored.case_id,
        stored.reports,
        stored.last_occurred_at,
        title,
        what,
        who,
        stored.titled,
        stored.mentioned,
        stored.spots,
        stored.reporters,
    )


def _part(
    whole: tuple[dict[str, int], dict[str, int], dict[str, int]], at: int
) -> tuple[dict[str, int], dict[str, int], dict[str, int]]:
    shift, mask = at * LANE, (1 << LANES_IN_PART * LANE) - 1
    title, what, who = (
        {word: part for word, weights in words.items() if (part := weights >> shift & mask)} for words in whole
    )
    return title, what, who


def weights_of(words: dict[str, int], lane: int) -> dict[str, int]:
    """One report's words and weights."""
    return {word: weight for word, weights in words.items() if (weight := weights >> lane * LANE & IN_LANE)}


def profile_opened(case_id: str, reading: Reading) -> Profile:
    """The profile of a case that this reading opened."""
    return profile_joined(Profile(case_id, 0, reading.occurred_at, {}, {}, {}, (), (), (), ()), reading)


def profile_joined(profile: Profile, reading: Reading) -> Profile:
    """The profile after this reading joined its case."""
    lane = lane_of(profile.reports)
    taken = profile.reports >= LANES
    return Profile(
        case_id=profile.case_id,
        reports=profile.reports + 1,
        last_occurred_at=max(profile.last_occurred_at, reading.occurred_at),
        title=_with(profile.title, reading.title, lane, taken),
        what=_with(profile.what, reading.what, lane, taken),
        who=_with(profile.who, reading.who, lane, taken),
        titled=_known(profile.titled, reading.titled),
        mentioned=_known(profile.mentioned, reading.mentioned),
        spots=tuple(dict.fromkeys((*profile.spots, *reading.spots)))[:SPOTS_KEPT],
        reporters=_reporters(profile.reporters, reading.reporter),
    )


def lane_of(number: int) -> int:
    """Where the case's report of this number (from 0) stands: the first stay, the others take turns."""
    return number if number < FIRST_KEPT else FIRST_KEPT + (number - FIRST_KEPT) % LATEST_KEPT


def _with(words: dict[str, int], more: dict[str, int], lane: int, taken: bool) -> dict[str, int]:
    """The words with one report's in its lane, in place of whose they were."""
    shift = lane * LANE
    if taken:
        others = ~(IN_LANE << shift)
        joined = {word: left for word, weights in words.items() if (left := weights & others)}
    else:
        joined = dict(words)
    for word, weight in more.items():
        if weight:
            joined[word] = joined.get(word, 0) | weight << shift
    return joined


def _known(places: tuple[Place, ...], more: Iterable[Place]) -> tuple[Place, ...]:
    return tuple(dict.fromkeys((*places, *more)))[:PLACES_KEPT]


def _reporters(known: tuple[str, ...], reporter: str | None) -> tuple[str, ...]:
    return known if reporter is None or reporter in known else (*known, reporter)[-REPORTERS_KEPT:]
