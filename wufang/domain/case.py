"""The case (事项) and its fold: one matter, all its reports; bounded in size however many reports join."""

from collections.abc import Callable, Sequence
from typing import assert_never

import msgspec

from wufang.domain.categories import Suggestion as SuggestedCategory
from wufang.domain.commands import Actor
from wufang.domain.events import (
    Answer,
    CaseKeptTogether,
    CaseOpened,
    CaseRestored,
    CasesBridged,
    CasesKeptApart,
    CasesMerged,
    CategoryDecided,
    CommandRefused,
    ConductReleased,
    Event,
    LaneDecided,
    LinkSuggested,
    OutcomeRefused,
    Placed,
    Proposal,
    ReportConcluded,
    ReportLinked,
    ReportsMoved,
    SplitSuggested,
    SubmissionConflicted,
    WarningContinued,
    WarningRaised,
    WarningScored,
)
from wufang.domain.linking import Link, Split
from wufang.domain.report import Report
from wufang.domain.triage.matter import Danger, Lane, Tag

# Characters of report text a case document carries. Every report is searched in a document of its own, and writing a
# case again costs Elasticsearch by its length (403 µs at 1,200 characters on a warm node).
EXCERPT_BUDGET = 300
TITLES_KEPT = 12
PLACES_KEPT = 8
ACCUSED_KEPT = 64
SUGGESTIONS_KEPT = 8
# Stands for those beyond: readers hide a case from whom it accuses, so none may be forgotten (docs/domain.md, line 4).
MORE_ACCUSED = "（另有其他单位）"


class Suggestion(msgspec.Struct, frozen=True):
    """疑似同一事项: a report of the case is like another case, which the link names with the evidence."""

    report_id: str
    link: Link


class Decided(msgspec.Struct, frozen=True):
    """定办: the lane and tags a person decided."""

    lane: Lane
    tags: tuple[Tag, ...]
    by: Actor
    reason: str
    at: int


class Filed(msgspec.Struct, frozen=True):
    """定类: the category a person decided, and whether it was the one suggested."""

    code: str
    path: str
    by: Actor
    reason: str | None
    at: int
    answer: Answer


class Case(msgspec.Struct, frozen=True, omit_defaults=True):
    """Times are UTC milliseconds; `version` is the seq of the last record that changed the case.

    A case put into another keeps its own reports and the cases put into it (`parts`: all that lead to it, near and
    far), so that it can stand for itself again; the case that holds it counts them. `placed_at` is the seq of the last
    record that said where it leads. `danger`, `lane` and `tags` are what is proposed for its reports, `decided` what a
    person said of it; likewise `suggested_category`, the surest of its reports', and `filed`. `split` is suggested
    where the reports have come apart. `withheld`: part of a report is with the discipline office, and whom it accuses
    went along, so no unit reads the case (docs/domain.md, line 4).
    """

    id: str
    jurisdiction: str
    version: int
    title: str
    opened_at: int
    first_occurred_at: int
    last_occurred_at: int
    last_accepted_at: int
    reports: int
    channels: dict[str, int]
    state: str = "open"
    concluded: int = 0
    links: dict[str, int] = {}
    titles: tuple[str, ...] = ()
    excerpts: tuple[str, ...] = ()
    category: str | None = None
    addresses: tuple[str, ...] = ()
    grid_codes: tuple[str, ...] = ()
    accused: tuple[str, ...] = ()
    withheld: bool = False
    leads_to: str | None = None
    parts: tuple[str, ...] = ()
    placed_at: int = 0
    suggestions: tuple[Suggestion, ...] = ()
    split: Split | None = None
    danger: Danger | None = None
    lane: Lane = "ordinary"
    tags: tuple[Tag, ...] = ()
    decided: Decided | None = None
    suggested_category: SuggestedCategory | None = None
    filed: Filed | None = None

    @property
    def filed_under(self) -> str | None:
        """The category a person decided; until then the one its reports came with."""
        return self.category if self.filed is None else self.filed.path


class Hand(msgspec.Struct, frozen=True):
    """A person's decision that a report stands where it does: the seq of its record, who, why and when."""

    seq: int
    by: Actor
    reason: str
    at: int


class Arrival(msgspec.Struct, frozen=True):
    """How a report came: into which case, as which event of its record, and what the rules proposed for it then."""

    case_id: str
    index: int
    triage: Proposal | None


