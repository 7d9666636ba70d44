"""How far readers agree on the tables triage is scored by: `python -m bench.triage_readers`.

Two further readers labelled the held tables, knowing DOMAIN's definitions and neither rules nor labels
(tests/data/triage/readers.csv). What they agree on bounds what rules can reach there. Sums only: nobody who writes
rules reads these rows.
"""

import csv
import sys
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path

from bench.triage import STEPS, Answer, answer, rows
from wufang.adapters.profile_files import triage_rules

FOLDER = Path(__file__).parents[1] / "tests" / "data" / "triage"
Labels = Mapping[str, Mapping[str, str]]  # by id, then by step


def readers(file: Path) -> dict[str, dict[str, dict[str, dict[str, str]]]]:
    """By table and reader: the labels of each row."""
    found: dict[str, dict[str, dict[str, dict[str, str]]]] = defaultdict(lambda: defaultdict(dict))
    with file.open(encoding="utf-8", newline="") as lines:
        for line in csv.DictReader(lines):
            found[line["table"]][line["reader"]][line["id"]] = {step: line[f"label_{step}"] for step in STEPS}
    return found


def most(labels: Sequence[Labels]) -> dict[str, dict[str, str]]:
    """What most readers say of each row and step; the first of them where all differ."""
    return {
        row: {step: Counter(one[row][step] for one in labels).most_common(1)[0][0] for step in STEPS}
        for row in labels[0]
    }


def agreement(some: Labels, others: Labels, step: str) -> float:
    """The share of rows to which both give the same label. Raises ValueError where they are not of the same rows."""
    if some.keys() != others.keys():
        raise ValueError("two readers of different rows")
    return sum(some[row][step] == others[row][step] for row in some) / len(some)


def lines_for(table: str, answers: Sequence[Answer], others: Mapping[str, Labels]) -> list[str]:
    """Each reader with the table's own labels, and what the rules propose with those of most readers."""
    own = {one.row.id: one.row.labels for one in answers}
    proposed = {one.row.id: one.proposed for one in answers}
    majority = most([own, *others.values()])
    lines = [f"{table}: {len(own)} rows"]
    for step in STEPS:
        told = [f"reader {name} {agreement(own, labels, step):.3f}" for name, labels in sorted(others.items())]
        rules = (
            f"rules {agreement(own, proposed, step):.3f}, with most readers {agreement(majority, proposed, step):.3f}"
        )
        lines.append(f"  {step:8}{', '.join(told)}; {rules}")
    return lines


def main() -> int:
    """Say it for every table that readers labelled."""
    rules = triage_rules()
    for table, others in readers(FOLDER / "readers.csv").items():
        answers = [answer(row, rules) for row in rows(FOLDER / f"{table}.csv")]
        print("\n".join(lines_for(table, answers, others)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
