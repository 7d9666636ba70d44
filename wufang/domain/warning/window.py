"""What one case comes to in a window of days, for the hot-topic report: counts only, no pseudonym leaves here."""

from collections.abc import Iterable

from wufang.domain.warning.heat import CaseFigures
from wufang.domain.warning.sighting import About, Sighting


def figures(
    case_id: str, title: str, category: str | None, seen: Iterable[tuple[Sighting, About | None]], last: int, days: int
) -> CaseFigures:
    """`last` is the last day (days from 1970-01-01); the window before it is as long. Places come as sighted."""
    within: list[tuple[Sighting, About | None]] = []
    before: set[str] = set()
    for sighting, place in seen:
        if last - days < sighting.day <= last:
            within.append((sighting, place))
        elif last - 2 * days < sighting.day <= last - days:
            before.add(sighting.who)
    return CaseFigures(
        case_id,
        title,
        people=len({sighting.who for sighting, _ in within}),
        before=len(before),
        reports=len(within),
        channels=len({sighting.channel for sighting, _ in within}),
        category=category,
        places=tuple(sorted({place.key for _, place in within if place is not None})),
    )
