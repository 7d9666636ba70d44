"""What a suggested category costs the ledger stream: processor time a report, with all the counts a county may hold.

python -m bench.category_cost --messages IN.csv [--reports 2000] [--json OUT.json]

IN.csv: message_id,user,time,title,body. Nobody labelled them: what a county learns here are the tree's own suggestions,
each case's words under a leaf drawn evenly every other time, so that common words are known under most categories, as
they are after years. Asked are the messages with 100 to 150 signs, through the table in the snapshot's file.
"""

import argparse
import csv
import json
import random
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from statistics import fmean, median
from typing import Any

import msgspec

from bench import machine
from bench.category_flips import COUNTY, flips, only
from wufang.adapters.profile_files import category_tree
from wufang.domain.categories import RULES, Tree, read
from wufang.domain.ids import case_id
from wufang.domain.report import Report
from wufang.ledger.storage.tables import Snapshot
from wufang.ledger.taught.lessons import Lessons

SEED = 4
SHORTEST, LONGEST = 100, 150
COMMIT_EVERY = 500
RUNS = 5


def reports(path: Path) -> list[Report]:
    """The file's messages as reports without a category."""
    with path.open(newline="", encoding="utf-8-sig") as file:
        return [
            Report(row["message_id"], "b", "b", "hotline", COUNTY, 0, 0, "b:0", row["title"], row["body"])
            for row in csv.DictReader(file)
        ]


def taught(lessons: Lessons, snapshot: Snapshot, told: Sequence[Report], tree: Tree) -> int:
    """Teach the reports, again and again under drawn codes, until the county's counts are full; how many lessons."""
    chance, leaves = random.Random(SEED), [code for code, below in tree.children.items() if code and not below]
    number, held = 0, 0
    while number < 40 * len(told):
        one = told[number % len(told)]
        suggestion = lessons.suggest(one) if number % 2 else None
        code = suggestion.code if suggestion else chance.choice(leaves)
        number += 1
        lessons.decided(case_id(COUNTY, number, 0), code, partial(only, one))
        if number % COMMIT_EVERY == 0:
            snapshot.commit()
            before, held = held, lessons.held(COUNTY)
            if held < before:
                break
    snapshot.commit()
    return number


def _least(act: Callable[[Report], object], told: Sequence[Report]) -> list[float]:
    """Of each report the least processor time of so many runs: what others took from the core's caches is not ours."""
    least = [float("inf")] * len(told)
    for _ in range(RUNS):
        for place, one in enumerate(told):
            started = time.thread_time_ns()
            act(one)
            least[place] = min(least[place], (time.thread_time_ns() - started) / 1000)
    return least


def _told(times: Sequence[float]) -> dict[str, float]:
    ordered = sorted(times)
    return {
        "mean": round(fmean(times), 1),
        "median": round(median(times), 1),
        "p99": round(ordered[int(len(ordered) * 0.99)], 1),
    }


def asked(lessons: Lessons, told: Sequence[Report], tree: Tree) -> dict[str, Any]:
    """Processor time of reading a report and of suggesting."""
    filed = [msgspec.structs.replace(one, category=next(iter(tree.nodes.values())).name) for one in told]
    return {
        "reports": len(told),
        "read_alone": _told(_least(lambda one: read(one.title, one.text, tree), told)),
        "suggest": _told(_least(lessons.suggest, told)),
        "with_a_category_of_the_tree": _told(_least(lessons.suggest, filed)),
    }


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, write the figures, say them in short."""
    parser = argparse.ArgumentParser(prog="bench.category_cost", description=__doc__)
    parser.add_argument("--messages", type=Path, required=True, help="message_id,user,time,title,body")
    parser.add_argument("--reports", type=int, default=2_000, help="reports asked")
    parser.add_argument("--json", type=Path, help="write the figures there")
    options = parser.parse_args(arguments)
    tree, told = category_tree(), reports(options.messages)
    short = [one for one in told if SHORTEST <= len(one.title) + len(one.text) <= LONGEST][: options.reports]
    result: dict[str, Any] = {"machine": machine.describe(), "rules": RULES.version, "tree": tree.version}
    result["flips"] = flips(tree)
    with tempfile.TemporaryDirectory() as folder:
        snapshot = Snapshot(Path(folder) / "s.db")
        lessons = Lessons(snapshot, tree)
        result["empty_micros"] = asked(lessons, short, tree)
        result["lessons"] = taught(lessons, snapshot, told, tree)
        result["weights"] = lessons.held(COUNTY)
        result["full_micros"] = asked(lessons, short, tree)
        snapshot.close()
    if options.json is not None:
        options.json.write_text(json.dumps(result, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    sys.stdout.write(json.dumps(result, ensure_ascii=False, indent=1) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
