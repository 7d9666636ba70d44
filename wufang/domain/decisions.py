"""What a submission does to the ledger: pure decisions over a read-only view; refusals are events, not exceptions."""

from collections.abc import Iterable, Sequence
from typing import Protocol, assert_never

import msgspec

from wufang.domain import ids
from wufang.domain.case import Case, Member
from wufang.domain.categories import Suggestion as SuggestedCategory
from wufang.domain.commands import MOST_MOVED, Refusal, ReleaseConduct
from wufang.domain.events import (
    CaseOpened,
    CasesBridged,
    CommandRefused,
    ConductReleased,
    Event,
    LinkSuggested,
    OutcomeRefused,
    Placed,
    Proposal,
    ReportConcluded,
    ReportLinked,
    SplitSuggested,
    SubmissionConflicted,
    Warned,
)
from wufang.domain.linking import Found, Link, Near, Subject
from wufang.domain.ordering import Cases, CommandSubmitted, ordered
from wufang.domain.report import Outcome, Report, Sealed, restored
from wufang.domain.triage import Context, Fact, Matter, Triage, few, kind_of

# In the words of any danger: that its own words are elsewhere is nobody's business.
CALLED = Fact("context-danger", "", "context", 0, 0, "涉及人身安全、已提请转接，其余事项一并速办")


class ReportSubmitted(msgspec.Struct, frozen=True):
    """A report to be linked; its id is its cause.

    By the rules of the mark `screened` a door found no conduct; `told` is what it then proposed by them.
    """

    cause: str
    jurisdiction: str
    content: str
    report: Report
    screened: str | None = None
    told: Triage | None = None


class OutcomeSubmitted(msgspec.Struct, frozen=True):
    """An outcome for the report with the id `report_id`."""

    cause: str
    jurisdiction: str
    content: str
    report_id: str
    outcome: Outcome


class ReleaseSubmitted(msgspec.Struct, frozen=True):
    """A part that the discipline office gives back; `at` is the service's clock, UTC milliseconds."""

    cause: str
    jurisdiction: str
    content: str
    at: int
    release: ReleaseConduct


Submission = ReportSubmitted | OutcomeSubmitted | CommandSubmitted | ReleaseSubmitted


class Known(msgspec.Struct, frozen=True, omit_defaults=True):
    """What the ledger remembers of a cause for ever: `key` is the data key of the recorded copy.

    `early`: an outcome that was refused because its report was not known yet.
    """

    content: str
    position: str
    case_id: str | None = None
    key: str | None = None
    concluded: bool = False
    early: bool = False


class Recorded(msgspec.Struct, frozen=True):
    """The submission makes a ledger record of `cause`."""

    cause: str
    events: tuple[Event, ...]


class Duplicate(msgspec.Struct, frozen=True):
    """The ledger holds this cause with equal content; `recorded` is what it holds."""

    cause: str
    recorded: Known


class View(Cases, Protocol):
    """What a decision may look at: the fold of the valid records so far, one jurisdiction's."""

    def known(self, cause: str) -> Known | None:
        """What is remembered of a cause."""

    def live(self, case_id: str) -> str:
        """Where the matter of a case is now: itself, or the case it was put into."""

    def member(self, case_id: str, report_id: str) -> Member | None:
        """A report as it stands among a case's own."""

    def find(self, jurisdiction: str, report: Report) -> Found:
        """The live case the report belongs to, and others it is like: each once, none a person keeps apart from it."""

    def splits(self, jurisdiction: str, event: Event, behind: Sequence[Event] = ()) -> tuple[SplitSuggested, ...]:
        """Which cases an event of the next record, and those behind it, leave come apart, or whole again."""

    def warnings(self, jurisdiction: str, placed: Placed, index: int) -> tuple[Warned, ...]:
        """What a report that is placed so gives rise to; the first has the place `index` in its record."""

    def bursting(self, jurisdiction: str, case_id: str) -> bool:
        """Whether an open warning says that many people reported the case in a short time."""

    def place(self, jurisdiction: str, report: Report) -> str | None:
        """The place a report names first, or its grid."""

    def pattern(self, jurisdiction: str, category: str) -> Context:
        """What the county knows of a category, before it is asked about any case: `season` and `common`."""

    def triage(self, matter: Matter, context: Context, told: Triage | None = None) -> Triage | None:
        """What the rules propose for a report; None where none are used. `told` is what some rules say of it alone."""

    def category(self, report: Report) -> SuggestedCategory | None:
        """What is suggested for a report that came without a category of the tree."""


