"""Bursts (短时量大集中): more people than the subject's own past explains; equal sightings in equal order warn equally.

Method: over windows of 1, 3, 7 and 28 days the number of newly reporting people is compared with a negative binomial
whose rate is the subject's own in the eight weeks before (Gamma-Poisson, so little history means much doubt), with its
weekdays. The opening report of a matter is no evidence: without it there would be no matter.
"""

import math
from collections import Counter

import msgspec

from wufang.domain.shanghai import day_start
from wufang.domain.warning.forecast import Past, forecast, past, recent, surest
from wufang.domain.warning.rules import RULES, Rules
from wufang.domain.warning.sighting import About, Sighting
from wufang.domain.warning.tail import surprise, surprise_at_most
from wufang.domain.warning.track import Track, Warned, begun, taken

METHOD = "gamma-poisson-scan"


class Finding(msgspec.Struct, frozen=True):
    """A window (days) up to the track's newest day with more people than expected; `surprise` in powers of ten.

    `again` are further reports of people who had counted already.
    """

    window: int
    expected: float
    seen: int
    again: int
    surprise: float


class Burst(msgspec.Struct, frozen=True):
    """A warning. `at` and `since` are UTC milliseconds, `members` the reports of the people seen, at most 64."""

    about: About
    at: int
    since: int
    finding: Finding
    members: tuple[str, ...]
    rules: str
    method: str = METHOD


def fold(
    track: Track | None, sighting: Sighting, watched_since: int, rules: Rules = RULES
) -> tuple[Track, Burst | None]:
    """The subject's track after a sighting, and the warning it gives rise to, if any: taken, looked at, marked.

    `watched_since` is the first day of the county's ledger. Who records warnings takes the three steps apart: what
    `look` finds is a decision, `taken` and the marks are all that a replay does.
    """
    known = begun(sighting) if track is None else track
    told = taken(known, sighting, rules)
    if told is None:
        return known, None
    judged, finding = judge(told, watched_since, rules)
    if finding is None:
        return judged, None
    needed = further_needed(judged, watched_since, rules)
    return warned(judged, needed), burst(judged, sighting, finding, rules)


def verdict(track: Track, today: int, rules: Rules = RULES) -> bool | None:
    """Whether the subject's last warning came true; None while that is open, or nothing was warned of."""
    return None if track.warned is None else came_true(track.warned, today, rules)


def came_true(warned: Warned, today: int, rules: Rules = RULES) -> bool | None:
    """Whether a warning came true; None while that is open on the day `today`."""
    if warned.further >= warned.needed:
        return True
    return False if today > warned.day + rules.verdict_days else None


def words(burst: Burst) -> str:
    """The warning as an official reads it."""
    found = burst.finding
    again = f"，已反映的人又来件{found.again}次" if found.again else ""
    return f"{found.window}天内{found.seen}位不同来件人反映{again}，按以往约{found.expected:.1f}位"


def judge(track: Track, watched_since: int, rules: Rules = RULES) -> tuple[Track, Finding | None]:
    """The track with today marked if it is surprising, and the finding if that begins something new."""
    finding = look(track, watched_since, rules)
    if finding is None:
        return track, None
    return surprised(track), None if going_on(track, rules) else finding


def going_on(track: Track, rules: Rules = RULES) -> bool:
    """Whether what is surprising now belongs to what was before."""
    return track.high is not None and track.newest - track.high < rules.quiet


def surprised(track: Track) -> Track:
    """The track with its newest day marked as surprising."""
    return msgspec.structs.replace(track, high=track.newest)


def warned(track: Track, needed: int, name: str = "") -> Track:
    """The track with its newest day marked as warned of; `needed` further people make it come true."""
    return msgspec.structs.replace(track, high=track.newest, warned=Warned(track.newest, needed, id=name))


def look(track: Track, watched_since: int, rules: Rules = RULES) -> Finding | None:
    """The window with the most surprise, the shorter of equals; None where none is surprising enough."""
    if track.about.kind != "matter" and track.newest - watched_since < rules.warm_up:
        return None
    days = recent(track, rules)
    pasts: dict[int, Past] = {}  # the short windows share one
    best: Finding | None = None
    for window in rules.windows:
        span = max(window, rules.guard)
        if span not in pasts:
            pasts[span] = past(track, window, watched_since, rules, days)
        finding = _look(track, window, sum(days[:window]), pasts[span], rules)
        if finding is not None and (best is None or finding.surprise > best.surprise):
            best = finding
    return best


def _look(track: Track, window: int, seen: int, before: Past, rules: Rules) -> Finding | None:
    after = track.newest - window
    again = sum([day > after for day, _ in track.again]) if track.again else 0
    weight = seen + (again >= rules.again)
    if weight < rules.floor:
        return None
    matter = track.about.kind == "matter"
    new = matter and track.first > after
    level = rules.level_new if new else rules.of(track.about.kind).level
    found, mean = _surprise(track, window, weight - new, level, before, rules)
    if found < level or (not matter and _one_matter(track, after)):
        return None
    return Finding(window, round(mean + new, 2), seen, again, found)


def _surprise(track: Track, window: int, weight: int, level: float, before: Past, rules: Rules) -> tuple[float, float]:
    """How surprising so many people are, and how many were expected; 0 where it is surely below the level."""
    if window % 7 == 0 and surprise_at_most(weight, *surest(track, window, before, rules)) < level:
        return 0.0, 0.0
    expected = forecast(track, window, before, rules)
    if surprise_at_most(weight, expected.mean, expected.shape) < level:
        return 0.0, 0.0
    return surprise(weight, expected.mean, expected.shape), expected.mean


def _one_matter(track: Track, after: int) -> bool:
    """Whether more than half of a place's or category's reports are one matter's, which is watched by itself."""
    cases = Counter(member.case_id for member in track.members if member.day > after)
    return 2 * max(cases.values(), default=0) > cases.total()


def further_needed(track: Track, watched_since: int, rules: Rules = RULES) -> int:
    """How many people the four weeks after a warning must bring for it to come true."""
    before = past(track, rules.verdict_days, watched_since, rules, recent(track, rules))
    expected = forecast(track, rules.verdict_days, before, rules).mean
    return max(rules.verdict_floor, math.ceil(rules.verdict_times * expected))


def burst(track: Track, sighting: Sighting, finding: Finding, rules: Rules = RULES) -> Burst:
    """The warning of a finding."""
    after = track.newest - finding.window
    return Burst(
        about=track.about,
        at=sighting.occurred_at,
        since=day_start(min(day for day in track.counts if day > after)),
        finding=finding,
        members=tuple(member.report_id for member in track.members if member.day > after),
        rules=rules.version,
    )
