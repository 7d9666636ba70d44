"""Which case a report belongs to, with the evidence; pure: equal readings and profiles give equal links."""

import math
from collections.abc import Sequence

from wufang.domain.linking.compare import Likeness, likeness, manner, odds
from wufang.domain.linking.evidence import Link, Reason
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
    links = [_judged(reading, profile, referenced, habit, rules) for profile in profiles]
    return max((link for link in links if link is not None), key=lambda link: link.score, default=None)


def _judged(
    reading: Reading, profile: Profile, referenced: Sequence[str], habit: frozenset[str], rules: Rules
) -> Link | None:
    if profile.case_id in referenced:
        reason = Reason("reference", 1.0, "来件与本事项的诉求件以关联编号互相指明")
        return Link(profile.case_id, "reference", rules.reference_score, (reason,), rules.version)
    own = reading.reporter is not None and reading.reporter in profile.reporters
    found = likeness(reading, profile, habit if own else frozenset())
    log_odds = odds(found, rules)
    least = math.log(rules.threshold / (1 - rules.threshold))
    if found.days > rules.window_days or log_odds < least or conflict(reading, profile):
        return None
    score = round(1 / (1 + math.exp(-log_odds)), 4)
    reasons = _reasons(reading, profile, found)
    return Link(profile.case_id, "repeat" if own else "same_matter", score, reasons, rules.version)


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
