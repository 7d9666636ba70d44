"""How good and how dear the suggested category is: reports with a known top-level class, learned as corrections arrive.

python -m bench.categories --classes IN.csv [--json OUT] [--repeats 5]

IN.csv: message_id,user,title,time,body,class. Nested cross-validation: the outer folds give the score, the inner ones
pick the few numbers (GRID), anew in each outer fold. Training is one pass in the order of time, each report once.
Reports alike in words, or of one user and class, are never on two sides of a fold.
"""

import argparse
import csv
import datetime
import json
import random
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from itertools import product
from pathlib import Path
from statistics import fmean, median, stdev
from typing import Any

from msgspec.structs import replace

from bench import machine
from bench.categories_folds import Folds, folds, groups, of_class, overall
from bench.categories_others import OTHERS, Learner
from wufang.adapters.profile_files import category_tree
from wufang.domain.categories import (
    RULES,
    Learned,
    Reading,
    Rules,
    Tree,
    Written,
    learn,
    made,
    packed,
    read,
    shares,
    suggest,
)

# The file's seven classes in the codes of the default tree.
LABELS = {
    "城乡建设": "01",
    "交通运输": "02",
    "教育文体": "03",
    "卫生计生": "04",
    "环境保护": "05",
    "劳动和社会保障": "06",
    "商贸旅游": "07",
}
SEED = 4
OUTER, INNER = 5, 4
INNER_REPEATS = 3  # the mean of these picks
TITLES = (1, 3)
GRID = tuple((smoothing, votes) for smoothing in (0.25, 0.5, 1.0) for votes in (0.05, 0.1, 0.15, 0.2))
MARKS = (50, 100, 200, 300, 400, 500, 1_000, 2_000, 5_000, 10_000)
COMPARED = 2  # repeats for each other way: they differ by more than repeats do
FEW = 5_000
MADE_UP, MADE_UP_WORDS, WORDS_IN_ONE = 10_000, 60_000, 60


@dataclass(frozen=True, slots=True)
class Example:
    """A report with its top-level code; `readings` by what a word of the title counts."""

    user: str
    code: str
    readings: Mapping[int, Reading]
    without_tree: Reading

    @property
    def shipped(self) -> Reading:
        return self.readings[RULES.title]


def examples(path: Path, tree: Tree) -> list[Example]:
    """The file's reports, oldest first. Raises KeyError for a class that is not in LABELS."""
    with path.open(newline="", encoding="utf-8-sig") as file:
        rows = list(csv.DictReader(file))
    rows.sort(key=lambda row: _time(row["time"]))
    bare = _without_keywords(tree)
    return [
        Example(
            row["user"],
            LABELS[row["class"]],
            {title: read(row["title"], row["body"], tree, replace(RULES, title=title)) for title in TITLES},
            read(row["title"], row["body"], bare),
        )
        for row in rows
    ]


def _time(written: str) -> datetime.datetime:
    return datetime.datetime.strptime(written.replace("-", "/"), "%Y/%m/%d %H:%M:%S")


def _without_keywords(tree: Tree) -> Tree:
    return made(Written(tree.version, tuple(replace(node, keywords=()) for node in tree.nodes.values())))


class Counts(Learner):
    """The shipped way, as a learner among others."""

    def __init__(self, tree: Tree, among: Sequence[str], rules: Rules = RULES) -> None:
        self.tree, self.among, self.rules, self.learned = tree, among, rules, Learned()

    def learn(self, reading: Reading, code: str) -> None:
        learn(self.learned, reading, code, self.rules)

    def best(self, reading: Reading) -> str:
        return self.sure(reading)[0]

    def sure(self, reading: Reading) -> tuple[str, float]:
        """The best code and its share."""
        found = shares(reading, self.tree, self.learned, self.among, self.rules) or {self.among[0]: 0.0}
        return max(found.items(), key=lambda item: item[1])


class TreeOnly(Counts):
    """The keywords alone: what a county has on its first day."""

    def learn(self, reading: Reading, code: str) -> None:
        """Nothing."""


