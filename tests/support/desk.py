"""A ledger that takes reports and commands one after the other, and days of them by chance."""

import itertools
from collections.abc import Iterator
from typing import Any

import msgspec
from hypothesis import strategies as st

from tests.support.events import COUNTY, as_input, command_event, outcome_event, report_event, rules
from tests.support.matters import BOTH, BRIDGE, GAS, LAMPS, LIFT, LIKE, POOL, SCHOOL
from wufang.adapters.profile_files import triage_rules
from wufang.domain.case import Case
from wufang.ledger.folding.fold import Fold
from wufang.ledger.state import LedgerState
from wufang.ledger.writer import Draft, draft
from wufang.wire import record

MATTERS = 5
AGAIN = 8  # reports whose numbers are so far apart tell the same matter


class Desk:
    """A ledger that takes one input after the other, and the records it made; by the shipped rules of triage."""

    def __init__(self, state: LedgerState | None = None) -> None:
        self.state = LedgerState(triage=triage_rules()) if state is None else state
        self.values = list[bytes]()
        self._offset = itertools.count()
        self._command = itertools.count(1)

    def take(self, event: dict[str, Any]) -> Any:
        """The first event of the record the input made."""
        made = self.drafted(event)
        self.state.settle()
        self.values += [value for _, value in made.records]
        raw = record.envelope(self.values[-1])
        assert raw is not None
        return record.events(raw)[0]

    def drafted(self, event: dict[str, Any]) -> Draft:
        """What the writer would append; nothing is settled."""
        made = draft(self.state, [as_input(event, next(self._offset))], rules())
        assert (made.poison, len(made.records)) == ([], 1)
        return made

    def report(self, number: int) -> Any:
        return self.take(report_event(number))

    def order(self, kind: str, **data: Any) -> Any:
        """A command of a person who saw the cases it names as they are."""
        named = {data[name] for name in ("case_id", "merged", "restored", "to", "other") if data.get(name)}
        seen = {case_id: case.version for case_id in sorted(named) if (case := self.state.case(case_id)) is not None}
        return self.take(command_event(next(self._command), kind, {"seen": seen} | data))

    def case(self, case_id: str) -> Case:
        found = self.state.case(case_id)
        assert found is not None
        return found

    def cases(self) -> dict[str, Case]:
        names = [f"{COUNTY}-{seq}-0" for seq in range(1, len(self.values) + 1)]
        return {name: case for name in names if (case := self.state.case(name)) is not None}


def as_told(case: Case) -> Case:
    """The case without when it last changed."""
    return msgspec.structs.replace(case, version=0, placed_at=0)


def told(number: int, matter: tuple[str, str]) -> dict[str, Any]:
    """A report of a matter."""
    return report_event(number, data={**report_event(number)["data"], "title": matter[0], "text": matter[1]})


# What happens at a desk, and two numbers that say to what.
steps = st.tuples(
    st.sampled_from(
        """
        report lane street street two merge merge restore move apart keep_apart keep_together outcome
        """.split()
    ),
    st.integers(0, 30),
    st.integers(0, 30),
)


def committed(fold: Fold) -> Iterator[tuple[str, Case]]:
    """All cases, as the snapshot has them."""
    fold.commit()
    return fold.cases.items()


def take_step(desk: Desk, reports: list[str], number: int, what: str, one: int, other: int) -> None:
    """One step of a told day; what names nothing is left out."""
    names = sorted(desk.cases())
    if what == "report" or not names:
        reports.append(desk.report(one % MATTERS + number * AGAIN).report.id)
        return
    if what in ("street", "two"):
        matter = (LAMPS, SCHOOL, BRIDGE, LIKE, GAS)[other % 5] if what == "street" else (LIFT, POOL, BOTH)[other % 3]
        reports.append(desk.take(told(number + 5_000, matter)).report.id)
        return
    first, second = names[one % len(names)], names[other % len(names)]
    if what == "lane":
        desk.order("decide_lane", case_id=first, lane=("urgent", "ordinary")[other % 2], tags=("study",))
    elif what == "outcome":
        desk.take(outcome_event(number, report=f"R{one}"))
    elif what in ("move", "apart", "keep_together"):
        members = sorted(desk.state.members(first))
        chosen = members[: 1 + other % max(1, len(members))]
        if chosen and what == "keep_together":
            desk.order(what, case_id=first, reports=chosen)
        elif chosen:
            desk.order("move", case_id=first, reports=chosen, **({"to": second} if what == "move" else {}))
    else:
        names_of = {"merge": "merged", "restore": "restored", "keep_apart": "other"}
        desk.order(what, case_id=first, **{names_of[what]: second})
