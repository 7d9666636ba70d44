"""What one linking decision costs, and what one open case takes, in a county with few and with many open cases.

Made-up reports (bench.corpus: places Zipf-distributed, no place has one thing wrong twice) into the ledger's own index
on disk. Processor time of this thread; what the decision then remembers is not in it.
"""

import gc
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from statistics import fmean, median
from typing import Any

import psutil

from bench.corpus import Corpus
from wufang.domain.linking import Subject
from wufang.ledger.candidates.link_index import LinkIndex
from wufang.ledger.storage.tables import Snapshot

COUNTY = "990101"
NOON = 1_772_000_000_000
COMMIT_EVERY = 2_000  # records, as the ledger stream does
LINKING = 0.3  # of the measured reports
MOST_RATIO = 1.5
PROBES = 2_000


def measure(sizes: Sequence[int]) -> dict[str, Any]:
    """Cost and memory at each number of open cases, the smallest first; the ratio is that of the means."""
    with tempfile.TemporaryDirectory(prefix="wufang-linking-") as folder:
        county = _County(Path(folder) / "county.sqlite")
        at = [county.grown(size) for size in sorted(sizes)]
    ratio = at[-1]["mean_us"] / at[0]["mean_us"]
    return {"probes": PROBES, "at": at, "ratio": round(ratio, 2), "bar": MOST_RATIO}


class _County:
    """One county's index that grows, with the decisions asked of it at rest."""

    def __init__(self, path: Path) -> None:
        self._path, self._snapshot = path, Snapshot(path)
        self._index = LinkIndex(self._snapshot)
        self._corpus = Corpus(4, linking=0.0, counties=(COUNTY,))
        self._count = 0
        self._resident = _resident()

    def grown(self, cases: int) -> dict[str, Any]:
        """Open cases up to this many, then measure."""
        while self._count < cases:
            self._count += 1
            self._index.opened(COUNTY, f"{COUNTY}-{self._count}-0", self._next())
            if self._count % COMMIT_EVERY == 0:
                self._snapshot.commit()
        self._snapshot.commit()
        self._snapshot.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        return {"open_cases": cases, **self._decisions(), **self._memory()}

    def _decisions(self) -> dict[str, Any]:
        self._corpus.linking = LINKING
        asked = [self._next() for _ in range(PROBES)]
        self._corpus.linking = 0.0
        gc.collect()
        gc.freeze()  # as the ledger stream: no collection looks through the caches
        linked, micros = 0, []
        for subject in asked:
            started = time.thread_time_ns()
            linked += self._index.choose(COUNTY, subject).link is not None
            micros.append((time.thread_time_ns() - started) / 1_000)
        return {"mean_us": round(fmean(micros)), "p50_us": round(median(micros)), "linked": round(linked / PROBES, 3)}

    def _memory(self) -> dict[str, Any]:
        """The file, and what the process took on since it was empty: the caches are bounded, so not so much a case."""
        grown = _resident() - self._resident
        return {
            "stored_bytes_a_case": round(self._path.stat().st_size / self._count),
            "resident_bytes_a_case": round(grown / self._count),
            "resident_mib": round(grown / 2**20),
        }

    def _next(self) -> Subject:
        channel, event = self._corpus.event(COUNTY)
        data = event["data"]
        return Subject(
            report_id=event["id"],
            channel=channel,
            title=data["title"],
            text=data["text"],
            occurred_at=NOON,
            category=data["category"],
            address=data["address"],
            reporter=data.get("reporter"),
            numbers=(event["id"],),
        )


def _resident() -> int:
    return int(psutil.Process().memory_info().rss)