def nested(told: Sequence[Example], tree: Tree, repeats: int) -> dict[str, Any]:
    """Macro-F1 of the outer folds, once for each repeat; what the inner folds picked; how true the shares are."""
    among, together = sorted({one.code for one in told}), _groups(told)
    scores, classes, picked, sure = [], [], [], []
    for repeat in range(repeats):
        outer = folds(together, [one.code for one in told], OUTER, f"{SEED}/{repeat}")
        guesses: dict[int, str] = {}
        for number, test in enumerate(outer):
            train = sorted(set(range(len(told))) - set(test))
            rules = _pick([told[place] for place in train], tree, among, f"{SEED}/{repeat}/{number}")
            picked.append({"title": rules.title, "smoothing": rules.smoothing, "votes": rules.votes})
            learner = _trained(Counts(tree, among, rules), [told[place] for place in train], rules.title)
            for place in test:
                guesses[place], share = learner.sure(told[place].readings[rules.title])
                sure.append((share, guesses[place] == told[place].code))
        truth = [one.code for one in told]
        guessed = [guesses[place] for place in range(len(told))]
        scores.append(overall(truth, guessed))
        classes.append(of_class(truth, guessed))
    return {
        "folds": {
            "outer": OUTER,
            "inner": INNER,
            "inner_repeats": INNER_REPEATS,
            "reports": len(told),
            "groups": len(together),
        },
        "macro_f1": _spread(scores),
        "class_f1": {tree.nodes[code].name: round(fmean(each[code] for each in classes), 3) for code in among},
        "picked": [{**one, "times": picked.count(one)} for one in _each_once(picked)],
        "shares_against_truth": {
            "mean_share": round(fmean(share for share, _ in sure), 3),
            "right": round(fmean(right for _, right in sure), 3),
            "by_share": _by_share(sure),
        },
    }


def _pick(train: Sequence[Example], tree: Tree, among: Sequence[str], seed: str) -> Rules:
    """The numbers that do best in folds of the training reports, in the mean of the repeats; the first of equals."""
    together, truth = _groups(train), [one.code for one in train]
    found: dict[tuple[int, float, float], list[float]] = {}
    for repeat in range(INNER_REPEATS):
        inner = folds(together, truth, INNER, f"{seed}/{repeat}")
        for numbers, guesses in _guessed(train, tree, among, inner).items():
            found.setdefault(numbers, []).append(overall(truth, [guesses[place] for place in range(len(train))]))
    title, smoothing, votes = max(found, key=lambda numbers: fmean(found[numbers]))
    return replace(RULES, title=title, smoothing=smoothing, votes=votes)


def _guessed(
    train: Sequence[Example], tree: Tree, among: Sequence[str], inner: Folds
) -> dict[tuple[int, float, float], dict[int, str]]:
    """By title, smoothing and votes: what each report is guessed to be by a learner of the other folds."""
    guesses: dict[tuple[int, float, float], dict[int, str]] = {}
    for test, title in product(inner, TITLES):
        rest = [train[place] for place in sorted(set(range(len(train))) - set(test))]
        learned = _trained(Counts(tree, among), rest, title).learned
        for smoothing, votes in GRID:
            asked = Counts(tree, among, replace(RULES, title=title, smoothing=smoothing, votes=votes))
            asked.learned = learned
            found = {place: asked.best(train[place].readings[title]) for place in test}
            guesses.setdefault((title, smoothing, votes), {}).update(found)
    return guesses


def _trained(learner: Counts, train: Sequence[Example], title: int) -> Counts:
    for one in train:
        learner.learn(one.readings[title], one.code)
    return learner


def compared(told: Sequence[Example], tree: Tree) -> dict[str, Any]:
    """The same outer folds for other ways, none with numbers picked: those written beside them."""
    among, together = sorted({one.code for one in told}), _groups(told)
    bare = _without_keywords(tree)
    few = replace(RULES, counts_kept=FEW)
    makers: dict[str, tuple[Callable[[], Learner], bool]] = {
        "as shipped": (lambda: Counts(tree, among), True),
        f"as shipped, {FEW:,} weights kept": (lambda: Counts(tree, among, few), True),
        "the tree's keywords alone": (lambda: TreeOnly(tree, among), True),
        "as shipped, without the tree": (lambda: Counts(bare, among), False),
        **{f"{name}, with the tree": (partial(way, tree, among), True) for name, way in OTHERS.items()},
        **{f"{name}, without the tree": (partial(way, bare, among), False) for name, way in OTHERS.items()},
    }
    truth = [one.code for one in told]
    splits = [folds(together, truth, OUTER, f"{SEED}/{repeat}") for repeat in range(COMPARED)]
    found = {}
    for name, (make, with_tree) in makers.items():
        readings = [one.shipped if with_tree else one.without_tree for one in told]
        found[name] = _spread([overall(truth, _across(make, readings, truth, outer)) for outer in splits])
    return found


