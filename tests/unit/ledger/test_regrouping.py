"""Commands of people: cases put together and taken apart; named by what holds whatever is ordered."""

import itertools
from collections import Counter
from collections.abc import Iterable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.desk import AGAIN, Desk, as_told, committed, steps, take_step, told
from tests.support.events import COUNTY, as_input, command_event, outcome_event, report_event, rules
from tests.support.matters import BRIDGE, GAS, LAMPS, LIKE, SCHOOL
from wufang.domain.commands import Refusal
from wufang.domain.events import CaseRestored, CasesKeptApart, CommandRefused, ReportsMoved
from wufang.ledger.folding.fold import Fold
from wufang.ledger.proofs.rebuild import final_actions, moved_actions, origin
from wufang.ledger.writer import draft
from wufang.readmodel.actions import Action, case_action, record_actions
from wufang.wire import record

A, B, C = (f"{COUNTY}-{seq}-0" for seq in (1, 2, 3))


@pytest.fixture
def desk() -> Desk:
    """Three matters of two reports each: cases 1, 2 and 3."""
    made = Desk()
    for number in (0, 1, 2, AGAIN, AGAIN + 1, AGAIN + 2):
        made.report(number)
    return made


@pytest.fixture
def street(desk: Desk) -> tuple[Desk, str, str]:
    """Two cases of one street that the third report will tell to be one."""
    lamps, school = desk.take(told(101, LAMPS)), desk.take(told(102, SCHOOL))
    assert lamps.case_id != school.case_id
    return desk, lamps.case_id, school.case_id


def test_a_report_that_bridges_two_cases_makes_them_one_under_the_older_id(street: tuple[Desk, str, str]) -> None:
    desk, lamps, school = street
    joined = desk.take(told(103, BRIDGE))
    assert (joined.case_id, desk.state.live(school), desk.case(lamps).reports) == (lamps, lamps, 3)
    assert joined.report.id in desk.state.members(lamps)


def test_a_bridge_is_taken_back_like_any_merge_and_not_made_again(street: tuple[Desk, str, str]) -> None:
    desk, lamps, school = street
    desk.take(told(103, BRIDGE))
    desk.order("restore", case_id=lamps, restored=school)
    assert (desk.case(school).reports, desk.state.live(school)) == (1, school)
    again = desk.take(told(104, BRIDGE))
    assert again.case_id == lamps
    assert (desk.state.live(school), desk.case(lamps).suggestions) == (school, ())


def test_cases_kept_apart_are_neither_bridged_nor_suggested_until_a_person_merges_them(
    street: tuple[Desk, str, str],
) -> None:
    desk, lamps, school = street
    desk.order("keep_apart", case_id=school, other=lamps)
    desk.take(told(103, BRIDGE))
    desk.take(told(104, LIKE))
    assert desk.state.live(school) == school
    assert (desk.case(lamps).suggestions, desk.case(school).suggestions) == ((), ())
    desk.order("merge", case_id=lamps, merged=school)
    desk.order("move", case_id=lamps, reports=sorted(desk.state.members(lamps))[:1])
    assert desk.state.live(school) == lamps


def test_what_is_kept_apart_stays_so_inside_the_cases_they_are_put_into(street: tuple[Desk, str, str]) -> None:
    desk, lamps, school = street
    desk.order("keep_apart", case_id=lamps, other=school)
    desk.order("merge", case_id=A, merged=lamps)
    desk.take(told(103, BRIDGE))
    assert (desk.state.live(lamps), desk.state.live(school)) == (A, school)


@pytest.mark.parametrize("answer", ["merge", "keep_apart"])
def test_a_suggestion_stands_until_a_person_answers_it(street: tuple[Desk, str, str], answer: str) -> None:
    desk, lamps, school = street
    joined = desk.take(told(104, LIKE))
    (asked,) = desk.case(joined.case_id).suggestions
    pair = {joined.case_id, asked.link.case_id}
    assert (pair, asked.report_id) == ({lamps, school}, joined.report.id)
    assert asked.link.reasons
    desk.order(answer, case_id=lamps, **{"merged" if answer == "merge" else "other": school})
    assert not any(desk.case(name).suggestions for name in pair if desk.case(name).state == "open")


def test_what_is_proposed_goes_with_its_report_and_what_a_person_decided_stays_with_the_case(desk: Desk) -> None:
    before = desk.case(A).lane
    leak = desk.take(told(120, GAS))
    assert (leak.triage.danger, leak.triage.lane) == ("119", "urgent")
    desk.order("merge", case_id=A, merged=leak.case_id)
    assert (desk.case(A).danger, desk.case(A).lane) == ("119", "urgent")
    decided = desk.order("decide_lane", case_id=A, lane="dedicated", tags=("joint",))
    assert (decided.lane, decided.tags) == ("dedicated", ("joint",))
    moved = desk.order("move", case_id=A, reports=[leak.report.id])
    assert (desk.case(A).danger, desk.case(A).lane, desk.case(moved.to).lane) == (None, before, "urgent")
    kept = desk.case(A).decided
    assert kept is not None
    assert (kept.lane, kept.tags, desk.case(moved.to).decided) == ("dedicated", ("joint",), None)


