"""The weights of triage's likeness, learnt from labelled rows: `python -m bench.triage_likeness --out FILE.json`.

Without `--out` it says how rules and wording do on each lot with weights that were learnt from all other lots: what
the next writer's reports may expect, where neither the lot nor its like was read when the rules were written.

Linear support vectors (dual coordinate descent; Hsieh and others, 2008), a question at a time, in an order of steps
that is fixed; no chance but a seed. A run of signs that is a word of the segmenter counts twice. The three lanes are
learnt as one choice (softmax, half of a text's runs left out at each step): a lane's weights say how far a text leans
to it rather than to ordinary, so the two sums can be held against each other.
"""

import argparse
import json
import math
import random
import re
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec
import rjieba

from bench.triage import STEPS, Row, answer, figures, plain, rows
from wufang.adapters.profile_files import DEFAULT, triage_rules
from wufang.domain.triage import Matter, Rules
from wufang.domain.triage.asking import page
from wufang.domain.triage.likeness import QUESTIONS, SCALE, Asked, Leaning, Likeness, Question, runs
from wufang.domain.triage.sealing import SHORTEST

VERSION = "likeness-5"
FOLDER = Path("tests/data/triage")
LOTS = ("dev.csv", *(f"lot_{letter}.csv" for letter in "abcdefijklmnoqrstuvwx"))
OWN = ("own_cases.txt", "own_rows.txt")
LETTERS = "lot_g.csv"  # long plain letters; its tags are not in keeping with the other lots, so they are left out
PLAIN_TEXTS = "plain.csv"  # reports of the load's corpus and of the demo, none with conduct or danger
PASSES = 20
COST = 0.1  # of a row on the wrong side
LEAST = 2  # texts a run must stand in
PLAIN = 2  # signs; a longer run counts only as a word
WORD = 2.0
ALWAYS = 3.0  # what stands in every text; so the start is hardly held back
LANES = ("ordinary", "urgent", "dedicated")
LANE_PASSES = 12
LEFT_OUT = 0.5  # of a text's runs at each step of the lanes
PACE = 0.1  # of a first step, a tenth of it at the end
VALUE = 0.3  # of a run in the lanes
SHARE = 0.4  # of a weight of the lanes, so that their sums lie where those of the other questions do
CLEAR = 0.02  # an error so small moves nothing
COVERED = 4  # signs of a sentence that a reader sealed, from where it counts as conduct
LEAST_WEIGHT = 4  # hundredths; smaller ones, a good third of all, change next to nothing (record 0405)
_SEALED = re.compile("【(.*?)】")

# What the rules' answer counts beside the wording, and from where an answer is yes; hundredths. Chosen on lots c, d and
# e, those of lanes and tags on all lots, each with weights learnt without it.
COUNTED: dict[Asked, tuple[int, int]] = {
    "danger": (25, 0),
    "110": (40, 0),
    "119": (40, 0),
    "120": (40, 0),
    "conduct": (60, -35),
    "sentence": (40, -20),
    "up": (60, 0),
    "urgent": (20, -5),
    "dedicated": (15, -40),
    "study": (15, -10),
    "joint": (20, -5),
}

# And for every hundred signs more: chosen on the same lots and on plain letters.
LONGER: dict[Asked, int] = {"conduct": 30}
# Whose label answers a question; a row without it is not learnt from.
STEP_OF: dict[Asked, str] = {
    "danger": "danger",
    "110": "danger",
    "119": "danger",
    "120": "danger",
    "conduct": "sealed",
    "sentence": "sealed",
    "up": "sealed",
    "urgent": "lane",
    "dedicated": "lane",
    "study": "tags",
    "joint": "tags",
}

Example = tuple[dict[str, float], bool]
Fitter = Callable[[Sequence[Example]], tuple[float, dict[str, float]]]


def learnt(table: Sequence[Row], fit: Fitter | None = None) -> Likeness:
    """The weights from some rows."""
    words = {step: vocabulary(row for row in table if step in row.labels) for step in STEPS}
    questions: dict[Asked, Question] = {}
    whole: dict[str, list[int]] = {}
    lanes = joined([(_counted(text, words["lane"]), lane) for text, lane in _lanes(table)])
    for place, asked in enumerate(QUESTIONS):
        known = words[STEP_OF[asked]]
        if asked in lanes:
            start, weights = lanes[asked]
        else:
            examples = [(_counted(text, known), wanted) for text, wanted in _texts(asked, table)]
            start, weights = (fit or fitted)(examples)
        questions[asked] = Question(round(start * SCALE), *COUNTED[asked], LONGER.get(asked, 0))
        for signs, weight in weights.items():
            counts = WORD if signs in known else 1.0
            whole.setdefault(signs, [0] * len(QUESTIONS))[place] = round(weight * counts * SCALE)
    kept = {signs: told for signs, one in sorted(whole.items()) if any(told := _told(one))}
    return Likeness(VERSION, questions, kept)


