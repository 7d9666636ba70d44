"""What other linking rules would do: where reports stand now against where a re-run puts them; it changes nothing.

Compared are the cases as the ledger has them, people's doing and all, with the cases of a re-run of every report in the
order of the ledger. What people said binds the re-run too (`wufang.domain.linking.people`).
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field

import msgspec

from wufang.domain import ids
from wufang.domain.linking import Link
from wufang.domain.linking.rerun import Rerun, Step
from wufang.ledger.trials.homes import grouped, pair


class Part(msgspec.Struct, frozen=True):
    """Reports of one present case that come to stand together; `of` is how many it has, `keeps` whether its name stays.

    A case keeps the most of its reports.
    """

    case_id: str
    reports: tuple[str, ...]
    of: int
    keeps: bool


class Evidence(msgspec.Struct, frozen=True):
    """The report and the link that first brought a present case into a group."""

    report_id: str
    link: Link


class Joined(msgspec.Struct, frozen=True):
    """Present cases, or parts of them, that would be one case; the part with the oldest case first."""

    parts: tuple[Part, ...]
    evidence: tuple[Evidence, ...] = ()

    def reports(self) -> frozenset[str]:
        """All that come together."""
        return frozenset(report_id for part in self.parts for report_id in part.reports)


class Parted(msgspec.Struct, frozen=True):
    """A present case whose reports would stand in more than one; the part that keeps its name first."""

    case_id: str
    parts: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Compared:
    """Counts are of the cases and reports that are shown."""

    reports: int = 0
    cases_now: int = 0
    cases_then: int = 0
    joined: tuple[Joined, ...] = ()
    parted: tuple[Parted, ...] = ()


def compared(
    now: Mapping[str, str],
    then: Mapping[str, str],
    shown: AbstractSet[str],
    evidence: Mapping[str, Sequence[Evidence]] | None = None,
) -> Compared:
    """The reports by their cases now and then, both in the order of the ledger; cases without a shown one are left out.

    `evidence` is by the case of the re-run.
    """
    before, after = grouped(now, now), grouped(then, then)
    stays = {name: _most(grouped(then, reports)) for name, reports in before.items()}

    def parts(group: str) -> tuple[Part, ...]:
        made = [
            Part(name, tuple(reports), len(before[name]), stays[name] == group)
            for name, reports in grouped(now, after[group]).items()
        ]
        return tuple(sorted(made, key=lambda part: ids.age(part.case_id)))

    groups = {name: parts(name) for name, reports in after.items() if not shown.isdisjoint(reports)}
    cases = {name: grouped(then, reports) for name, reports in before.items() if not shown.isdisjoint(reports)}
    joined = [Joined(found, tuple((evidence or {}).get(name, ()))) for name, found in groups.items() if len(found) > 1]
    parted = [_parted(name, pieces, stays[name]) for name, pieces in cases.items() if len(pieces) > 1]
    return Compared(len(shown), len(cases), len(groups), tuple(joined), tuple(parted))


def _parted(case_id: str, pieces: Mapping[str, Sequence[str]], stays: str) -> Parted:
    rest = [tuple(piece) for group, piece in pieces.items() if group != stays]
    return Parted(case_id, (tuple(pieces[stays]), *rest))


def _most(pieces: Mapping[str, Sequence[str]]) -> str:
    """The one with the most reports; of equals the one that came first."""
    return max(pieces, key=lambda name: len(pieces[name]))


@dataclass(slots=True)
class Rejoining:
    """A re-run with the evidence that brings cases together which are two now; a step at a time."""

    rerun: Rerun
    now: Mapping[str, str]
    evidence: dict[str, list[Evidence]] = field(default_factory=lambda: defaultdict(list))
    asked: dict[tuple[str, str], Evidence] = field(default_factory=dict)  # by two cases of the re-run, the older first
    _cases: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))  # present ones, by that of the re-run

    def add(self, step: Step) -> None:
        """A report was placed."""
        here, cases = self.now[step.report_id], self._cases[step.case_id]
        if cases and here not in cases and step.link is not None:
            self.evidence[step.case_id].append(Evidence(step.report_id, step.link))
        cases.add(here)
        if step.bridge is not None:
            self._bridge(step, step.bridge, cases)
        for link in step.suggested:
            self.asked.setdefault(pair(step.case_id, link.case_id), Evidence(step.report_id, link))

    def _bridge(self, step: Step, bridge: Link, cases: set[str]) -> None:
        others = self._cases.pop(bridge.case_id)
        found = self.evidence.pop(bridge.case_id, [])
        if not (others <= cases or cases <= others):
            found.append(Evidence(step.report_id, bridge))
        if found:
            self.evidence[step.case_id] += found
        cases |= others

    def outcome(self, shown: AbstractSet[str]) -> "Outcome":
        """What became of the reports, when the last one was placed."""
        then = self.rerun.cases
        firsts: dict[str, str] = {}
        for report_id, group in then.items():
            firsts.setdefault(group, self.now[report_id])
        asked: dict[tuple[str, str], Evidence] = {}
        for (one, other), evidence in self.asked.items():
            a, b = self.rerun.live(one), self.rerun.live(other)
            if a != b and not self.rerun.apart(a, b) and evidence.report_id in shown:
                asked.setdefault(pair(firsts[a], firsts[b]), evidence)
        return Outcome(compared(self.now, then, shown, self.evidence), asked)


class Outcome(msgspec.Struct, frozen=True):
    """`asked`: of which two cases a person would be asked if they are one, by the present case each began in."""

    compared: Compared
    asked: dict[tuple[str, str], Evidence]

    def joins(self, joined: Joined) -> bool:
        """Whether the same reports come together here."""
        return joined.reports() in {one.reports() for one in self.compared.joined}

    def parts(self, parted: Parted) -> bool:
        """Whether the case falls into the same parts here."""
        return parted in self.compared.parted
