"""Which case a report belongs to, with the evidence; pure: equal readings and profiles give equal links.

Three zones: sure enough to link, alike enough to ask a person (a suggestion), a new case. A report that is surely like
two cases bridges them.
"""

import math
from collections.abc import Callable, Mapping, Sequence

import msgspec

from wufang.domain.linking.compare import DAY, Evidence, Likeness, likeness, manner, odds
from wufang.domain.linking.evidence import Kind, Link, Reason
from wufang.domain.linking.keys import CandidateIndex, lookup_keys, rank
from wufang.domain.linking.places import conflict, named
from wufang.domain.linking.profile import Profile
from wufang.domain.linking.reading import Reading
from wufang.domain.linking.rules import RULES, Rules

REFERENCE = Reason("reference", 1.0, "来件与本事项的诉求件以关联编号互相指明")
REPOST = Reason("repost", 1.0, "转发或同文，正文一致")
ROUNDING = 1e-3  # of log odds: a score is rounded to four digits
LEAST_LIKELY = 700.0  # log odds against; more is no float's exponential, and rules on trial may have any weights


class Near(msgspec.Struct, frozen=True):
    """Another case the report is like, and whether so surely that the two cases are one (`bridges`)."""

    link: Link
    bridges: bool


class Found(msgspec.Struct, frozen=True):
    """The case the report joins, None for a new one; and the others it is like, the likest first."""

    link: Link | None
    near: tuple[Near, ...] = ()


class _Match(msgspec.Struct, frozen=True):
    """A case with its score; where `found` is None, `sure` says it all. `thin` evidence is never enough to link."""

    score: float
    profile: Profile
    found: Likeness | None
    thin: bool = False
    sure: Reason = REFERENCE


def find(reading: Reading, index: CandidateIndex, rules: Rules = RULES) -> Found:
    """Look up, compare and choose: the whole decision over a state."""
    keys = lookup_keys(reading, rules)
    candidates = rank(keys, index.postings(keys, rules.postings_read), rules)
    profiles = index.profiles(candidates.case_ids[: rules.compared])
    return choose(reading, profiles, candidates.referenced, rules, candidates.reposted)


def standing(found: Found, live: Callable[[str], str], apart: Callable[[str, str], bool]) -> Found:
    """What was found, as cases stand: where one was put into another, that one; each once, none kept apart from it."""
    if found.link is None and not found.near:
        return found
    home = None if found.link is None else _at(found.link, live(found.link.case_id))
    seen, near = {None if home is None else home.case_id}, list[Near]()
    for one in found.near:
        case_id = live(one.link.case_id)
        if case_id not in seen and not (home and apart(home.case_id, case_id)):
            near.append(Near(_at(one.link, case_id), one.bridges))
        seen.add(case_id)
    return Found(home, tuple(near))


def _at(link: Link, case_id: str) -> Link:
    return msgspec.structs.replace(link, case_id=case_id)


def choose(
    reading: Reading,
    profiles: Sequence[Profile],
    referenced: Sequence[str] = (),
    rules: Rules = RULES,
    reposted: Sequence[str] = (),
) -> Found:
    """The best case the evidence allows, and those next to it; of equals the one that came first."""
    sure = _sure(reading, profiles, referenced, reposted, rules)
    matches = sorted(_matches(reading, profiles, sure, rules), key=lambda match: -match.score)
    best = next((match for match in matches if match.score >= rules.threshold and not match.thin), None)
    others = [match for match in matches if match is not best][: rules.suggested]
    near = tuple(Near(_link(reading, match, rules), _bridges(best, match, rules)) for match in others)
    return Found(None if best is None else _link(reading, best, rules), near)


def _sure(
    reading: Reading, profiles: Sequence[Profile], referenced: Sequence[str], reposted: Sequence[str], rules: Rules
) -> dict[str, Reason]:
    """The cases that need no comparing. Of a text in two cases, as when a person moved a post, its likeness decides."""
    same = [profile for profile in profiles if profile.case_id in reposted and _may_repost(reading, profile, rules)]
    found = {profile.case_id: REPOST for profile in same} if len(same) == 1 else {}
    return found | dict.fromkeys(referenced, REFERENCE)


