"""A batch to its records: each input's fate, named by outcome, and nothing appended for what is refused."""

import sqlite3
from typing import Any

import pytest

from tests.support.events import (
    COUNTY,
    as_input,
    cause_of,
    inputs,
    outcome_event,
    report_data,
    report_event,
    rules,
)
from wufang.domain import decisions
from wufang.domain.events import (
    CaseOpened,
    Event,
    OutcomeRefused,
    ReportConcluded,
    ReportLinked,
    SubmissionConflicted,
)
from wufang.ledger import writer
from wufang.ledger.folding.fold import Fold
from wufang.ledger.state import LedgerState
from wufang.ledger.writer import Draft, Input, Rules, draft
from wufang.wire import record
from wufang.wire.position import Position


def events_of(made: Draft) -> list[Event]:
    """The events of every record, each with one."""
    found: list[Event] = []
    for _, value in made.records:
        raw = record.envelope(value)
        assert raw is not None
        found += record.events(raw)
    return found


def drafted(*events: dict[str, Any], state: LedgerState | None = None) -> Draft:
    return draft(state or LedgerState(), inputs(*events), rules())


def sealed(key: str) -> dict[str, Any]:
    return {"sealed": {"key": key * 32, "nonce": "bm9u", "ciphertext": "Y2lw"}}


def test_opened_then_linked() -> None:
    first, second = events_of(drafted(report_event(1), report_event(9, "petition")))
    assert isinstance(first, CaseOpened)
    assert isinstance(second, ReportLinked)
    assert second.case_id == first.case_id == f"{COUNTY}-1-0"
    assert second.link.reasons


def test_record_carries_cause_position_and_key() -> None:
    (key, value), *_ = drafted(report_event(1)).records
    raw = record.envelope(value)
    assert raw is not None
    assert (key, raw.cause) == (COUNTY.encode(), cause_of(report_event(1)))
    assert raw.input == Position("reports.hotline", 0, 0)


def test_base_is_the_offset_the_first_record_must_get() -> None:
    state = LedgerState()
    assert drafted(report_event(1), report_event(2), state=state).base == 0
    state.commit()
    assert drafted(report_event(3), state=state).base == 2


def test_duplicate_in_one_batch_makes_no_record_and_erases_its_copys_key() -> None:
    event = report_event(1, data=report_data(1, **sealed("a")), contentmac="k:1")
    again = report_event(1, data=report_data(1, **sealed("b")), contentmac="k:1")
    made = drafted(event, again)
    assert (len(made.records), made.duplicates, made.redelivered, made.erased) == (1, 1, 0, ["b" * 32])


def test_duplicate_of_another_batch_erases_its_copys_key() -> None:
    state = LedgerState()
    drafted(report_event(1, data=report_data(1, **sealed("a")), contentmac="k:1"), state=state)
    state.commit()
    again = as_input(report_event(1, data=report_data(1, **sealed("b")), contentmac="k:1"), 9)
    made = draft(state, [again], rules())
    assert (made.records, made.duplicates, made.erased) == ([], 1, ["b" * 32])


def test_same_bytes_sent_again_keep_the_key_that_is_recorded() -> None:
    event = report_event(1, data=report_data(1, **sealed("a")))
    made = drafted(event, event)
    assert (made.duplicates, made.erased) == (1, [])


def test_redelivered_counts_apart_and_erases_nothing() -> None:
    state = LedgerState()
    event = report_event(1, data=report_data(1, **sealed("a")))
    drafted(event, state=state)
    state.commit()
    made = drafted(event, state=state)
    assert (made.records, made.duplicates, made.redelivered, made.erased) == ([], 0, 1, [])


def test_conflicted_makes_a_record_of_its_own_cause() -> None:
    made = drafted(report_event(1, contentmac="k:1"), report_event(1, contentmac="k:2"))
    opened, conflicted = events_of(made)
    assert isinstance(opened, CaseOpened)
    assert isinstance(conflicted, SubmissionConflicted)
    assert conflicted.original == cause_of(report_event(1))


def test_conflict_redelivered_is_no_second_conflict() -> None:
    state = LedgerState()
    events = (report_event(1, contentmac="k:1"), report_event(1, contentmac="k:2"))
    drafted(*events, state=state)
    state.commit()
    made = drafted(*events, state=state)
    assert (made.records, made.redelivered) == ([], 2)


def test_conflict_repeated_is_a_duplicate() -> None:
    made = drafted(*(report_event(1, contentmac=content) for content in ("k:1", "k:2", "k:2")))
    assert (len(made.records), made.duplicates) == (2, 1)


def test_outcome_in_the_same_batch_finds_its_report() -> None:
    _, concluded, replaced = events_of(
        drafted(report_event(1), outcome_event(1, "R1"), outcome_event(2, "R1", contentmac="k:2"))
    )
    assert isinstance(concluded, ReportConcluded)
    assert isinstance(replaced, ReportConcluded)
    assert (concluded.first, replaced.first) == (True, False)


def test_outcome_of_an_outcome_is_refused() -> None:
    """Found in review: the case would have counted a conclusion more than it has reports."""
    made = drafted(report_event(1), outcome_event(1, "R1"), outcome_event(2, "O1"))
    assert isinstance(events_of(made)[-1], OutcomeRefused)


def test_outcome_before_its_report_is_refused_and_says_so() -> None:
    refused, opened = events_of(drafted(outcome_event(1, "R1"), report_event(1)))
    assert isinstance(refused, OutcomeRefused)
    assert isinstance(opened, CaseOpened)


