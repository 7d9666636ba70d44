"""`wufang hot`: the hottest matters, categories and places of a window, read off the ledger; it writes nothing.

For who operates the system, of every case; what people of an area may read is asked of the index (GET /v1/hot-topics),
by the same functions. Places are those that were read when a report was placed.
"""

from collections import defaultdict

from wufang.domain.case import placement
from wufang.domain.warning import CaseFigures, HotTopics, hot_topics
from wufang.domain.warning.window import Told, Window, figures, told
from wufang.domain.watched import sighting
from wufang.ledger.folding.fold import Applied, Fold
from wufang.operations.ledger_pass import LedgerPass, ledger_pass
from wufang.operations.progress import Progress, Steps, silent
from wufang.settings import Settings


async def hot(
    settings: Settings,
    window: Window,
    *,
    jurisdiction: str | None = None,
    most: int = 10,
    progress: Progress = silent,
) -> HotTopics:
    """The report as of now. Raises KafkaError, LogTruncated, LogSilent, Unfoldable."""
    async with ledger_pass(settings, jurisdiction) as ledger:
        steps, cases = Steps(progress), list[CaseFigures]()
        for number in ledger.partitions:
            cases += await _partition(ledger, number, window, steps)
    return hot_topics(cases, most)


async def _partition(ledger: LedgerPass, number: int, window: Window, steps: Steps) -> list[CaseFigures]:
    fold, found = ledger.fold(number), _Seen(window)
    try:
        async for batch in ledger.batches(number, steps, "归并台账"):
            for message in batch:
                applied = fold.fold(message.offset, message.value)
                if applied is not None and ledger.wanted(applied.envelope.jurisdiction):
                    found.take(applied)
            fold.commit()
        return found.figures(fold)
    finally:
        fold.close()


class _Seen:
    """The reports of a window, and the case each stands in by now."""

    def __init__(self, window: Window) -> None:
        self._window = window
        self._reports: dict[str, Told] = {}
        self._where: dict[str, str] = {}

    def take(self, applied: Applied) -> None:
        for event in applied.events:
            placed = placement(event)
            if placed is None:
                continue
            seen = sighting(placed)
            if self._window.holds(seen.day):
                self._reports[seen.report_id] = told(seen, placed.place, self._window)
                self._where[seen.report_id] = placed.case_id
        for standing in applied.moved:
            if standing.member.report.id in self._where:
                self._where[standing.member.report.id] = standing.case_id

    def figures(self, fold: Fold) -> list[CaseFigures]:
        of_case: dict[str, list[Told]] = defaultdict(list)
        for report_id, case_id in self._where.items():
            of_case[case_id].append(self._reports[report_id])
        return [self._one(fold, case_id, rows) for case_id, rows in of_case.items()]

    def _one(self, fold: Fold, case_id: str, rows: list[Told]) -> CaseFigures:
        case = fold.cases.get(case_id)
        if case is None:
            raise ValueError(f"the ledger names case {case_id}, which no record opened")
        return figures(case_id, case.title, case.filed_under, rows)
