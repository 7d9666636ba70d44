"""The fate of an input, as sums: the first that applies, and what never balances is named."""

import pytest

from tests.support.events import a_chain, cause_of, encoded, report_event
from wufang.domain.decisions import ReportSubmitted
from wufang.domain.events import CaseOpened
from wufang.ledger.folding.fold import Applied, Fold
from wufang.ledger.proofs.books import InputSide, Kept, LedgerSide, Registry, Sums, digest, identity, ledger_hash
from wufang.wire import inputs, record
from wufang.wire.position import Position

TOPIC = "reports.hotline"
NOWHERE = b'{"id":"a","source":"b","contentmac":"c"}'


def folded(values: list[bytes]) -> tuple[Fold, list[Applied | None]]:
    fold = Fold()
    made = [fold.fold(offset, value) for offset, value in enumerate(values)]
    fold.commit()
    return fold, made


def recorded(*events: dict[str, object]) -> LedgerSide:
    """A ledger of one record for each event, at offsets 0, 1, … of the topic."""
    side, head = LedgerSide(0, lambda _: 0), record.first_head("430102")
    fold = Fold()
    for offset, event in enumerate(events):
        value = _record(head, event, offset)
        side.add(fold.fold(offset, value))
        head = record.Head(head.seq + 1, record.digest(value))
    return side


def _record(head: record.Head, event: dict[str, object], offset: int) -> bytes:
    submission = inputs.decode(TOPIC, b"430102", encoded(event))
    assert isinstance(submission, ReportSubmitted)
    opened = CaseOpened(f"430102-{head.seq + 1}-0", submission.report)
    position = Position(TOPIC, 0, offset)
    return record.encode(record.chained(head, submission.cause, "430102", position, [opened]))


def side(ledger: LedgerSide, **kept: bytes) -> InputSide:
    return InputSide(0, ledger, {Position(TOPIC, 0, int(n[1:])): Kept("r", digest(v)) for n, v in kept.items()})


def give(books: InputSide, *values: bytes | None, redrives: dict[int, str] | None = None) -> Sums:
    for offset, value in enumerate(values):
        books.add(Position(TOPIC, 0, offset), value, (redrives or {}).get(offset))
    books.settle()
    return books.sums[TOPIC]


def test_record_then_duplicate_then_gap() -> None:
    one = encoded(report_event(1))
    assert give(side(recorded(report_event(1))), one, one, encoded(report_event(2))) == Sums(3, 1, 1, 0, 1)


def test_the_same_id_in_another_county_is_no_duplicate() -> None:
    there = encoded(report_event(1, jurisdiction="430103"))
    assert give(side(recorded(report_event(1))), encoded(report_event(1)), there) == Sums(2, 1, 0, 0, 1)


def test_the_same_id_with_other_content_and_no_record_is_a_gap() -> None:
    other = encoded(report_event(1, contentmac="test:other"))
    books = side(recorded(report_event(1)))
    assert give(books, encoded(report_event(1)), other).gap == 1
    assert [fault.where for fault in books.faults] == [f"{TOPIC}/0/1"]


def test_what_stands_in_quarantine_is_a_duplicate_when_its_cause_is_recorded_elsewhere() -> None:
    one = encoded(report_event(1))
    assert give(side(recorded(report_event(1)), o1=one), one, one) == Sums(2, 1, 1, 0, 0)


def test_but_not_when_only_its_own_redrive_is_recorded() -> None:
    event, ledger = report_event(1), LedgerSide(0, lambda _: 0)
    ledger.add(Fold().fold(0, _record(record.first_head("430102"), event, 1)))
    books = side(ledger, o0=encoded(event))
    sums = give(books, encoded(event), encoded(event), redrives={1: f"{TOPIC}/0/0"})
    assert (sums.record, sums.quarantined, sums.duplicate) == (1, 1, 0)
    assert books.redriven == {f"{TOPIC}/0/0"}
    assert books.quarantined == [Position(TOPIC, 0, 0)]


def test_a_redrive_without_a_fate_closes_nothing() -> None:
    books = side(recorded(), o0=b"poison")
    give(books, b"poison", b"poison", redrives={1: f"{TOPIC}/0/0"})
    assert books.redriven == set()


def test_other_bytes_in_quarantine_are_named() -> None:
    books = side(recorded(), o0=b"other")
    give(books, b"poison")
    assert [fault.kind for fault in books.faults] == ["quarantine_differs"]


@pytest.mark.parametrize(
    "value", [None, b"", b"[", b"[" * 9_000, b'{"id":1}', b'{"id":"a","source":"b"}', b"\xff", NOWHERE]
)
def test_bytes_without_an_identity_have_none(value: bytes | None) -> None:
    assert identity(value) is None


def test_identity_is_the_cause_the_writer_uses() -> None:
    who = identity(encoded(report_event(3)))
    assert who is not None
    assert who.cause == cause_of(report_event(3))


def test_the_ledger_hash_does_not_depend_on_how_cases_are_spread_or_folded() -> None:
    a, b = a_chain(30, "430102"), a_chain(20, "430103")
    together, _ = folded([*a, *b])
    apart = [folded(b)[0], folded(a)[0]]
    assert ledger_hash([together]) == ledger_hash(apart)
    assert ledger_hash(apart[:1]) != ledger_hash(apart)


def test_the_registry_names_a_cause_that_two_records_have() -> None:
    registry = Registry()
    made = [applied for _, chain in (folded(a_chain(5)), folded(a_chain(3))) for applied in chain if applied]
    registry.add(made)
    faults = list(registry.faults())
    registry.close()
    assert sorted(fault.kind for fault in faults) == ["cause_twice"] * 3 + ["report_twice"] * 3
    twice = {f"430102-{seq} 430102-{seq}" for seq in (1, 2, 3)}
    assert {fault.detail for fault in faults if fault.kind == "cause_twice"} == twice


def test_numbers_of_a_source_in_more_than_one_county_are_counted() -> None:
    registry = Registry()
    told = [(1, "430102"), (1, "430103"), (1, "430103"), (2, "430102"), (2, "430102"), (3, "430103")]
    registry.add_numbers(one for n, county in told if (one := identity(encoded(report_event(n, jurisdiction=county)))))
    of_others = (identity(encoded(report_event(3, source=source))) for source in ("a-desk", "b-desk"))
    registry.add_numbers(one for one in of_others if one)
    assert registry.shared_numbers() == 1
    registry.close()


def test_what_is_recorded_is_told_once_and_nothing_else_is() -> None:
    books = side(recorded(report_event(1)))
    give(books, encoded(report_event(1)), encoded(report_event(1)), encoded(report_event(2)))
    assert [who.id for who in books.taken()] == ["R1"]
    assert books.taken() == []


def test_a_head_with_another_seq_than_records_is_a_broken_chain() -> None:
    fold, made = folded(a_chain(4))
    ledger = LedgerSide(0, lambda _: 0)
    for applied in made[1:]:
        ledger.add(applied)
    assert [(fault.kind, fault.where) for fault in ledger.chain_faults(fold)] == [("broken_chain", "430102")]