def test_a_suggestion_goes_with_its_report(street: tuple[Desk, str, str]) -> None:
    desk, _, _ = street
    joined = desk.take(told(104, LIKE))
    held, other = joined.case_id, desk.case(joined.case_id).suggestions[0].link.case_id
    desk.order("move", case_id=held, reports=[joined.report.id], to=B)
    assert desk.case(held).suggestions == ()
    assert [one.link.case_id for one in desk.case(B).suggestions] == [other]


def test_merged_cases_count_all_reports_and_the_old_id_leads_to_the_new(desk: Desk) -> None:
    before = {name: desk.case(name) for name in (A, B)}
    desk.order("merge", case_id=A, merged=B)
    holder, merged = desk.case(A), desk.case(B)
    assert (holder.reports, holder.parts) == (before[A].reports + before[B].reports, (B,))
    assert set(holder.titles) == {*before[A].titles, *before[B].titles}
    assert (merged.state, merged.leads_to, desk.state.live(B)) == ("merged", A, A)


def test_unmerged_gives_back_the_exact_former_cases(desk: Desk) -> None:
    before = {name: as_told(desk.case(name)) for name in (A, B, C)}
    desk.order("merge", case_id=B, merged=C)
    desk.order("merge", case_id=A, merged=B)
    desk.order("restore", case_id=A, restored=B)
    assert as_told(desk.case(A)) == before[A]
    desk.order("restore", case_id=B, restored=C)
    assert {name: as_told(desk.case(name)) for name in (A, B, C)} == before


def test_a_report_like_a_merged_case_joins_the_case_that_holds_it(desk: Desk) -> None:
    desk.order("merge", case_id=A, merged=B)
    joined = desk.report(2 * AGAIN + 1)
    assert (joined.case_id, joined.link.case_id) == (A, A)
    desk.order("restore", case_id=A, restored=B)
    assert joined.report.id in desk.state.members(A)


def test_an_outcome_counts_where_the_matter_is_now(desk: Desk) -> None:
    desk.order("merge", case_id=A, merged=B)
    assert desk.take(outcome_event(1, report="R1")).case_id == A
    assert desk.case(A).concluded == 1
    desk.order("restore", case_id=A, restored=B)
    assert (desk.case(A).concluded, desk.case(B).concluded) == (0, 1)


def test_a_report_set_apart_stands_in_a_case_of_its_own_and_its_like_follow_it(desk: Desk) -> None:
    wrong = sorted(desk.state.members(A))[:1]
    moved = desk.order("move", case_id=A, reports=wrong)
    assert (moved.opened, moved.reports) == (True, tuple(wrong))
    assert (desk.state.members(moved.to), desk.case(A).reports) == (frozenset(wrong), 1)


def test_a_report_put_into_another_case_leaves_no_trace_in_its_own(desk: Desk) -> None:
    wrong = sorted(desk.state.members(A))[1:]
    desk.order("move", case_id=A, reports=wrong, to=B)
    assert set(wrong) < desk.state.members(B)
    assert desk.case(A).titles == (desk.case(A).title,)
    assert desk.case(B).reports == 3


def test_the_outcome_of_a_moved_report_counts_where_it_is_now(desk: Desk) -> None:
    moved = desk.take(outcome_event(1, report="R0"))
    desk.order("move", case_id=A, reports=[moved.report_id], to=B)
    assert (desk.case(A).concluded, desk.case(B).concluded) == (0, 1)
    again = desk.take(outcome_event(2, report="R0"))
    assert (again.case_id, again.first, desk.case(B).concluded) == (B, False, 1)


def test_the_linker_looks_for_a_moved_reports_like_where_it_is_now(desk: Desk) -> None:
    told = "柳叶巷的路灯整条街不亮，夜里漆黑一片，老人摔伤，灯杆锈蚀。"
    strange = desk.take(report_event(90, data={**report_event(90)["data"], "title": "柳叶巷路灯不亮", "text": told}))
    desk.order("merge", case_id=A, merged=strange.case_id)
    moved = desk.order("move", case_id=A, reports=[strange.report.id], to=B)
    like = {"title": "柳叶巷路灯不亮", "text": told + "请尽快修好。"}
    joined = desk.take(report_event(91, data={**report_event(91)["data"], **like}))
    assert (moved.to, joined.case_id) == (B, B)


