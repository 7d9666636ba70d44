"""What the writer knows: causes for ever, the linker's index, and a snapshot of them that can be thrown away."""

import json
from pathlib import Path

import pytest

from tests.support.events import (
    COUNTY,
    a_chain,
    a_record,
    a_report,
    an_outcome,
    cause_of,
    inputs,
    linked,
    opened,
    outcome_event,
    report_data,
    report_event,
    rules,
)
from wufang.domain.decisions import Known
from wufang.domain.events import OutcomeRefused, ReportConcluded, SubmissionConflicted
from wufang.domain.report import Sealed
from wufang.ledger import state as state_module
from wufang.ledger.folding.fold import Unfoldable
from wufang.ledger.state import LedgerState
from wufang.ledger.writer import draft
from wufang.wire import record

SEALED = Sealed("d" * 32, "bm9u", "Y2lw")
CASE = f"{COUNTY}-1-0"


def fold(state: LedgerState, cause: str, *events: object, offset: int = 0) -> None:
    head = state.head(COUNTY)
    assert state.fold(state.offset, a_record(head, events, cause, offset)) is not None  # type: ignore[arg-type]


@pytest.fixture
def state() -> LedgerState:
    """One case with one report in it."""
    made = LedgerState()
    fold(made, a_report(1).id, opened(a_report(1, sealed=SEALED)), offset=5)
    return made


def test_report_is_known_with_its_place_case_and_key(state: LedgerState) -> None:
    assert state.known(a_report(1).id) == Known("test:1", "reports.hotline/0/5", CASE, SEALED.key)


def test_linked_report_is_known_in_its_case(state: LedgerState) -> None:
    fold(state, a_report(2).id, linked(a_report(2)), offset=6)
    assert state.known(a_report(2).id) == Known("test:2", "reports.hotline/0/6", CASE)


def test_concluded_report_is_known_as_such_and_its_outcome_has_no_case(state: LedgerState) -> None:
    """Only a report can be concluded: an outcome that names an outcome is refused."""
    fold(state, "a" * 64, ReportConcluded(CASE, a_report(1).id, an_outcome(), first=True), offset=6)
    report, outcome = state.known(a_report(1).id), state.known("a" * 64)
    assert report is not None
    assert report.concluded
    assert outcome == Known("test:outcome", "reports.hotline/0/6")


@pytest.mark.parametrize(
    "event",
    [SubmissionConflicted("c" * 64, "k:1", "d" * 32), OutcomeRefused("c" * 64, "unknown_report", "k:1", "d" * 32)],
    ids=["conflicted", "refused"],
)
def test_refusal_is_known_with_the_key_of_its_copy(state: LedgerState, event: object) -> None:
    fold(state, "b" * 64, event, offset=9)
    early = isinstance(event, OutcomeRefused)
    assert state.known("b" * 64) == Known("k:1", "reports.hotline/0/9", key="d" * 32, early=early)


def test_cause_of_a_void_record_stays_unknown(state: LedgerState) -> None:
    stale = a_record(record.first_head(COUNTY), [opened(a_report(2))], a_report(2).id)
    assert state.fold(state.offset, stale) is None
    assert state.known(a_report(2).id) is None


def test_next_case_id_names_the_next_record(state: LedgerState) -> None:
    assert state.next_case_id(COUNTY) == f"{COUNTY}-2-0"
    assert state.next_case_id("430103") == "430103-1-0"


def test_same_matter_links_and_another_does_not(state: LedgerState) -> None:
    link = state.find(COUNTY, a_report(9)).link  # numbers 1 and 9 tell the same matter
    assert link is not None
    assert link.case_id == CASE
    assert state.find(COUNTY, a_report(2)).link is None


def test_other_counties_cases_are_out_of_reach(state: LedgerState) -> None:
    assert state.find("430103", a_report(9, jurisdiction="430103")).link is None


def test_rollback_forgets_cause_case_and_candidate(state: LedgerState) -> None:
    state.commit()
    fold(state, a_report(2).id, opened(a_report(2), f"{COUNTY}-2-0"))
    state.rollback()
    assert state.known(a_report(2).id) is None
    assert state.case(f"{COUNTY}-2-0") is None
    assert state.find(COUNTY, a_report(10)).link is None
    assert state.find(COUNTY, a_report(9)).link is not None


@pytest.mark.parametrize("forget", ["undo", "rollback"])
def test_what_was_looked_up_before_is_not_used_after_forgetting(forget: str) -> None:
    """A look-up saw a case that was then forgotten; the other writer's record must not be indexed beside it."""
    mine = a_record(record.first_head(COUNTY), [opened(a_report(1))], a_report(1).id)
    theirs = a_record(record.first_head(COUNTY), [opened(a_report(9))], a_report(9).id)  # the same matter
    state, cold = LedgerState(), LedgerState()
    state.commit()
    state.fold(0, mine)
    assert state.find(COUNTY, a_report(9)).link is not None
    getattr(state, forget)()
    for each in (state, cold):
        each.fold(0, theirs)
        each.commit()
    assert indexed(state) == indexed(cold)


def indexed(state: LedgerState) -> list[list[tuple[str, object]]]:
    """What the linker keeps, as it stands on disk."""
    links = state._links
    return [list(links.postings.items()), list(links.words.items()), list(links.profiles.items())]


def test_rejected_fold_of_a_cause_that_is_no_hash(state: LedgerState) -> None:
    with pytest.raises(Unfoldable):
        fold(state, "not a hash", SubmissionConflicted("c" * 64, "k:1"))


def test_reopened_file_knows_everything(tmp_path: Path) -> None:
    path = tmp_path / "ledger-0.db"
    state = LedgerState(path)
    events = [report_event(1), report_event(9), outcome_event(1, "R1"), report_event(2)]
    draft(state, inputs(*events), rules())
    state.commit()
    before = [state.known(cause_of(event)) for event in events]
    state.close()
    again = LedgerState(path)
    assert [again.known(cause_of(event)) for event in events] == before
    assert again.offset == 4
    made = draft(again, inputs(*events), rules())
    assert (made.records, made.redelivered) == ([], 4)
    link = again.find(COUNTY, a_report(17)).link
    assert link is not None
    assert link.case_id == CASE


def test_snapshot_made_by_other_rules_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "ledger-0.db"
    state = LedgerState(path)
    state.fold(0, a_chain(1)[0])
    state.commit()
    state.close()
    LedgerState(path).close()

    class Other:
        version = "link-99"

    monkeypatch.setattr(state_module, "RULES", Other)
    with pytest.raises(ValueError, match="rules"):
        LedgerState(path)


def test_reading_of_one_county_is_not_used_in_another() -> None:
    """The same words are rare here and common there: what is kept of a case must come from its own county."""
    event = report_event(1, data=report_data(1))
    busy = [report_event(n, jurisdiction=COUNTY) for n in range(2, 30)]
    mixed, cold = LedgerState(), LedgerState()
    draft(mixed, inputs(*busy), rules())
    mixed.commit()
    there = json.loads(json.dumps(event)) | {"jurisdiction": "430103"}
    refused = draft(mixed, inputs(event), rules(limit=10))  # too large here …
    assert refused.poison[0].reason == "too_large"
    values = [value for _, value in draft(mixed, inputs(there), rules()).records]  # … and sent there
    for value in [*(v for _, v in draft(LedgerState(), inputs(*busy), rules()).records), *values]:
        cold.fold(cold.offset, value)
    profile = f"{there['jurisdiction']}-1-0"
    assert mixed._links.profiles.get(profile) == cold._links.profiles.get(profile)