def _across(make: Callable[[], Learner], readings: Sequence[Reading], truth: Sequence[str], outer: Folds) -> list[str]:
    guesses = [""] * len(truth)
    for test in outer:
        learner, asked = make(), set(test)
        for place, code in enumerate(truth):
            if place not in asked:
                learner.learn(readings[place], code)
        for place in test:
            guesses[place] = learner.best(readings[place])
    return guesses


def curve(told: Sequence[Example], tree: Tree, orders: int) -> dict[str, Any]:
    """Each report suggested, then learned: macro-F1 of the suggestions between one mark and the next."""
    among = sorted({one.code for one in told})
    bare = _without_keywords(tree)
    marks = [*(mark for mark in MARKS if mark < len(told)), len(told)]
    ways: dict[str, tuple[Callable[[], Learner], bool]] = {
        "as shipped": (lambda: Counts(tree, among), True),
        "trusted from the first": (lambda: Counts(tree, among, replace(RULES, trust=0)), True),
        "the tree's keywords alone": (lambda: TreeOnly(tree, among), True),
        "as shipped, without the tree": (lambda: Counts(bare, among), False),
    }
    found: dict[str, Any] = {"marks": marks, "orders": orders}
    for name, (make, with_tree) in ways.items():
        in_time = _arriving(make(), told, with_tree, marks)
        mixed = [_arriving(make(), _shuffled(told, seed), with_tree, marks) for seed in range(orders)]
        found[name] = {
            "since_the_mark_before": [round(fmean(run[0][at] for run in mixed), 3) for at in range(len(marks))],
            "since_the_first": [round(fmean(run[1][at] for run in mixed), 3) for at in range(len(marks))],
            "since_the_first_in_order_of_time": [round(score, 3) for score in in_time[1]],
        }
    return found


def _arriving(
    learner: Learner, told: Sequence[Example], with_tree: bool, marks: Sequence[int]
) -> tuple[list[float], list[float]]:
    truth, guesses, since, whole = [], [], [], []
    begin = 0
    for one in told:
        reading = one.shipped if with_tree else one.without_tree
        guesses.append(learner.best(reading))
        truth.append(one.code)
        learner.learn(reading, one.code)
        if len(truth) in marks:
            since.append(overall(truth[begin:], guesses[begin:]))
            whole.append(overall(truth, guesses))
            begin = len(truth)
    return since, whole


def _shuffled(told: Sequence[Example], seed: int) -> list[Example]:
    return random.Random(seed).sample(list(told), len(told))


def cost(path: Path, tree: Tree) -> dict[str, Any]:
    """Processor time on the file's reports, then what 10,000 made-up confirmed ones take."""
    with path.open(newline="", encoding="utf-8-sig") as file:
        rows = [(row["title"], row["body"], LABELS[row["class"]]) for row in csv.DictReader(file)]
    learned = Learned()
    spent: dict[str, list[float]] = {"read": [], "suggest": [], "correct": []}
    for title, body, code in rows:
        with _timed(spent["read"]):
            reading = read(title, body, tree)
        with _timed(spent["suggest"]):
            suggest(reading, tree, learned)
        with _timed(spent["correct"]):
            learn(learned, reading, code)
    of_file = {
        "reports": len(rows),
        "words": len(learned.words),
        "weights": learned.counts,
        "packed_kib": round(len(packed(learned)) / 1024),
        "processor_micros": {name: _micros(times) for name, times in spent.items()},
    }
    return {"file": of_file, "made_up": made_up(tree, MADE_UP)}