def _may_repost(reading: Reading, profile: Profile, rules: Rules) -> bool:
    days = abs(reading.occurred_at - profile.last_occurred_at) / DAY
    return days <= rules.window_days and not conflict(reading, profile)


def _matches(
    reading: Reading, profiles: Sequence[Profile], sure: Mapping[str, Reason], rules: Rules
) -> Sequence[_Match]:
    """What is worth linking or suggesting."""
    habit = manner(reading, profiles, rules)
    plain = Evidence(reading)
    without_habit = Evidence(reading, habit) if habit else plain
    least, matches = _log_odds(rules.suggestion) - ROUNDING, list[_Match]()
    for profile in profiles:
        if profile.case_id in sure:
            matches.append(_Match(rules.reference_score, profile, None, sure=sure[profile.case_id]))
            continue
        mine = without_habit if _own(reading, profile) else plain
        found = likeness(reading, profile, mine, rules, least)
        score = 0.0 if found is None else _score(found, rules)
        if found is not None and score >= rules.suggestion and not conflict(reading, profile):
            matches.append(_Match(score, profile, found, _thin(reading, profile, found, rules)))
    return matches


def _score(found: Likeness, rules: Rules) -> float:
    return round(1 / (1 + math.exp(min(-odds(found, rules), LEAST_LIKELY))), 4)


def _log_odds(probability: float) -> float:
    return math.log(probability / (1 - probability))


def _bridges(best: _Match | None, match: _Match, rules: Rules) -> bool:
    """A second quoted number asks a person: one petition may speak of two matters."""
    return best is not None and match.found is not None and not match.thin and match.score >= rules.bridge


def _thin(reading: Reading, profile: Profile, found: Likeness, rules: Rules) -> bool:
    """The place is the same and nothing else: what the titles share are names, and the problems are not alike."""
    if found.problem >= rules.thin_problem:
        return False
    shared = [
        reading.rarity[word]
        for word in reading.title
        if word in profile.title and word not in reading.who and word not in profile.who
    ]
    return sum(shared) < rules.thin_title


def _own(reading: Reading, profile: Profile) -> bool:
    return reading.reporter is not None and reading.reporter in profile.reporters


def _link(reading: Reading, match: _Match, rules: Rules) -> Link:
    profile, found = match.profile, match.found
    kind: Kind = "repeat" if _own(reading, profile) else "same_matter"
    if found is None:
        by: Kind = "reference" if match.sure is REFERENCE else kind
        return Link(profile.case_id, by, match.score, (match.sure,), rules.version)
    return Link(profile.case_id, kind, match.score, _reasons(reading, profile, found), rules.version)


def _reasons(reading: Reading, profile: Profile, found: Likeness) -> tuple[Reason, ...]:
    """Only names of places are quoted; other words of a text may be a person's."""
    reasons = [
        Reason("title", round(found.title, 4), f"标题相似度 {found.title:.0%}"),
        Reason("problem", round(found.problem, 4), f"所述问题相似度 {found.problem:.0%}"),
    ]
    known = named(profile.mentioned)
    shared = [name for name in named(reading.mentioned) if name in known]
    if shared:
        reasons.append(Reason("place", round(found.place, 4), "同一地点或单位：" + "、".join(shared[:3])))
    elif found.place:
        reasons.append(Reason("place", round(found.place, 4), "所指的地点、单位或对象有相同的名称"))
    if found.same_spot:
        reasons.append(Reason("spot", 1.0, "同一网格或同一地点坐标"))
    if found.same_reporter:
        reasons.append(Reason("reporter", 1.0, "同一来件人（假名一致）"))
    reasons.append(Reason("days", round(found.days, 1), f"与本事项最近一次来件相隔 {found.days:.0f} 天"))
    return tuple(reasons)
