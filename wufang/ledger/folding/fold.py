"""The fold every reader shares: valid records to cases; void ones are counted and change nothing.

It must not decide anything, and it stops rather than skip a valid record it does not understand.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec

from wufang.domain.case import Case, cases_of, evolve, placement
from wufang.domain.events import (
    CaseOpened,
    Event,
    Regrouped,
    ReportConcluded,
    ReportsMoved,
    SplitSuggested,
)
from wufang.domain.notice import Notice
from wufang.ledger.folding.apart import Apart
from wufang.ledger.folding.members import Members
from wufang.ledger.folding.notices import Notices
from wufang.ledger.folding.regroup import Asked, Regroup, Standing
from wufang.ledger.folding.together import Together
from wufang.ledger.storage.tables import Snapshot, Table, as_json
from wufang.wire import record
from wufang.wire.record import Envelope, Head

FORMAT = 12  # of the tables; a file of another format is rebuilt from the log


class Unfoldable(Exception):
    """A valid record this version cannot understand or fold: the reader stops its partition and says so."""


class Applied(msgspec.Struct, frozen=True):
    """One valid record and what it made of the cases it touched."""

    offset: int
    envelope: Envelope
    events: tuple[Event, ...]
    cases: dict[str, Case]
    moved: tuple[Standing, ...] = ()
    notices: tuple[Notice, ...] = ()


class Mark(msgspec.Struct, frozen=True):
    """How far the tables have folded: the next offset, and the hash of the record before it ('' at the start)."""

    format: int
    offset: int
    tail: str
    voids: int


START = Mark(FORMAT, 0, "", 0)


class Fold:
    """Heads and cases of one partition, over a snapshot file or in memory."""

    def __init__(self, path: Path | None = None, lasting: bool = True) -> None:
        """`None` keeps everything in memory; not `lasting`: for one run, whatever it throws away with its folder.

        Raises ValueError or sqlite3.DatabaseError for a file to throw away.
        """
        self.snapshot = Snapshot(path, lasting)
        self._marks: Table[str, Mark] = self.snapshot.table("marks", *as_json(Mark))
        self._heads: Table[str, Head] = self.snapshot.table("heads", *as_json(Head))
        self._void: Table[int, bool] = self.snapshot.table("void", *as_json(bool))
        self.cases: Table[str, Case] = self.snapshot.table("cases", *as_json(Case))
        self._members = Members(self.snapshot)
        self.apart = Apart(self.snapshot)
        splits: Table[str, Asked] = self.snapshot.table("splits", *as_json(Asked))
        self.regroup = Regroup(self.cases, self._members, self.apart, Together(self.snapshot), splits)
        self.notices = Notices(self.snapshot)
        self.mark = self._settled = self._committed = self._marks.get("ledger") or START
        if self.mark.format != FORMAT:
            raise ValueError(f"the snapshot is of format {self.mark.format}, this version writes {FORMAT}")

    @property
    def offset(self) -> int:
        """The ledger offset that is folded next."""
        return self.mark.offset

    @property
    def tail(self) -> str:
        """The hash of the record before `offset`, '' at the start of the log."""
        return self.mark.tail

    def head(self, jurisdiction: str) -> Head:
        """The jurisdiction's last valid record."""
        return self._heads.get(jurisdiction) or record.first_head(jurisdiction)

    def was_void(self, offset: int) -> bool:
        """Whether an already folded offset held a void record."""
        return self._void.get(offset) is not None

    def fold(self, offset: int, value: bytes | None) -> Applied | None:
        """Fold the record at `offset`, None when it is void.

        Raises Unfoldable for a valid record this version cannot use, ValueError when `offset` is not the next.
        """
        if offset != self.offset:
            raise ValueError(f"offset {offset} came, the ledger goes on at {self.offset}")
        raw, tail = record.envelope(value), record.digest(value or b"")
        if raw is None or not record.follows(raw, self.head(raw.jurisdiction)):
            self._stop_at_another_version(offset, value)
            self._void.put(offset, True)
            self.mark = Mark(FORMAT, offset + 1, tail, self.mark.voids + 1)
            return None
        applied = self._applied(offset, raw, value or b"")
        self._heads.put(raw.jurisdiction, Head(raw.seq, tail))
        self.mark = Mark(FORMAT, offset + 1, tail, self.mark.voids)
        return applied

    def _stop_at_another_version(self, offset: int, value: bytes | None) -> None:
        link = record.link_of_another_version(value)
        if link is not None and record.chains(link, self.head(link.jurisdiction)):
            where = f"ledger offset {offset} of {link.jurisdiction}, seq {link.seq}"
            raise Unfoldable(f"{where}: a record of version {link.v}, this code reads {record.VERSION}")

    def _applied(self, offset: int, raw: Envelope, value: bytes) -> Applied:
        try:
            events = record.events(raw)
            self._check(events)
            notices = self.notices.fold(events, raw)
            changed: dict[str, Case] = {}
            for event in events:
                for case in self._evolved(event, raw.seq):
                    changed[case.id] = case
                    self.cases.put(case.id, case)
                self._keep(event, raw, value)
        except (msgspec.DecodeError, UnicodeDecodeError, ValueError) as error:
            raise Unfoldable(f"ledger offset {offset} of {raw.jurisdiction}, seq {raw.seq}: {error}") from error
        moved = tuple(standing for event in events for standing in self.standing(event))
        return Applied(offset, raw, events, changed, moved, notices)

    def _check(self, events: Sequence[Event]) -> None:
        """Before anything is put: the tables must not hold half a record. Raises ValueError."""
        opened: set[str] = set()
        for event in events:
            for case_id in cases_of(event):
                if isinstance(event, CaseOpened) or (isinstance(event, ReportsMoved) and event.opened):
                    opened.add(case_id)
                elif case_id not in opened and self.cases.get(case_id) is None:
                    raise ValueError(f"the ledger names case {case_id}, which no earlier record opened")

    def _evolved(self, event: Event, seq: int) -> Sequence[Case]:
        """The cases the event changes, after those before it in its record."""
        if isinstance(event, Regrouped):
            return self.regroup.apply(event, seq)
        return [evolve(self._before(case_id, event), event, seq) for case_id in cases_of(event)]

    def _before(self, case_id: str, event: Event) -> Case | None:
        """The case as folded so far; one that is opened only now is not looked for."""
        return None if isinstance(event, CaseOpened) else self.cases.get(case_id)

    def _keep(self, event: Event, raw: Envelope, value: bytes) -> None:
        """What an event says of a report, for when cases are regrouped."""
        placed = placement(event)
        if placed is not None:
            self._members.placed(placed.case_id, raw, value)
        elif isinstance(event, ReportConcluded):
            self._members.concluded(event.report_id)
        elif isinstance(event, SplitSuggested):
            self.regroup.suggested(event)

    def standing(self, event: Event) -> Iterator[Standing]:
        """The reports that stand elsewhere since a folded event."""
        if isinstance(event, Regrouped):
            yield from self.regroup.standing(event)

    @property
    def behind(self) -> int:
        """How many folded records the last commit does not hold."""
        return self.mark.offset - self._committed.offset

    def settle(self) -> None:
        """What was folded is no longer provisional: `undo` does not go behind it."""
        self.snapshot.settle()
        self._settled = self.mark

    def undo(self) -> None:
        """Forget what was folded since the last `settle`."""
        self.snapshot.undo()
        self.mark = self._settled

    def commit(self) -> None:
        """Write all that was folded as one transaction."""
        self._marks.put("ledger", self.mark)
        self.snapshot.commit()
        self._settled = self._committed = self.mark

    def rollback(self) -> None:
        """Go back to the last commit."""
        self.snapshot.rollback()
        self.mark = self._settled = self._committed

    def close(self) -> None:
        """Forget what was not committed and close the file."""
        self.snapshot.close()
