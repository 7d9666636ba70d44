"""When a case is looked at for having come apart, and by which of its reports; what is found is decided in the domain.

Work is bounded: the first and the latest reports are read again (`SplitRules`), when the number of reports passes 4, 8,
16 and so on, when a title names a place that no title of the case named yet, when two cases were made one by rule, and
after a person took reports out of a case.
"""

from collections.abc import Sequence
from functools import partial

from wufang.domain.case import Case, Member
from wufang.domain.decisions import subject
from wufang.domain.events import CaseRestored, CasesBridged, Event, ReportLinked, ReportsMoved, SplitSuggested
from wufang.domain.linking import Split
from wufang.domain.linking.splitting import SPLIT_RULES, SplitRules, Told, come_apart, due, holds, new_place, same
from wufang.ledger.candidates.link_index import LinkIndex
from wufang.ledger.folding.members import ends
from wufang.ledger.folding.regroup import Regroup
from wufang.ledger.storage.tables import Table


class Splits:
    """Over the tables of one fold and the linker's index; between a decision and its fold nothing changes."""

    def __init__(
        self, regroup: Regroup, cases: Table[str, Case], links: LinkIndex, rules: SplitRules = SPLIT_RULES
    ) -> None:
        self._regroup, self._cases, self._links, self._rules = regroup, cases, links, rules

    def after(self, jurisdiction: str, event: Event, behind: Sequence[Event]) -> tuple[SplitSuggested, ...]:
        """What an event of the next record, with those behind it, gives rise to."""
        match event:
            case ReportLinked():
                bridged = next((each.merged for each in behind if isinstance(each, CasesBridged)), None)
                return self._joined(jurisdiction, event, bridged)
            case ReportsMoved():
                moved = set(event.reports)
                left = [one for one in self._regroup.members(event.case_id) if one.report.id not in moved]
                return self._looked(jurisdiction, event.case_id, left)
            case CaseRestored():
                return self._restored(jurisdiction, event)
            case _:
                return ()

    def _joined(self, jurisdiction: str, event: ReportLinked, bridged: str | None) -> tuple[SplitSuggested, ...]:
        case = self._cases.get(event.case_id)
        other = None if bridged is None else self._cases.get(bridged)
        if case is None:
            return ()
        reports = case.reports + (0 if other is None else other.reports) + 1
        if other is None and not due(case.reports, reports) and not self._new_place(jurisdiction, event, reports):
            return ()
        names = (case.id,) if other is None else (case.id, other.id)
        known = self._regroup.some(names, self._rules.first, self._rules.latest)
        found = self._found(jurisdiction, known, event)
        if found is not None:
            members = (member for name in names for member in self._regroup.members(name))
            everybody = {event.report.id, *(member.report.id for member in members)}
            found = found if holds(found, everybody, self._regroup.together.of) else None
        return () if same(found, case.split) else (SplitSuggested(case.id, found),)

    def _new_place(self, jurisdiction: str, event: ReportLinked, reports: int) -> bool:
        profile = self._links.profiles.get(event.case_id)
        if profile is None or reports < self._rules.least:
            return False
        return new_place(self._links.reading(jurisdiction, subject(event.report)), profile)

    def _restored(self, jurisdiction: str, event: CaseRestored) -> tuple[SplitSuggested, ...]:
        """Both cases; what the merge had said is no more."""
        restored = self._cases.get(event.case_id)
        if restored is None:
            return ()
        leaving = self._regroup.members(event.case_id)
        gone = {member.report.id for member in leaving}
        left = [member for member in self._regroup.members(event.left) if member.report.id not in gone]
        order = restored.placed_at
        return (
            *self._looked(jurisdiction, event.case_id, leaving, without=order),
            *self._looked(jurisdiction, event.left, left, without=order),
        )

    def _looked(
        self, jurisdiction: str, case_id: str, left: Sequence[Member], without: int | None = None
    ) -> tuple[SplitSuggested, ...]:
        """What the reports that a person leaves in a case say; nothing where it says what stands already."""
        names, ties = {member.report.id for member in left}, partial(self._ties, without=without)
        found = self._found(jurisdiction, sorted(left, key=lambda member: member.seq), without=without)
        if found is not None and not holds(found, names, ties):
            found = None
        case = self._cases.get(case_id)
        asked = None if case is None else case.split
        standing = asked if asked is not None and holds(asked, names, ties) else None
        return () if same(found, standing) else (SplitSuggested(case_id, found),)

    def _found(
        self, jurisdiction: str, members: Sequence[Member], new: ReportLinked | None = None, without: int | None = None
    ) -> Split | None:
        """What some reports of a case say, those in the order of the ledger and a new one behind them."""
        some = ends(members, self._rules.first, self._rules.latest - (new is not None))
        reports = [(member.report, member.link) for member in some] + ([] if new is None else [(new.report, new.link)])
        if len(reports) < self._rules.least:
            return None
        readings = self._links.readings(jurisdiction, [subject(report) for report, _ in reports])
        return come_apart(
            [
                Told(report.id, reading, self._ties(report.id, without), link is not None and link.kind == "reference")
                for (report, link), reading in zip(reports, readings, strict=True)
            ],
            self._rules,
        )

    def _ties(self, report_id: str, without: int | None = None) -> tuple[int, ...]:
        return tuple(order for order in self._regroup.together.of(report_id) if order != without)
