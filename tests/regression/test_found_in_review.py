"""Bugs found while the first ledger was reviewed; each failed before its mend."""

import msgspec
import pytest

from tests.support.events import (
    COUNTY,
    a_chain,
    a_report,
    encoded,
    inputs,
    linked,
    opened,
    outcome_event,
    report_data,
    report_event,
    rules,
)
from wufang.domain.case import Case, evolve
from wufang.ledger.folding.fold import Fold
from wufang.ledger.state import LedgerState
from wufang.ledger.writer import draft
from wufang.wire import inputs as wire_inputs
from wufang.wire.inputs import Unusable


def test_case_of_reports_without_text_stays_bounded() -> None:
    """Each empty text left an empty excerpt."""
    case: Case | None = evolve(None, opened(a_report(1, text="")), 1)
    size = len(msgspec.json.encode(case))
    for seq in range(2, 2_000):
        case = evolve(case, linked(a_report(1, text="")), seq)
    assert len(msgspec.json.encode(case)) < size + 100


def test_case_never_ends_more_reports_than_it_has() -> None:
    """An outcome that named another outcome was counted as the end of a report."""
    state = LedgerState()
    chain = [outcome_event(n, f"O{n - 1}" if n > 1 else "R1") for n in range(1, 6)]
    draft(state, inputs(report_event(1), *chain), rules())
    case = state.case(f"{COUNTY}-1-0")
    assert case is not None
    assert (case.reports, case.concluded) == (1, 1)


def test_ledger_record_nested_10_000_deep_is_void_and_stops_nobody() -> None:
    """RecursionError went up through the fold and ended every reader, again at every start."""
    fold, (first,) = Fold(), a_chain(1)
    assert fold.fold(0, first.replace(b'"events":[', b'"events":' + b"[" * 10_000)) is None
    assert fold.fold(1, b"[" * 10_000) is None
    assert fold.fold(2, first) is not None


@pytest.mark.parametrize("field", ["contact_mode", "point", "138 0000 1111"])
def test_reason_for_quarantine_quotes_nothing_personal(field: str) -> None:
    """msgspec's message repeats an unknown enum value and an unknown field's name."""
    value = encoded(report_event(data=report_data(**{field: "138 0000 1111"})))
    with pytest.raises(Unusable) as caught:
        wire_inputs.decode("reports.hotline", COUNTY.encode(), value)
    assert "138 0000 1111" not in str(caught.value)


def test_deep_details_are_refused_before_a_reader_with_less_stack_meets_them() -> None:
    """500 levels decoded here could fail to decode in a process that is deeper in its own stack."""
    value = encoded(report_event(data=report_data(details={"n": 0})))
    deep = value.replace(b'"n":0', b'"n":' + b"[" * 300 + b"]" * 300)
    with pytest.raises(Unusable, match="nested too deep"):
        wire_inputs.decode("reports.hotline", COUNTY.encode(), deep)