@pytest.mark.parametrize(
    ("kind", "data", "reason"),
    [
        ("merge", {"case_id": A, "merged": A}, "same_case"),
        ("merge", {"case_id": A, "merged": f"{COUNTY}-99-0"}, "unknown_case"),
        ("merge", {"case_id": A, "merged": B, "seen": {A: 1, B: 1}}, "changed"),
        ("merge", {"case_id": A, "merged": B, "seen": {}}, "changed"),
        ("restore", {"case_id": A, "restored": B}, "not_part"),
        ("move", {"case_id": A, "reports": ["f" * 64]}, "unknown_report"),
        ("keep_apart", {"case_id": A, "other": A}, "same_case"),
        ("keep_apart", {"case_id": A, "other": f"{COUNTY}-99-0"}, "unknown_case"),
        ("keep_apart", {"case_id": A, "other": B, "seen": {A: 1, B: 1}}, "changed"),
        ("move", {"case_id": A, "reports": ["f" * 64], "to": A}, "same_case"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_refused_as_an_event_that_says_why(desk: Desk, kind: str, data: dict[str, Any], reason: Refusal) -> None:
    before = desk.cases()
    refused = desk.order(kind, **data)
    assert isinstance(refused, CommandRefused)
    assert refused.reason == reason
    assert desk.cases() == before


def test_refused_when_the_case_stands_in_another_or_would_be_left_empty(desk: Desk) -> None:
    assert desk.order("move", case_id=A, reports=sorted(desk.state.members(A))).reason == "nothing_left"
    desk.order("merge", case_id=A, merged=B)
    assert desk.order("merge", case_id=C, merged=B).reason == "not_open"
    assert desk.order("move", case_id=B, reports=sorted(desk.state.members(B))[:1]).reason == "not_open"


def test_refused_when_the_case_is_another_countys(desk: Desk) -> None:
    event = command_event(1, "merge", {"case_id": A, "merged": B, "seen": {}}, jurisdiction="430103")
    assert desk.take(event).reason == "unknown_case"


def test_the_same_command_again_is_a_duplicate(desk: Desk) -> None:
    event = command_event(1, "move", {"case_id": A, "reports": sorted(desk.state.members(A))[:1], "seen": {A: 4}})
    desk.take(event)
    made = draft(desk.state, [as_input(event, 999)], rules())
    assert (made.duplicates, made.records) == (1, [])


class Index:
    """What an index holds that was sent every write, and takes none that is older than what it has."""

    def __init__(self) -> None:
        self.held: dict[tuple[str, str], tuple[int, Any]] = {}

    def write(self, actions: Iterable[Action]) -> None:
        for action in actions:
            key, (kept, _) = (action.kind, action.id), self.held.get((action.kind, action.id), (0, None))
            if action.version >= kept:
                self.held[key] = (action.version, action.document)

    def of(self, kind: str) -> dict[str, Any]:
        return {name: document for (held, name), (_, document) in self.held.items() if held == kind}


@settings(max_examples=40, deadline=None)
@given(st.lists(steps, max_size=25))
def test_whatever_is_ordered_every_report_stands_in_one_live_case_and_replays_alike(day: list[Any]) -> None:
    desk, reports = Desk(), list[str]()
    reports += [desk.report(number).report.id for number in range(1_000, 1_005)]
    apart: set[tuple[str, str]] = set()
    for number, (what, one, other) in enumerate(day):
        take_step(desk, reports, number, what, one, other)
        apart = {pair for pair in apart | _said_apart(desk) if what != "merge" or len(_live(desk, pair)) == 2}
        assert all(len(_live(desk, pair)) == 2 for pair in apart), "what a person keeps apart was put together"
    live = {name: desk.state.members(name) for name, case in desk.cases().items() if case.state == "open"}
    held = Counter(itertools.chain.from_iterable(live.values()))
    assert held == Counter(reports)
    assert all(len(members) == desk.case(name).reports for name, members in live.items())
    fold, index, sent = Fold(), Index(), list[Action]()
    for offset, value in enumerate(desk.values):
        applied = fold.fold(offset, value)
        assert applied is not None
        sent += [*final_actions(applied), *map(case_action, applied.cases.values())]
    index.write(sent)
    assert {case.id: case for _, case in committed(fold)} == desk.cases()
    where = {name: document["case_id"] for name, document in index.of("reports").items()}
    assert where == {report: name for name, members in live.items() for report in members}
    late = Index()
    late.write(reversed(sent))
    assert late.held == index.held
    for value in desk.values:  # handed out again after a restart: written as of now, nothing changes
        raw = record.envelope(value)
        assert raw is not None
        late.write(record_actions(record.events(raw), origin(raw)))
        late.write(moved_actions(itertools.chain.from_iterable(map(fold.standing, record.events(raw)))))
    assert late.held == index.held


def _said_apart(desk: Desk) -> set[tuple[str, str]]:
    """The pair that the last record, a person's, keeps apart."""
    raw = record.envelope(desk.values[-1])
    assert raw is not None
    match record.events(raw)[0]:
        case CasesKeptApart(case_id=one, other=other) | CaseRestored(case_id=one, left=other):
            return {(one, other)}
        case ReportsMoved(case_id=one, to=other):
            return {(one, other)}
        case _:
            return set()


def _live(desk: Desk, pair: tuple[str, str]) -> set[str]:
    return {desk.state.live(one) for one in pair}