def made_up(tree: Tree, reports: int) -> dict[str, Any]:
    """Reports of Zipf-distributed made-up words under leaves drawn evenly, which spreads words wider than real ones."""
    chance = random.Random(SEED)
    leaves = [code for code, below in tree.children.items() if code and not below]
    weights = [1 / rank for rank in range(1, MADE_UP_WORDS + 1)]
    learned = Learned()
    spent: dict[str, list[float]] = {"suggest": [], "correct": []}
    for _ in range(reports):
        drawn = chance.choices(range(MADE_UP_WORDS), weights, k=WORDS_IN_ONE)
        reading = Reading({f"词{word:05d}": 693 for word in dict.fromkeys(drawn)}, {})
        code = chance.choice(leaves)
        with _timed(spent["suggest"]):
            suggest(reading, tree, learned)
        with _timed(spent["correct"]):
            learn(learned, reading, code)
    return {
        "reports": reports,
        "words": len(learned.words),
        "weights": learned.counts,
        "packed_mib": round(len(packed(learned)) / 2**20, 1),
        "memory_mib": round(_memory(learned) / 2**20, 1),
        "processor_micros": {name: _micros(times) for name, times in spent.items()},
    }


def _memory(learned: Learned) -> int:
    """Bytes of the counts as Python holds them: a code is one object for all."""
    size = sys.getsizeof(learned.words) + sys.getsizeof(learned.totals)
    for word, known in learned.words.items():
        size += sys.getsizeof(word) + sys.getsizeof(known) + sys.getsizeof(known.weights)
        size += sum(sys.getsizeof(weight) for weight in known.weights.values())
    return size


@contextmanager
def _timed(micros: list[float]) -> Iterator[None]:
    started = time.thread_time_ns()
    yield
    micros.append((time.thread_time_ns() - started) / 1000)


def _micros(times: Sequence[float]) -> dict[str, float]:
    return {"mean": round(fmean(times)), "median": round(median(times)), "most": round(max(times))}


def _groups(told: Sequence[Example]) -> list[list[int]]:
    return groups([(one.user, one.code, frozenset(one.shipped.words)) for one in told])


def _spread(scores: Sequence[float]) -> dict[str, Any]:
    return {
        "mean": round(fmean(scores), 4),
        "deviation": round(stdev(scores), 4) if len(scores) > 1 else None,
        "repeats": [round(score, 4) for score in scores],
    }


def _each_once(picked: Sequence[dict[str, float]]) -> list[dict[str, float]]:
    return [one for place, one in enumerate(picked) if one not in picked[:place]]


def _by_share(sure: Sequence[tuple[float, bool]]) -> list[dict[str, float]]:
    """How often suggestions of about one share are right."""
    found = []
    for least, most in ((0.0, 0.5), (0.5, 0.7), (0.7, 0.9), (0.9, 1.01)):
        part = [right for share, right in sure if least <= share < most]
        if part:
            found.append({"from": least, "suggestions": len(part), "right": round(fmean(part), 3)})
    return found


def summary(result: dict[str, Any]) -> str:
    """The score, the ways beside it, the curve, the cost; a line each."""
    score, curves = result["nested"]["macro_f1"], result["curve"]
    lines = [f"macro-F1 {score['mean']:.3f}, deviation {score['deviation']}; {result['nested']['class_f1']}"]
    lines += [f"  {name}: {found['mean']:.3f}" for name, found in result["compared"].items()]
    lines += [f"  after {curves['marks']}, {way}: {curves[way]['since_the_mark_before']}" for way in list(curves)[2:]]
    return "\n".join([*lines, f"  {result['cost']}", f"  {result['processor_seconds']} s of processor time"])


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, write the figures, say them in short."""
    parser = argparse.ArgumentParser(prog="bench.categories", description=__doc__)
    parser.add_argument("--classes", type=Path, required=True, help="message_id,user,title,time,body,class")
    parser.add_argument("--json", type=Path, help="write the figures there")
    parser.add_argument("--repeats", type=int, default=5, help="repeats of the nested cross-validation")
    options = parser.parse_args(arguments)
    tree = category_tree()
    told = examples(options.classes, tree)
    result = {"machine": machine.describe(), "rules": RULES.version, "tree": tree.version, "seed": SEED}
    result["nested"] = nested(told, tree, options.repeats)
    result["compared"] = compared(told, tree)
    result["curve"] = curve(told, tree, options.repeats)
    result["cost"] = cost(options.classes, tree)
    result["processor_seconds"] = round(time.process_time())
    if options.json is not None:
        options.json.write_text(json.dumps(result, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    print(summary(result))
    return 0


if __name__ == "__main__":
    sys.exit(main())
