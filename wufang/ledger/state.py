"""What the writer knows of a partition: the fold, every cause for ever, the linker's index, what people taught."""

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import assert_never

import msgspec

from wufang.domain import ids, triage, watched
from wufang.domain.categories import Tree
from wufang.domain.decisions import Known, subject
from wufang.domain.events import (
    CaseOpened,
    CasesBridged,
    CategoryDecided,
    Commanded,
    ConductReleased,
    Event,
    LinkSuggested,
    OutcomeRefused,
    Placed,
    ReportConcluded,
    ReportLinked,
    ReportsMoved,
    SplitSuggested,
    SubmissionConflicted,
    Warned,
    WarningContinued,
    WarningRaised,
    WarningScored,
)
from wufang.domain.linking import RULES, Found, Reading, standing
from wufang.domain.report import Outcome, Report
from wufang.domain.warning import RULES as WARNING_RULES
from wufang.domain.warning import About
from wufang.ledger.candidates.link_index import LinkIndex
from wufang.ledger.candidates.splits import Splits
from wufang.ledger.folding.fold import Applied, Fold, Unfoldable
from wufang.ledger.storage.tables import Table, as_json
from wufang.ledger.taught.lessons import Lessons
from wufang.ledger.watching.watch import Watch
from wufang.wire.record import Envelope


