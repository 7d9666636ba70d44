"""What the writer knows of a partition: the fold, every cause for ever, and the linker's index."""

from pathlib import Path

import msgspec

from wufang.domain import ids
from wufang.domain.decisions import Known, subject
from wufang.domain.events import (
    CaseOpened,
    Event,
    OutcomeRefused,
    ReportConcluded,
    ReportLinked,
    SubmissionConflicted,
)
from wufang.domain.linking import Link
from wufang.domain.report import Outcome, Report
from wufang.ledger.fold import Applied, Fold
from wufang.ledger.link_index import LinkIndex
from wufang.ledger.tables import Table
from wufang.wire.record import Envelope


class LedgerState:
    """A `decisions.View` over one partition's snapshot."""

    def __init__(self, path: Path | None = None) -> None:
        self._fold = Fold(path)
        snapshot = self._fold.snapshot
        self._causes: Table[bytes, Known] = snapshot.table(
            "causes", msgspec.json.Encoder().encode, msgspec.json.Decoder(Known).decode, cached=5_000
        )
        self._links = LinkIndex(snapshot)
        self.head = self._fold.head
        self.case = self._fold.cases.get
        self.close = self._fold.close

    @property
    def offset(self) -> int:
        """The ledger offset that is folded next."""
        return self._fold.offset

    @property
    def tail(self) -> str:
        """The hash of the record before `offset`, '' at the start of the log."""
        return self._fold.tail

    def known(self, cause: str) -> Known | None:
        """What is remembered of a cause."""
        return self._causes.get(bytes.fromhex(cause))

    def next_case_id(self, jurisdiction: str) -> str:
        """The id of a case opened by the next record's first event."""
        return ids.case_id(jurisdiction, self.head(jurisdiction).seq + 1, 0)

    def link(self, jurisdiction: str, report: Report) -> Link | None:
        """The open case the report belongs to."""
        return self._links.choose(jurisdiction, subject(report))

    def fold(self, offset: int, value: bytes | None) -> Applied | None:
        """Fold one ledger record; None when it is void. Raises Unfoldable."""
        applied = self._fold.fold(offset, value)
        if applied is not None:
            for event in applied.events:
                self._remember(event, applied.envelope)
        return applied

    def _remember(self, event: Event, raw: Envelope) -> None:
        match event:
            case CaseOpened():
                self._links.opened(raw.jurisdiction, event.case_id, subject(event.report))
                self._know(raw, _known_report(event.report, raw, event.case_id))
            case ReportLinked():
                self._links.joined(raw.jurisdiction, event.case_id, subject(event.report))
                self._know(raw, _known_report(event.report, raw, event.case_id))
            case ReportConcluded():
                self._conclude(event.report_id)
                self._know(raw, _known_outcome(event.outcome, raw, event.case_id))
            case SubmissionConflicted() | OutcomeRefused():
                self._know(raw, Known(event.content, str(raw.input), key=event.key))

    def _know(self, raw: Envelope, known: Known) -> None:
        self._causes.put(bytes.fromhex(raw.cause), known)

    def _conclude(self, report_id: str) -> None:
        known = self.known(report_id)
        if known is not None:
            self._causes.put(bytes.fromhex(report_id), msgspec.structs.replace(known, concluded=True))

    def commit(self) -> None:
        """Write all that was folded as one transaction."""
        self._fold.commit()

    def rollback(self) -> None:
        """Go back to the last commit."""
        self._fold.rollback()
        self._links.rollback()


def _known_report(report: Report, raw: Envelope, case_id: str) -> Known:
    return Known(report.content, str(raw.input), case_id, report.sealed.key if report.sealed else None)


def _known_outcome(outcome: Outcome, raw: Envelope, case_id: str) -> Known:
    return Known(outcome.content, str(raw.input), case_id, outcome.sealed.key if outcome.sealed else None)
