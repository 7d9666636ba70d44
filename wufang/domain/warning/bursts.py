"""Bursts (短时量大集中): more people than the subject's own past explains; equal sightings in equal order warn equally.

Method: over windows of 1, 3, 7 and 28 days the number of newly reporting people is compared with a negative binomial
whose rate is the subject's own in the eight weeks before (Gamma-Poisson, so little history means much doubt), with its
weekdays. The opening report of a matter is no evidence: without it there would be no matter.
"""

import math
from collections import Counter

import msgspec

from wufang.domain.warning.forecast import forecast
from wufang.domain.warning.rules import RULES, Rules
from wufang.domain.warning.sighting import About, Sighting, day_start
from wufang.domain.warning.tail import surprise
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
    """The subject's track after a sighting, and the warning it gives rise to, if any.

    `watched_since` is the first day of the county's ledger.
    """
    known = begun(sighting) if track is None else track
    told = taken(known, sighting, rules)
    if told is None:
        return known, None
    judged, finding = judge(told, watched_since, rules)
    if finding is None:
        return judged, None
    warned = Warned(judged.newest, _needed(judged, watched_since, rules))
    return msgspec.structs.replace(judged, warned=warned), _burst(judged, sighting, finding, rules)


def verdict(track: Track, today: int, rules: Rules = RULES) -> bool | None:
    """Whether the subject's last warning came true; None while that is open, or nothing was warned of."""
    warned = track.warned
    if warned is None:
        return None
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
    finding = _most_surprising(track, watched_since, rules)
    if finding is None:
        return track, None
    going_on = track.high is not None and track.newest - track.high < rules.quiet
    return msgspec.structs.replace(track, high=track.newest), None if going_on else finding


def _most_surprising(track: Track, watched_since: int, rules: Rules) -> Finding | None:
    """The window with the most surprise, the shorter of equals."""
    if track.about.kind != "matter" and track.newest - watched_since < rules.warm_up:
        return None
    best: Finding | None = None
    for window in rules.windows:
        finding = _look(track, window, watched_since, rules)
        if finding is not None and (best is None or finding.surprise > best.surprise):
            best = finding
    return best


def _look(track: Track, window: int, watched_since: int, rules: Rules) -> Finding | None:
    after = track.newest - window
    seen = track.seen(after, track.newest)
    again = sum(day > after for day, _ in track.again)
    weight = seen + (again >= rules.again)
    if weight < rules.floor or (track.about.kind != "matter" and _one_matter(track, after)):
        return None
    new = track.about.kind == "matter" and track.first > after
    expected = forecast(track, window, watched_since, rules)
    found = surprise(weight - new, expected.mean, expected.shape)
    if found < (rules.level_new if new else rules.of(track.about.kind).level):
        return None
    return Finding(window, round(expected.mean + new, 2), seen, again, found)


def _one_matter(track: Track, after: int) -> bool:
    """Whether more than half of a place's or category's reports are one matter's, which is watched by itself."""
    cases = Counter(member.case_id for member in track.members if member.day > after)
    return 2 * max(cases.values(), default=0) > cases.total()


def _needed(track: Track, watched_since: int, rules: Rules) -> int:
    expected = forecast(track, rules.verdict_days, watched_since, rules).mean
    return max(rules.verdict_floor, math.ceil(rules.verdict_times * expected))


def _burst(track: Track, sighting: Sighting, finding: Finding, rules: Rules) -> Burst:
    after = track.newest - finding.window
    return Burst(
        about=track.about,
        at=sighting.occurred_at,
        since=day_start(min(day for day in track.counts if day > after)),
        finding=finding,
        members=tuple(member.report_id for member in track.members if member.day > after),
        rules=rules.version,
    )
