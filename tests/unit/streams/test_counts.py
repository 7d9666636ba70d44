"""What the ledger stream counts of a batch, by the labels a dashboard asks for."""

from streams.ledger.metrics import METRICS
from streams.ledger.worker import _count
from tests.support.events import START, filed
from wufang.ledger.writer import Draft

ANSWERS = ("kept", "corrected", "unasked")


def counted() -> list[float]:
    return [METRICS.categories.labels(answer)._value.get() for answer in ANSWERS]


def test_decided_categories_are_counted_by_what_they_answer() -> None:
    before = counted()
    decided = [filed("0101", "01"), filed("02", "01"), filed("03", "01"), filed("03")]
    _count(Draft(START, categories=decided))
    assert [now - then for now, then in zip(counted(), before, strict=True)] == [1, 2, 1]