class LedgerState:
    """A `decisions.View` over one partition's snapshot."""

    def __init__(self, path: Path | None = None, triage: triage.Rules | None = None, tree: Tree | None = None) -> None:
        """`None` keeps everything in memory; without triage rules nothing is proposed, without a tree no category.

        Raises ValueError or sqlite3.DatabaseError for a file to throw away.
        """
        self._fold, self._triage = Fold(path), triage
        snapshot = self._fold.snapshot
        self._causes: Table[bytes, Known] = snapshot.table("causes", *as_json(Known), cached=5_000, often_new=True)
        self._links = LinkIndex(snapshot)
        self._watch = Watch(snapshot)
        self._splits = Splits(self._fold.regroup, self._fold.cases, self._links)
        self._lessons = Lessons(snapshot, tree)
        self.category = self._lessons.suggest
        self._made: Table[str, str] = snapshot.table("made", str.encode, bytes.decode)
        # What the tables beside the fold were made by: of another make they say nothing.
        self._make = {"rules": RULES.version, "warnings": WARNING_RULES.version, "categories": self._lessons.version}
        for what, version in self._make.items():
            if self._fold.offset and self._made.get(what) != version:
                raise ValueError(f"the snapshot was made by other {what}: {self._made.get(what)} and not {version}")
        self.head = self._fold.head
        self.case = self._fold.cases.get
        self.live = self._fold.regroup.live
        self.member = self._fold.regroup.member
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

    def find(self, jurisdiction: str, report: Report) -> Found:
        """The live case the report belongs to, and others it is like: where one was put into another, that one."""
        found = self._links.choose(jurisdiction, subject(report))
        return standing(found, self.live, self._fold.regroup.kept_apart)

    def splits(self, jurisdiction: str, event: Event, behind: Sequence[Event] = ()) -> tuple[SplitSuggested, ...]:
        """What is suggested of cases that the next record's events change."""
        return self._splits.after(jurisdiction, event, behind)

    def warnings(self, jurisdiction: str, placed: Placed, index: int) -> tuple[Warned, ...]:
        """The warnings that a report placed by the next record gives rise to, from its place `index` on."""
        seq = self.head(jurisdiction).seq + 1
        return self._watch.decide(jurisdiction, (seq, index), placed, lambda: self._read(jurisdiction, placed.report))

    def _read(self, jurisdiction: str, report: Report) -> Reading:
        return self._links.reading(jurisdiction, subject(report))

    def bursting(self, jurisdiction: str, case_id: str) -> bool:
        """Whether many people reported a case in a short time, as an open warning says."""
        return self._watch.bursting(jurisdiction, About("matter", case_id))

    def place(self, jurisdiction: str, report: Report) -> str | None:
        """The place a report names first, or its grid."""
        return watched.place(report, self._read(jurisdiction, report))

    def pattern(self, jurisdiction: str, category: str) -> triage.Context:
        """Whether warnings of a season, and of many people in a short time, are open for a category."""
        about = About("category", category)
        return triage.Context(
            season=self._watch.in_season(jurisdiction, about), common=self._watch.bursting(jurisdiction, about)
        )

    def triage(
        self, matter: triage.Matter, context: triage.Context, told: triage.Triage | None = None
    ) -> triage.Triage | None:
        """What the rules propose for a report; they are not asked again where a door did, by the same."""
        if self._triage is None:
            return None
        if told is not None and told.rules == self._triage.mark:
            return triage.within(context, msgspec.structs.replace(told, rules=self._triage.version))
        return triage.propose(matter, self._triage, context)

    def tree(self) -> Tree | None:
        """The profile's category tree."""
        return self._lessons.tree

    def members(self, case_id: str) -> frozenset[str]:
        """The ids of all reports of a case."""
        return frozenset(member.report.id for member in self._fold.regroup.members(case_id))

    def fold(self, offset: int, value: bytes | None) -> Applied | None:
        """Fold one ledger record; None when it is void. Raises Unfoldable, after which it must be rolled back."""
        applied = self._fold.fold(offset, value)
        if applied is not None:
            try:
                for event in applied.events:
                    self._remember(event, applied.envelope)
            except ValueError as error:  # a cause that is no hash, a case without a profile
                raise Unfoldable(f"ledger offset {offset}: {error}") from error
        return applied

    def _remember(self, event: Event, raw: Envelope) -> None:
        match event:
            case CaseOpened():
                self._watch.placed(raw.jurisdiction, event, lambda: self._read(raw.jurisdiction, event.report))
                self._links.opened(raw.jurisdiction, event.case_id, subject(event.report))
                self._know(raw, _known_report(event.report, raw, event.case_id))
            case ReportLinked():
                self._watch.placed(raw.jurisdiction, event, lambda: self._read(raw.jurisdiction, event.report))
                self._links.joined(raw.jurisdiction, event.case_id, subject(event.report))
                self._know(raw, _known_report(event.report, raw, event.case_id))
            case ReportConcluded():
                self._conclude(event.report_id)
                self._know(raw, _known_outcome(event.outcome, raw))
            case SubmissionConflicted() | OutcomeRefused():
                early = isinstance(event, OutcomeRefused)
                self._know(raw, Known(event.content, str(raw.input), key=event.key, early=early))
            case ReportsMoved() | ConductReleased():
                self._link_again(raw.jurisdiction, event)
                self._know(raw, Known(event.content, str(raw.input)))
            case CategoryDecided():
                self._lessons.decided(event.case_id, event.code, partial(self._first, event.case_id))
                self._know(raw, Known(event.content, str(raw.input)))
            case Commanded():
                self._know(raw, Known(event.content, str(raw.input)))
            case CasesBridged() | LinkSuggested() | SplitSuggested():
                return  # the report's own event stands before it
            case WarningRaised() | WarningContinued() | WarningScored():
                self._watch.said(raw.jurisdiction, event)
            case _:
                assert_never(event)

    def _first(self, case_id: str, most: int) -> list[Report]:
        return [member.report for member in self._fold.regroup.own(case_id, most)]

    def _know(self, raw: Envelope, known: Known) -> None:
        self._causes.put(bytes.fromhex(raw.cause), known)

    def _conclude(self, report_id: str) -> None:
        known = self.known(report_id)
        if known is not None:
            self._causes.put(bytes.fromhex(report_id), msgspec.structs.replace(known, concluded=True))

    def _link_again(self, jurisdiction: str, event: ReportsMoved | ConductReleased) -> None:
        """The linker finds reports by the words they have now, where they are now."""
        if isinstance(event, ReportsMoved):
            self._move(jurisdiction, event)
        elif event.outcome is None:
            self._read_again(jurisdiction, event.case_id)

    def _move(self, jurisdiction: str, event: ReportsMoved) -> None:
        """The linker looks for the moved reports' like where they are now, and no more where they were."""
        for name in event.reports:
            known = self.known(name)
            if known is not None:
                self._causes.put(bytes.fromhex(name), msgspec.structs.replace(known, case_id=event.to))
        for case_id in (event.to, event.case_id, *self._fold.regroup.parts(event.case_id)):
            self._read_again(jurisdiction, case_id)

    def _read_again(self, jurisdiction: str, case_id: str) -> None:
        own = self._fold.regroup.own(case_id)
        self._links.made_again(jurisdiction, case_id, [subject(member.report) for member in own])

    def settle(self) -> None:
        """What was folded stands on the log: `undo` does not go behind it. It is not on disk before a commit."""
        self._fold.settle()

    def undo(self) -> None:
        """Forget what was folded since the last `settle`."""
        self._fold.undo()

    @property
    def behind(self) -> int:
        """How many folded records the last commit does not hold."""
        return self._fold.behind

    def commit(self) -> None:
        """Write all that was folded as one transaction."""
        for what, version in self._make.items():
            self._made.put(what, version)
        self._fold.commit()

    def rollback(self) -> None:
        """Go back to the last commit."""
        self._fold.rollback()


def _known_report(report: Report, raw: Envelope, case_id: str) -> Known:
    return Known(report.content, str(raw.input), case_id, report.sealed.key if report.sealed else None)


def _known_outcome(outcome: Outcome, raw: Envelope) -> Known:
    """Without a case: only what names a report can be concluded, and an outcome is none."""
    return Known(outcome.content, str(raw.input), key=outcome.sealed.key if outcome.sealed else None)
