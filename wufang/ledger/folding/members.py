"""Which reports stand in which case, as the ledger's own records that placed them, for when a person regroups cases.

Records stand in the order they came, so that writing them costs little; a report's place in a case is a short row
beside it.
"""

from collections.abc import Iterable, Sequence
from typing import TypeVar

import msgspec

from wufang.domain.case import Hand, Member, Suggestion, arrived, placement
from wufang.domain.events import ConductReleased, Event, LinkSuggested, Proposal
from wufang.domain.report import Report, Restored, restored
from wufang.ledger.storage.tables import Snapshot, Table, as_is, as_json
from wufang.wire import record
from wufang.wire.record import Envelope

T = TypeVar("T")
HERE, GONE = b"1", b"0"  # a table forgets no key


class Released(msgspec.Struct, frozen=True):
    """The words a report has again, what is proposed for it since, and the seq of the record that says so."""

    words: Restored
    triage: Proposal | None
    seq: int


class Members:
    """The reports of a partition's cases; a case's own are those no case it holds brought."""

    def __init__(self, snapshot: Snapshot) -> None:
        self._records: Table[str, bytes] = snapshot.table("records", as_is, as_is, cached=100)
        self._places: Table[str, bytes] = snapshot.table("places", as_is, as_is, cached=100)
        self._hands: Table[str, Hand] = snapshot.table("hands", *as_json(Hand))
        self._concluded: Table[str, bool] = snapshot.table("concluded", *as_json(bool))
        self._released: Table[str, Released] = snapshot.table(
            "released", *as_json(Released), cached=1_000, often_new=True
        )

    def placed(self, case_id: str, raw: Envelope, value: bytes) -> None:
        """The record `value` placed a report in the case."""
        self._records.put(_numbered(raw.jurisdiction, raw.seq), value)
        self._places.put(_place(case_id, raw.seq), HERE)

    def concluded(self, report_id: str) -> None:
        """The report ended."""
        self._concluded.put(report_id, True)

    def released(self, event: ConductReleased, seq: int) -> None:
        """A report has its sealed words again."""
        self._released.put(event.report_id, Released(event.words, event.triage, seq))

    def moved(self, member: Member, before: str, after: str, hand: Hand) -> None:
        """A person took a report out of one case's own and made it another's."""
        self._places.put(_place(before, member.seq), GONE)
        self._places.put(_place(after, member.seq), HERE)
        self._hands.put(member.report.id, hand)

    def own(self, case_id: str, most: int | None = None) -> list[Member]:
        """The case's own reports in the order of the ledger, the first so many."""
        return self._at(case_id, self._seqs(case_id)[:most])

    def some(self, case_ids: Sequence[str], first: int, latest: int) -> list[Member]:
        """The reports of these cases that came first and those that came last, in the order of the ledger.

        Of the others only their places are read, a short row each.
        """
        seqs = sorted(seq for case_id in case_ids for seq in self._seqs(case_id))
        return self._at(case_ids[0], ends(seqs, first, latest))

    def _seqs(self, case_id: str) -> list[int]:
        rows = self._places.under(_place(case_id, None))
        return sorted(int(key.rpartition("|")[2]) for key, value in rows.items() if value == HERE)

    def _at(self, case_id: str, seqs: Sequence[int]) -> list[Member]:
        jurisdiction = case_id.partition("-")[0]
        found = self._records.get_many([_numbered(jurisdiction, seq) for seq in seqs])
        return list(self._read(value for value in found if value is not None))

    def _read(self, values: Iterable[bytes]) -> Iterable[Member]:
        for value in values:
            raw = record.envelope(value)
            events = () if raw is None else record.events(raw)
            for index, event in enumerate(events):
                placed = placement(event)
                if placed is not None and raw is not None:
                    came, name = arrived(placed, raw.seq, index, str(raw.input)), placed.report.id
                    report, triage, since = self._whole(came.report, came.triage)
                    yield msgspec.structs.replace(
                        came,
                        report=report,
                        triage=triage,
                        released=since,
                        concluded=self._concluded.get(name) is not None,
                        hand=self._hands.get(name),
                        suggestions=_suggestions(events, name),
                        suggested_category=None if since and report.category else placed.suggested_category,
                    )

    def _whole(self, report: Report, triage: Proposal | None) -> tuple[Report, Proposal | None, int]:
        """The report as it is now, what is proposed for it, and the seq since when, 0 for as it came."""
        released = self._released.get(report.id)
        if released is None:
            return report, triage, 0
        return restored(report, released.words), released.triage, released.seq


def ends(values: Sequence[T], first: int, latest: int) -> Sequence[T]:
    """The first of them and the latest; all, where there are no more than these."""
    return values if len(values) <= first + latest else [*values[:first], *values[-latest:]]


def _suggestions(events: Iterable[Event], report_id: str) -> tuple[Suggestion, ...]:
    """What was suggested when the report came."""
    asked = (event for event in events if isinstance(event, LinkSuggested) and event.report_id == report_id)
    return tuple(Suggestion(report_id, event.link) for event in asked)


def _numbered(jurisdiction: str, seq: int) -> str:
    return f"{jurisdiction}-{seq:012d}"


def _place(case_id: str, seq: int | None) -> str:
    return f"{case_id}|" if seq is None else f"{case_id}|{seq:012d}"
