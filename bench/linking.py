"""How well and how fast the linker links a file of messages, fed in arrival order with no look ahead.

python -m bench.linking --messages IN.csv --out OUT.csv [--truth DIR]   the answer, scored by the folder's scorer
python -m bench.linking --messages IN.csv --orders 5                    does the order within a day matter
python -m bench.linking --messages IN.csv --channels                    each message cut to a channel's form
python -m bench.linking --messages IN.csv --halves                      the two halves of the matters, each alone
python -m bench.linking --messages IN.csv --splits                      which cases are proposed apart, how many rightly
python -m bench.linking --cost                                          a decision at 10,000 and 100,000 open cases

The last five write JSON with --json FILE; labels are looked for beside the messages unless --truth names a folder.
"""

import argparse
import json
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import fmean, quantiles
from typing import Any

from bench import linking_channels, linking_cost, linking_labels, linking_orders, linking_splits, machine
from bench.linking_run import Run, linked, milliseconds, subjects
from wufang.domain.linking import RULES

__all__ = ["Run", "main", "milliseconds", "subjects"]
OPEN_CASES = (10_000, 100_000)


def write(path: Path, cases: dict[str, str]) -> None:
    """The contract's answer: message_id,case_id."""
    lines = ["message_id,case_id", *(f"{message},{case}" for message, case in cases.items())]
    path.write_text("\r\n".join(lines) + "\r\n", encoding="utf-8")


def summary(run: Run) -> str:
    """Counts and cost, one line each."""
    cost = quantiles(run.micros, n=100) if len(run.micros) > 1 else [*run.micros * 99]
    return (
        f"rules {RULES.version}: {len(run.cases)} messages, {len(set(run.cases.values()))} cases, "
        + ", ".join(f"{kind} {count}" for kind, count in sorted(run.kinds.items()))
        + f"\ndecision (processor time): mean {fmean(run.micros):.0f} µs, p50 {cost[49]:.0f} µs, p99 {cost[98]:.0f} µs"
    )


def main(arguments: Sequence[str] | None = None) -> int:
    """Link the file, write the answer, say what it cost; or measure what an option names."""
    parser = _parser()
    options = parser.parse_args(arguments)
    measure = _measure(options)
    if options.messages is None and not options.cost:
        parser.error("--messages is needed")
    if measure is not None:
        return _report({"machine": machine.describe(), "rules": RULES.version, **measure()}, options.json)
    if options.out is None:
        parser.error("--out is needed")
    run = Run()
    run.feed(subjects(options.messages))
    write(options.out, run.cases)
    print(summary(run))
    return score(options.truth, options.out, options.messages) if options.truth else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="bench.linking", description="link a file of messages into cases")
    parser.add_argument("--messages", type=Path, help="message_id,user,time,title,body,for,against")
    parser.add_argument("--out", type=Path, help="message_id,case_id")
    parser.add_argument("--truth", type=Path, help="a folder with score_linking.py and its labels")
    parser.add_argument("--json", type=Path, help="write what was measured there")
    what = parser.add_mutually_exclusive_group()
    what.add_argument("--orders", type=int, help="so many random orders within each day")
    what.add_argument("--channels", action="store_true", help="each message cut to the form of a channel")
    what.add_argument("--halves", action="store_true", help="each half of the matters alone")
    what.add_argument("--splits", action="store_true", help="what is proposed apart, and how much of it rightly")
    what.add_argument("--cost", action="store_true", help="decisions at 10,000 and 100,000 open cases")
    return parser


def _measure(options: argparse.Namespace) -> Callable[[], dict[str, Any]] | None:
    """What is to be measured in place of the answer."""
    if options.cost:
        return lambda: linking_cost.measure(OPEN_CASES)
    if options.orders:
        return lambda: linking_orders.stability(list(subjects(options.messages)), options.orders)
    labels = options.truth or (options.messages and options.messages.parent)
    if options.channels:
        return lambda: linking_channels.loss(
            list(subjects(options.messages)), linking_labels.read_labels(labels, options.messages)
        )
    if options.splits:
        return lambda: linking_splits.measure(
            list(subjects(options.messages)), linking_labels.read_labels(labels, options.messages)
        )
    if options.halves:
        return lambda: halves(options.messages, linking_labels.read_labels(labels, options.messages))
    return None


def halves(messages: Path, labels: linking_labels.Labels) -> dict[str, Any]:
    """Rules are worked on with half 0 only; half 1 says what they are worth elsewhere."""
    reports = list(subjects(messages))
    found = {}
    for which in (0, 1):
        mine = linking_labels.half(labels, which)
        cases = linked(report for report in reports if report.report_id in mine)
        found[f"half_{which}"] = {"messages": len(cases), **linking_labels.figures(cases, labels)}
    return {**found, "whole": linking_labels.figures(linked(reports), labels)}


def _report(result: dict[str, Any], path: Path | None) -> int:
    text = json.dumps(result, indent=1, ensure_ascii=False)
    print(text)
    if path is not None:
        path.write_text(text + "\n", encoding="utf-8")
    return 0


def score(truth: Path, answer: Path, messages: Path) -> int:
    """Run the scorer of a labelled folder on the answer."""
    command = [sys.executable, str(truth / "score_linking.py"), str(answer), "--messages", str(messages)]
    return subprocess.run(command, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
