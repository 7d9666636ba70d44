"""What early warning costs the ledger worker: processor time a report, decision and fold, with it and without.

python -m bench.warning_cost [--reports 20000] [--days 100] [--runs 3] [--json OUT.json]

Made-up reports (bench.corpus) of one county, evenly over the days, through the worker's own `draft` in memory, written
every 2,000 records as the worker does. Both ledgers take turns batch by batch, so that a busy machine is busy for both;
every run does the same work, so of each batch the least of the runs counts: what others took from the core's caches is
not the warnings' cost. Then what a new week costs the report that begins it: the seasons of as many categories as a
county may have, with four years of weeks each, read from the disk.
"""

import argparse
import gc
import hashlib
import json
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from bench.corpus import Corpus
from streams.ledger.worker import MOST_BEHIND
from wufang.domain import ids
from wufang.domain.events import Warned
from wufang.domain.warning import About, Sighting
from wufang.domain.warning.season import WEEKS_KEPT, Years, week_at
from wufang.ledger.state import LedgerState
from wufang.ledger.storage.tables import Snapshot
from wufang.ledger.watching.seasons import MOST_CATEGORIES, Seasons
from wufang.ledger.writer import Input, Rules, draft
from wufang.wire.inputs import wire_time
from wufang.wire.position import Position

COUNTY = "990101"
BEGAN = datetime(2026, 1, 1, tzinfo=UTC)
WEEK_AT = int(datetime(2026, 11, 16, 4, tzinfo=UTC).timestamp() * 1000)
BATCH = 100
RULES = Rules(524_288, lambda _key: 0)


class Silent:
    """In the place of the watch: nothing is seen, nothing is said."""

    def decide(self, *_: Any) -> tuple[Warned, ...]:
        return ()

    def placed(self, *_: Any) -> None:
        return

    def said(self, *_: Any) -> None:
        return

    def bursting(self, *_: Any) -> bool:
        return False

    def in_season(self, *_: Any) -> bool:
        return False


def inputs(count: int, days: int) -> Iterator[Input]:
    """Reports as the doors publish them; callers and petitioners carry a pseudonym."""
    corpus = Corpus(4, counties=(COUNTY,))
    for number in range(count):
        channel, event = corpus.event(COUNTY)
        at = wire_time(int((BEGAN + timedelta(days=days) * number / count).timestamp() * 1000))
        data = event["data"] | {"occurred_at": at}
        account = data.pop("reporter", None)
        data.pop("reporter_name", None)
        if account is not None:
            data["reporter"] = {"pseudonym": hashlib.md5(account.encode()).hexdigest(), "basis": "account"}  # noqa: S324
        whole = event | {
            "source": f"{channel}-desk",
            "time": at,
            "datacontenttype": "application/json",
            "dataschema": f"schemas/events/{channel}/report.v1.schema.json",
            "acceptedat": at,
            "contentmac": f"bench:{ids.cause(channel, event['id'], COUNTY)}",
            "data": data,
        }
        value = json.dumps(whole, ensure_ascii=False).encode()
        yield Input(Position(f"reports.{channel}", 0, number), COUNTY.encode(), value)


class Side:
    """One ledger and the processor time it took."""

    def __init__(self, watching: bool) -> None:
        self.state, self.since, self.warnings = LedgerState(), 0, 0
        self.nanos: list[int] = []  # of each batch
        if not watching:
            self.state._watch = Silent()  # type: ignore[assignment]

    def take(self, batch: list[Input]) -> None:
        started = time.thread_time_ns()
        made = draft(self.state, batch, RULES)
        self.state.settle()
        self.since += len(batch)
        if self.since >= MOST_BEHIND:
            self.state.commit()
            self.since = 0
            gc.collect(1)
            gc.freeze()  # as the worker does: what is left are caches
        self.nanos.append(time.thread_time_ns() - started)
        self.warnings += len(made.warnings)
        if made.poison:
            raise SystemExit(f"{len(made.poison)} inputs could not be used: {made.poison[0].detail}")


def measure(count: int, days: int, runs: int) -> dict[str, Any]:
    """Microseconds a report, and how many bytes the tracks take on disk."""
    asked = list(inputs(count, days))
    made = [_run(asked) for _ in range(runs)]
    without, watching = (
        sum(map(min, zip(*(run[place].nanos for run in made), strict=True))) / count / 1_000 for place in (0, 1)
    )
    last = made[-1][1]
    last.state.commit()
    stored = last.state._fold.snapshot.connection.execute("SELECT sum(length(value)), count(*) FROM tracks")
    size, rows = stored.fetchone()
    return {
        "reports": count,
        "days": days,
        "runs": runs,
        "us_without": round(without, 1),
        "us_with": round(watching, 1),
        "us_more": round(watching - without, 1),
        "warning_events": last.warnings,
        "tracks": rows,
        "bytes_a_track": round(size / rows),
        "new_week": new_week(runs),
    }


def new_week(runs: int) -> dict[str, Any]:
    """Milliseconds to judge all categories of a county, none of them read before; each rises in these weeks."""
    made = []
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "years.sqlite"
        _filled(path)
        for _ in range(runs):
            snapshot = Snapshot(path)
            asked = Sighting(About("category", "0"), "r", "c", "hotline", WEEK_AT, WEEK_AT)
            started = time.thread_time_ns()
            found = len(list(Seasons(snapshot).judged(COUNTY, asked)))
            made.append((time.thread_time_ns() - started) / 1_000_000)
            snapshot.close()
        size = path.stat().st_size
    figures = {"categories": MOST_CATEGORIES, "said": found, "ms": round(min(made), 1)}
    return figures | {"bytes_a_category": round(size / MOST_CATEGORIES)}


def _filled(path: Path) -> None:
    snapshot, now = Snapshot(path), week_at(WEEK_AT)
    seasons = Seasons(snapshot)
    for number in range(MOST_CATEGORIES):
        weeks = {now - back: 20 if back % 52 >= 46 else 5 for back in range(WEEKS_KEPT)}
        seasons.put(COUNTY, str(number), Years(weeks, {}))
    snapshot.commit()
    snapshot.close()


def _run(asked: list[Input]) -> tuple[Side, Side]:
    sides = (Side(watching=False), Side(watching=True))
    gc.collect()
    gc.freeze()
    for start in range(0, len(asked), BATCH):
        for side in sides:
            side.take(asked[start : start + BATCH])
    return sides


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--reports", type=int, default=20_000)
    parser.add_argument("--days", type=int, default=100)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    told = json.dumps(measure(options.reports, options.days, options.runs), indent=1)
    if options.json is not None:
        options.json.write_text(told + "\n")
    sys.stdout.write(told + "\n")


if __name__ == "__main__":
    main()
