"""What other triage rules would have proposed for the reports of the log, against what was proposed and decided.

Each report is asked about as it was: with what the ledger knew of its case before it came. It changes nothing. Sealed
parts are not in the ledger, so rules that look for conduct cannot be tried so.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import msgspec

from wufang.domain.case import Case, Decided, placement, proposed
from wufang.domain.decisions import context, matter, proposal
from wufang.domain.events import Event, Placed, Proposal, ReportLinked, WarningRaised, WarningScored
from wufang.domain.report import Report
from wufang.domain.triage import Context, Danger, Fact, Lane, Rules, Tag, propose
from wufang.domain.warning import About
from wufang.ledger.folding.fold import Applied, Fold
from wufang.ledger.trials.homes import ALWAYS, Homes, Span, grouped
from wufang.wire import record


class Proposed(msgspec.Struct, frozen=True):
    """What is proposed for a case: the most pressing of what is for its reports."""

    danger: Danger | None = None
    lane: Lane = "ordinary"
    tags: tuple[Tag, ...] = ()


class Reason(msgspec.Struct, frozen=True):
    """A fact, and the source number of the report it was found in."""

    number: str
    fact: Fact


class Change(msgspec.Struct, frozen=True):
    """A case for which other things would have been proposed."""

    case_id: str
    title: str
    before: Proposed
    after: Proposed
    decided: Decided | None
    reasons_before: tuple[Reason, ...]
    reasons_after: tuple[Reason, ...]


@dataclass(slots=True)
class BackTested:
    """Counts of the cases that are shown; a change of lane or danger is counted by what it was and would be.

    `decided` are the cases whose lane a person decided; of those, `lane_*` and `tags_*` count where the proposal was,
    or would have been, what the person decided.
    """

    rules: str = ""
    reports: int = 0
    cases: int = 0
    changed: int = 0
    lanes: Counter[tuple[Lane, Lane]] = field(default_factory=Counter)
    dangers: Counter[tuple[Danger | None, Danger | None]] = field(default_factory=Counter)
    tags_added: Counter[Tag] = field(default_factory=Counter)
    tags_dropped: Counter[Tag] = field(default_factory=Counter)
    decided: int = 0
    lane_before: int = 0
    lane_after: int = 0
    tags_before: int = 0
    tags_after: int = 0
    examples: list[Change] = field(default_factory=list)
    shown: Counter[tuple[Proposed, Proposed]] = field(default_factory=Counter)  # examples of each kind of change

    def add(self, change: Change, examples: int) -> None:
        """Count a case; at most so many examples of each kind of change are kept."""
        before, after = change.before, change.after
        self._compare(change)
        if before == after:
            return
        self.changed += 1
        if before.lane != after.lane:
            self.lanes[before.lane, after.lane] += 1
        if before.danger != after.danger:
            self.dangers[before.danger, after.danger] += 1
        self.tags_added.update(set(after.tags) - set(before.tags))
        self.tags_dropped.update(set(before.tags) - set(after.tags))
        if self.shown[before, after] < examples:
            self.shown[before, after] += 1
            self.examples.append(change)

    def _compare(self, change: Change) -> None:
        decided = change.decided
        if decided is None:
            return
        self.decided += 1
        self.lane_before += change.before.lane == decided.lane
        self.lane_after += change.after.lane == decided.lane
        self.tags_before += set(change.before.tags) == set(decided.tags)
        self.tags_after += set(change.after.tags) == set(decided.tags)


class BackTest:
    """One partition's ledger, or one jurisdiction's of it, folded record by record, and the rules asked beside it."""

    def __init__(self, fold: Fold, rules: Rules, span: Span = ALWAYS, jurisdiction: str | None = None) -> None:
        self._fold, self._rules, self._span, self._only = fold, rules, span, jurisdiction
        self._counties: dict[str, Homes] = {}
        self._numbers: dict[str, str] = {}  # of reports with a proposal
        self._before: dict[str, Proposal] = {}
        self._after: dict[str, Proposal] = {}
        self._bursts: dict[str, tuple[str, About]] = {}  # open warnings of many people: county and subject of each
        self._seasons: dict[str, tuple[str, About]] = {}  # and those of seasons

    def fold(self, offset: int, value: bytes | None) -> None:
        """The next record of the log. Raises Unfoldable."""
        known = self._known(value)
        applied = self._fold.fold(offset, value)
        if applied is None or self._only not in (None, applied.envelope.jurisdiction):
            return
        for event in applied.events:
            placed = placement(event)
            if placed is not None:
                self._ask(placed, known.get(placed.case_id))
        for event in applied.events:
            self._warn(event, applied.envelope.jurisdiction)
        self._county(applied).add(applied)

    def changes(self) -> Iterator[Change]:
        """Every case with a shown report, in the order of the ledger, changed or not."""
        for county in self._counties.values():
            now = county.now()
            for case_id, reports in grouped(now, now).items():
                case = self._fold.cases.get(case_id)
                if case is not None and not county.shown.isdisjoint(reports):
                    yield self._change(case, reports)

    def reports(self) -> int:
        """How many reports are shown."""
        return sum(len(county.shown) for county in self._counties.values())

    def _known(self, value: bytes | None) -> dict[str, Case | None]:
        """The cases that the record's reports join, as they are before it."""
        raw = record.envelope(value)
        try:
            events = () if raw is None else record.events(raw)
        except (msgspec.DecodeError, UnicodeDecodeError, ValueError):
            return {}  # void, or the fold says so
        return {
            event.case_id: self._fold.cases.get(event.case_id) for event in events if isinstance(event, ReportLinked)
        }

    def _ask(self, placed: Placed, known: Case | None) -> None:
        report = placed.report
        link = placed.link if isinstance(placed, ReportLinked) else None
        category = report.jurisdiction, About("category", (report.category or "").strip())
        pattern = Context(season=category in self._seasons.values(), common=category in self._bursts.values())
        bursting = (report.jurisdiction, About("matter", placed.case_id)) in self._bursts.values()
        told = context(known, link, bursting, pattern)
        found = proposal(report, propose(matter(report), self._rules, told))
        self._keep(report, placed.triage, self._before)
        self._keep(report, found, self._after)

    def _keep(self, report: Report, found: Proposal | None, into: dict[str, Proposal]) -> None:
        if found is not None:
            into[report.id], self._numbers[report.id] = found, report.number

    def _warn(self, event: Event, jurisdiction: str) -> None:
        """As the ledger's watch knows it: a warned burst or season is on until the warning is scored."""
        match event:
            case WarningRaised(sign="burst", about=about):
                self._bursts[event.warning] = jurisdiction, about
            case WarningRaised(sign="season" | "above_season", about=about):
                self._seasons[event.warning] = jurisdiction, about
            case WarningScored():
                self._bursts.pop(event.warning, None)
                self._seasons.pop(event.warning, None)
            case _:
                return

    def _county(self, applied: Applied) -> Homes:
        name = applied.envelope.jurisdiction
        if name not in self._counties:
            self._counties[name] = Homes(self._fold, self._span)
        return self._counties[name]

    def _change(self, case: Case, reports: Sequence[str]) -> Change:
        before, after = (_pressing(case, reports, found) for found in (self._before, self._after))
        reasons = (self._reasons(reports, found) for found in (self._before, self._after))
        return Change(case.id, case.title, before, after, case.decided, *reasons)

    def _reasons(self, reports: Sequence[str], found: Mapping[str, Proposal]) -> tuple[Reason, ...]:
        return tuple(
            Reason(self._numbers[name], fact) for name in reports if name in found for fact in found[name].facts
        )


def _pressing(case: Case, reports: Sequence[str], found: Mapping[str, Proposal]) -> Proposed:
    """As the fold of a case makes it of its reports' proposals."""
    made = msgspec.structs.replace(case, danger=None, lane="ordinary", tags=())
    for name in reports:
        made = proposed(made, found.get(name))
    return Proposed(made.danger, made.lane, made.tags)
