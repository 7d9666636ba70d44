"""How well and how fast the linker links a file of messages, fed in arrival order with no look ahead.

python -m bench.linking --messages IN.csv --out OUT.csv [--truth DIR]
"""

import argparse
import csv
import datetime
import re
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from statistics import fmean, quantiles

from wufang.domain.linking import RULES, Subject, find, read
from wufang.domain.linking.memory import MemoryIndex

JURISDICTION = "430100"
_LONE_DIGIT = re.compile(r"(?<![\d.])(\d)(?!\d)")  # 2025/1/2 8:05
SHANGHAI = datetime.timezone(datetime.timedelta(hours=8))


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


def write(path: Path, cases: dict[str, str]) -> None:
    """The contract's answer: message_id,case_id."""
    with path.open("w", newline="", encoding="utf-8") as file:
        rows = csv.writer(file)
        rows.writerow(["message_id", "case_id"])
        rows.writerows(cases.items())


def summary(run: Run) -> str:
    """Counts and cost, one line each."""
    cost = quantiles(run.micros, n=100) if len(run.micros) > 1 else [*run.micros * 99]
    return (
        f"rules {RULES.version}: {len(run.cases)} messages, {len(set(run.cases.values()))} cases, "
        + ", ".join(f"{kind} {count}" for kind, count in sorted(run.kinds.items()))
        + f"\ndecision (processor time): mean {fmean(run.micros):.0f} µs, p50 {cost[49]:.0f} µs, p99 {cost[98]:.0f} µs"
    )


def main(arguments: Sequence[str] | None = None) -> int:
    """Link the file, write the answer, say what it cost."""
    parser = argparse.ArgumentParser(prog="bench.linking", description="link a file of messages into cases")
    parser.add_argument("--messages", type=Path, required=True, help="message_id,user,time,title,body,for,against")
    parser.add_argument("--out", type=Path, required=True, help="message_id,case_id")
    parser.add_argument("--truth", type=Path, help="a folder with score_linking.py and its labels")
    options = parser.parse_args(arguments)
    run = Run()
    run.feed(subjects(options.messages))
    write(options.out, run.cases)
    print(summary(run))
    return score(options.truth, options.out, options.messages) if options.truth else 0


def score(truth: Path, answer: Path, messages: Path) -> int:
    """Run the scorer of a labelled folder on the answer."""
    command = [sys.executable, str(truth / "score_linking.py"), str(answer), "--messages", str(messages)]
    return subprocess.run(command, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
