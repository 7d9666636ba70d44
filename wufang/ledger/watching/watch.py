"""Early warning over one partition's snapshot: sightings are folded, warnings decided; what was decided is only marked.

Bursts and growth are judged for what a report is about; seasons (seasons.py) for all categories of its county, when it
is the first to tell of a new week.

Between a decision and the fold of its record nothing else is folded, so the tracks that were taken are taken once. A
warning is scored when it has the people it needs, or when any report of its county tells of a day after its last: a
subject that went quiet brings no report of its own.
"""

from collections.abc import Callable, Iterator
from itertools import islice

import msgspec

from wufang.domain import ids
from wufang.domain.events import (
    CaseOpened,
    Placed,
    Sign,
    Warned,
    WarningContinued,
    WarningRaised,
    WarningScored,
)
from wufang.domain.linking import Reading
from wufang.domain.shanghai import day_of
from wufang.domain.warning import RULES, About, Finding, Growth, Rules, Sighting, Track
from wufang.domain.warning.bursts import burst, further_needed, going_on, look, surprised, warned
from wufang.domain.warning.growth import expected, growing
from wufang.domain.warning.season import Years, week_of
from wufang.domain.warning.track import Warned as Mark
from wufang.domain.warning.track import first, taken
from wufang.domain.watched import sightings
from wufang.ledger.storage.tables import Snapshot, Table, as_packed
from wufang.ledger.watching.seasons import Seasons, last_day

METHOD_OF_GROWTH = "three-spans"
SCORED_AT_ONCE = 32  # warnings one record may settle; the others wait for the next
SEASONS_AT_ONCE = 32  # seasons one record may tell of; the others are due the week after, their marks being their own
SEASONAL: tuple[Sign, ...] = ("season", "above_season")

Reader = Callable[[], Reading]
replace = msgspec.structs.replace


