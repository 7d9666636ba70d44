"""Whether the day ended as it should: every step's fate, the cases against those the story means; pure."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from demo.day import EXPECTED, Step
from demo.telling import Told


def surprises(told: Iterable[Told], fresh: bool = True) -> list[Told]:
    """Steps that did not end as expected; in a ledger that knows the story already all reports are duplicates."""
    return [one for one in told if one.fate not in _allowed(one.step, fresh)]


def _allowed(step: Step, fresh: bool) -> tuple[str, ...]:
    expected = EXPECTED[step.kind]
    return (expected,) if fresh or expected == "refused_at_door" else (expected, "duplicate")


@dataclass(frozen=True)
class Joins:
    """`meant` reports were to join an earlier one's case, `made` did; `merged` cases hold more than one matter."""

    meant: int
    made: int
    merged: Mapping[str, tuple[str, ...]]
    strays: tuple[str, ...]

    @property
    def share(self) -> float:
        return self.made / self.meant if self.meant else 1.0


def joins(case_of: Mapping[str, str], reports: Iterable[Step]) -> Joins:
    """Compare the case each report is in with the matter the story means; a matter's main case is its largest."""
    by_matter: dict[str, Counter[str]] = defaultdict(Counter)
    matters: dict[str, set[str]] = defaultdict(set)
    listed = [step for step in reports if step.matter is not None]
    for step in listed:
        by_matter[str(step.matter)][case_of[step.id]] += 1
        matters[case_of[step.id]].add(str(step.matter))
    main = {matter: cases.most_common(1)[0][0] for matter, cases in by_matter.items()}
    return Joins(
        meant=sum(sum(cases.values()) - 1 for cases in by_matter.values()),
        made=sum(max(cases.values()) - 1 for cases in by_matter.values()),
        merged={case: tuple(sorted(found)) for case, found in matters.items() if len(found) > 1},
        strays=tuple(step.id for step in listed if case_of[step.id] != main[str(step.matter)]),
    )


def case_of(told: Iterable[Told]) -> dict[str, str]:
    """The case each report is in, by the report's id."""
    return {one.step.id: one.state["case_id"] for one in told if one.step.kind == "report" and "case_id" in one.state}
