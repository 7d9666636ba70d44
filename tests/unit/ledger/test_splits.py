"""A case that has come apart: proposed once, behind what made it so, until a person answers; never against a person."""

import itertools
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from tests.support.desk import Desk, as_told, committed, steps, take_step, told
from tests.support.events import as_input, rules
from tests.support.matters import BOTH, LAMPS, LIFT, LIFT_AGAIN, POOL, POOL_AGAIN
from wufang.adapters.profile_files import triage_rules
from wufang.domain.events import CaseKeptTogether, CaseRestored, CasesMerged, ReportsMoved, SplitSuggested
from wufang.domain.linking import Split
from wufang.domain.linking.splitting import SPLIT_RULES
from wufang.ledger.candidates.splits import Splits
from wufang.ledger.folding.fold import Fold
from wufang.ledger.state import LedgerState
from wufang.ledger.writer import draft
from wufang.wire import record

TWO = (LIFT, POOL, LIFT_AGAIN, POOL_AGAIN)


def events(desk: Desk, which: int = -1) -> tuple[Any, ...]:
    raw = record.envelope(desk.values[which])
    assert raw is not None
    return record.events(raw)


def proposed(desk: Desk, which: int = -1) -> list[SplitSuggested]:
    return [event for event in events(desk, which) if isinstance(event, SplitSuggested)]


def sides(split: Split | None) -> list[set[str]]:
    assert split is not None
    return [set(side.reports) for side in split.sides]


@pytest.fixture
def town() -> tuple[Desk, str, list[str], list[str]]:
    """A lift and a pool that a report of both made one case; the reports of each."""
    desk = Desk()
    placed = [
        desk.take(told(number, matter)) for number, matter in enumerate((LIFT, POOL, LIFT_AGAIN, POOL_AGAIN), 200)
    ]
    lift, pool = ([one.report.id for one in placed[at::2]] for at in (0, 1))
    desk.take(told(210, BOTH))
    return desk, placed[0].case_id, lift, pool


Town = tuple[Desk, str, list[str], list[str]]


def test_proposed_in_the_record_that_made_two_matters_one_case(town: Town) -> None:
    desk, case_id, lift, pool = town
    (one,) = proposed(desk)
    assert one.case_id == case_id
    assert sides(one.split) == [set(lift), set(pool)]
    assert desk.case(case_id).split == one.split


def test_not_repeated_for_the_same_groups(town: Town) -> None:
    desk, case_id, _, _ = town
    for number in (211, 212):  # seven reports: nothing is due before the eighth
        assert desk.take(told(number, LIFT)).case_id == case_id
        assert proposed(desk) == []
    desk.take(told(213, POOL))
    (grown,) = proposed(desk)
    assert [len(side) for side in sides(grown.split)] == [4, 3]


def test_whole_again_when_more_reports_tell_of_both(town: Town) -> None:
    desk, case_id, _, _ = town
    for number in (211, 212, 213):
        assert desk.take(told(number, BOTH)).case_id == case_id
    assert proposed(desk) == [SplitSuggested(case_id, None)]
    assert desk.case(case_id).split is None


def test_yes_is_a_move_after_which_nothing_is_proposed(town: Town) -> None:
    desk, case_id, _, pool = town
    moved = desk.order("move", case_id=case_id, reports=pool)
    assert proposed(desk) == []
    assert (desk.case(case_id).split, desk.case(moved.to).split) == (None, None)
    assert desk.state.members(moved.to) == set(pool)


def test_no_holds_for_ever(town: Town) -> None:
    desk, case_id, lift, pool = town
    kept = desk.order("keep_together", case_id=case_id)
    assert set(kept.reports) > {*lift, *pool}
    assert desk.case(case_id).split is None
    for number in range(211, 240):
        desk.take(told(number, (LIFT, POOL)[number % 2]))
        assert proposed(desk) == []


def test_a_merge_by_a_person_holds_and_taking_it_back_is_the_identity(town: Town) -> None:
    desk, case_id, _, _ = town
    other = desk.take(told(300, LAMPS)).case_id
    before = as_told(desk.case(case_id))
    assert before.split is not None
    desk.order("merge", case_id=case_id, merged=other)
    assert desk.case(case_id).split is None
    desk.order("restore", case_id=case_id, restored=other)
    assert as_told(desk.case(case_id)) == before


def test_a_bridge_taken_back_leaves_nothing_to_propose(town: Town) -> None:
    desk, case_id, _, _ = town
    (put_in,) = desk.case(case_id).parts
    desk.order("restore", case_id=case_id, restored=put_in)
    assert (desk.case(case_id).split, desk.case(put_in).split) == (None, None)


def test_looked_at_again_after_a_person_took_reports_out(town: Town) -> None:
    desk, case_id, lift, pool = town
    both = [desk.take(told(number, BOTH)).report.id for number in (211, 212, 213)]
    assert desk.case(case_id).split is None
    desk.order("move", case_id=case_id, reports=both)
    (one,) = proposed(desk)
    assert (one.case_id, sides(one.split)) == (case_id, [set(lift), set(pool)])


