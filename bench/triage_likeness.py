"""The weights of triage's likeness, learnt from labelled rows: `python -m bench.triage_likeness --out FILE.json`.

Without `--out` it says how rules and wording do on each lot with weights that were learnt from all other lots: what
the next writer's reports may expect, where neither the lot nor its like was read when the rules were written.

Two learners, each in an order of steps that is fixed; no chance but a seed. The questions of conduct: linear support
vectors (dual coordinate descent; Hsieh and others, 2008). All others: a choice (softmax, half of a text's runs left out
at each step), the three lanes as one, so that how far a text leans to two of them can be held against each other.
A run of signs that is a word of the segmenter counts twice. Words that mean alike (tests/data/triage/meanings.txt) are
learnt together as well: what they share is added to the weight of each, so a word no row holds has one too.
"""

import argparse
import itertools
import json
import math
import random
import re
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec
import rjieba

from bench.triage import STEPS, Row, answer, figures, plain, rows
from wufang.adapters.profile_files import DEFAULT, triage_rules
from wufang.domain.triage import Matter, Rules
from wufang.domain.triage.asking import page
from wufang.domain.triage.likeness import LONGEST, QUESTIONS, SCALE, Asked, Leaning, Likeness, Question, runs
from wufang.domain.triage.sealing import SHORTEST

VERSION = "likeness-6"
FOLDER = Path("tests/data/triage")
LOTS = ("dev.csv", *(f"lot_{letter}.csv" for letter in "abcdefijklmnoqrstuvwx"))
OWN = ("own_cases.txt", "own_rows.txt")
LETTERS = "lot_g.csv"  # long plain letters; its tags are not in keeping with the other lots, so they are left out
MEANT_ALIKE = "meanings.txt"
PLAIN_TEXTS = "plain.csv"  # reports of the load's corpus and of the demo, none with conduct or danger
PASSES = 20
COST = 0.1  # of a row on the wrong side
LEAST = 2  # texts a run must stand in
PLAIN = 2  # signs; a longer run counts only as a word
WORD = 2.0
ALWAYS = 3.0  # what stands in every text; so the start is hardly held back
LANES: tuple[Asked, ...] = ("urgent", "dedicated")
MEANING = "。"  # what a list's name begins with and no run
CHOICE_PASSES = 12
LEFT_OUT = 0.5  # of a text's runs at each step of a choice
PACE = 0.1  # of a first step, a tenth of it at the end
VALUE = 0.3  # of a run in a choice
SHARE = 0.4  # of a weight of a choice, so that its sums lie where those of support vectors do
MEANT = 3.0  # each word of a meaning, beside what it counts by itself
CLEAR = 0.02  # an error so small moves nothing
COVERED = 4  # signs of a sentence that a reader sealed, from where it counts as conduct
LEAST_WEIGHT = 4  # hundredths; smaller ones, a good third of all, change next to nothing (record 0405)
_SEALED = re.compile("【(.*?)】")

