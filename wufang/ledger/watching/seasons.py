"""Seasons over one partition's snapshot: people by week for each category of a county, judged when a week begins.

A county's week begins with its first report that tells of a day of it: there is no clock here. What was over for a
month when it was told of, as in an import of old years, is counted and not judged: nobody can be ahead of it.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import NamedTuple

import msgspec

from wufang.domain.events import EarlierYear, WarningRaised
from wufang.domain.warning import RULES, About, Rules, Sighting, Track
from wufang.domain.warning.season import (
    AHEAD,
    NOTHING,
    AboveSeason,
    Calendar,
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
from wufang.ledger.storage.tables import Snapshot, Table, as_packed

METHODS: dict[Calendar, str] = {"sun": "same-weeks", "moon": "same-weeks-moon"}
WEEK_DAYS = 7
# Categories are free text: of a county only so many have their years kept, each in a slot that another may take over. A
# row is read only when its category is told of or a week begins.
MOST_CATEGORIES = 512
YEAR = 53  # weeks: what is quiet for longer rose in no same weeks of the last year, so it has no season to lose
replace = msgspec.structs.replace


class Kept(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """What stands in a slot."""

    category: str
    years: Years


class _Standing(NamedTuple):
    """Of a category: its slot, the newest week it was told of, its people of all weeks."""

    slot: int
    newest: int
    people: int


class Seasons:
    """The years of a partition's categories."""

    def __init__(self, snapshot: Snapshot, rules: Rules = RULES) -> None:
        self._rules = rules
        self._slots: Table[str, Kept] = snapshot.table("years", *as_packed(Kept), cached=2_000)
        self._counties: dict[str, dict[str, _Standing]] = {}  # read off the slots
        snapshot.on_forgetting(self._counties.clear)

    def years(self, jurisdiction: str, category: str) -> Years:
        """A category's years; nothing where they are not kept."""
        standing = self._standings(jurisdiction).get(category)
        kept = None if standing is None else self._slots.get(_key(jurisdiction, standing.slot))
        return NOTHING if kept is None else kept.years

    def _standings(self, jurisdiction: str) -> dict[str, _Standing]:
        if jurisdiction not in self._counties:
            prefix = _key(jurisdiction)
            rows = sorted(self._slots.under(prefix).items())
            found = {kept.category: _standing(int(key[len(prefix) :]), kept.years) for key, kept in rows}
            self._counties[jurisdiction] = found
        return self._counties[jurisdiction]

    def taken(self, jurisdiction: str, sighting: Sighting, before: Track | None, after: Track | None) -> Years | None:
        """A category's years after a report of it; None where they stay as they are.

        Who counts anew is asked of the track while it remembers; of reports that it is past, of `late`.
        """
        years = self.years(jurisdiction, sighting.about.key)
        if before is not None and too_old(before, sighting, self._rules):
            return told_late(years, sighting.who, sighting.day, self._rules)
        counted = after is not None and after.members[-1].report_id == sighting.report_id
        return told(years, sighting.day) if counted else None

    def put(self, jurisdiction: str, category: str, years: Years) -> None:
        """Fold what was taken; where all slots are taken, a new category drives another out."""
        county = self._standings(jurisdiction)
        if category in county:
            slot = county[category].slot
        elif len(county) < MOST_CATEGORIES:
            slot = len(county)
        else:
            slot = county.pop(_least(county, self._rules.season_floor)).slot
        county[category] = _standing(slot, years)
        self._slots.put(_key(jurisdiction, slot), Kept(category, years))

    def judged(self, jurisdiction: str, sighting: Sighting) -> Iterator[WarningRaised]:
        """What the week that begins with a report lets expect, category by category."""
        if week_at(sighting.accepted_at) - week_of(sighting.day) >= AHEAD:
            return
        rows = sorted(self._slots.under(_key(jurisdiction)).values(), key=lambda kept: kept.category)
        county = Counter[int]()
        for kept in rows:
            county.update(kept.years.weeks)
        for kept in rows:
            yield from self._judged(About("category", kept.category), kept.years, county, sighting)

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
        """Fold a warning: it is said once a season; of what is no longer kept there is nothing to mark."""
        if event.about.key not in self._standings(jurisdiction):
            return
        years, week = self.years(jurisdiction, event.about.key), week_at(event.since)
        changed = replace(years, ahead=week) if event.sign == "season" else replace(years, above=week)
        self.put(jurisdiction, event.about.key, changed)

    def seen(self, jurisdiction: str, category: str, last: int) -> int:
        """The people of the four weeks that end with the day `last`."""
        years = self.years(jurisdiction, category)
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
        method=METHODS[found.calendar],
        rules=rules.version,
        surprise=found.surprise,
        years=tuple(map(_year, found.years)),
    )


def _year(one: SameWeeks) -> EarlierYear:
    return EarlierYear(week_start(one.week), one.before, one.people)


def _standing(slot: int, years: Years) -> _Standing:
    return _Standing(slot, max(years.weeks, default=0), sum(years.weeks.values()))


def _least(county: Mapping[str, _Standing], floor: int) -> str:
    """The category that can best be spared: quiet for over a year; one that can have no season yet; then the one with
    fewest people for the weeks it is quiet. (ours)

    By quiet alone what comes every winter would go in autumn, before what somebody made up last week; by people alone
    new categories would drive each other out by turns.
    """
    now = max(one.newest for one in county.values())

    def spared(category: str) -> tuple[bool, bool, float, int, str]:
        one = county[category]
        quiet = now - one.newest
        return quiet < YEAR, one.people >= floor, one.people / (1 + quiet), one.newest, category

    return min(county, key=spared)


def _key(jurisdiction: str, slot: int | None = None) -> str:
    """Of a slot, or what the keys of all slots of a county begin with."""
    return f"{jurisdiction}|" if slot is None else f"{jurisdiction}|{slot}"