def decide(submission: Submission, view: View, position: str = "") -> Recorded | Duplicate:
    """The fate of a decoded input: a record of what it did, or a duplicate.

    `position` is where it stands on the log: the same input handed out again is not the same submission sent again.
    """
    known = view.known(submission.cause)
    if known is not None:
        return _again(submission, known, view, position)
    match submission:
        case ReportSubmitted():
            placed, behind = _placed(submission, view)
            behind = (*behind, *view.splits(submission.jurisdiction, placed, behind))
            warnings = view.warnings(submission.jurisdiction, placed, 1 + len(behind))
            return Recorded(submission.cause, (placed, *behind, *warnings))
        case OutcomeSubmitted():
            return Recorded(submission.cause, (_concluded(submission, view),))
        case CommandSubmitted():
            event = ordered(submission, view)
            return Recorded(submission.cause, (event, *view.splits(submission.jurisdiction, event)))
        case ReleaseSubmitted():
            return Recorded(submission.cause, (_released(submission, view),))
        case _:
            assert_never(submission)


def _again(submission: Submission, known: Known, view: View, position: str) -> Recorded | Duplicate:
    """The same id again: equal content is a duplicate, other content a refusal with a cause of its own."""
    if known.content == submission.content:
        if isinstance(submission, OutcomeSubmitted) and known.early and known.position != position:
            return _late(submission, known, view)
        return Duplicate(submission.cause, known)
    cause = ids.conflict_cause(submission.cause, submission.content)
    refused = view.known(cause)
    if refused is not None:
        return Duplicate(cause, refused)
    return Recorded(cause, (SubmissionConflicted(submission.cause, submission.content, data_key(submission)),))


def _late(submission: OutcomeSubmitted, known: Known, view: View) -> Recorded | Duplicate:
    """An outcome that came before its report, sent again: recorded under a cause of its own once the report is known.

    Its refusal stands, for the ledger's first word on a cause is never taken back.
    """
    cause = ids.conflict_cause(submission.cause, submission.content)
    recorded = view.known(cause)
    if recorded is not None:
        return Duplicate(cause, recorded)
    ended = _concluded(submission, view)
    return Duplicate(submission.cause, known) if isinstance(ended, OutcomeRefused) else Recorded(cause, (ended,))


def _placed(submission: ReportSubmitted, view: View) -> tuple[Placed, tuple[Event, ...]]:
    """Where the report belongs; behind that, the two cases it bridges, if it does; what a person is asked."""
    report, found = submission.report, view.find(submission.jurisdiction, submission.report)
    place, category = view.place(submission.jurisdiction, report), view.category(report)
    if found.link is None:
        case_id = view.next_case_id(submission.jurisdiction)
        opened = CaseOpened(case_id, report, _proposed(submission, None, view), place, category)
        return opened, _suggested(opened.case_id, report, found.near)
    bridge = next((near.link for near in found.near if near.bridges and _small(near.link, found.link, view)), None)
    others = [near for near in found.near if near.link is not bridge]
    if bridge is None:
        link = found.link
        joined = ReportLinked(link.case_id, report, link, _proposed(submission, link, view), place, category)
        return joined, _suggested(link.case_id, report, others)
    older, younger = sorted((found.link, bridge), key=lambda link: ids.age(link.case_id))
    joined = ReportLinked(older.case_id, report, older, _proposed(submission, older, view), place, category)
    bridged = CasesBridged(older.case_id, younger.case_id, report.id, younger, report.accepted_at)
    return joined, (bridged, *_suggested(older.case_id, report, others))


def _proposed(submission: ReportSubmitted, link: Link | None, view: View) -> Proposal | None:
    report = submission.report
    known = None if link is None else view.case(link.case_id)
    bursting = known is not None and view.bursting(report.jurisdiction, known.id)
    now = context(known, link, bursting, _pattern(report, view))
    return proposal(report, view.triage(matter(report, submission.screened), now, submission.told))


def _pattern(report: Report, view: View) -> Context:
    return view.pattern(report.jurisdiction, (report.category or "").strip())


def proposal(report: Report, found: Triage | None) -> Proposal | None:
    """What is proposed for a report as the ledger keeps it: None for a plain one, as most are."""
    if found is None:
        return None
    called = None if report.conduct is None else report.conduct.danger
    if found.danger is None and called is not None:
        return Proposal(called, "urgent", found.tags, (CALLED, *few(found.facts)), found.rules)
    if found.danger is None and found.lane == "ordinary" and not found.tags:
        return None
    return Proposal(found.danger, found.lane, found.tags, few(found.facts), found.rules)


def context(known: Case | None, link: Link | None, bursting: bool, pattern: Context) -> Context:
    """A category's pattern, and what the ledger knows of the case that a report joins, before it does, if it does."""
    if known is None or link is None:
        return pattern
    return msgspec.structs.replace(pattern, reports=known.reports, repeats=_repeats(known, link), burst=bursting)


def _repeats(case: Case, link: Link) -> int:
    """How often people came again to this case before, when one does now."""
    return case.links.get("repeat", 0) + 1 if link.kind == "repeat" else 0