# What the rules' answer counts beside the wording, and from where an answer is yes; hundredths. Chosen on lots c, d and
# e, those of lanes and tags on all lots, each with weights learnt without it.
COUNTED: dict[Asked, tuple[int, int]] = {
    "danger": (25, -20),
    "110": (40, 0),
    "119": (40, 0),
    "120": (40, 0),
    "conduct": (60, -35),
    "sentence": (40, -20),
    "up": (60, 0),
    "urgent": (20, -5),
    "dedicated": (20, -45),
    "study": (20, -30),
    "joint": (20, -30),
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

Meanings = Mapping[str, tuple[str, ...]]  # of a word, the lists it stands in


def learnt(table: Sequence[Row], alike: Meanings | None = None) -> Likeness:
    """The weights from some rows, and from lists of words that mean alike."""
    words = {step: vocabulary(row for row in table if step in row.labels) for step in STEPS}
    alike = meanings() if alike is None else alike
    questions: dict[Asked, Question] = {}
    whole: dict[str, list[int]] = {}
    for asked, (start, weights) in _asked(table, words, alike).items():
        known = words[STEP_OF[asked]]
        questions[asked] = Question(round(start * SCALE), *COUNTED[asked], LONGER.get(asked, 0))
        for signs, weight in _each(weights, known, alike).items():
            whole.setdefault(signs, [0] * len(QUESTIONS))[QUESTIONS.index(asked)] = round(weight * SCALE)
    kept = {signs: told for signs, one in sorted(whole.items()) if any(told := _told(one))}
    return Likeness(VERSION, {asked: questions[asked] for asked in QUESTIONS}, kept)


def _asked(
    table: Sequence[Row], words: Mapping[str, frozenset[str]], alike: Meanings
) -> dict[Asked, tuple[float, dict[str, float]]]:
    """The start and the weights of each question."""
    lanes = [(_counted(text, words["lane"], alike), lane) for text, lane in _lanes(table)]
    found = dict(zip(LANES, chosen(lanes, ("ordinary", *LANES)), strict=True))
    for asked in QUESTIONS:
        if asked not in found:
            by_meaning = STEP_OF[asked] != "sealed"
            known = words[STEP_OF[asked]]
            examples = [
                (_counted(text, known, alike if by_meaning else {}), wanted) for text, wanted in _texts(asked, table)
            ]
            found[asked] = chosen(examples, (False, True))[0] if by_meaning else fitted(examples)
    return found


def _each(weights: Mapping[str, float], words: frozenset[str], alike: Meanings) -> dict[str, float]:
    """The weight of each run by itself: a word's twice, with what the words of its meanings share."""
    of = {signs: weight * (WORD if signs in words else 1.0) for signs, weight in weights.items() if signs[0] != MEANING}
    for signs, names in alike.items():
        shared = MEANT * math.fsum(weights.get(name, 0.0) for name in names)
        if shared:
            of[signs] = of.get(signs, 0.0) + shared
    return of


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


def _counted(text: str, words: frozenset[str], alike: Meanings) -> dict[str, float]:
    """What of a text is learnt from."""
    found = sorted(runs(text))
    counted = {one: WORD if one in words else 1.0 for one in found if len(one) <= PLAIN or one in words}
    for name in (name for one in found for name in alike.get(one, ())):
        counted[name] = counted.get(name, 0.0) + MEANT
    return counted


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


def fitted(examples: Sequence[tuple[dict[str, float], bool]]) -> tuple[float, dict[str, float]]:
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
    """A run's weight for each choice, and how far each was moved so far."""

    __slots__ = ("moved", "of")

    def __init__(self, choices: int) -> None:
        self.of, self.moved = [0.0] * choices, [0.01] * choices

    def move(self, place: int, slope: float, pace: float) -> None:
        """One step; the more a weight was moved, the shorter (Duchi and others, 2011)."""
        self.moved[place] += slope * slope
        self.of[place] += pace * slope / math.sqrt(self.moved[place])


def chosen(
    examples: Sequence[tuple[dict[str, float], str | bool]], choices: Sequence[str | bool]
) -> list[tuple[float, dict[str, float]]]:
    """The start and the weights of each choice but the first against the first, learnt together."""
    counted = Counter(signs for known, _ in examples for signs in known)
    weights = {signs: _Weights(len(choices)) for signs, count in sorted(counted.items()) if count >= LEAST}
    start, chance = _Weights(len(choices)), random.Random(1)
    whole = VALUE / (1 - LEFT_OUT)
    order = [
        ([(weights[signs], value * whole) for signs, value in known.items() if signs in weights], choices.index(one))
        for known, one in examples
    ]
    for passed in range(CHOICE_PASSES):
        chance.shuffle(order)
        pace = PACE * (1 - 0.9 * passed / CHOICE_PASSES)
        for known, right in order:
            kept = [one for one in known if chance.random() > LEFT_OUT]
            for place, error in enumerate(_errors(kept, start, right)):
                if abs(error) > CLEAR:
                    start.move(place, error, pace)
                    for one, value in kept:
                        one.move(place, error * value, pace)
    return [_against(place, start, weights) for place in range(1, len(choices))]


def _errors(kept: Sequence[tuple[_Weights, float]], start: _Weights, right: int) -> list[float]:
    """By how much each choice is held too unlikely."""
    sums = [of + math.fsum(one.of[place] * value for one, value in kept) for place, of in enumerate(start.of)]
    shares = [math.exp(one - max(sums)) for one in sums]
    return [(place == right) - share / sum(shares) for place, share in enumerate(shares)]


def _against(place: int, start: _Weights, weights: Mapping[str, _Weights]) -> tuple[float, dict[str, float]]:
    """The weights of a choice less those of the first."""
    apart = {signs: (one.of[place] - one.of[0]) * VALUE * SHARE for signs, one in weights.items()}
    return (start.of[place] - start.of[0]) * SHARE, apart


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


def meanings(path: Path = FOLDER / MEANT_ALIKE) -> Meanings:
    """Of each word the lists of words that mean alike it stands in; a line is `name: word word {a|b}{c|d}`."""
    found: dict[str, tuple[str, ...]] = {}
    for line in path.read_text("utf-8").splitlines():
        name, _, told = line.partition(": ")
        for word in dict.fromkeys(word for one in told.split() for word in _spelt(one)):
            if not line.startswith("#") and 1 < len(word) <= LONGEST:
                found[word] = (*found.get(word, ()), MEANING + name)
    return found


def _spelt(written: str) -> Iterator[str]:
    """Each way to read what is written: `{a|b}` is either."""
    parts = [part.split("|") for part in re.split(r"[{}]", written)]
    return ("".join(chosen_parts) for chosen_parts in itertools.product(*parts))


def crossed(
    lots: Mapping[str, Sequence[Row]], beside: Sequence[Row], rules: Rules, groups: int | None = None
) -> dict[str, dict[str, Any]]:
    """For each lot the figures with weights learnt from lots of other groups and from what is always there.

    Without a number of groups each lot is one by itself.
    """
    number = groups or len(lots)
    result: dict[str, dict[str, Any]] = {}
    for group in range(number):
        others = [row for place, lot in enumerate(lots.values()) if place % number != group for row in lot]
        used = msgspec.structs.replace(rules, likeness=Leaning(learnt([*others, *beside])))
        for name in list(lots)[group::number]:
            result[name] = figures([answer(row, used) for row in lots[name]])
    return result


def summary(result: Mapping[str, dict[str, Any]]) -> str:
    """A line a lot and step."""
    lines = []
    for name, part in result.items():
        for step in STEPS:
            told = " ".join(f"{label} {found}" for label, found in part[step]["by_label"].items())
            lines.append(f"{name:10} {part['rows']:4} {step:7} {part[step]['accuracy']:.3f}  {told}")
        lines.append(f"{name:10}      conduct signs left {part['conduct_signs_left']}")
    all_rows = sum(part["rows"] for part in result.values())
    right = {step: sum(part[step]["right"] for part in result.values()) for step in STEPS}
    lines.append(f"all {all_rows} rows " + " ".join(f"{step} {right[step] / all_rows:.4f}" for step in STEPS))
    return "\n".join(lines)


def main(arguments: Sequence[str] | None = None) -> int:
    """Write the weights, or measure them."""
    parser = argparse.ArgumentParser(prog="bench.triage_likeness", description=__doc__)
    parser.add_argument("--table", type=Path, action="append", help="lots of labelled rows; all but the held half")
    parser.add_argument("--profile", default=DEFAULT, help="whose rules")
    parser.add_argument("--groups", type=int, help="lots are left out in so many groups, not one by one")
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
        print(summary(crossed(lots, beside, triage_rules(options.profile), options.groups)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
