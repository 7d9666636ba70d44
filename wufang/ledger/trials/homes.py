"""Where the reports of one jurisdiction stand now, and what people said of them: what every trial is compared with."""

from collections.abc import Iterable, Mapping

from wufang.domain import ids
from wufang.domain.case import placement
from wufang.domain.events import CaseKeptTogether, CaseRestored, CasesKeptApart, CasesMerged, Event, ReportsMoved
from wufang.domain.linking.people import Said
from wufang.ledger.folding.fold import Applied, Fold

Span = tuple[int | None, int | None]  # UTC milliseconds: from, and before; None has no end
ALWAYS: Span = (None, None)


def within(at: int, span: Span) -> bool:
    """Whether a moment lies in a span."""
    since, until = span
    return (since is None or since <= at) and (until is None or at < until)


class Homes:
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


def grouped(homes: Mapping[str, str], reports: Iterable[str]) -> dict[str, list[str]]:
    """Reports by the case each stands in, in their order."""
    found: dict[str, list[str]] = {}
    for report_id in reports:
        found.setdefault(homes[report_id], []).append(report_id)
    return found


def pair(one: str, other: str) -> tuple[str, str]:
    """Two cases, the older first."""
    return (one, other) if ids.age(one) <= ids.age(other) else (other, one)