class Open(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A warning of which nobody said yet whether it came true; `last` is the last day on which it can."""

    warning: str
    about: About
    sign: Sign
    needed: int
    last: int


class County(msgspec.Struct, frozen=True, array_like=True):
    """The first day that the county's ledger told of, and its open warnings, those that end first before others.

    `week` is the newest it told of.
    """

    first_day: int
    open: tuple[Open, ...] = ()
    week: int = 0


class _Taken(msgspec.Struct, frozen=True):
    """A placed report and how it was seen; `tracks` are those it changes, by their keys; so is its category's years."""

    jurisdiction: str
    placed: Placed
    sightings: tuple[Sighting, ...]
    tracks: dict[str, tuple[Sighting, Track]]
    county: County
    years: tuple[str, Years] | None = None

    @property
    def week(self) -> int:
        return week_of(self.sightings[0].day)


class Watch:
    """The tracks and open warnings of a partition's counties."""

    def __init__(self, snapshot: Snapshot, rules: Rules = RULES) -> None:
        self._rules = rules
        self._tracks: Table[str, Track] = snapshot.table("tracks", *as_packed(Track), cached=10_000, often_new=True)
        self._counties: Table[str, County] = snapshot.table("counties", *as_packed(County))
        self._seasons = Seasons(snapshot, rules)
        self._last: _Taken | None = None
        snapshot.on_forgetting(self._forget)

    def decide(self, jurisdiction: str, place: tuple[int, int], placed: Placed, read: Reader) -> tuple[Warned, ...]:
        """What a placed report gives rise to: scored warnings, then new ones; `place` is the first's seq and index."""
        found = self._taken(jurisdiction, placed, read)
        new = [*self._new(found), *self._begun(found)]
        over = {event.about for event in new if isinstance(event, WarningRaised) and event.sign not in SEASONAL}
        scored = list(self._scored(jurisdiction, found, over))[:SCORED_AT_ONCE] if _may_score(found, over) else []
        return tuple(_named(jurisdiction, *place, [*scored, *new]))

    def placed(self, jurisdiction: str, placed: Placed, read: Reader) -> None:
        """Fold a placed report."""
        found = self._taken(jurisdiction, placed, read)
        for key, (_, track) in found.tracks.items():
            self._tracks.put(key, track)
        self._fold_county(found)
        self._last = None

    def said(self, jurisdiction: str, event: Warned) -> None:
        """Fold what was decided behind a placed report."""
        self._last = None
        if isinstance(event, WarningRaised) and event.sign in SEASONAL:
            self._seasons.said(jurisdiction, event)
            self._open(jurisdiction, event, last_day(event))
        elif isinstance(event, WarningScored):
            self._close(jurisdiction, event)
        else:
            self._mark(jurisdiction, event)

    def _mark(self, jurisdiction: str, event: WarningRaised | WarningContinued) -> None:
        """A burst or a growing matter, on the track of its subject."""
        key = _key(jurisdiction, event.about)
        track = self._tracks.get(key) or _unseen(event)
        if isinstance(event, WarningContinued):
            self._tracks.put(key, surprised(track))
            return
        self._tracks.put(key, _marked(track, event))
        self._open(jurisdiction, event, track.newest + self._rules.verdict_days)

    def _open(self, jurisdiction: str, event: WarningRaised, last: int) -> None:
        county = self._county(jurisdiction, event)
        known = Open(event.warning, event.about, event.sign, event.further, last)
        opened = sorted((*county.open, known), key=lambda one: one.last)
        self._counties.put(jurisdiction, replace(county, open=tuple(opened)))

    def _close(self, jurisdiction: str, event: WarningScored) -> None:
        county = self._county(jurisdiction, event)
        left = tuple(known for known in county.open if known.warning != event.warning)
        self._counties.put(jurisdiction, replace(county, open=left))

    def _county(self, jurisdiction: str, event: Warned) -> County:
        return self._counties.get(jurisdiction) or County(day_of(event.at))

    def in_season(self, jurisdiction: str, about: About) -> bool:
        """Whether a warning of a season is open for a category."""
        county = self._counties.get(jurisdiction)
        return county is not None and any(known.sign in SEASONAL and known.about == about for known in county.open)

    def bursting(self, jurisdiction: str, about: About) -> bool:
        """Whether a warning of many people in a short time is open for a subject."""
        county = self._counties.get(jurisdiction)
        return county is not None and any(known.sign == "burst" and known.about == about for known in county.open)

    def _forget(self) -> None:
        self._last = None

    def _taken(self, jurisdiction: str, placed: Placed, read: Reader) -> _Taken:
        """The report's sightings, taken once for its decision and its fold."""
        last = self._last
        if last is None or last.jurisdiction != jurisdiction or last.placed != placed:
            last = self._last = self._take(jurisdiction, placed, read)
        return last

    def _take(self, jurisdiction: str, placed: Placed, read: Reader) -> _Taken:
        seen, tracks = sightings(placed, read()), dict[str, tuple[Sighting, Track]]()
        county, years = self._counties.get(jurisdiction) or County(seen[0].day), None
        opened = isinstance(placed, CaseOpened)
        for sighting in seen:
            key = _key(jurisdiction, sighting.about)
            known = None if opened and sighting is seen[0] else self._tracks.get(key)  # a case just opened has none
            told = first(sighting) if known is None else taken(known, sighting, self._rules)
            if told is not None:
                tracks[key] = (sighting, told)
            if sighting.about.kind == "category":
                years = self._years(jurisdiction, sighting, known, told)
        return _Taken(jurisdiction, placed, seen, tracks, county, years)

    def _years(
        self, jurisdiction: str, sighting: Sighting, before: Track | None, after: Track | None
    ) -> tuple[str, Years] | None:
        years = self._seasons.taken(jurisdiction, sighting, before, after)
        return None if years is None else (sighting.about.key, years)

    def _fold_county(self, found: _Taken) -> None:
        jurisdiction, county = found.jurisdiction, found.county
        now = replace(county, week=found.week) if found.week > county.week else county
        if found.years is not None:
            self._seasons.put(jurisdiction, *found.years)
        if now is not county or self._counties.get(jurisdiction) is None:
            self._counties.put(jurisdiction, now)

    def _begun(self, found: _Taken) -> list[WarningRaised]:
        """Seasons, when a week begins; before the county's first week nothing is known."""
        if not 0 < found.county.week < found.week:
            return []
        return list(islice(self._seasons.judged(found.jurisdiction, found.sightings[0]), SEASONS_AT_ONCE))

    def _new(self, found: _Taken) -> Iterator[Warned]:
        least = self._rules.floor - 1  # with fewer there is nothing to find, and of most subjects there are fewer
        for sighting, track in found.tracks.values():
            if len(track.members) >= least:
                yield from self._judged(track, sighting, found.county.first_day)

    def _judged(self, track: Track, sighting: Sighting, first_day: int) -> Iterator[Warned]:
        finding, before = look(track, first_day, self._rules), going_on(track, self._rules)
        if finding is None:
            if not before and track.about.kind == "matter":
                yield from self._grown(track, sighting)
        elif not before:
            yield _burst(track, sighting, finding, further_needed(track, first_day, self._rules), self._rules)
        elif track.high != track.newest and track.warned is not None:
            told = (track.warned.id, track.about, sighting.accepted_at)
            yield WarningContinued(*told, finding.window, finding.expected, finding.seen)

    def _grown(self, track: Track, sighting: Sighting) -> Iterator[Warned]:
        """A matter that keeps growing, said again after months only."""
        if not _long_ago(track.grown, track.newest, self._rules.growth_again):
            return
        found = growing(track, self._rules)
        if found is not None:
            yield _growth(track, sighting, found, self._rules)

    def _scored(self, jurisdiction: str, found: _Taken, over: set[About]) -> Iterator[Warned]:
        """Those the report decides: of its own subjects, of a subject warned of anew, of days that are over."""
        today, at = found.sightings[0].day, found.placed.report.accepted_at
        own = {track.about.key: track for _, track in found.tracks.values()}
        for known in found.county.open:
            if today <= known.last and (known.sign in SEASONAL or known.about.key not in own):
                continue
            seen = self._further(jurisdiction, known, own.get(known.about.key))
            ended = today > known.last or (known.about in over and known.sign == "burst")
            if ended or seen >= known.needed:
                true = seen >= known.needed
                yield WarningScored(known.warning, known.about, known.sign, at, true, seen, known.needed)

    def _further(self, jurisdiction: str, known: Open, own: Track | None) -> int:
        """The people who came since a warning while it could come true."""
        if known.sign in SEASONAL:
            return self._seasons.seen(jurisdiction, known.about.key, known.last)
        track = own if own and own.about == known.about else self._tracks.get(_key(jurisdiction, known.about))
        mark = None if track is None else track.warned if known.sign == "burst" else track.grown
        return mark.further if mark is not None and mark.id == known.warning else 0


def _may_score(found: _Taken, over: set[About]) -> bool:
    """Whether any open warning may be decided: mostly none is, and a county may have dozens."""
    known = found.county.open
    if not known:
        return False
    return (
        bool(over)
        or found.sightings[0].day > known[0].last
        or any(
            mark is not None and mark.further >= mark.needed
            for _, track in found.tracks.values()
            for mark in (track.warned, track.grown)
        )
    )


def _named(jurisdiction: str, seq: int, first: int, made: list[Warned]) -> Iterator[Warned]:
    """A new warning is called as its event is: the record and the place in it, behind that of the report."""
    for index, event in enumerate(made, first):
        if isinstance(event, WarningRaised):
            yield replace(event, warning=ids.event_id(jurisdiction, seq, index))
        else:
            yield event


def _burst(track: Track, sighting: Sighting, finding: Finding, needed: int, rules: Rules) -> WarningRaised:
    found = burst(track, sighting, finding, rules)
    return WarningRaised(
        warning="",
        about=track.about,
        sign="burst",
        case_id=sighting.case_id,
        at=sighting.accepted_at,
        since=found.since,
        window=finding.window,
        expected=finding.expected,
        seen=finding.seen,
        further=needed,
        members=found.members,
        method=found.method,
        rules=found.rules,
        again=finding.again,
        surprise=finding.surprise,
    )


def _growth(track: Track, sighting: Sighting, found: Growth, rules: Rules) -> WarningRaised:
    window = len(found.spans) * rules.windows[-1]
    return WarningRaised(
        warning="",
        about=track.about,
        sign="growth",
        case_id=sighting.case_id,
        at=sighting.accepted_at,
        since=found.since,
        window=window,
        expected=expected(rules),
        seen=sum(found.spans),
        further=rules.growth_needed,
        members=tuple(member.report_id for member in track.members if member.day > track.newest - window),
        method=METHOD_OF_GROWTH,
        rules=found.rules,
        spans=found.spans,
    )


def _unseen(event: Warned) -> Track:
    """A subject that the linker reads in no report any more: other rules made the warning."""
    day = day_of(event.at)
    return Track(event.about, day, day, {}, {}, ())


def _marked(track: Track, event: WarningRaised) -> Track:
    if event.sign == "burst":
        return warned(track, event.further, event.warning)
    return replace(track, grown=Mark(track.newest, event.further, id=event.warning))


def _long_ago(mark: Mark | None, newest: int, days: int) -> bool:
    return mark is None or newest - mark.day >= days


def _key(jurisdiction: str, about: About) -> str:
    return f"{jurisdiction}|{about.kind}|{about.key}"
