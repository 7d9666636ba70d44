"""What early warning watches of a placed report: its matter, its place and its category; it quotes no words but names.

The place is the first one that the linker reads (title, address, text), whatever the channel, since a caller and a
warden name it alike; without one it is the grid. A firm is no place: counting complaints of an organisation would rank
it (docs/domain.md, line 6).
"""

from wufang.domain.events import Placed
from wufang.domain.linking import Reading
from wufang.domain.report import Report
from wufang.domain.warning import About, Sighting

PLACES = ("estate", "school", "hospital", "road", "village", "line", "grid")


def sightings(placed: Placed, reading: Reading) -> tuple[Sighting, ...]:
    """One for each subject, the matter first."""
    report, case_id = placed.report, placed.case_id
    told = (report.id, case_id, report.channel, report.occurred_at, report.accepted_at, pseudonym(report))
    named = place(report, reading)
    subjects = (About("matter", case_id), None if named is None else About("place", named), _category(report))
    return tuple([Sighting(about, *told) for about in subjects if about is not None])


def place(report: Report, reading: Reading) -> str | None:
    """`estate:…`, `grid:…`: what kind of place, and its name."""
    for kind, name in reading.mentioned:
        if kind in PLACES:
            return f"{kind}:{name}"
    grid = (report.grid_code or "").strip()
    return f"grid:{grid}" if grid else None


def sighting(placed: Placed) -> Sighting:
    """Of the matter alone; who tells of it is read from no text."""
    report = placed.report
    told = (report.channel, report.occurred_at, report.accepted_at, pseudonym(report))
    return Sighting(About("matter", placed.case_id), report.id, placed.case_id, *told)


def whom(report: Report) -> str:
    """Whom a report counts for (Sighting.who)."""
    told = (report.channel, report.occurred_at, report.accepted_at, pseudonym(report))
    return Sighting(About("matter", ""), report.id, "", *told).who


def pseudonym(report: Report) -> str | None:
    """Of somebody who can be known again."""
    reporter = report.reporter
    return reporter.pseudonym if reporter is not None and reporter.identifies else None


def _category(report: Report) -> About | None:
    category = (report.category or "").strip()
    return About("category", category) if category else None
