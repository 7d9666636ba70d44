"""The fold of one partition: void records counted, heads and cases kept, one behaviour in memory and on disk."""

import json
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest

from tests.support.events import COUNTY, a_chain, a_record, a_report, an_outcome, linked, opened
from wufang.domain.events import Event, ReportConcluded, SubmissionConflicted
from wufang.ledger.folding.fold import Fold, Unfoldable
from wufang.wire import record
from wufang.wire.record import Head, digest

Make = Callable[[], Fold]
OTHER = "430103"


@pytest.fixture(params=["memory", "disk"])
def make(request: pytest.FixtureRequest, tmp_path: Path) -> Make:
    return lambda: Fold(None if request.param == "memory" else tmp_path / "fold.db")


def folded(fold: Fold, *values: bytes | None) -> list[bool]:
    """Fold the values at the next offsets; which of them counted."""
    return [fold.fold(fold.offset, value) is not None for value in values]


def test_empty_fold_starts_at_the_beginning(make: Make) -> None:
    fold = make()
    assert (fold.offset, fold.tail, fold.head(COUNTY)) == (0, "", record.first_head(COUNTY))


def test_chain_counts_and_moves_the_head(make: Make) -> None:
    fold, chain = make(), a_chain(3)
    assert folded(fold, *chain) == [True, True, True]
    assert fold.head(COUNTY) == Head(3, digest(chain[-1]))
    assert (fold.offset, fold.tail, fold.mark.voids) == (3, digest(chain[-1]), 0)


def test_applied_says_what_the_record_did(make: Make) -> None:
    applied = make().fold(0, a_chain(1)[0])
    assert applied is not None
    assert applied.events == (opened(a_report(1)),)
    assert list(applied.cases) == [f"{COUNTY}-1-0"]
    assert (applied.offset, applied.envelope.cause) == (0, a_report(1).id)


@pytest.mark.parametrize(
    "void",
    [None, b"", b"garbage", b"[" * 10_000, a_chain(1)[0], a_chain(3)[2], a_chain(2, OTHER)[1]],
    ids=["tombstone", "empty", "garbage", "deep", "first again", "one left out", "another county's second"],
)
def test_void_record_is_counted_and_changes_nothing(make: Make, void: bytes | None) -> None:
    fold, (first, second) = make(), a_chain(2)
    assert folded(fold, first, void, second) == [True, False, True]
    assert (fold.mark.voids, fold.offset) == (1, 3)
    assert [fold.was_void(offset) for offset in range(3)] == [False, True, False]
    clean = Fold()
    folded(clean, first, second)
    assert fold.head(COUNTY) == clean.head(COUNTY)
    assert cases(fold) == cases(clean)


def test_tail_is_the_hash_of_a_void_record_too(make: Make) -> None:
    fold = make()
    folded(fold, *a_chain(1), b"garbage")
    assert fold.tail == digest(b"garbage")


def test_first_of_two_rival_records_counts(make: Make) -> None:
    fold, (first, second) = make(), a_chain(2)
    rival = a_record(Head(1, digest(first)), [SubmissionConflicted("c" * 64, "x")], "d" * 64)
    assert folded(fold, first, rival, second) == [True, True, False]
    assert fold.head(COUNTY) == Head(2, digest(rival))


def test_jurisdictions_have_chains_of_their_own(make: Make) -> None:
    fold, one, other = make(), a_chain(2), a_chain(2, OTHER)
    assert folded(fold, one[0], other[0], other[1], one[1]) == [True] * 4
    assert (fold.head(COUNTY).seq, fold.head(OTHER).seq) == (2, 2)


def test_several_events_of_a_record_fold_into_one_case_one_after_the_other(make: Make) -> None:
    report = a_report(1)
    case_id = f"{COUNTY}-1-0"
    events: list[Event] = [
        opened(report),
        linked(a_report(2)),
        ReportConcluded(case_id, report.id, an_outcome(), first=True),
    ]
    fold = make()
    applied = fold.fold(0, a_record(record.first_head(COUNTY), events, report.id))
    assert applied is not None
    case = applied.cases[case_id]
    assert (case.reports, case.concluded, case.version) == (2, 1, 1)
    assert fold.cases.get(case_id) == case


def test_offset_that_is_not_the_next_is_refused(make: Make) -> None:
    fold, chain = make(), a_chain(2)
    with pytest.raises(ValueError, match="goes on at 0"):
        fold.fold(1, chain[0])
    folded(fold, chain[0])
    with pytest.raises(ValueError, match="goes on at 1"):
        fold.fold(0, chain[0])


def test_valid_record_that_is_not_understood_stops_the_reader(make: Make) -> None:
    fold, (first, second) = make(), a_chain(2)
    later = json.loads(second) | {"events": [{"type": "case_merged.v9"}]}
    folded(fold, first)
    with pytest.raises(Unfoldable, match=f"offset 1 of {COUNTY}, seq 2"):
        fold.fold(1, json.dumps(later).encode())
    assert (fold.offset, fold.head(COUNTY).seq) == (1, 1)
    assert folded(fold, second) == [True]