def _small(one: Link, other: Link, view: View) -> bool:
    """Whether the case that would go into the older one has few enough reports for one record's wake."""
    younger = view.case(max(one.case_id, other.case_id, key=ids.age))
    return younger is not None and younger.reports <= MOST_MOVED


def _suggested(case_id: str, report: Report, near: Iterable[Near]) -> tuple[LinkSuggested, ...]:
    return tuple(LinkSuggested(case_id, report.id, one.link) for one in near)


def _concluded(submission: OutcomeSubmitted, view: View) -> ReportConcluded | OutcomeRefused:
    """Another county's report is no known one: a case's version is a seq of its own county's chain (decision 0403)."""
    known = view.known(submission.report_id)
    if known is None or known.case_id is None or ids.jurisdiction_of(known.case_id) != submission.jurisdiction:
        return OutcomeRefused(submission.report_id, "unknown_report", submission.content, data_key(submission))
    case_id = view.live(known.case_id)
    return ReportConcluded(case_id, submission.report_id, submission.outcome, first=not known.concluded)


def _released(submission: ReleaseSubmitted, view: View) -> ConductReleased | CommandRefused:
    """The words go back to the report whose sealed part has this receipt; a held part has none the ledger knows,
    but it is of the same content: other content of the same number may be with the office too."""
    release = submission.release
    known = view.known(release.report_id)
    if known is None or known.case_id is None or ids.jurisdiction_of(known.case_id) != submission.jurisdiction:
        return CommandRefused("unknown_report", submission.content)
    member = view.member(known.case_id, release.report_id)
    refused = _unreleasable(member, release, view)
    if member is None or refused is not None:
        return CommandRefused(refused or "unknown_report", submission.content)
    proposed = _proposed_again(restored(member.report, release.words), member.link, known.case_id, view)
    return ConductReleased(
        case_id=known.case_id,
        report_id=release.report_id,
        receipt=release.receipt,
        words=release.words,
        by=release.by,
        at=submission.at,
        content=submission.content,
        outcome=release.outcome,
        triage=proposed if release.outcome is None else None,
    )


def _unreleasable(member: Member | None, release: ReleaseConduct, view: View) -> Refusal | None:
    """Why the part cannot go back, None when it can."""
    if release.outcome is not None:
        return None if _is_recorded(release.outcome, release.posted, view) else "unknown_report"
    if member is None or member.report.conduct is None:
        return "not_sealed"
    part, same = member.report.conduct, release.posted == member.report.content
    return None if part.receipt == release.receipt or (part.held and same) else "not_sealed"


def _is_recorded(outcome: str, posted: str | None, view: View) -> bool:
    """Whether an outcome stands on the ledger with the content that was posted: under its own cause or, if it came too
    early, under the later one. The code covers which report it is of: no reply goes to another's."""
    known = view.known(outcome)
    if known is None or known.case_id is not None or known.content != posted:
        return False
    if not known.early:
        return True
    return view.known(ids.conflict_cause(outcome, known.content)) is not None


def _proposed_again(report: Report, link: Link | None, case_id: str, view: View) -> Proposal | None:
    """What is proposed for the whole report, beside the other reports that its case has by now."""
    live = view.case(view.live(case_id))
    now = _pattern(report, view)
    if live is not None and link is not None:
        repeats = live.links.get("repeat", 0) if link.kind == "repeat" else 0
        bursting = view.bursting(report.jurisdiction, live.id)
        now = msgspec.structs.replace(now, reports=live.reports - 1, repeats=repeats, burst=bursting)
    return proposal(report, view.triage(matter(report), now))


def data_key(submission: Submission) -> str | None:
    """The data key of this copy's encrypted field, None when it has none."""
    field = _encrypted(submission)
    return field.key if field is not None else None


def _encrypted(submission: Submission) -> Sealed | None:
    match submission:
        case ReportSubmitted():
            return submission.report.sealed
        case OutcomeSubmitted():
            return submission.outcome.sealed
        case CommandSubmitted() | ReleaseSubmitted():
            return None
        case _:
            assert_never(submission)


def matter(report: Report, screened: str | None = None) -> Matter:
    """What triage may see of a report; 诉求类型 and 信访目的 stand in its channel's own fields."""
    kind = kind_of(report.details)
    return Matter(report.channel, report.title, report.text, report.category, report.accused, kind, screened)


def subject(report: Report) -> Subject:
    """What the linker may see of a report; a name is no evidence of sameness."""
    reporter = report.reporter
    return Subject(
        report_id=report.id,
        channel=report.channel,
        title=report.title,
        text=report.text,
        category=report.category,
        address=report.address,
        grid_code=report.grid_code,
        point=None if report.point is None else (report.point.lat, report.point.lon),
        reporter=reporter.pseudonym if reporter is not None and reporter.identifies else None,
        numbers=(report.number,),
        references=report.related,
        occurred_at=report.occurred_at,
    )
