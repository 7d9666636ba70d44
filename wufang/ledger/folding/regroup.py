"""Cases put together and taken apart in the fold: which cases change, and which reports stand elsewhere since."""

from collections.abc import Callable, Iterator, Sequence

import msgspec

from wufang.domain.case import Case, Hand, Member, gathered
from wufang.domain.events import (
    CaseKeptTogether,
    CaseRestored,
    CasesBridged,
    CasesKeptApart,
    CasesMerged,
    ConductReleased,
    Regrouped,
    ReportsMoved,
    SplitSuggested,
)
from wufang.domain.linking import Split
from wufang.domain.linking.splitting import holds
from wufang.ledger.folding.apart import Apart
from wufang.ledger.folding.members import Members
from wufang.ledger.folding.together import Together
from wufang.ledger.storage.tables import Table

replace = msgspec.structs.replace


class Standing(msgspec.Struct, frozen=True):
    """A report, the case a reader finds it in, and the seq of the last record that said so."""

    member: Member
    case_id: str
    version: int


class Asked(msgspec.Struct, frozen=True):
    """What was last suggested of a case."""

    split: Split | None


class Regroup:
    """Over the tables of one fold, in which it puts what an event changes."""

    def __init__(
        self, cases: Table[str, Case], members: Members, apart: Apart, together: Together, splits: Table[str, Asked]
    ) -> None:
        self._cases, self._members, self._apart = cases, members, apart
        self.together, self._splits = together, splits

    def live(self, case_id: str) -> str:
        """Where the matter of a case is now."""
        return self._way(case_id)[-1].id

    def members(self, case_id: str) -> list[Member]:
        """All reports of a case, those of the cases put into it too."""
        return self._reports_of(self._known(case_id))

    def parts(self, case_id: str) -> tuple[str, ...]:
        """The cases put into a case."""
        return self._known(case_id).parts

    def own(self, case_id: str, most: int | None = None) -> list[Member]:
        """The reports of a case without those of the cases put into it, the first so many."""
        return self._members.own(case_id, most)

    def some(self, case_ids: Sequence[str], first: int, latest: int) -> list[Member]:
        """The reports that came first and last to these cases and those put into them."""
        return self._members.some([name for case_id in case_ids for name in self.all_of(case_id)], first, latest)

    def suggested(self, event: SplitSuggested) -> None:
        """Remember what was last suggested of a case: it stands as long as nobody says anything else of its reports."""
        self._splits.put(event.case_id, Asked(event.split))

    def member(self, case_id: str, report_id: str) -> Member | None:
        """A report of a case's own, None when it is none."""
        return next((one for one in self._members.own(case_id) if one.report.id == report_id), None)

    def standing(self, event: Regrouped) -> Iterator[Standing]:
        """The reports an event touched, as they stand by now; none that stands elsewhere since."""
        match event:
            case CasesMerged() | CasesBridged():
                yield from self._standing(event.merged, lambda _: True)
            case CasesKeptApart() | CaseKeptTogether():
                return
            case CaseRestored():
                yield from self._standing(event.case_id, lambda _: True)
            case ReportsMoved():
                named = set(event.reports)
                yield from self._standing(event.to, lambda member: member.report.id in named)
            case ConductReleased():
                if event.outcome is None:
                    yield from self._standing(event.case_id, lambda member: member.report.id == event.report_id)

    def apply(self, event: Regrouped, seq: int) -> list[Case]:
        """The cases an event of record `seq` changes. Raises ValueError when it cannot apply."""
        match event:
            case CasesMerged():
                self._apart.lift(self.all_of(event.case_id), self.all_of(event.merged))
                return self._merge(self._known(event.case_id), self._known(event.merged), seq, by_person=True)
            case CasesBridged():
                return self._merge(self._known(event.case_id), self._known(event.merged), seq)
            case CaseKeptTogether():
                self.together.tie(seq, event.reports)
                return [self._gathered(self._known(event.case_id), seq)]
            case CasesKeptApart():
                self._apart.keep(event.case_id, event.other)
                return [self._gathered(self._known(name), seq) for name in (event.case_id, event.other)]
            case CaseRestored():
                self._apart.keep(event.left, event.case_id)
                return self._restore(self._known(event.left), self._known(event.case_id), seq)
            case ReportsMoved():
                return self._move(event, self._known(event.case_id), seq)
            case ConductReleased():
                return self._released(event, seq)

    def _merge(self, holder: Case, merged: Case, seq: int, by_person: bool = False) -> list[Case]:
        put_in = replace(merged, version=seq, state="merged", leads_to=holder.id, placed_at=seq)
        self._cases.put(put_in.id, put_in)
        holds = replace(holder, parts=(*holder.parts, merged.id, *merged.parts))
        return [put_in, self._gathered(holds, seq, tied=by_person)]

    def _restore(self, holder: Case, restored: Case, seq: int) -> list[Case]:
        leaves = {restored.id, *restored.parts}
        members = (*self._reports_of(holder), *self._reports_of(restored))
        self.together.untie(restored.placed_at, (member.report.id for member in members))
        own = replace(restored, state="open", leads_to=None, placed_at=seq)
        self._cases.put(own.id, own)
        holds = replace(holder, parts=tuple(part for part in holder.parts if part not in leaves))
        return [self._gathered(own, seq), self._gathered(holds, seq)]

    def _move(self, event: ReportsMoved, source: Case, seq: int) -> list[Case]:
        named, hand = set(event.reports), Hand(seq, event.by, event.reason, event.at)
        leaving = [(home, member) for home, member in self._whole(source.id) if member.report.id in named]
        if len(leaving) != len(named):
            raise ValueError(f"case {source.id} does not hold all the reports that are moved out of it")
        self._apart.keep(event.case_id, event.to)
        target = _new(event.to, leaving[0][1], seq) if event.opened else self._known(event.to)
        for home, member in leaving:
            self._members.moved(member, home, event.to, hand)
        self._cases.put(target.id, target)
        return [self._gathered(source, seq), self._gathered(target, seq, tied=True)]

    def _released(self, event: ConductReleased, seq: int) -> list[Case]:
        """The report has its words again: its case, and those it was put into, are made of it anew."""
        if event.outcome is not None:
            return [replace(self._known(event.case_id), version=seq)]
        if self.member(event.case_id, event.report_id) is None:
            raise ValueError(f"case {event.case_id} does not hold the report that has its words again")
        self._members.released(event, seq)
        return [self._gathered(case, seq) for case in self._way(event.case_id)]

    def _gathered(self, case: Case, seq: int, tied: bool = False) -> Case:
        """The case as its reports make it now; `tied`: a person just said that all of them are one matter."""
        members = self._reports_of(case)
        names = [member.report.id for member in members]
        if tied:
            self.together.tie(seq, names)
        asked = self._splits.get(case.id)
        split = asked.split if asked is not None else None
        still = split if split is not None and holds(split, frozenset(names), self.together.of) else None
        return gathered(case, members, seq, lambda other: self._open(case, other), still)

    def _open(self, case: Case, other: str) -> bool:
        """Whether it is still asked if the two are one matter: neither are they by now, nor did a person say no."""
        live = self.live(other)
        return live != case.id and not self._apart.holds((case.id, *case.parts), self.all_of(live))

    def kept_apart(self, case_id: str, other: str) -> bool:
        """Whether a person said that two live cases are not one matter."""
        return self._apart.holds(self.all_of(case_id), self.all_of(other))

    def all_of(self, case_id: str) -> Sequence[str]:
        """The case and those put into it."""
        return (case_id, *self.parts(case_id))

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
                placed = member.hand.seq if member.hand else member.seq
                seqs = (placed, member.released, *(case.placed_at for case in way))
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
