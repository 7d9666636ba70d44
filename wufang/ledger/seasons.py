"""Seasons over one partition's snapshot: people by week for each category of a county, judged when a week begins.

A county's week begins with its first report that tells of a day of it: there is no clock here. What was over for a
month when it was told of, as in an import of old years, is counted and not judged: nobody can be ahead of it.
"""

from collections import Counter
from collections.abc import Iterator

import msgspec

from wufang.domain.events import EarlierYear, WarningRaised
from wufang.domain.warning import RULES, About, Rules, Sighting, Track
from wufang.domain.warning.season import (
    AHEAD,
    NOTHING,
    AboveSeason,
    SameWeeks,
    SeasonAhead,
    Years,
    above_season,
    people,
    season_ahead,
    told,
    told_late,
    week_at,
    week_of,
    week_start,
)
from wufang.domain.warning.track import too_old
from wufang.ledger.tables import Snapshot, Table, as_packed

METHOD = "same-weeks"
WEEK_DAYS = 7
# Categories are free text: of a county only so many have their years kept. A row is read only when its category is told
# of or a week begins.
MOST_CATEGORIES = 512
replace = msgspec.structs.replace


class Seasons:
    """The years of a partition's categories."""

    def __init__(self, snapshot: Snapshot, rules: Rules = RULES) -> None:
        self._rules = rules
        self._years: Table[str, Years] = snapshot.table("years", *as_packed(Years), cached=2_000, often_new=True)

    def known(self, jurisdiction: str, category: str) -> bool:
        """Whether the category's years are kept."""
        return self._years.get(_key(jurisdiction, category)) is not None

    def taken(self, jurisdiction: str, sighting: Sighting, before: Track | None, after: Track | None) -> Years | None:
        """A category's years after a report of it; None where they stay as they are.

        Who counts anew is asked of the track while it remembers; of reports that it is past, of `late`.
        """
        years = self._years.get(_key(jurisdiction, sighting.about.key)) or NOTHING
        if before is not None and too_old(before, sighting, self._rules):
            return told_late(years, sighting.who, sighting.day, self._rules)
        counted = after is not None and after.members[-1].report_id == sighting.report_id
        return told(years, sighting.day) if counted else None

    def put(self, jurisdiction: str, category: str, years: Years) -> None:
        """Fold what was taken."""
        self._years.put(_key(jurisdiction, category), years)

    def judged(self, jurisdiction: str, sighting: Sighting) -> Iterator[WarningRaised]:
        """What the week that begins with a report lets expect, category by category."""
        if week_at(sighting.accepted_at) - week_of(sighting.day) >= AHEAD:
            return
        prefix = _key(jurisdiction, "")
        rows = sorted(self._years.under(prefix).items())
        county = Counter[int]()
        for _, years in rows:
            county.update(years.weeks)
        for key, years in rows:
            yield from self._judged(About("category", key[len(prefix) :]), years, county, sighting)

    def _judged(self, about: About, years: Years, county: Counter[int], sighting: Sighting) -> Iterator[WarningRaised]:
        today, again = sighting.day, self._rules.season_again
        if week_of(today) - years.ahead >= again:
            ahead = season_ahead(years.weeks, today, county, self._rules)
            if ahead is not None:
                yield _ahead(about, ahead, sighting, self._rules)
        if week_of(today) - years.above >= again:
            above = above_season(years.weeks, today, county, self._rules)
            if above is not None:
                yield _above(about, above, sighting, self._rules)

    def said(self, jurisdiction: str, event: WarningRaised) -> None:
        """Fold a warning: it is said once a season."""
        years, week = self._years.get(_key(jurisdiction, event.about.key)) or NOTHING, week_at(event.since)
        changed = replace(years, ahead=week) if event.sign == "season" else replace(years, above=week)
        self.put(jurisdiction, event.about.key, changed)

    def seen(self, jurisdiction: str, category: str, last: int) -> int:
        """The people of the four weeks that end with the day `last`."""
        years = self._years.get(_key(jurisdiction, category)) or NOTHING
        return people(years.weeks, week_of(last) + 1 - AHEAD, week_of(last) + 1)


def last_day(event: WarningRaised) -> int:
    """The last of the days that decide whether a season's warning came true: the four weeks ahead of its report."""
    weeks = AHEAD if event.sign == "season" else 2 * AHEAD
    return WEEK_DAYS * (week_at(event.since) + weeks) - 4


def _ahead(about: About, found: SeasonAhead, sighting: Sighting, rules: Rules) -> WarningRaised:
    raised = _raised(about, found, sighting, rules)
    return replace(raised, sign="season")


def _above(about: About, found: AboveSeason, sighting: Sighting, rules: Rules) -> WarningRaised:
    raised = _raised(about, found, sighting, rules)
    return replace(raised, sign="above_season", seen=found.seen)


def _raised(about: About, found: SeasonAhead | AboveSeason, sighting: Sighting, rules: Rules) -> WarningRaised:
    return WarningRaised(
        warning="",
        about=about,
        sign="season",
        case_id=sighting.case_id,
        at=sighting.accepted_at,
        since=week_start(found.week),
        window=WEEK_DAYS * AHEAD,
        expected=found.expected,
        seen=0,
        further=found.needed,
        members=(),
        method=METHOD,
        rules=rules.version,
        surprise=found.surprise,
        years=tuple(map(_year, found.years)),
    )


def _year(one: SameWeeks) -> EarlierYear:
    return EarlierYear(week_start(one.week), one.before, one.people)


def _key(jurisdiction: str, category: str) -> str:
    return f"{jurisdiction}|{category}"
