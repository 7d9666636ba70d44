"""A file of messages fed to the linker in arrival order with no look ahead."""

import csv
import datetime
import re
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from wufang.domain import ids
from wufang.domain.linking import Subject
from wufang.domain.linking.rerun import Rerun, Step
from wufang.domain.shanghai import SHANGHAI

Cases = Mapping[str, str]  # message id to case id
JURISDICTION = "430100"
_LONE_DIGIT = re.compile(r"(?<![\d.])(\d)(?!\d)")  # 2025/1/2 8:05


def subjects(path: Path) -> Iterator[Subject]:
    """One subject a row, in the order of the file."""
    with path.open(newline="", encoding="utf-8-sig") as file:
        for row in csv.DictReader(file):
            yield Subject(
                report_id=row["message_id"],
                channel="hotline",
                title=row["title"],
                text=row["body"],
                occurred_at=milliseconds(row["time"]),
                reporter=row["user"] or None,
                numbers=(row["message_id"],),
            )


def milliseconds(text: str) -> int:
    """UTC milliseconds of a time; one without an offset is Asia/Shanghai's."""
    padded = _LONE_DIGIT.sub(r"0\1", text.strip().replace("/", "-"))
    moment = datetime.datetime.fromisoformat(padded)
    return int((moment if moment.tzinfo else moment.replace(tzinfo=SHANGHAI)).timestamp() * 1000)


class Run:
    """One pass over the reports: the case and the cost of each; a report that bridges two cases makes them one."""

    def __init__(self) -> None:
        self._rerun = Rerun()
        self.index, self.placed = self._rerun.index, self._rerun.placed
        self.suggested: list[tuple[str, str, float]] = []
        self.kinds: Counter[str] = Counter()
        self.micros: list[float] = []

    @property
    def cases(self) -> dict[str, str]:
        """Where each report stands by now."""
        return self._rerun.cases

    def feed(self, reports: Iterable[Subject]) -> None:
        """Decide and remember each report before the next is seen."""
        for subject in reports:
            case_id = ids.case_id(JURISDICTION, len(self.placed) + 1, 0)
            started = time.thread_time_ns()
            step = self._rerun.feed(case_id, subject)
            self.micros.append((time.thread_time_ns() - started) / 1000)
            self._count(step)

    def _count(self, step: Step) -> None:
        self.kinds["opened" if step.link is None else step.link.kind] += 1
        self.kinds["merged"] += step.bridge is not None
        self.kinds["suggested"] += len(step.suggested)
        self.suggested += [(step.report_id, other.case_id, other.score) for other in step.suggested]


def linked(reports: Iterable[Subject]) -> dict[str, str]:
    """The cases of one pass."""
    run = Run()
    run.feed(reports)
    return run.cases
