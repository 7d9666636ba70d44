"""Which case a report belongs to, with the evidence; pure: equal readings and profiles give equal links."""

from collections.abc import Sequence

from wufang.domain.linking.evidence import Link, Reason
from wufang.domain.linking.keys import CandidateIndex, lookup_keys, rank
from wufang.domain.linking.profile import Member, Profile
from wufang.domain.linking.reading import SCALE, Reading
from wufang.domain.linking.rules import RULES, Rules

DAY = 86_400_000


def find(reading: Reading, index: CandidateIndex, rules: Rules = RULES) -> Link | None:
    """Look up, compare and choose: the whole decision over a state."""
    keys = lookup_keys(reading, rules)
    candidates = rank(keys, index.postings(keys, rules.postings_read), rules)
    return choose(reading, index.profiles(candidates.case_ids[: rules.compared]), candidates.referenced, rules)


def choose(
    reading: Reading, profiles: Sequence[Profile], referenced: Sequence[str] = (), rules: Rules = RULES
) -> Link | None:
    """The best case the evidence allows; of equals the one that came first. None opens a new case."""
    links = [link for profile in profiles if (link := _judged(reading, profile, referenced, rules)) is not None]
    return max(links, key=lambda link: link.score, default=None)


def _judged(reading: Reading, profile: Profile, referenced: Sequence[str], rules: Rules) -> Link | None:
    if profile.case_id in referenced:
        reason = Reason("reference", 1.0, "来件写明的关联编号指向本事项的诉求件")
        return Link(profile.case_id, "reference", rules.reference_score, (reason,), rules.version)
    days = abs(reading.occurred_at - profile.last_occurred_at) / DAY
    if days > rules.window_days:
        return None
    text = max(_cosine(reading, member) for member in profile.members)
    repeat = reading.reporter is not None and reading.reporter in profile.reporters
    if text < (rules.repeat_threshold if repeat else rules.same_matter_threshold):
        return None
    reasons = _reasons(reading, profile, text, repeat, days)
    return Link(profile.case_id, "repeat" if repeat else "same_matter", round(text, 4), reasons, rules.version)


def _reasons(reading: Reading, profile: Profile, text: float, repeat: bool, days: float) -> tuple[Reason, ...]:
    reasons = [Reason("text", round(text, 4), f"文字相似度 {text:.0%}")]
    shared = [place for place in reading.places if place in profile.places]
    if shared:
        reasons.append(Reason("place", float(len(shared)), "同一地点或单位：" + "、".join(shared[:3])))
    if repeat:
        reasons.append(Reason("reporter", 1.0, "同一来件人（假名一致）"))
    reasons.append(Reason("days", round(days, 1), f"与本事项最近一次来件相隔 {days:.0f} 天"))
    return tuple(reasons)


def _cosine(reading: Reading, member: Member) -> float:
    mine, theirs = reading.vector, member.vector
    return sum(mine[term] * theirs[term] for term in mine.keys() & theirs.keys()) / SCALE**2