def _told(weights: Sequence[int]) -> tuple[int, ...]:
    """A run's weights, those of the lanes and those of all else only where one of them tells something.

    The lanes keep many more runs, whose small weights for danger would add up in a long letter.
    """
    of_lanes = [asked in LANES for asked in QUESTIONS]
    tells = {
        lane: any(abs(one) >= LEAST_WEIGHT for one, of in zip(weights, of_lanes, strict=True) if of == lane)
        for lane in (False, True)
    }
    return tuple(one if tells[of] else 0 for one, of in zip(weights, of_lanes, strict=True))


def vocabulary(table: Iterable[Row]) -> frozenset[str]:
    """The words of two to four signs that stand in several rows."""
    counted = Counter(word for row in table for word in set(rjieba.cut(page(row.matter).text)) if 1 < len(word) < 5)
    return frozenset(word for word, count in counted.items() if count >= LEAST)


def _counted(text: str, words: frozenset[str]) -> dict[str, float]:
    """What of a text is learnt from."""
    return {one: WORD if one in words else 1.0 for one in sorted(runs(text)) if len(one) <= PLAIN or one in words}


def _texts(asked: Asked, table: Iterable[Row]) -> Iterator[tuple[str, bool]]:
    """The texts a question is learnt from, and whether the answer is yes."""
    for row in table:
        labels, text = row.labels, page(row.matter).text
        match asked:
            case "danger" | "conduct":
                yield text, labels["danger" if asked == "danger" else "sealed"] not in ("none", "no")
            case "110" | "119" | "120" if labels["danger"] != "none":
                yield text, labels["danger"] == asked
            case "up" if labels["sealed"] != "no":
                yield text, labels["sealed"] == "up"
            case "sentence":
                yield from _sentences(row)
            case "study" | "joint" if "tags" in labels:
                yield _rest(row, text), asked in labels["tags"].split(";")


def _lanes(table: Iterable[Row]) -> Iterator[tuple[str, str]]:
    """What is left of each row after sealing, and its lane."""
    for row in table:
        if "lane" in row.labels:
            yield _rest(row, page(row.matter).text), row.labels["lane"]


def _sealed(row: Row) -> set[int]:
    """The places on the page that a reader sealed."""
    whole = row.matter.title + "\n" + row.matter.text
    starts = [(whole.find(part), len(part)) for part in row.spans]
    return {place for start, length in starts if start >= 0 for place in range(start, start + length)}


def _rest(row: Row, text: str) -> str:
    hidden = _sealed(row)
    return "".join("\n" if place in hidden else sign for place, sign in enumerate(text)) if hidden else text


def _sentences(row: Row) -> Iterator[tuple[str, bool]]:
    of = page(row.matter)
    covered = _sealed(row)
    for start, end in of.sentences.bounds:
        if end - start >= SHORTEST:
            yield of.text[start:end], len(covered.intersection(range(start, end))) >= COVERED


def fitted(examples: Sequence[Example]) -> tuple[float, dict[str, float]]:
    """The start and the weights that set the rows of yes apart from the others."""
    counted = Counter(signs for known, _ in examples for signs in known)
    weights = dict.fromkeys((signs for signs, count in sorted(counted.items()) if count >= LEAST), 0.0)
    start = 0.0
    order: list[tuple[int, list[tuple[str, float]], float, float]] = []
    held = [0.0] * len(examples)
    for place, (known, wanted) in enumerate(examples):
        kept = [(signs, value) for signs, value in known.items() if signs in weights]
        size = ALWAYS * ALWAYS + sum(value * value for _, value in kept) + 0.5 / COST
        order.append((place, kept, 1.0 if wanted else -1.0, size))
    chance = random.Random(1)
    for _ in range(PASSES):
        chance.shuffle(order)
        for place, kept, side, size in order:
            slope = side * (start * ALWAYS + sum(weights[signs] * value for signs, value in kept))
            slope += held[place] * 0.5 / COST - 1
            last, held[place] = held[place], max(held[place] - slope / size, 0.0)
            if last == held[place]:
                continue
            step = (held[place] - last) * side
            start += step * ALWAYS
            for signs, value in kept:
                weights[signs] += step * value
    return start * ALWAYS, weights


class _Weights:
    """A run's weight for each lane, and how far each was moved so far."""

    __slots__ = ("moved", "of")

    def __init__(self) -> None:
        self.of, self.moved = [0.0] * len(LANES), [0.01] * len(LANES)

    def move(self, lane: int, slope: float, pace: float) -> None:
        """One step; the more a weight was moved, the shorter (Duchi and others, 2011)."""
        self.moved[lane] += slope * slope
        self.of[lane] += pace * slope / math.sqrt(self.moved[lane])