class Member(msgspec.Struct, frozen=True):
    """A report and how it came to its case: by the record `seq` from the input `position`, or by hand since.

    `released` is the seq of the record by which it has its sealed words again, 0 for none.
    """

    report: Report
    link: Link | None
    seq: int
    position: str
    arrival: Arrival
    concluded: bool = False
    hand: Hand | None = None
    suggestions: tuple[Suggestion, ...] = ()
    triage: Proposal | None = None
    place: str | None = None
    suggested_category: SuggestedCategory | None = None
    released: int = 0


def cases_of(event: Event) -> tuple[str, ...]:
    """The cases an event changes."""
    match event:
        case CaseOpened() | ReportLinked() | ReportConcluded() | LinkSuggested() | LaneDecided() | CategoryDecided():
            return (event.case_id,)
        case SplitSuggested() | CaseKeptTogether() | ConductReleased():
            return (event.case_id,)
        case CasesMerged() | CasesBridged():
            return (event.case_id, event.merged)
        case CasesKeptApart():
            return (event.case_id, event.other)
        case CaseRestored():
            return (event.case_id, event.left)
        case ReportsMoved():
            return (event.case_id, event.to)
        case SubmissionConflicted() | OutcomeRefused() | CommandRefused():
            return ()
        case WarningRaised() | WarningContinued() | WarningScored():
            return ()
        case _:
            assert_never(event)


def placement(event: Event) -> Placed | None:
    """The event itself when it places a report in a case, None when it places none."""
    return event if isinstance(event, Placed) else None


def arrived(placed: Placed, seq: int, index: int, position: str) -> Member:
    """The report that event `index` of record `seq` placed, as it came."""
    link = placed.link if isinstance(placed, ReportLinked) else None
    arrival = Arrival(placed.case_id, index, placed.triage)
    return Member(placed.report, link, seq, position, arrival, triage=placed.triage, place=placed.place)


def evolve(case: Case | None, event: Event, seq: int) -> Case:
    """Fold one event of record `seq` into the one case it names. Raises ValueError when the event cannot apply."""
    match event:
        case CaseOpened():
            return _asked_of(_opened(event.case_id, event.report, seq), event)
        case ReportLinked():
            return _asked_of(_joined(_known(case, event.case_id), event.report, event.link, seq), event)
        case LaneDecided() | CategoryDecided():
            return _decided(_known(case, event.case_id), event, seq)
        case ReportConcluded():
            known = _known(case, event.case_id)
            return msgspec.structs.replace(known, version=seq, concluded=known.concluded + event.first)
        case LinkSuggested():
            known, suggestion = _known(case, event.case_id), Suggestion(event.report_id, event.link)
            return msgspec.structs.replace(known, version=seq, suggestions=_asked(known.suggestions, suggestion))
        case SplitSuggested():
            return msgspec.structs.replace(_known(case, event.case_id), version=seq, split=event.split)
        case (
            SubmissionConflicted()
            | OutcomeRefused()
            | CommandRefused()
            | WarningRaised()
            | WarningContinued()
            | WarningScored()
        ):
            raise ValueError(f"{type(event).__name__} changes no case")
        case CaseKeptTogether() | ConductReleased():
            raise ValueError(f"{type(event).__name__} is folded with the case's reports in sight")
        case CasesMerged() | CasesBridged() | CaseRestored() | ReportsMoved() | CasesKeptApart():
            raise ValueError(f"{type(event).__name__} changes more than one case")
        case _:
            assert_never(event)


def gathered(
    case: Case, members: Sequence[Member], seq: int, open_to: Callable[[str], bool], split: Split | None = None
) -> Case:
    """The case of record `seq` as these reports make it, in the order of the ledger: as folded one by one.

    `open_to` says whether it is still asked if the case and another one are one matter, `split` if they are two.

    Raises ValueError without a report: no case is empty.
    """
    if not members:
        raise ValueError(f"case {case.id} would be left without a report")
    first, *others = sorted(members, key=lambda member: member.seq)
    made = _asked_of(_opened(case.id, first.report, seq), first)
    for member in others:
        made = _asked_of(_joined(made, member.report, member.link, seq), member)
    suggestions: tuple[Suggestion, ...] = ()
    for member in (first, *others):
        for suggestion in member.suggestions:
            if open_to(suggestion.link.case_id):
                suggestions = _asked(suggestions, suggestion)
    return msgspec.structs.replace(
        made,
        concluded=sum(member.concluded for member in members),
        state=case.state,
        leads_to=case.leads_to,
        parts=case.parts,
        placed_at=case.placed_at,
        suggestions=suggestions,
        split=split,
        decided=case.decided,
        filed=case.filed,
    )


def _known(case: Case | None, case_id: str) -> Case:
    if case is None:
        raise ValueError(f"the ledger names case {case_id}, which no earlier record opened")
    return case