def test_what_people_tied_by_reports_that_are_not_looked_at_is_not_proposed_apart() -> None:
    """Of eight reports the first two and the latest two are read; what ties them stands between."""
    for tied in (False, True):
        desk = Desk()
        desk.state._splits = Splits(
            desk.state._fold.regroup, desk.state._fold.cases, desk.state._links, replace(SPLIT_RULES, first=2, latest=2)
        )
        stories = (LIFT, LIFT_AGAIN, BOTH, POOL, BOTH, POOL, POOL)
        placed = [desk.take(told(300 + number, story)) for number, story in enumerate(stories)]
        case_id, names = placed[0].case_id, [one.report.id for one in placed]
        assert {one.case_id for one in placed} == {case_id}
        for pair in ((names[0], names[2]), (names[2], names[6])) if tied else ():
            desk.order("keep_together", case_id=case_id, reports=pair)
        last = desk.take(told(310, POOL_AGAIN))
        assert [sides(one.split) for one in proposed(desk)] == (
            [] if tied else [[set(names[:2]), {names[6], last.report.id}]]
        )


def test_what_came_by_a_number_stays_with_the_case() -> None:
    """The latest report quotes one that is not among those read."""
    desk = Desk()
    desk.state._splits = Splits(
        desk.state._fold.regroup, desk.state._fold.cases, desk.state._links, replace(SPLIT_RULES, first=2, latest=2)
    )
    stories = (LIFT, LIFT_AGAIN, BOTH, POOL, BOTH, POOL, POOL)
    for number, story in enumerate(stories):
        desk.take(told(300 + number, story))
    quoting = told(310, POOL_AGAIN)
    quoting["data"] |= {"related": ["R302"]}
    assert desk.take(quoting).link.kind == "reference"
    assert proposed(desk) == []


@pytest.mark.parametrize(
    ("data", "reason"),
    [({"reports": ["f" * 64, "e" * 64]}, "unknown_report"), ({"seen": {}}, "changed"), ({"one": True}, "only_one")],
    ids=["unknown_report", "changed", "only_one"],
)
def test_refused_as_an_event_that_says_why(town: Town, data: dict[str, Any], reason: str) -> None:
    desk, case_id, lift, _ = town
    data = {"reports": lift[:1]} if "one" in data else data
    assert desk.order("keep_together", case_id=case_id, **data).reason == reason


class Heard:
    """Which two reports a person's last word ties, as long as they stand in one case."""

    def __init__(self) -> None:
        self.merges: dict[str, set[frozenset[str]]] = {}
        self.ties: set[frozenset[str]] = set()

    def hear(self, event: Any, before: dict[str, frozenset[str]]) -> None:
        match event:
            case CasesMerged():
                self.merges[event.merged] = _pairs(before[event.case_id] | before[event.merged])
            case CaseRestored():
                self.merges.pop(event.case_id, None)
            case ReportsMoved():
                self.ties |= _pairs(set(event.reports) | before.get(event.to, frozenset()))
            case CaseKeptTogether():
                self.ties |= _pairs(set(event.reports))
            case _:
                return

    def all(self) -> set[frozenset[str]]:
        return self.ties.union(*self.merges.values())


def _pairs(reports: set[str] | frozenset[str]) -> set[frozenset[str]]:
    return {frozenset(pair) for pair in itertools.combinations(sorted(reports), 2)}


mixed = st.lists(st.one_of(steps, st.tuples(st.just("two"), st.integers(0, 30), st.integers(0, 30))), max_size=40)


@settings(max_examples=60, deadline=None)
@given(mixed)
def test_whatever_is_ordered_nothing_a_person_joined_is_proposed_apart_and_it_replays_alike(day: list[Any]) -> None:
    desk, reports, heard = Desk(), list[str](), Heard()
    for number, (what, one, other) in enumerate(day):
        before = {name: desk.state.members(name) for name in desk.cases()}
        made = len(desk.values)
        take_step(desk, reports, number, what, one, other)
        for at in range(made, len(desk.values)):
            heard.hear(events(desk, at)[0], before)
        for name, case in desk.cases().items():
            if case.split is not None and case.state == "open":
                stays, leaves = sides(case.split)
                assert stays | leaves <= desk.state.members(name)
                across = {frozenset(pair) for pair in itertools.product(stays, leaves)}
                assert across.isdisjoint(heard.all()), "a person joined these"
    fold, state = Fold(), LedgerState(triage=triage_rules())
    for offset, value in enumerate(desk.values):
        fold.fold(offset, value)
        state.fold(offset, value)
    assert {case.id: case for _, case in committed(fold)} == desk.cases()
    again = told(9_999, BOTH)
    assert draft_of(desk.state, again) == draft_of(state, again), "decided alike after a replay"


def draft_of(state: LedgerState, event: dict[str, Any]) -> list[bytes]:
    made = draft(state, [as_input(event, 99_999)], rules())
    return [value for _, value in made.records]
