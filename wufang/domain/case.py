"""The case (事项) and its fold: one matter, all its reports; bounded in size however many reports join."""

from typing import assert_never

import msgspec

from wufang.domain.events import (
    CaseOpened,
    Event,
    OutcomeRefused,
    ReportConcluded,
    ReportLinked,
    SubmissionConflicted,
)
from wufang.domain.linking import Link
from wufang.domain.report import Report

# Characters of report text a case document carries. Every report is searched in a document of its own, and writing a
# case again costs Elasticsearch by its length (403 µs at 1,200 characters on a warm node).
EXCERPT_BUDGET = 300
TITLES_KEPT = 12
PLACES_KEPT = 8
ACCUSED_KEPT = 64
# Stands for those beyond: readers hide a case from whom it accuses, so none may be forgotten (docs/domain.md, line 4).
MORE_ACCUSED = "（另有其他单位）"


class Case(msgspec.Struct, frozen=True, omit_defaults=True):
    """Times are UTC milliseconds; `version` is the seq of the last record that changed the case."""

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
    leads_to: str | None = None


def case_of(event: Event) -> str | None:
    """The case an event changes, None when it changes none."""
    match event:
        case CaseOpened() | ReportLinked() | ReportConcluded():
            return event.case_id
        case SubmissionConflicted() | OutcomeRefused():
            return None
        case _:
            assert_never(event)


def placement(event: Event) -> CaseOpened | ReportLinked | None:
    """The event itself when it places a report in a case, None when it places none."""
    match event:
        case CaseOpened() | ReportLinked():
            return event
        case ReportConcluded() | SubmissionConflicted() | OutcomeRefused():
            return None
        case _:
            assert_never(event)


def evolve(case: Case | None, event: Event, seq: int) -> Case:
    """Fold one event of record `seq` into the case it names. Raises ValueError when the event cannot apply."""
    match event:
        case CaseOpened():
            return _opened(event.case_id, event.report, seq)
        case ReportLinked():
            return _joined(_known(case, event.case_id), event.report, event.link, seq)
        case ReportConcluded():
            known = _known(case, event.case_id)
            return msgspec.structs.replace(known, version=seq, concluded=known.concluded + event.first)
        case SubmissionConflicted() | OutcomeRefused():
            raise ValueError(f"{type(event).__name__} changes no case")
        case _:
            assert_never(event)


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
    )


def _joined(case: Case, report: Report, link: Link, seq: int) -> Case:
    return msgspec.structs.replace(
        case,
        version=seq,
        first_occurred_at=min(case.first_occurred_at, report.occurred_at),
        last_occurred_at=max(case.last_occurred_at, report.occurred_at),
        last_accepted_at=max(case.last_accepted_at, report.accepted_at),
        reports=case.reports + 1,
        channels=_counted(case.channels, report.channel),
        links=_counted(case.links, link.kind),
        titles=_kept(case.titles, report.title, TITLES_KEPT),
        excerpts=_excerpt(case.excerpts, report.text),
        category=case.category or report.category,
        addresses=_kept(case.addresses, report.address, PLACES_KEPT),
        grid_codes=_kept(case.grid_codes, report.grid_code, PLACES_KEPT),
        accused=_accused(case.accused, report.accused),
    )


def _counted(counts: dict[str, int], key: str) -> dict[str, int]:
    """A new dict in sorted key order: equal cases have equal bytes."""
    return dict(sorted({**counts, key: counts.get(key, 0) + 1}.items()))


def _kept(values: tuple[str, ...], value: str | None, most: int) -> tuple[str, ...]:
    return values if not value or value in values or len(values) >= most else (*values, value)


def _accused(known: tuple[str, ...], one: str | None) -> tuple[str, ...]:
    return _kept(known, one if len(known) < ACCUSED_KEPT or one in known or not one else MORE_ACCUSED, ACCUSED_KEPT + 1)


def _excerpt(excerpts: tuple[str, ...], text: str) -> tuple[str, ...]:
    room = EXCERPT_BUDGET - sum(map(len, excerpts))
    return excerpts if room <= 0 or not text else (*excerpts, text[:room])
