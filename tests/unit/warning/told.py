"""Sightings for the tests of early warning; every subject and person is made up."""

from collections.abc import Iterable, Sequence

from wufang.domain.shanghai import DAY_MS, day_start
from wufang.domain.warning import About, Burst, Sighting, Track, fold

MATTER = About("matter", "990101-1-0")
PLACE = About("place", "青杉里")
CATEGORY = About("category", "0101")
LONG_AGO = -10_000  # a county that has been watched since before anything told here


def told(
    day: int,
    who: str | None,
    about: About = MATTER,
    number: str = "",
    case: str = "990101-1-0",
    channel: str = "hotline",
) -> Sighting:
    """A report at eight in the morning of a day."""
    at = day_start(day) + DAY_MS // 3
    return Sighting(about, number or f"R{day}-{who}", case, channel, at, at, who)


def crowd(days: Iterable[int], about: About = MATTER, apart: bool = False) -> list[Sighting]:
    """One new person for each day listed; `apart` gives each a case of his own."""
    return [
        told(day, f"p{number}", about, case=f"990101-{number}-0" if apart else "990101-1-0")
        for number, day in enumerate(days)
    ]


def feed(
    sightings: Iterable[Sighting], track: Track | None = None, since: int = LONG_AGO
) -> tuple[Track | None, list[Burst]]:
    """Fold one subject's sightings; the track and the warnings in their order."""
    bursts = []
    for sighting in sightings:
        track, burst = fold(track, sighting, since)
        if burst is not None:
            bursts.append(burst)
    return track, bursts


def warned(sightings: Sequence[Sighting], since: int = LONG_AGO) -> list[Burst]:
    """The warnings of one subject from its first sighting on."""
    return feed(sightings, since=since)[1]