def test_undecodable_is_poison_and_the_others_go_on() -> None:
    broken = Input(Position("reports.hotline", 0, 1), COUNTY.encode(), b"\x00")
    batch = [as_input(report_event(1), 0), broken, as_input(report_event(2), 2)]
    made = draft(LedgerState(), batch, rules())
    assert len(made.records) == 2
    assert [(p.input, p.reason) for p in made.poison] == [(broken, "undecodable")]


def test_wrong_partition_is_poison() -> None:
    made = draft(LedgerState(), inputs(report_event(1)), Rules(524_288, lambda _key: 7))
    assert (made.records, [p.reason for p in made.poison]) == ([], ["wrong_partition"])


def test_too_large_is_poison_before_anything_is_folded() -> None:
    state = LedgerState()
    large = report_event(2, data=report_data(2, text="长" * 1_000))
    made = draft(state, inputs(report_event(1), large, report_event(3)), rules(limit=2_500))
    assert (len(made.records), [p.reason for p in made.poison]) == (2, ["too_large"])
    assert state.known(cause_of(large)) is None
    assert state.offset == 2


def test_limit_is_met_exactly() -> None:
    size = len(drafted(report_event(1)).records[0][1])
    assert draft(LedgerState(), inputs(report_event(1)), rules(limit=size)).poison == []
    assert draft(LedgerState(), inputs(report_event(1)), rules(limit=size - 1)).records == []


@pytest.mark.parametrize("crash", [ZeroDivisionError, KeyError, RecursionError, AssertionError, ValueError, TypeError])
def test_crashed_decision_is_poison_and_the_others_are_recorded(
    monkeypatch: pytest.MonkeyPatch, crash: type[Exception]
) -> None:
    decide = decisions.decide

    def crashing(submission: Any, view: Any, position: str) -> Any:
        if submission.cause == cause_of(report_event(2)):
            raise crash("13800001111")
        return decide(submission, view, position)

    monkeypatch.setattr(writer, "decide", crashing)
    state = LedgerState()
    made = drafted(report_event(1), report_event(2), report_event(3), state=state)
    assert [(p.reason, p.detail) for p in made.poison] == [("decision_crashed", crash.__name__)]
    assert len(made.records) == 2
    assert state.offset == 2


def test_crash_in_the_middle_of_a_fold_leaves_no_trace(monkeypatch: pytest.MonkeyPatch) -> None:
    remember = LedgerState._remember

    def crashing(self: LedgerState, event: Event, raw: record.Envelope) -> None:
        remember(self, event, raw)
        if raw.cause == cause_of(report_event(2)):
            raise KeyError("late")

    monkeypatch.setattr(LedgerState, "_remember", crashing)
    state = LedgerState()
    made = drafted(report_event(1), report_event(2), report_event(3), state=state)
    assert ([p.reason for p in made.poison], len(made.records)) == (["decision_crashed"], 2)
    assert state.known(cause_of(report_event(2))) is None
    fold = Fold()
    assert all(fold.fold(offset, value) for offset, (_, value) in enumerate(made.records))


def test_crash_undoes_its_batch_and_nothing_before_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """The batch before is settled, not committed: it stands on the log and must stay known."""
    decide = decisions.decide

    def crashing(submission: Any, view: Any, position: str) -> Any:
        if submission.cause == cause_of(report_event(4)):
            raise KeyError("late")
        return decide(submission, view, position)

    state = LedgerState()
    first = drafted(report_event(1), report_event(2), state=state)
    state.settle()
    monkeypatch.setattr(writer, "decide", crashing)
    made = drafted(report_event(3), report_event(4), report_event(1), state=state)
    assert (made.base, len(made.records), made.duplicates + made.redelivered) == (2, 1, 1)
    assert (state.offset, state.behind) == (3, 3)
    fold = Fold()
    assert all(fold.fold(at, value) for at, (_, value) in enumerate(first.records + made.records))


def test_storage_that_fails_is_no_inputs_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_submission: Any, _view: Any, _position: str) -> Any:
        raise sqlite3.OperationalError("database or disk is full")

    monkeypatch.setattr(writer, "decide", full)
    with pytest.raises(sqlite3.OperationalError):
        drafted(report_event(1))


def test_every_record_of_a_batch_follows_the_one_before() -> None:
    made = drafted(*(report_event(n, jurisdiction=f"43010{2 + n % 2}") for n in range(12)))
    fold = Fold()
    assert [fold.fold(offset, value) is not None for offset, (_, value) in enumerate(made.records)] == [True] * 12
    assert {fold.head("430102").seq, fold.head("430103").seq} == {6}


def test_one_id_in_two_counties_of_a_partition_is_two_reports() -> None:
    """The cause is (source, id, county): the second once was a duplicate, and its county never heard of it."""
    made = drafted(report_event(1), report_event(1, jurisdiction="430103"))
    assert made.duplicates == 0
    one, other = events_of(made)
    assert isinstance(one, CaseOpened)
    assert isinstance(other, CaseOpened)
    assert (one.case_id, other.case_id) == ("430102-1-0", "430103-1-0")
    assert one.report.id != other.report.id


def test_an_outcome_of_another_county_of_the_partition_is_refused() -> None:
    """It once was recorded in its own county's chain and wrote that chain's seq into the other county's case."""
    _, concluded = events_of(drafted(report_event(1), outcome_event(1, "R1", jurisdiction="430103")))
    assert isinstance(concluded, OutcomeRefused)
    assert concluded.reason == "unknown_report"
