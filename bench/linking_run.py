"""A file of messages fed to the linker in arrival order with no look ahead."""

import csv
import datetime
import re
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from wufang.domain.linking import Near, Reading, Subject, find, read
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
    """One pass over the reports: the case and the cost of each; a report that bridges two cases makes them one."""

    def __init__(self) -> None:
        self.index = MemoryIndex()
        self.placed: dict[str, str] = {}
        self.suggested: list[tuple[str, str, float]] = []
        self.kinds: Counter[str] = Counter()
        self.micros: list[float] = []
        self._leads_to: dict[str, str] = {}

    @property
    def cases(self) -> dict[str, str]:
        """Where each report stands by now."""
        return {report_id: self._live(case_id) for report_id, case_id in self.placed.items()}

    def feed(self, reports: Iterable[Subject]) -> None:
        """Decide and remember each report before the next is seen."""
        for subject in reports:
            started = time.thread_time_ns()
            self._place(subject)
            self.micros.append((time.thread_time_ns() - started) / 1000)

    def _place(self, subject: Subject) -> None:
        reading = read(subject, self.index)
        found = find(reading, self.index)
        if found.link is None:
            self._opened(f"{JURISDICTION}-{len(self.placed) + 1}-0", subject, reading)
        else:
            self.index.joined(found.link.case_id, reading)
            self.placed[subject.report_id] = found.link.case_id
            self.kinds[found.link.kind] += 1
        home = self._live(self.placed[subject.report_id])
        for near in found.near:
            other = self._live(near.link.case_id)
            if other != home:
                self._met(subject, home, other, near)
                home = self._live(home)

    def _opened(self, case_id: str, subject: Subject, reading: Reading) -> None:
        self.index.opened(case_id, reading)
        self.placed[subject.report_id] = case_id
        self.kinds["opened"] += 1

    def _met(self, subject: Subject, home: str, other: str, near: Near) -> None:
        if near.bridges:
            older, younger = sorted((home, other), key=lambda case_id: int(case_id.split("-")[1]))
            self._leads_to[younger] = older
            self.kinds["merged"] += 1
        else:
            self.suggested.append((subject.report_id, other, near.link.score))
            self.kinds["suggested"] += 1

    def _live(self, case_id: str) -> str:
        while case_id in self._leads_to:
            case_id = self._leads_to[case_id]
        return case_id


def linked(reports: Iterable[Subject]) -> dict[str, str]:
    """The cases of one pass."""
    run = Run()
    run.feed(reports)
    return run.cases
