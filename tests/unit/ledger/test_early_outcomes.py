"""An outcome that overtakes its report is not lost: sent again it concludes, once, in every order and redelivery."""

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.events import as_input, outcome_event, report_event, rules
from wufang.domain import ids
from wufang.domain.events import OutcomeRefused, ReportConcluded
from wufang.ledger.folding.fold import Applied, Fold
from wufang.ledger.proofs.books import InputSide, LedgerSide
from wufang.ledger.state import LedgerState
from wufang.ledger.writer import Draft, Input, draft
from wufang.wire import inputs as wire_inputs

COUNT = 3
REPORTS = [report_event(number) for number in range(COUNT)]
OUTCOMES = [outcome_event(number, f"R{number}") for number in range(COUNT)]
SENT = st.lists(st.sampled_from([*REPORTS, *OUTCOMES]), max_size=12)


class Stream:
    """The ledger stream over a list: what was not committed is decided again."""

    def __init__(self) -> None:
        self.state, self.values = LedgerState(), list[bytes]()

    def take(self, items: list[Input]) -> Draft:
        made = draft(self.state, items, rules())
        self.values += [value for _, value in made.records]
        self.state.settle()
        return made

    def applied(self) -> list[Applied]:
        fold, found = Fold(), []
        for offset, value in enumerate(self.values):
            applied = fold.fold(offset, value)
            assert applied is not None
            found.append(applied)
        return found


def queued(events: list[dict[str, Any]]) -> list[Input]:
    return [as_input(event, offset) for offset, event in enumerate(events)]


@given(sent=SENT, cuts=st.lists(st.integers(0, 40), max_size=6))
@settings(max_examples=150, deadline=None)
def test_in_every_order_each_outcome_sent_again_concludes_its_report_once(
    sent: list[dict[str, Any]], cuts: list[int]
) -> None:
    queue, stream = queued([*sent, *REPORTS, *OUTCOMES]), Stream()
    for cut in sorted(cut % len(queue) for cut in cuts):
        stream.take(queue[: cut + 1])  # all from the start, as after a commit that was lost
    stream.take(queue)
    records = stream.applied()
    concluded = [one.events[0] for one in records if isinstance(one.events[0], ReportConcluded)]
    assert sorted(event.report_id for event in concluded) == sorted(
        ids.cause("hotline-desk", f"R{number}", "430102") for number in range(COUNT)
    )
    assert all(event.first for event in concluded)
    again = stream.take(queue)
    assert again.records == []
    _balanced(queue, records)


def _balanced(queue: list[Input], records: list[Applied]) -> None:
    ledger = LedgerSide(0, lambda _: 0)
    for applied in records:
        ledger.add(applied)
    books = InputSide(0, ledger, {})
    for item in queue:
        books.add(item.position, item.value, None)
    books.settle()
    sums = books.sums["reports.hotline"]
    assert (sums.record, sums.gap, sums.record + sums.duplicate) == (len(records), 0, len(queue))
    assert [*ledger.faults, *books.faults] == []


def test_it_is_refused_recorded_under_a_cause_of_its_own_and_then_a_duplicate() -> None:
    early, report = OUTCOMES[0], REPORTS[0]
    stream = Stream()
    made = stream.take(queued([early, early, report, early, early]))
    first, _, last = stream.applied()
    assert isinstance(first.events[0], OutcomeRefused)
    submission = wire_inputs.decode("reports.hotline", b"430102", queued([early])[0].value)
    assert last.envelope.cause == ids.conflict_cause(submission.cause, submission.content)
    assert str(last.envelope.input) == "reports.hotline/0/3"
    assert (made.duplicates, made.redelivered) == (2, 0)


def test_the_key_of_a_copy_that_may_be_recorded_yet_is_not_erased() -> None:
    """Handed out again when the report is there, the second copy is the one that is recorded."""
    copies = []
    for key in "ab":
        sealed = {"key": key * 32, "nonce": "bm9u", "ciphertext": "Y2lw"}
        event = outcome_event(0, "R0", contentmac="test:same")
        copies.append({**event, "data": {**event["data"], "sealed": sealed}})
    stream = Stream()
    assert stream.take(queued(copies)).erased == []
    again = stream.take(queued([*copies, REPORTS[0], copies[1]]))
    assert again.erased == []
