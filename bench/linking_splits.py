"""How many cases are proposed apart, and how many of these rightly; what of made mixes is found.

Three kinds of cases of four reports or more, each half of the matters alone: what the linker makes of the file; what a
linker that joins too much makes of it; the true matters, none of which may be proposed apart. And made mixes of matters
of two or more: each with the likest other one, and a report that has the words of both (the last of each), which is how
two matters come into one case. Rightly: no two reports of different sides are surely of one matter.
"""

import time
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from itertools import combinations, product
from statistics import fmean
from typing import Any

import msgspec

from bench.linking_labels import Labels, grouped, half
from bench.linking_run import JURISDICTION
from wufang.domain import ids
from wufang.domain.linking import RULES, Reading, Rules, Subject, read
from wufang.domain.linking.memory import MemoryIndex
from wufang.domain.linking.rerun import Rerun
from wufang.domain.linking.splitting import SPLIT_RULES, Pairs, Split, Told, come_apart, compared

LOOSE = msgspec.structs.replace(RULES, version="loose", threshold=0.1, bridge=0.3, suggestion=0.1, thin_problem=0.0)
Case = list[str]


def measure(reports: Sequence[Subject], labels: Labels) -> dict[str, Any]:
    """Both halves; rules were chosen on half 0."""
    town = _Town(reports)
    cases, loose = (_cases(reports, rules) for rules in (RULES, LOOSE))
    matters = grouped((report.report_id for report in reports), labels.matter.__getitem__).values()
    found: dict[str, Any] = {"split_rules": SPLIT_RULES.version}
    for which in (0, 1):
        mine = half(labels, which)
        true = [town.ordered(matter) for matter in matters if matter <= mine]
        found[f"half_{which}"] = {
            "cases": _proposed(town, _of(cases, mine), labels),
            "cases_of_a_loose_linker": _proposed(town, _of(loose, mine), labels),
            "true_matters": _proposed(town, [one for one in true if len(one) >= SPLIT_RULES.least], labels),
            "made_mixes": _mixes(town, [one for one in true if len(one) > 1], labels),
        }
    micros = town.micros
    return {**found, "looks": len(micros), "mean_us": round(fmean(micros)), "most_us": round(max(micros))}


class _Town:
    """All reports as they read when all were counted."""

    def __init__(self, reports: Sequence[Subject]) -> None:
        run = Rerun()
        for number, report in enumerate(reports, 1):
            run.feed(ids.case_id(JURISDICTION, number, 0), report)
        self._corpus: MemoryIndex = run.index
        self._subjects = {report.report_id: report for report in reports}
        self._number = {report.report_id: number for number, report in enumerate(reports)}
        self._readings: dict[str, Reading] = {}
        self.micros: list[float] = []

    def ordered(self, names: Iterable[str]) -> Case:
        return sorted(names, key=self._number.__getitem__)

    def both(self, one: str, other: str) -> Subject:
        """A report that tells of both."""
        a, b = self._subjects[one], self._subjects[other]
        name, told = f"{one}+{other}", {"title": f"{a.title}，{b.title}", "text": a.text + b.text}
        return msgspec.structs.replace(b, report_id=name, numbers=(name,), reporter=None, **told)

    def look(self, case: Case, more: Subject | None = None) -> Split | None:
        """As the ledger looks: the first reports and the latest, read again."""
        started = time.thread_time_ns()
        names = case if len(case) <= 32 else [*case[: SPLIT_RULES.first], *case[-SPLIT_RULES.latest :]]
        subjects = [self._subjects[name] for name in names] + ([] if more is None else [more])
        found = come_apart([Told(one.report_id, read(one, self._corpus)) for one in subjects])
        self.micros.append((time.thread_time_ns() - started) / 1_000)
        return found

    def alike(self, one: Case, other: Case) -> float:
        """The log odds of the likest two."""
        names = [*one[:8], *other[:8]]
        pairs: Pairs = compared([Told(name, self._reading(name)) for name in names], SPLIT_RULES)
        border = len(one[:8])
        across = [pair for (a, b), pair in pairs.items() if a < border <= b]
        return max(SPLIT_RULES.against if pair.conflict else pair.odds for pair in across)

    def _reading(self, name: str) -> Reading:
        if name not in self._readings:
            self._readings[name] = read(self._subjects[name], self._corpus)
        return self._readings[name]


def _cases(reports: Sequence[Subject], rules: Rules) -> list[Case]:
    run = Rerun(rules)
    for number, report in enumerate(reports, 1):
        run.feed(ids.case_id(JURISDICTION, number, 0), report)
    found: dict[str, Case] = {}
    for name, case_id in run.cases.items():
        found.setdefault(case_id, []).append(name)
    return [case for case in found.values() if len(case) >= SPLIT_RULES.least]


def _of(cases: Iterable[Case], mine: Collection[str]) -> list[Case]:
    return [case for case in cases if case[0] in mine]


def _proposed(town: _Town, cases: Sequence[Case], labels: Labels) -> dict[str, int]:
    """`mixed` hold reports surely of two matters, `two_and_two` two or more of each of two."""
    found = [(case, split) for case in cases if (split := town.look(case)) is not None]
    mixed = [case for case in cases if any(labels.wrong(a, b) for a, b in combinations(case, 2))]
    twos = [case for case in mixed if sum(n > 1 for n in Counter(labels.matter[name] for name in case).values()) > 1]
    return {
        "cases": len(cases),
        "mixed": len(mixed),
        "two_and_two": len(twos),
        "proposed": len(found),
        "rightly": sum(_rightly(split, labels) for _, split in found),
        "of_mixed": sum(case in mixed for case, _ in found),
    }


def _rightly(split: Split, labels: Labels) -> bool:
    one, other = (side.reports for side in split.sides)
    return all(labels.wrong(a, b) for a, b in product(one, other))


def _mixes(town: _Town, matters: Sequence[Case], labels: Labels) -> dict[str, int]:
    made = found = right = 0
    for one in matters:
        others = [other for other in matters if labels.wrong(one[0], other[0])]
        if not others:
            continue
        likest = max(others, key=lambda other: town.alike(one, other))
        split = town.look(town.ordered([*one, *likest]), town.both(one[-1], likest[-1]))
        made += 1
        found += split is not None
        right += split is not None and _apart(split, set(one), set(likest))
    return {"made": made, "proposed": found, "rightly": right}


def _apart(split: Split, one: set[str], other: set[str]) -> bool:
    """Whether each side has reports of one of the two only, the report of both aside."""
    sides = [set(side.reports) & (one | other) for side in split.sides]
    return all(side and (side <= one or side <= other) for side in sides)