def _opened(case_id: str, report: Report, seq: int) -> Case:
    return Case(
        id=case_id,
        jurisdiction=report.jurisdiction,
        version=seq,
        title=report.title,
        opened_at=report.accepted_at,
        first_occurred_at=report.occurred_at,
        last_occurred_at=report.occurred_at,
        last_accepted_at=report.accepted_at,
        reports=1,
        channels={report.channel: 1},
        titles=(report.title,),
        excerpts=_excerpt((), report.text),
        category=report.category,
        addresses=_kept((), report.address, PLACES_KEPT),
        grid_codes=_kept((), report.grid_code, PLACES_KEPT),
        accused=_accused((), report.accused),
        withheld=report.conduct is not None,
    )


def _joined(case: Case, report: Report, link: Link | None, seq: int) -> Case:
    return msgspec.structs.replace(
        case,
        version=seq,
        first_occurred_at=min(case.first_occurred_at, report.occurred_at),
        last_occurred_at=max(case.last_occurred_at, report.occurred_at),
        last_accepted_at=max(case.last_accepted_at, report.accepted_at),
        reports=case.reports + 1,
        channels=_counted(case.channels, report.channel),
        links=case.links if link is None else _counted(case.links, link.kind),
        titles=_kept(case.titles, report.title, TITLES_KEPT),
        excerpts=_excerpt(case.excerpts, report.text),
        category=case.category or report.category,
        addresses=_kept(case.addresses, report.address, PLACES_KEPT),
        grid_codes=_kept(case.grid_codes, report.grid_code, PLACES_KEPT),
        accused=_accused(case.accused, report.accused),
        withheld=case.withheld or report.conduct is not None,
    )


def _counted(counts: dict[str, int], key: str) -> dict[str, int]:
    """A new dict in sorted key order: equal cases have equal bytes."""
    return dict(sorted({**counts, key: counts.get(key, 0) + 1}.items()))


def _kept(values: tuple[str, ...], value: str | None, most: int) -> tuple[str, ...]:
    return values if not value or value in values or len(values) >= most else (*values, value)


_LANES: tuple[Lane, ...] = ("ordinary", "dedicated", "urgent")
_DANGERS: tuple[Danger | None, ...] = (None, "120", "110", "119")
_TAGS: tuple[Tag, ...] = ("study", "joint")


def proposed(case: Case, triage: Proposal | None) -> Case:
    """The most pressing of what is proposed for any report, in whatever order they came."""
    if triage is None:
        return case
    return msgspec.structs.replace(
        case,
        danger=max(case.danger, triage.danger, key=_DANGERS.index),
        lane=max(case.lane, triage.lane, key=_LANES.index),
        tags=tuple(tag for tag in _TAGS if tag in (*case.tags, *triage.tags)),
    )


def _asked_of(case: Case, told: Placed | Member) -> Case:
    """The case with what is proposed for one of its reports."""
    surest = _surest(case.suggested_category, told.suggested_category)
    if surest is not case.suggested_category:
        case = msgspec.structs.replace(case, suggested_category=surest)
    return proposed(case, told.triage)


def _surest(one: SuggestedCategory | None, other: SuggestedCategory | None) -> SuggestedCategory | None:
    """Of what was suggested for two reports; of equally sure ones the first."""
    if one is None or other is None:
        return one or other
    return max(one, other, key=lambda told: told.share)


def _decided(case: Case, event: LaneDecided | CategoryDecided, seq: int) -> Case:
    match event:
        case LaneDecided():
            decided = Decided(event.lane, event.tags, event.by, event.reason, event.at)
            return msgspec.structs.replace(case, version=seq, decided=decided)
        case CategoryDecided():
            filed = Filed(event.code, event.path, event.by, event.reason, event.at, event.answer)
            return msgspec.structs.replace(case, version=seq, filed=filed)
        case _:
            assert_never(event)


def _asked(known: tuple[Suggestion, ...], one: Suggestion) -> tuple[Suggestion, ...]:
    """Each other case once, the first few: what a person is asked must stay short."""
    asked = any(other.link.case_id == one.link.case_id for other in known)
    return known if asked or len(known) >= SUGGESTIONS_KEPT else (*known, one)


def _accused(known: tuple[str, ...], one: str | None) -> tuple[str, ...]:
    return _kept(known, one if len(known) < ACCUSED_KEPT or one in known or not one else MORE_ACCUSED, ACCUSED_KEPT + 1)


def _excerpt(excerpts: tuple[str, ...], text: str) -> tuple[str, ...]:
    room = EXCERPT_BUDGET - sum(map(len, excerpts))
    return excerpts if room <= 0 or not text else (*excerpts, text[:room])
