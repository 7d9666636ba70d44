"""Cases put together and taken apart in the fold: which cases change, and which reports stand elsewhere since."""

from collections.abc import Callable, Iterator

import msgspec

from wufang.domain.case import Case, Hand, Member, gathered
from wufang.domain.events import CaseRestored, CasesMerged, Regrouped, ReportsMoved
from wufang.ledger.members import Members
from wufang.ledger.tables import Table

replace = msgspec.structs.replace


class Standing(msgspec.Struct, frozen=True):
    """A report, the case a reader finds it in, and the seq of the last record that said so."""

    member: Member
    case_id: str
    version: int


class Regroup:
    """Over the tables of one fold; what it finds is put there by the fold, but the members' places by itself."""

    def __init__(self, cases: Table[str, Case], members: Members) -> None:
        self._cases, self._members = cases, members

    def live(self, case_id: str) -> str:
        """Where the matter of a case is now."""
        return self._way(case_id)[-1].id

    def members(self, case_id: str) -> list[Member]:
        """All reports of a case, those of the cases put into it too."""
        return self._reports_of(self._known(case_id))

    def parts(self, case_id: str) -> tuple[str, ...]:
        """The cases put into a case."""
        return self._known(case_id).parts

    def own(self, case_id: str) -> list[Member]:
        """The reports of a case without those of the cases put into it."""
        return self._members.own(case_id)

    def standing(self, event: Regrouped) -> Iterator[Standing]:
        """The reports an event touched, as they stand by now; none that stands elsewhere since."""
        match event:
            case CasesMerged():
                yield from self._standing(event.merged, lambda _: True)
            case CaseRestored():
                yield from self._standing(event.case_id, lambda _: True)
            case ReportsMoved():
                named = set(event.reports)
                yield from self._standing(event.to, lambda member: member.report.id in named)

    def apply(self, event: Regrouped, seq: int) -> list[Case]:
        """The cases an event of record `seq` changes. Raises ValueError when it cannot apply."""
        match event:
            case CasesMerged():
                return self._merge(self._known(event.case_id), self._known(event.merged), seq)
            case CaseRestored():
                return self._restore(self._known(event.left), self._known(event.case_id), seq)
            case ReportsMoved():
                return self._move(event, self._known(event.case_id), seq)

    def _merge(self, holder: Case, merged: Case, seq: int) -> list[Case]:
        put_in = replace(merged, version=seq, state="merged", leads_to=holder.id, placed_at=seq)
        holds = replace(holder, parts=(*holder.parts, merged.id, *merged.parts))
        return [put_in, gathered(holds, [*self.members(holder.id), *self.members(merged.id)], seq)]

    def _restore(self, holder: Case, restored: Case, seq: int) -> list[Case]:
        leaves = {restored.id, *restored.parts}
        own = replace(restored, state="open", leads_to=None, placed_at=seq)
        holds = replace(holder, parts=tuple(part for part in holder.parts if part not in leaves))
        return [gathered(own, self.members(own.id), seq), gathered(holds, self._reports_of(holds), seq)]

    def _move(self, event: ReportsMoved, source: Case, seq: int) -> list[Case]:
        named, hand = set(event.reports), Hand(seq, event.by, event.reason, event.at)
        whole = list(self._whole(source.id))
        leaving = [(home, member) for home, member in whole if member.report.id in named]
        if len(leaving) != len(named):
            raise ValueError(f"case {source.id} does not hold all the reports that are moved out of it")
        left = gathered(source, [member for _, member in whole if member.report.id not in named], seq)
        arrived = [replace(member, hand=hand) for _, member in leaving]
        target = _new(event.to, arrived[0], seq) if event.opened else self._known(event.to)
        joined = gathered(target, [*self._reports_of(target), *arrived], seq)
        for home, member in leaving:
            self._members.moved(member, home, event.to, hand)
        return [left, joined]

    def _reports_of(self, case: Case) -> list[Member]:
        """All reports of a case that need not be in the table yet; each case's own stand together."""
        return [member for name in (case.id, *case.parts) for member in self._members.own(name)]

    def _whole(self, case_id: str) -> Iterator[tuple[str, Member]]:
        """Every report with the case whose own it is."""
        for name in (case_id, *self._known(case_id).parts):
            for member in self._members.own(name):
                yield name, member

    def _standing(self, case_id: str, wanted: Callable[[Member], bool]) -> Iterator[Standing]:
        for home, member in self._whole(case_id):
            if wanted(member):
                way = self._way(home)
                seqs = (member.hand.seq if member.hand else member.seq, *(case.placed_at for case in way))
                yield Standing(member, way[-1].id, max(seqs))

    def _way(self, case_id: str) -> list[Case]:
        """The case, the one it was put into, and so on to the one that stands for itself."""
        way = [self._known(case_id)]
        while way[-1].state == "merged" and way[-1].leads_to is not None:
            way.append(self._known(way[-1].leads_to))
        return way

    def _known(self, case_id: str) -> Case:
        case = self._cases.get(case_id)
        if case is None:
            raise ValueError(f"the ledger names case {case_id}, which no earlier record opened")
        return case


def _new(case_id: str, first: Member, seq: int) -> Case:
    """A case before its reports are gathered."""
    report = first.report
    times = (report.accepted_at, report.occurred_at, report.occurred_at, report.accepted_at)
    return Case(case_id, report.jurisdiction, seq, report.title, *times, reports=0, channels={})
