"""Other linking rules on trial: people's word outlives every re-run, equal rules change nothing by themselves."""

import itertools
from collections.abc import Mapping
from typing import Any

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.desk import AGAIN, Desk, steps, take_step, told
from tests.support.events import COUNTY
from tests.support.matters import BRIDGE, LAMPS, LIKE, SCHOOL
from wufang.domain import ids
from wufang.domain.case import placement
from wufang.domain.decisions import subject
from wufang.domain.events import CaseKeptTogether, CaseRestored, CasesKeptApart, CasesMerged, ReportsMoved
from wufang.domain.linking import RULES, Rules
from wufang.domain.linking.rerun import Rerun, Step
from wufang.ledger.folding.fold import Fold
from wufang.ledger.trials.homes import Homes
from wufang.ledger.trials.orders import MergeOrder, Order, orders
from wufang.ledger.trials.relink import Compared, Outcome, Rejoining, compared
from wufang.wire import record

replace = msgspec.structs.replace
EAGER = replace(RULES, version="eager", threshold=0.02, bridge=0.03, suggestion=0.01, thin_problem=0.0)
SHY = replace(RULES, version="shy", bias=-60.0)


class Look:
    """A folded ledger: where the reports stand, what people said pair by pair, and re-runs of it."""

    def __init__(self, values: list[bytes]) -> None:
        self.values, self.fold = values, Fold()
        self.homes = Homes(self.fold)
        self.word: dict[frozenset[str], str] = {}
        for offset, value in enumerate(values):
            before = {name: self._members(name) for name in self._cases()}
            applied = self.fold.fold(offset, value)
            assert applied is not None
            self.homes.add(applied)
            for event in applied.events:
                self._hear(event, before)
        self.now = self.homes.now()

    def _cases(self) -> list[str]:
        return [
            f"{COUNTY}-{seq}-0" for seq in range(1, self.fold.offset + 1) if self.fold.cases.get(f"{COUNTY}-{seq}-0")
        ]

    def _members(self, case_id: str) -> set[str]:
        return {member.report.id for member in self.fold.regroup.members(case_id)}

    def _hear(self, event: Any, before: dict[str, set[str]]) -> None:
        """The last word of each pair."""
        match event:
            case CasesMerged():
                self._together(before[event.case_id], before[event.merged])
            case CaseRestored():
                self._apart(before[event.case_id], before[event.left] - before[event.case_id])
            case CasesKeptApart():
                self._apart(before[event.case_id], before[event.other])
            case CaseKeptTogether():
                self._together(set(event.reports), set(event.reports))
            case ReportsMoved():
                moved = set(event.reports)
                self._apart(moved, before[event.case_id] - moved)
                self._together(moved, before.get(event.to, set()))

    def _together(self, some: set[str], others: set[str]) -> None:
        for one, other in itertools.combinations(sorted(some | others), 2):
            if self.word.get(frozenset((one, other))) == "apart":
                del self.word[frozenset((one, other))]  # they stand in cases that are one matter now
        self.word |= {frozenset((a, b)): "together" for a, b in itertools.product(some, others) if a != b}

    def _apart(self, some: set[str], others: set[str]) -> None:
        self.word |= {frozenset(pair): "apart" for pair in itertools.product(some, others)}

    def rerun(self, rules: Rules) -> tuple[dict[str, str], Outcome, list[Step]]:
        """Where the reports stand then, what differs, and every step."""
        run, steps = Rejoining(Rerun(rules, self.homes.said.people()), self.now), []
        for value in self.values:
            raw = record.envelope(value)
            assert raw is not None
            for event in record.events(raw):
                placed = placement(event)
                if placed is None:
                    continue
                step = run.rerun.feed(ids.case_id(COUNTY, raw.seq, 0), subject(placed.report))
                steps.append(step)
                run.add(step)
        return run.rerun.cases, run.outcome(self.homes.shown), steps


def groups(homes: Mapping[str, str]) -> set[frozenset[str]]:
    found: dict[str, set[str]] = {}
    for report_id, case_id in homes.items():
        found.setdefault(case_id, set()).add(report_id)
    return {frozenset(members) for members in found.values()}


def day_of(day: list[Any]) -> Desk:
    desk, reports = Desk(), list[str]()
    reports += [desk.report(number).report.id for number in range(1_000, 1_005)]
    for number, (what, one, other) in enumerate(day):
        take_step(desk, reports, number, what, one, other)
    return desk


@settings(max_examples=60, deadline=None)
@given(st.lists(steps, max_size=30), st.sampled_from([RULES, EAGER, SHY]))
def test_what_people_said_outlives_every_re_run(day: list[Any], rules: Rules) -> None:
    look = Look(day_of(day).values)
    then, outcome, _ = look.rerun(rules)
    assert then.keys() == look.now.keys()
    for pair, said in look.word.items():
        one, other = pair
        assert (then[one] == then[other]) == (said == "together"), (said, rules.version)
    assert all(joined.evidence for joined in outcome.compared.joined), "cases put together without a reason"
    apart = {pair for pair, said in look.word.items() if said == "apart"}
    asked = {frozenset((a, b)) for a, b in outcome.asked}
    firsts = {look.now[report]: report for report in reversed(list(look.now))}
    assert not any(frozenset(firsts[name] for name in pair) in apart for pair in asked if len(pair) == 2)


