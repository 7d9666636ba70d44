"""What one ledger record writes: documents with their ids and versions; receipts of what made no report."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple, assert_never

import orjson

from wufang.domain import ids
from wufang.domain.case import Case, Member, arrived, placement
from wufang.domain.events import (
    CaseOpened,
    CasesBridged,
    Commanded,
    CommandRefused,
    Event,
    LinkSuggested,
    OutcomeRefused,
    ReportConcluded,
    ReportLinked,
    ReportsMoved,
    SplitSuggested,
    SubmissionConflicted,
    WarningContinued,
    WarningRaised,
    WarningScored,
)
from wufang.domain.notice import Notice
from wufang.readmodel.document import Document, Kind, case_document, report_document, warning_document
from wufang.readmodel.timeline import Origin, timeline_document

FINAL = 1  # version of documents that never change


class Action(NamedTuple):
    """One document to write: `version` is external, an older write of the same `id` loses."""

    kind: Kind
    id: str
    version: int
    document: Document


class Written(NamedTuple):
    """An action and its document as the bytes that are sent, which are those the index keeps."""

    action: Action
    source: bytes


def warning_action(notice: Notice) -> Action:
    """The write of a warning; a later event of it writes it again."""
    return Action("warnings", notice.id, notice.version, warning_document(notice))


def receipt_documents(event: Event, origin: Origin) -> Iterator[tuple[str, Document]]:
    """(id, document) of an input that made no report document: by cause, a conflict by its position too."""
    match event:
        case ReportConcluded():
            state = {"state": "recorded", "case_id": event.case_id, "report_id": event.report_id}
            yield origin.cause, _receipt(origin, event.outcome.content, state)
        case OutcomeRefused():
            yield origin.cause, _receipt(origin, event.content, {"state": "refused", "reason": event.reason})
        case SubmissionConflicted():
            document = _receipt(origin, event.content, {"state": "conflicted", "report_id": event.original})
            yield origin.cause, document
            yield origin.position, document
        case CommandRefused():
            yield origin.cause, _receipt(origin, event.content, {"state": "refused", "reason": event.reason})
        case ReportsMoved():
            yield origin.cause, _receipt(origin, event.content, {"state": "done", "case_id": event.to})
        case Commanded():
            yield origin.cause, _receipt(origin, event.content, {"state": "done", "case_id": event.case_id})
        case CaseOpened() | ReportLinked() | CasesBridged() | LinkSuggested() | SplitSuggested():
            return
        case WarningRaised() | WarningContinued() | WarningScored():
            return
        case _:
            assert_never(event)


def _receipt(origin: Origin, content: str, rest: Document) -> Document:
    return {"jurisdiction": origin.jurisdiction, "position": origin.position, "content": content, **rest}


def quarantine_receipt(position: str, reason: str) -> tuple[str, Document]:
    """(id, document) of an input that was kept aside with its bytes."""
    return position, {"state": "quarantined", "reason": reason, "position": position}


def case_action(case: Case) -> Action:
    """The write of a case; within a batch only the last of a case need be sent."""
    return Action("cases", case.id, case.version, case_document(case))


def quarantine_action(position: str, reason: str) -> Action:
    """The write of a quarantined input's receipt."""
    return Action("receipts", *_final(quarantine_receipt(position, reason)))


def record_actions(events: Sequence[Event], origin: Origin) -> Iterator[Action]:
    """Every write of one ledger record but its cases, which the caller folds and coalesces."""
    for index, event in enumerate(events):
        placed = placement(event)
        if placed is not None:
            yield placed_action(arrived(placed, origin.seq, index, origin.position), placed.case_id, origin.seq)
        entry = timeline_document(event, origin, index)
        if entry is not None:
            yield Action("timeline", ids.event_id(origin.jurisdiction, origin.seq, index), FINAL, entry)
        for receipt in receipt_documents(event, origin):
            yield Action("receipts", *_final(receipt))


def placed_action(member: Member, case_id: str, version: int) -> Action:
    """The write of a report by the record `version` that put it into the case."""
    return Action("reports", member.report.id, version, report_document(member, case_id))


def _final(receipt: tuple[str, Document]) -> tuple[str, int, Document]:
    return receipt[0], FINAL, receipt[1]


def written(action: Action) -> Written:
    """Raises TypeError for what JSON cannot carry."""
    return Written(action, orjson.dumps(action.document))
