"""What is kept of one subject: whole numbers of bounded size, folded sighting by sighting in the ledger's order."""

import msgspec

from wufang.domain.warning.rules import Rules
from wufang.domain.warning.sighting import About, Sighting

# A category with 70 people a day; beyond, the one counted longest ago may count again early.
REPORTERS_KEPT = 2_048
AGAIN_KEPT = 8
MEMBERS_KEPT = 64


class Member(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A report that counted, and the case it was in then."""

    day: int
    report_id: str
    case_id: str


class Warned(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A warning's day, the people its coming true takes, and those who came since while it could; `id` is its name."""

    day: int
    needed: int
    further: int = 0
    id: str = ""


class Track(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """Days count from 1970-01-01. `counts` are newly reporting people a day, `reporters` when each last counted.

    `again` are the days of further reports by people who had counted (the last few, each person and day once);
    `members` are the reports that counted last; `high` is the last day on which something was surprising. `warned` is
    the last burst that was warned of, `grown` the last time it was said that the matter keeps growing.
    """

    about: About
    first: int
    newest: int
    counts: dict[int, int]
    reporters: dict[str, int]
    members: tuple[Member, ...]
    again: tuple[tuple[int, str], ...] = ()
    high: int | None = None
    warned: Warned | None = None
    grown: Warned | None = None

    def seen(self, after: int, until: int) -> int:
        """Newly reporting people of the days after `after`, up to and with `until`."""
        return sum(count for day, count in self.counts.items() if after < day <= until)


def begun(sighting: Sighting) -> Track:
    """The track of a subject seen for the first time, before its sighting is taken."""
    return Track(sighting.about, sighting.day, sighting.day, {}, {}, ())


def first(sighting: Sighting) -> Track:
    """The track of a subject after its first sighting: `taken` of what has `begun`, and most subjects have no other."""
    day, who = sighting.day, sighting.reporter or sighting.who
    return Track(sighting.about, day, day, {day: 1}, {who: day}, (Member(day, sighting.report_id, sighting.case_id),))


def taken(track: Track, sighting: Sighting, rules: Rules) -> Track | None:
    """The track after a sighting; None when it tells nothing: too old, or its reporter counted on the same day.

    A person counts anew only for a later day: of those before only the last is remembered, and whoever tells of two
    days by turns is one person still.
    """
    day, longest = sighting.day, rules.windows[-1]
    who = sighting.reporter or sighting.who
    newest = max(track.newest, day)
    if too_old(track, sighting, rules):
        return None
    counted = track.reporters.get(who)
    if counted is None or day - counted >= longest:
        return _counted(track, sighting, day, who, newest, rules)
    if sighting.reporter is None or day == counted or (day, who) in track.again:
        return None
    return msgspec.structs.replace(track, newest=newest, again=(*track.again, (day, who))[-AGAIN_KEPT:])


def too_old(track: Track, sighting: Sighting, rules: Rules) -> bool:
    """Whether a report tells of a day that the track is past."""
    return sighting.day <= track.newest - rules.windows[-1] - rules.history


def _counted(track: Track, sighting: Sighting, day: int, who: str, newest: int, rules: Rules) -> Track:
    longest = rules.windows[-1]
    counts = _counts(track.counts, newest - longest - rules.history)
    counts[day] = counts.get(day, 0) + 1
    return msgspec.structs.replace(
        track,
        first=min(track.first, day),
        newest=newest,
        counts=counts,
        reporters=_reporters(track.reporters, who, day, newest - longest),
        warned=_further(track.warned, day, rules),
        grown=_further(track.grown, day, rules),
        members=(*track.members[1 - MEMBERS_KEPT :], Member(day, sighting.report_id, sighting.case_id)),
    )


def _further(warned: Warned | None, day: int, rules: Rules) -> Warned | None:
    if warned is None or not warned.day < day <= warned.day + rules.verdict_days:
        return warned
    return msgspec.structs.replace(warned, further=warned.further + 1)


def _reporters(known: dict[str, int], who: str, day: int, forgotten: int) -> dict[str, int]:
    """The one counted now last. Looking through all takes 40 µs of a busy category: only when an end is forgotten."""
    stale = bool(known) and min(known[next(iter(known))], known[next(reversed(known))]) <= forgotten
    kept = {one: counted for one, counted in known.items() if counted > forgotten} if stale else dict(known)
    kept.pop(who, None)
    kept[who] = day
    if len(kept) > REPORTERS_KEPT:
        del kept[next(iter(kept))]
    return kept


def _counts(known: dict[int, int], forgotten: int) -> dict[int, int]:
    """A copy; the day that was first counted is mostly the oldest."""
    if known and next(iter(known)) <= forgotten:
        return {day: count for day, count in known.items() if day > forgotten}
    return dict(known)