@settings(max_examples=40, deadline=None)
@given(st.lists(steps.filter(lambda drawn: drawn[0] in ("report", "street", "outcome")), max_size=40))
def test_where_no_person_decided_the_same_rules_give_the_same_cases(day: list[Any]) -> None:
    look = Look(day_of(day).values)
    then, outcome, _ = look.rerun(RULES)
    assert then == look.now
    assert (outcome.compared.joined, outcome.compared.parted, orders(outcome.compared)) == ((), (), ())
    assert set(outcome.asked) >= look.homes.asked()  # a case keeps its first eight questions


@settings(max_examples=30, deadline=None)
@given(st.lists(steps, max_size=20))
def test_where_the_reports_stand_is_what_the_ledger_says(day: list[Any]) -> None:
    desk = day_of(day)
    live = {name: case for name, case in desk.cases().items() if case.state == "open"}
    assert groups(Look(desk.values).now) == {desk.state.members(name) for name in live}


def test_a_bridge_makes_one_of_two_and_is_named_as_the_reason() -> None:
    """The ledger, shy of bridges, has three cases; by the present rules the third report makes the two one."""
    desk = Desk()
    for number, matter in ((101, LAMPS), (102, SCHOOL)):
        desk.take(told(number, matter))
    joined = desk.take(told(103, BRIDGE))
    desk.order("restore", case_id=joined.case_id, restored=f"{COUNTY}-2-0")
    look = Look(desk.values)
    assert len(groups(look.now)) == 2
    assert look.rerun(RULES)[1].compared.joined == (), "a person took that bridge back"
    unheard = Look(desk.values)
    unheard.homes.said = type(unheard.homes.said)()  # as if nobody had
    (one,) = unheard.rerun(RULES)[1].compared.joined
    assert [part.case_id for part in one.parts] == [f"{COUNTY}-1-0", f"{COUNTY}-2-0"]
    assert [evidence.report_id for evidence in one.evidence] == [joined.report.id]


def test_a_report_that_is_surely_of_both_makes_no_one_of_two_that_people_keep_apart() -> None:
    desk = Desk()
    first, second = (desk.take(told(number, matter)) for number, matter in ((101, LAMPS), (102, SCHOOL)))
    desk.order("keep_apart", case_id=first.case_id, other=second.case_id)
    desk.take(told(103, BRIDGE))
    desk.take(told(104, LIKE))
    for rules in (RULES, EAGER):
        then, outcome, _ = Look(desk.values).rerun(rules)
        assert then[first.report.id] != then[second.report.id]
        assert not outcome.asked


def test_shy_rules_part_what_eager_ones_put_together_and_the_keeper_keeps_its_name() -> None:
    desk = Desk()
    for number in (0, AGAIN, 1):
        desk.report(number)
    look = Look(desk.values)
    assert len(groups(look.now)) == 2
    (parted,) = look.rerun(SHY)[1].compared.parted
    assert (parted.case_id, [len(part) for part in parted.parts]) == (f"{COUNTY}-1-0", [1, 1])
    (joined,) = look.rerun(EAGER)[1].compared.joined or (None,)
    assert joined is None or {part.keeps for part in joined.parts} == {True}


def test_a_suggestion_is_asked_of_two_cases_by_their_names() -> None:
    desk = Desk()
    for number, matter in ((101, LAMPS), (102, SCHOOL), (104, LIKE)):
        desk.take(told(number, matter))
    look = Look(desk.values)
    assert set(look.rerun(RULES)[1].asked) == look.homes.asked() == {(f"{COUNTY}-1-0", f"{COUNTY}-2-0")}


def test_only_what_touches_a_shown_report_is_told() -> None:
    now = {"a": "c-1-0", "b": "c-2-0", "c": "c-3-0", "d": "c-4-0"}
    then = {"a": "c-1-0", "b": "c-1-0", "c": "c-3-0", "d": "c-3-0"}
    found = compared(now, then, {"d"})
    assert [{part.case_id for part in one.parts} for one in found.joined] == [{"c-3-0", "c-4-0"}]
    assert (found.reports, found.cases_now, found.cases_then) == (1, 1, 1)


placings = st.lists(st.tuples(st.integers(1, 6), st.integers(1, 6)), min_size=1, max_size=14)


@given(placings)
def test_the_orders_make_the_cases_as_the_re_run_has_them(drawn: list[tuple[int, int]]) -> None:
    now = {f"r{number}": f"c-{one}-0" for number, (one, _) in enumerate(drawn)}
    then = {f"r{number}": f"c-{other}-0" for number, (_, other) in enumerate(drawn)}
    found = compared(now, then, now.keys())
    assert groups(applied(now, orders(found))) == groups(then)


def applied(now: Mapping[str, str], given_orders: tuple[Order, ...]) -> dict[str, str]:
    """The orders as the ledger would take them: no case is left empty, none is named that is not open."""
    homes, new = dict(now), dict[int, str]()
    for order in given_orders:
        if isinstance(order, MergeOrder):
            assert {order.case_id, order.merged} <= set(homes.values())
            homes = {name: order.case_id if home == order.merged else home for name, home in homes.items()}
            continue
        assert {homes[name] for name in order.reports} == {order.case_id}
        if order.new is not None:
            new[order.new] = f"n-{order.new}-0"
        to = order.to or new[order.new or order.to_new or 0]
        assert order.to is None or order.to in homes.values()
        homes |= dict.fromkeys(order.reports, to)
        assert order.case_id in homes.values(), "nothing left"
    return homes


def test_equal_cases_need_no_orders() -> None:
    same = {"r1": "c-1-0", "r2": "c-1-0"}
    assert orders(compared(same, same, same.keys())) == ()
    assert orders(Compared()) == ()