@pytest.mark.parametrize(
    "change",
    [{"v": 2}, {"v": 0}, {"v": 2, "input": "reports.hotline/0/1"}, {"v": 2, "events": None, "cause": 7, "parts": []}],
    ids=["next version", "an older one", "other input", "other envelope"],
)
def test_chained_record_of_another_version_stops_the_reader(make: Make, change: dict[str, object]) -> None:
    """Counted void here and valid by the version that wrote it, one log would be two truths."""
    fold, (first, second) = make(), a_chain(2)
    folded(fold, first)
    with pytest.raises(Unfoldable, match=f"offset 1 of {COUNTY}, seq 2: a record of version {change['v']}"):
        fold.fold(1, json.dumps(json.loads(second) | change).encode())
    assert (fold.offset, fold.mark.voids, fold.head(COUNTY).seq) == (1, 0, 1)
    assert folded(fold, second) == [True]


@pytest.mark.parametrize("change", [{"prev": "00" * 32}, {"seq": 3}, {"v": "2"}, {"v": 1, "cause": 7}])
def test_record_of_another_version_that_does_not_chain_is_void(make: Make, change: dict[str, object]) -> None:
    """So is one that says this version and is not of its form: every version reads this one's envelope alike."""
    fold, (first, second) = make(), a_chain(2)
    other = json.dumps(json.loads(second) | {"v": 2} | change).encode()
    assert folded(fold, first, other, second) == [True, False, True]


@pytest.mark.parametrize("place", ["record", "input"])
def test_field_that_a_later_writer_added_to_the_envelope_changes_nothing(make: Make, place: str) -> None:
    fold, (first,) = make(), a_chain(1)
    later = json.loads(first)
    (later if place == "record" else later["input"])["node"] = "kafka-3"
    assert folded(fold, json.dumps(later).encode()) == [True]


def test_void_record_that_is_not_understood_stops_nobody(make: Make) -> None:
    fold, (first, second) = make(), a_chain(2)
    stale = json.loads(first) | {"events": [{"type": "case_merged.v9"}]}
    assert folded(fold, first, json.dumps(stale).encode(), second) == [True, False, True]


def test_valid_record_that_cannot_be_folded_stops_the_reader_without_a_trace(make: Make) -> None:
    fold, (first,) = make(), a_chain(1)
    folded(fold, first)
    before = cases(fold)
    bad = a_record(fold.head(COUNTY), [linked(a_report(2)), linked(a_report(3), "430102-77-0")], "d" * 64)
    with pytest.raises(Unfoldable, match="no earlier record opened"):
        fold.fold(1, bad)
    assert (fold.offset, cases(fold)) == (1, before)


def test_rollback_goes_back_to_the_last_commit(make: Make) -> None:
    fold, chain = make(), a_chain(3)
    folded(fold, chain[0])
    fold.commit()
    before = cases(fold)
    folded(fold, b"garbage", *chain[1:])
    fold.rollback()
    assert (fold.offset, fold.tail, fold.mark.voids) == (1, digest(chain[0]), 0)
    assert (fold.head(COUNTY).seq, fold.was_void(1), cases(fold)) == (1, False, before)
    assert folded(fold, *chain[1:]) == [True, True]


def test_rollback_before_any_commit_goes_back_to_the_start(make: Make) -> None:
    fold = make()
    folded(fold, *a_chain(2))
    fold.rollback()
    assert (fold.offset, fold.head(COUNTY)) == (0, record.first_head(COUNTY))


@pytest.mark.parametrize("every", [1, 2, 7, 100])
def test_commits_between_records_change_nothing(make: Make, every: int) -> None:
    chain = a_chain(20)
    fold, cold = make(), Fold()
    for number, value in enumerate(chain, start=1):
        folded(fold, value)
        if number % every == 0:
            fold.commit()
    folded(cold, *chain)
    assert (cases(fold), fold.mark) == (cases(cold), cold.mark)


def test_reopened_file_goes_on_where_it_was_committed(tmp_path: Path) -> None:
    path, chain = tmp_path / "fold.db", a_chain(4)
    fold = Fold(path)
    folded(fold, chain[0], b"garbage", chain[1])
    fold.commit()
    folded(fold, chain[2])
    fold.close()
    again = Fold(path)
    assert (again.offset, again.tail, again.mark.voids) == (3, digest(chain[1]), 1)
    assert again.was_void(1)
    assert folded(again, chain[2], chain[3]) == [True, True]
    assert len(cases(again)) == 4


def test_file_of_another_format_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "fold.db"
    fold = Fold(path)
    folded(fold, *a_chain(1))
    fold.mark = msgspec.structs.replace(fold.mark, format=0)
    fold.commit()
    fold.close()
    with pytest.raises(ValueError, match="format"):
        Fold(path)


def cases(fold: Fold) -> list[bytes]:
    fold.commit()
    return [msgspec.json.encode(case) for _, case in fold.cases.items()]
