"""What other linking rules would do: where reports stand now against where a re-run puts them; it changes nothing.

Compared are the cases as the ledger has them, people's doing and all, with the cases of a re-run of every report in the
order of the ledger. What people said binds the re-run too (`wufang.domain.linking.people`).
"""

import itertools
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field

import msgspec

from wufang.domain import ids
from wufang.domain.case import placement
from wufang.domain.commands import MOST_MOVED
from wufang.domain.events import CaseKeptTogether, CaseRestored, CasesKeptApart, CasesMerged, Event, ReportsMoved
from wufang.domain.linking import Link
from wufang.domain.linking.people import Said
from wufang.domain.linking.rerun import Rerun, Step
from wufang.ledger.folding.fold import Applied, Fold

Span = tuple[int | None, int | None]  # UTC milliseconds: from, and before; None has no end
ALWAYS: Span = (None, None)


def within(at: int, span: Span) -> bool:
    """Whether a moment lies in a span."""
    since, until = span
    return (since is None or since <= at) and (until is None or at < until)


class Standing:
    """Where the reports of one jurisdiction stand, and what people said of them; filled while its ledger is folded."""

    def __init__(self, fold: Fold, span: Span = ALWAYS) -> None:
        self._cases, self._regroup, self._span = fold.cases, fold.regroup, span
        self._homes: dict[str, str] = {}
        self.said = Said()
        self.shown: set[str] = set()  # the reports accepted in the span

    def add(self, applied: Applied) -> None:
        """A record of the jurisdiction, just folded."""
        for event in applied.events:
            placed = placement(event)
            if placed is not None:
                self._homes[placed.report.id] = placed.case_id
                if within(placed.report.accepted_at, self._span):
                    self.shown.add(placed.report.id)
            else:
                self._hear(event)

    def now(self) -> dict[str, str]:
        """The case a reader finds each report in, in the order of the ledger."""
        live = {case_id: self._regroup.live(case_id) for case_id in dict.fromkeys(self._homes.values())}
        return {report_id: live[case_id] for report_id, case_id in self._homes.items()}

    def asked(self) -> set[tuple[str, str]]:
        """The pairs of cases of which a person is asked now, on account of a shown report."""
        found = set()
        for case_id in dict.fromkeys(self.now().values()):
            case = self._cases.get(case_id)
            for suggestion in () if case is None else case.suggestions:
                other = self._regroup.live(suggestion.link.case_id)
                if other != case_id and suggestion.report_id in self.shown:
                    found.add(pair(case_id, other))
        return found

    def _hear(self, event: Event) -> None:
        match event:
            case CasesMerged():
                self.said.merged(event.merged, self._in(event.case_id))
            case CaseRestored():
                self.said.restored(event.case_id, self._in(event.case_id), self._in(event.left))
            case CasesKeptApart():
                self.said.kept_apart(self._in(event.case_id), self._in(event.other))
            case CaseKeptTogether():
                self.said.kept_together(event.reports)
            case ReportsMoved():
                self._homes |= dict.fromkeys(event.reports, event.to)
                beside = self._in(event.to) - set(event.reports)
                self.said.moved(event.reports, self._in(event.case_id), beside)
            case _:
                return  # what the machine did, a re-run may do otherwise

    def _in(self, case_id: str) -> frozenset[str]:
        return frozenset(member.report.id for member in self._regroup.members(case_id))


# --- what differs


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


def grouped(homes: Mapping[str, str], reports: Iterable[str]) -> dict[str, list[str]]:
    """Reports by the case each stands in, in their order."""
    found: dict[str, list[str]] = {}
    for report_id in reports:
        found.setdefault(homes[report_id], []).append(report_id)
    return found


def _most(pieces: Mapping[str, Sequence[str]]) -> str:
    """The one with the most reports; of equals the one that came first."""
    return max(pieces, key=lambda name: len(pieces[name]))


# --- the re-run


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


def pair(one: str, other: str) -> tuple[str, str]:
    """Two cases, the older first."""
    return (one, other) if ids.age(one) <= ids.age(other) else (other, one)


# --- the orders that would make it so


class MoveOrder(msgspec.Struct, frozen=True):
    """Move reports into the case `to`, or into the one an earlier order opened as `to_new`; `new` opens one."""

    case_id: str
    reports: tuple[str, ...]
    to: str | None = None
    to_new: int | None = None
    new: int | None = None


class MergeOrder(msgspec.Struct, frozen=True):
    """Put `merged` into `case_id`."""

    case_id: str
    merged: str


Order = MoveOrder | MergeOrder


def orders(found: Compared) -> tuple[Order, ...]:
    """The orders by which people make the cases as a re-run has them: first the moves, then what is put together.

    What leaves a case goes to the oldest case that stays with the group it goes to. What leaves and meets none is moved
    into a case of its own.
    """
    moves, merges, met = list[Order](), list[Order](), set[tuple[str, ...]]()
    numbers = itertools.count(1)
    for joined in found.joined:
        stay = [part.case_id for part in joined.parts if part.keeps]
        goes = [(part.case_id, part.reports) for part in joined.parts if not part.keeps]
        moves += _moved(goes, stay[0] if stay else None, numbers)
        merges += [MergeOrder(stay[0], other) for other in stay[1:]]
        met.update(reports for _, reports in goes)
    for parted in found.parted:
        for reports in parted.parts[1:]:
            if reports not in met:
                moves += _moved([(parted.case_id, reports)], None, numbers)
    return (*moves, *merges)


def _moved(parts: Sequence[tuple[str, tuple[str, ...]]], to: str | None, numbers: Iterator[int]) -> Iterator[Order]:
    """Without a case to go to the first opens one, which the others then join."""
    opened: int | None = None
    for case_id, reports in parts:
        for at in range(0, len(reports), MOST_MOVED):
            some = reports[at : at + MOST_MOVED]
            if to is None and opened is None:
                opened = next(numbers)
                yield MoveOrder(case_id, some, new=opened)
            else:
                yield MoveOrder(case_id, some, to, opened)