def joined(examples: Sequence[tuple[dict[str, float], str]]) -> dict[Asked, tuple[float, dict[str, float]]]:
    """The start and the weights of each lane against ordinary, learnt as one choice among three."""
    counted = Counter(signs for known, _ in examples for signs in known)
    weights = {signs: _Weights() for signs, count in sorted(counted.items()) if count >= LEAST}
    start, chance = _Weights(), random.Random(1)
    whole = VALUE / (1 - LEFT_OUT)
    order = [
        ([(weights[signs], value * whole) for signs, value in known.items() if signs in weights], LANES.index(lane))
        for known, lane in examples
    ]
    for passed in range(LANE_PASSES):
        chance.shuffle(order)
        pace = PACE * (1 - 0.9 * passed / LANE_PASSES)
        for known, lane in order:
            kept = [one for one in known if chance.random() > LEFT_OUT]
            for place, error in enumerate(_errors(kept, start, lane)):
                if abs(error) > CLEAR:
                    start.move(place, error, pace)
                    for one, value in kept:
                        one.move(place, error * value, pace)
    return {asked: _against(LANES.index(asked), start, weights) for asked in ("urgent", "dedicated")}


def _errors(kept: Sequence[tuple[_Weights, float]], start: _Weights, lane: int) -> list[float]:
    """By how much each lane is held too unlikely."""
    sums = [start.of[place] + math.fsum(one.of[place] * value for one, value in kept) for place in range(len(LANES))]
    shares = [math.exp(one - max(sums)) for one in sums]
    return [(place == lane) - share / sum(shares) for place, share in enumerate(shares)]


def _against(lane: int, start: _Weights, weights: Mapping[str, _Weights]) -> tuple[float, dict[str, float]]:
    """The weights of a lane less those of ordinary."""
    apart = {signs: (one.of[lane] - one.of[0]) * VALUE * SHARE for signs, one in weights.items()}
    return (start.of[lane] - start.of[0]) * SHARE, apart


def cases(path: Path) -> list[Row]:
    """A writer's own cases in lines; 【】 marks what is sealed.

    Where nothing is marked, one with conduct counts only if it is a single sentence, which then is sealed.
    """
    read = []
    for place, line in enumerate(path.read_text("utf-8").splitlines()):
        if line.startswith("#"):
            continue
        *labels, marked = line.split("|", 4)
        spans, text = tuple(_SEALED.findall(marked)), marked.replace("【", "").replace("】", "")
        sealed = labels[STEPS.index("sealed")] != "no"
        if not sealed or spans or len(page(Matter("hotline", "", text)).sentences.bounds) <= 2:  # an empty title is one
            spans = spans or ((text,) if sealed else ())
            name = f"{path.stem}{place}"
            read.append(Row(name, Matter("hotline", "", text), dict(zip(STEPS, labels, strict=True)), spans))
    return read


def always(folder: Path = FOLDER) -> list[Row]:
    """What is learnt from beside the lots: a writer's own cases, long letters without tags, plain texts."""
    own = [row for name in OWN for row in cases(folder / name)]
    letters = [_only(row, "danger", "sealed", "lane") for row in rows(folder / LETTERS, fields=False)]
    return [*own, *letters, *(_only(row, "danger", "sealed") for row in plain(folder / PLAIN_TEXTS))]


def _only(row: Row, *steps: str) -> Row:
    return msgspec.structs.replace(row, labels={step: row.labels[step] for step in steps})


def crossed(
    lots: Mapping[str, Sequence[Row]], beside: Sequence[Row], rules: Rules, fit: Fitter | None = None
) -> dict[str, dict[str, Any]]:
    """For each lot the figures with weights learnt from the others and from what is always there."""
    result = {}
    for name, lot in lots.items():
        others = [row for other, those in lots.items() if other != name for row in those]
        leaning = Leaning(learnt([*others, *beside], fit))
        used = msgspec.structs.replace(rules, likeness=leaning)
        result[name] = figures([answer(row, used) for row in lot])
    return result


def summary(result: Mapping[str, dict[str, Any]]) -> str:
    """A line a lot and step."""
    lines = []
    for name, part in result.items():
        for step in STEPS:
            told = " ".join(f"{label} {found}" for label, found in part[step]["by_label"].items())
            lines.append(f"{name:10} {part['rows']:4} {step:7} {part[step]['accuracy']:.3f}  {told}")
        lines.append(f"{name:10}      conduct signs left {part['conduct_signs_left']}")
    return "\n".join(lines)


def main(arguments: Sequence[str] | None = None) -> int:
    """Write the weights, or measure them."""
    parser = argparse.ArgumentParser(prog="bench.triage_likeness", description=__doc__)
    parser.add_argument("--table", type=Path, action="append", help="lots of labelled rows; all but the held half")
    parser.add_argument("--profile", default=DEFAULT, help="whose rules")
    parser.add_argument("--out", type=Path, help="the file to write")
    options = parser.parse_args(arguments)
    tables = options.table or [FOLDER / name for name in LOTS]
    lots = {path.stem: rows(path, fields=False) for path in tables}
    beside = always()
    if options.out:
        everything = [row for lot in lots.values() for row in lot]
        written = json.dumps(
            msgspec.to_builtins(learnt([*everything, *beside])), ensure_ascii=False, separators=(",", ":")
        )
        options.out.write_text(written.replace('],"', '],\n"') + "\n", encoding="utf-8")
    else:
        print(summary(crossed(lots, beside, triage_rules(options.profile))))
    return 0


if __name__ == "__main__":
    sys.exit(main())
