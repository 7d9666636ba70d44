"""`wufang hot`: the hottest matters, categories and places of a window, read off the ledger; it writes nothing.

The index knows nobody's pseudonym, so people can only be counted where the log is; what leaves here are counts.
"""

from collections import defaultdict
from typing import NamedTuple

from wufang.domain.case import placement
from wufang.domain.decisions import subject
from wufang.domain.linking import read
from wufang.domain.linking.memory import MemoryIndex
from wufang.domain.warning import About, CaseFigures, HotTopics, Sighting, hot_topics
from wufang.domain.warning.window import figures
from wufang.domain.watched import sightings
from wufang.ledger.fold import Applied, Fold
from wufang.operations.ledger_pass import LedgerPass, ledger_pass
from wufang.operations.progress import Progress, Steps, silent
from wufang.settings import Settings

Seen = tuple[Sighting, About | None]


class Window(NamedTuple):
    """So many days up to and with `last` (days from 1970-01-01, Asia/Shanghai); as many before it are compared."""

    last: int
    days: int

    def holds(self, day: int) -> bool:
        return self.last - 2 * self.days < day <= self.last


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
        self._window, self._corpus = window, MemoryIndex()
        self._reports: dict[str, Seen] = {}
        self._where: dict[str, str] = {}

    def take(self, applied: Applied) -> None:
        for event in applied.events:
            placed = placement(event)
            if placed is None:
                continue
            matter, *others = sightings(placed, read(subject(placed.report), self._corpus))
            if self._window.holds(matter.day):
                places = [one.about for one in others if one.about.kind == "place"]
                self._reports[matter.report_id] = matter, places[0] if places else None
                self._where[matter.report_id] = placed.case_id
        for standing in applied.moved:
            if standing.member.report.id in self._where:
                self._where[standing.member.report.id] = standing.case_id

    def figures(self, fold: Fold) -> list[CaseFigures]:
        of_case: dict[str, list[Seen]] = defaultdict(list)
        for report_id, case_id in self._where.items():
            of_case[case_id].append(self._reports[report_id])
        return [self._one(fold, case_id, seen) for case_id, seen in of_case.items()]

    def _one(self, fold: Fold, case_id: str, seen: list[Seen]) -> CaseFigures:
        case = fold.cases.get(case_id)
        if case is None:
            raise ValueError(f"the ledger names case {case_id}, which no record opened")
        return figures(case_id, case.title, case.category, seen, *self._window)
