"""A file of messages fed to the linker in arrival order with no look ahead."""

import csv
import datetime
import re
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from wufang.domain.linking import Subject, find, read
from wufang.domain.linking.memory import MemoryIndex

Cases = Mapping[str, str]  # message id to case id
JURISDICTION = "430100"
SHANGHAI = datetime.timezone(datetime.timedelta(hours=8))
SHANGHAI_DAY_BEGINS = 8 * 3_600_000  # milliseconds before the UTC day
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
    """One pass over the reports: the case and the cost of each."""

    def __init__(self) -> None:
        self.index = MemoryIndex()
        self.cases: dict[str, str] = {}
        self.kinds: Counter[str] = Counter()
        self.micros: list[float] = []

    def feed(self, reports: Iterable[Subject]) -> None:
        """Decide and remember each report before the next is seen."""
        for subject in reports:
            started = time.thread_time_ns()
            self.cases[subject.report_id] = self._place(subject)
            self.micros.append((time.thread_time_ns() - started) / 1000)

    def _place(self, subject: Subject) -> str:
        reading = read(subject, self.index)
        link = find(reading, self.index)
        if link is None:
            case_id = f"{JURISDICTION}-{len(self.cases) + 1}-0"
            self.index.opened(case_id, reading)
            self.kinds["opened"] += 1
            return case_id
        self.index.joined(link.case_id, reading)
        self.kinds[link.kind] += 1
        return link.case_id


def linked(reports: Iterable[Subject]) -> dict[str, str]:
    """The cases of one pass."""
    run = Run()
    run.feed(reports)
    return run.cases
