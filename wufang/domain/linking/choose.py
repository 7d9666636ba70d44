"""Which case a report belongs to, with the evidence; pure: equal readings and profiles give equal links."""

import math
from collections.abc import Sequence

from wufang.domain.linking.compare import Evidence, Likeness, likeness, manner, odds
from wufang.domain.linking.evidence import Kind, Link, Reason
from wufang.domain.linking.keys import CandidateIndex, lookup_keys, rank
from wufang.domain.linking.places import conflict, named
from wufang.domain.linking.profile import Profile
from wufang.domain.linking.reading import Reading
from wufang.domain.linking.rules import RULES, Rules


def find(reading: Reading, index: CandidateIndex, rules: Rules = RULES) -> Link | None:
    """Look up, compare and choose: the whole decision over a state."""
    keys = lookup_keys(reading, rules)
    candidates = rank(keys, index.postings(keys, rules.postings_read), rules)
    return choose(reading, index.profiles(candidates.case_ids[: rules.compared]), candidates.referenced, rules)


def choose(
    reading: Reading, profiles: Sequence[Profile], referenced: Sequence[str] = (), rules: Rules = RULES
) -> Link | None:
    """The best case the evidence allows; of equals the one that came first. None opens a new case."""
    habit = manner(reading, profiles, rules)
    plain = Evidence(reading)
    without_habit = Evidence(reading, habit) if habit else plain
    best: tuple[float, Profile, Likeness | None] | None = None
    for profile in profiles:
        least = 0.0 if best is None else best[0]
        if profile.case_id in referenced:
            if rules.reference_score > least:
                best = (rules.reference_score, profile, None)
            continue
        mine = without_habit if _own(reading, profile) else plain
        found = likeness(reading, profile, mine, rules, _odds_above(least, rules))
        score = 0.0 if found is None else _score(found, rules)
        if score > least and not conflict(reading, profile):
            best = (score, profile, found)
    return None if best is None else _link(reading, *best, rules)


def _own(reading: Reading, profile: Profile) -> bool:
    return reading.reporter is not None and reading.reporter in profile.reporters


def _score(found: Likeness, rules: Rules) -> float:
    """0 under the threshold."""
    log_odds = odds(found, rules)
    if log_odds < math.log(rules.threshold / (1 - rules.threshold)):
        return 0.0
    return round(1 / (1 + math.exp(-log_odds)), 4)


def _odds_above(score: float, rules: Rules) -> float:
    """What the log odds need at least for a link that is worth more than `score`, less a little for rounding."""
    least = max(rules.threshold, score + 0.00005) - 1e-9
    return math.inf if least >= 1 else math.log(least / (1 - least))


def _link(reading: Reading, score: float, profile: Profile, found: Likeness | None, rules: Rules) -> Link:
    if found is None:
        reason = Reason("reference", 1.0, "来件与本事项的诉求件以关联编号互相指明")
        return Link(profile.case_id, "reference", score, (reason,), rules.version)
    kind: Kind = "repeat" if _own(reading, profile) else "same_matter"
    return Link(profile.case_id, kind, score, _reasons(reading, profile, found), rules.version)


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
