"""One event to one entry of a case's timeline; written once, it never changes.

That a report came is told by the report's own document, so that a report costs two documents and not three.
"""

from collections.abc import Mapping
from typing import Any, NamedTuple, assert_never

import msgspec

from wufang.domain.events import (
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
    Ordered,
    OutcomeRefused,
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
from wufang.readmodel.document import Document, link_document, outcome_document, triage_document, without_none
from wufang.readmodel.labels import score_words, warning_words

_ARRIVAL = ("seq", "index", "occurred_at", "channel", "number", "title", "link", "triage")


class Origin(NamedTuple):
    """Where an event stands: its record's cause and place in the ledger, and the input that caused it."""

    cause: str
    jurisdiction: str
    seq: int
    position: str


def timeline_document(event: Event, origin: Origin, index: int) -> Document | None:
    """One event of a case's timeline, None for events that are on none or stand on a report's document."""
    match event:
        case ReportConcluded():
            entry = _timeline("report_concluded", event.case_id, event.report_id, origin, index)
            return entry | {"at": event.outcome.accepted_at, "outcome": outcome_document(event.outcome)}
        case CasesMerged() | CaseRestored() | ReportsMoved() | CasesKeptApart() | CaseKeptTogether():
            return _ordered(event, origin, index)
        case CasesBridged():
            entry = _timeline("cases_bridged", event.case_id, event.report_id, origin, index)
            pair = {"case_id": [event.case_id, event.merged], "from_to": [event.merged, event.case_id]}
            return entry | pair | {"link": link_document(event.link), "at": event.at}
        case WarningRaised() | WarningScored():
            return warning_entry(event, origin, index)
        case LaneDecided() | CategoryDecided() | ConductReleased():
            return _decided(event, origin, index)
        case SubmissionConflicted() | OutcomeRefused() | CommandRefused():
            return None
        case LinkSuggested() | SplitSuggested() | WarningContinued():
            return None
        case CaseOpened() | ReportLinked():
            return None
        case _:
            assert_never(event)


def arrival_entry(report_id: str, report: Mapping[str, Any]) -> Document:
    """The entry that a report's document stands for: that it came, and opened its case or was linked to one."""
    entry = {name: report[name] for name in _ARRIVAL if name in report}
    return entry | {
        "type": "report_linked" if "link" in report else "case_opened",
        "case_id": report["arrived_in"],
        "report_id": report_id,
        "cause": report_id,
        "at": report["accepted_at"],
    }


def _ordered(event: Ordered, origin: Origin, index: int) -> Document:
    """What a person ordered: of two cases one entry on the timelines of both, `from_to` tells which is which."""
    match event:
        case CasesMerged():
            return _regrouped("cases_merged", event, (event.case_id, event.merged), origin, index)
        case CaseRestored():
            return _regrouped("case_restored", event, (event.case_id, event.left), origin, index)
        case CasesKeptApart():
            return _regrouped("cases_kept_apart", event, (event.case_id, event.other), origin, index)
        case ReportsMoved():
            entry = _regrouped("reports_moved", event, (event.case_id, event.to), origin, index)
            return entry | {"opened": event.opened, "reports": list(event.reports)}
        case CaseKeptTogether():
            kept = {"type": "case_kept_together", "case_id": event.case_id, "reports": list(event.reports)}
            return kept | _by(event, origin, index)
        case _:
            assert_never(event)


def _regrouped(name: str, event: Ordered, cases: tuple[str, str], origin: Origin, index: int) -> Document:
    pair = {"case_id": list(cases), "from_to": list(cases if isinstance(event, ReportsMoved) else cases[::-1])}
    return {"type": name, **pair, **_by(event, origin, index)}


def _by(event: Ordered | LaneDecided | CategoryDecided, origin: Origin, index: int) -> Document:
    return {
        "seq": origin.seq,
        "index": index,
        "cause": origin.cause,
        "at": event.at,
        "by": msgspec.to_builtins(event.by),
        "reason": event.reason,
    }


def _triaged(triage: Proposal | None) -> Document:
    return {} if triage is None else {"triage": triage_document(triage)}


def _decided(event: LaneDecided | CategoryDecided | ConductReleased, origin: Origin, index: int) -> Document:
    if isinstance(event, CategoryDecided):
        return _filed(event, origin, index)
    if isinstance(event, ConductReleased):
        return _released(event, origin, index)
    decided = {"lane": event.lane, "tags": list(event.tags), "why": []}
    return {"type": "lane_decided", "case_id": event.case_id, "triage": decided, **_by(event, origin, index)}


def _filed(event: CategoryDecided, origin: Origin, index: int) -> Document:
    category = {"code": event.code, "path": event.path, "answer": event.answer}
    entry = {"type": "category_decided", "case_id": event.case_id, "category": category}
    return entry | without_none(_by(event, origin, index))


def _released(event: ConductReleased, origin: Origin, index: int) -> Document:
    """Who gave the words back, and which: a report's are on its own document. No receipt: that is the books' alone."""
    told = {"at": event.at, "by": msgspec.to_builtins(event.by), "title": event.words.title, "reply": event.words.reply}
    entry = _timeline("conduct_released", event.case_id, event.report_id, origin, index)
    return without_none(entry | told | _triaged(event.triage))


def _timeline(name: str, case_id: str, report_id: str, origin: Origin, index: int) -> Document:
    return {
        "type": name,
        "case_id": case_id,
        "report_id": report_id,
        "seq": origin.seq,
        "index": index,
        "cause": origin.cause,
    }


def warning_entry(event: WarningRaised | WarningScored, origin: Origin, index: int) -> Document | None:
    """What a case's timeline says of a warning; one of a place or a category stands on none."""
    if event.about.kind != "matter":
        return None
    told = warning_words(event) if isinstance(event, WarningRaised) else score_words(event)
    return {
        "type": "warning_raised" if isinstance(event, WarningRaised) else "warning_scored",
        "case_id": event.about.key,
        "seq": origin.seq,
        "index": index,
        "cause": origin.cause,
        "at": event.at,
        "warning": event.warning,
        "words": told,
    }
