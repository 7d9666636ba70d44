"""Whether it matters who comes first on one day: the same messages in several orders, and how alike the cases are."""

import random
from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import combinations
from math import comb
from typing import Any

from bench.linking_run import Cases, linked
from wufang.domain.linking import Subject
from wufang.domain.shanghai import day_of

LEAST = 0.98


def shuffled(reports: Sequence[Subject], seed: int) -> list[Subject]:
    """The days in their order, those of one day (Asia/Shanghai) at random."""
    chance = random.Random(seed)
    drawn = [(day_of(report.occurred_at), chance.random(), report) for report in reports]
    return [report for _, _, report in sorted(drawn, key=lambda one: one[:2])]


def stability(reports: Sequence[Subject], orders: int) -> dict[str, Any]:
    """The adjusted Rand index of every two of the orders; the smallest is what is asked for."""
    runs = [linked(shuffled(reports, seed)) for seed in range(orders)]
    found = [round(adjusted_rand(one, other), 4) for one, other in combinations(runs, 2)]
    return {"orders": orders, "least": min(found, default=1.0), "bar": LEAST, "adjusted_rand": found}


def adjusted_rand(one: Cases, other: Cases) -> float:
    """Hubert and Arabie 1985: the share of agreeing pairs, 0 for what chance gives, 1 for the same cases.

    Raises KeyError when the two do not hold the same messages.
    """
    both = _pairs(Counter((case, other[message]) for message, case in one.items()).values())
    mine, theirs = (_pairs(Counter(cases.values()).values()) for cases in (one, other))
    expected = mine * theirs / max(comb(len(one), 2), 1)
    most = (mine + theirs) / 2
    return 1.0 if most == expected else (both - expected) / (most - expected)


def _pairs(sizes: Iterable[int]) -> int:
    return sum(comb(size, 2) for size in sizes)
