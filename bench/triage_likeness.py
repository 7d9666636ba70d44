"""The weights of triage's likeness, learnt from labelled rows: `python -m bench.triage_likeness --out FILE.json`.

Logistic regression over pairs of signs, in an order of steps that is fixed; no chance but a seed. Without
`--out` it says how it does on rows left out, eight parts, beside the rules and with them.
"""

import argparse
import json
import math
import random
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec

from bench.triage import STEPS, Row, rows
from wufang.adapters.profile_files import DEFAULT, triage_rules
from wufang.domain.triage import Matter, Rules, screen
from wufang.domain.triage.likeness import NONE, SCALE, Likeness, Score, pairs
from wufang.domain.triage.reading import Sentences, narrow

VERSION = "likeness-1"
FOLDER = Path("tests/data/triage")
TABLES = ("dev.csv", "lot_a.csv", "lot_b.csv")
CASES = "own_cases.txt"
PARTS = 8
PASSES = 25
STEP = 0.3
LEAST = 2  # sentences a pair must stand in
SHRINK = 3.0
COVERED = 4  # signs of a sentence that a reader sealed, from where it counts as conduct
OVER = 20  # hundredths; of rows left out that rules had not seen, it found 10 of 28 missed and sealed 1 of 113 wrongly

Seen = list[tuple[frozenset[str], bool]]


def learnt(table: Sequence[Row]) -> Likeness:
    """The weights from some rows."""
    return Likeness(VERSION, _fitted([one for row in table for one in _sentences(row)], OVER))


def cases(path: Path) -> list[Row]:
    """The rules' writer's own cases; one with conduct only where it is a single sentence, which then is sealed."""
    read = []
    for place, line in enumerate(path.read_text("utf-8").splitlines()):
        if line.startswith("#"):
            continue
        *labels, text = line.split("|", 4)
        sealed = labels[STEPS.index("sealed")] != "no"
        if not sealed or len(Sentences(narrow(text)).bounds) == 1:
            spans = (text,) if sealed else ()
            read.append(Row(f"own{place}", Matter("hotline", "", text), dict(zip(STEPS, labels, strict=True)), spans))
    return read


def _sentences(row: Row) -> Iterator[tuple[frozenset[str], bool]]:
    for whole in (row.matter.title, row.matter.text):
        text = narrow(whole)
        covered = {sign for part in row.spans if part in whole for sign in _places(whole, part)}
        for start, end in Sentences(text).bounds:
            yield pairs(text[start:end]), len(covered.intersection(range(start, end))) >= COVERED


def _places(whole: str, part: str) -> range:
    start = whole.find(part)
    return range(start, start + len(part))


def _fitted(seen: Seen, over: int) -> Score:
    counted = Counter(sign for known, _ in seen for sign in known)
    weights = dict.fromkeys(sorted(sign for sign, count in counted.items() if count >= LEAST), 0.0)
    steps = dict.fromkeys(weights, 1e-8)
    start, start_steps = 0.0, 1e-8
    order = [(sorted(known & weights.keys()), wanted) for known, wanted in seen]
    chance = random.Random(1)
    for _ in range(PASSES):
        chance.shuffle(order)
        for known, wanted in order:
            off = _share(start + sum(weights[sign] for sign in known)) - wanted
            start_steps += off * off
            start -= STEP * off / math.sqrt(start_steps)
            for sign in known:
                slope = off + SHRINK * weights[sign] / len(order)
                steps[sign] += slope * slope
                weights[sign] -= STEP * slope / math.sqrt(steps[sign])
    whole = {sign: round(weight * SCALE) for sign, weight in weights.items()}
    return Score(round(start * SCALE), over, {sign: weight for sign, weight in whole.items() if abs(weight) > 2})


def _share(sum_of_weights: float) -> float:
    return 1 / (1 + math.exp(-max(-30.0, min(30.0, sum_of_weights))))


def left_out(table: Sequence[Row], rules: Rules) -> str:
    """What is found and what is wrongly sealed among rows that the weights were not learnt from."""
    order = list(table)
    random.Random(5).shuffle(order)
    counts: Counter[tuple[str, bool]] = Counter()
    for part in range(PARTS):
        weights = learnt([row for place, row in enumerate(order) if place % PARTS != part])
        used = {"rows": None, "rules": NONE, "with likeness": weights}
        for row in order[part::PARTS]:
            for name, one in used.items():
                held = one is None or screen(row.matter, msgspec.structs.replace(rules, likeness=one)) is not None
                counts[name, row.labels["sealed"] != "no"] += held
    wanted, other = counts["rows", True], counts["rows", False]
    return "; ".join(
        f"{name}: found {counts[name, True]}/{wanted}, wrongly {counts[name, False]}/{other}"
        for name in ("rules", "with likeness")
    )


def main(arguments: Sequence[str] | None = None) -> int:
    """Write the weights, or measure them."""
    parser = argparse.ArgumentParser(prog="bench.triage_likeness", description=__doc__)
    parser.add_argument("--table", type=Path, action="append", help="labelled rows; all that rules are written with")
    parser.add_argument("--profile", default=DEFAULT, help="whose rules")
    parser.add_argument("--out", type=Path, help="the file to write")
    options = parser.parse_args(arguments)
    tables = options.table or [FOLDER / name for name in TABLES]
    read = [row for path in tables for row in rows(path, fields=False)] + cases(FOLDER / CASES)
    if options.out:
        written = json.dumps(msgspec.to_builtins(learnt(read)), ensure_ascii=False, separators=(",", ":"))
        options.out.write_text(written.replace('},"', '},\n"') + "\n", encoding="utf-8")
    else:
        print(left_out(read, triage_rules(options.profile)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
