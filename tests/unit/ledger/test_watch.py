"""Warnings on the ledger: decided behind the report that gave rise to them, marked and never judged again by a fold."""

from collections.abc import Sequence
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.events import COUNTY, START, a_report, linked
from tests.support.watching import DAY, ToldLedger
from wufang.adapters.profile_files import triage_rules
from wufang.domain.commands import Actor
from wufang.domain.events import (
    CaseOpened,
    CasesMerged,
    Warned,
    WarningContinued,
    WarningRaised,
    WarningScored,
)
from wufang.domain.report import Reporter
from wufang.domain.warning import RULES, About
from wufang.ledger.folding.fold import Fold, Unfoldable
from wufang.ledger.watching import watch

CASE = f"{COUNTY}-1-0"
Told = tuple[int, int | None, str | None]  # day, person, the case joined


def burst(ledger: ToldLedger, people: int = 5, day: int = 0) -> list[Warned]:
    """So many people tell of one matter, one a day."""
    for number in range(people):
        ledger.tell(day + number, number, CASE if ledger.values else None)
    return ledger.warnings()


def test_a_burst_is_a_warning_in_the_record_of_the_report_that_made_it() -> None:
    ledger = ToldLedger()
    ledger.tell(0, 0, None)
    made = [ledger.tell(number, number, CASE) for number in range(1, 5)]
    raised = [event for events in made for event in events[1:] if isinstance(event, WarningRaised)]
    assert len(raised) == 1
    (at,) = [number for number, events in enumerate(made) if raised[0] in events]
    assert raised[0].warning == f"{COUNTY}-{at + 2}-1"
    assert raised[0].about == About("matter", CASE)
    assert raised[0].seen == len(raised[0].members) == at + 2
    assert raised[0].expected < raised[0].seen
    assert raised[0].since <= START
    assert raised[0].at == START + (at + 1) * DAY + 60_000


def test_a_case_bursts_from_its_warning_until_that_is_scored() -> None:
    ledger = ToldLedger()
    assert not ledger.state.bursting(COUNTY, CASE)
    assert burst(ledger)
    assert ledger.state.bursting(COUNTY, CASE)
    assert not ledger.state.bursting(COUNTY, f"{COUNTY}-2-0")
    ledger.tell(90, 99, None)
    assert isinstance(ledger.warnings()[-1], WarningScored)
    assert not ledger.state.bursting(COUNTY, CASE)


def test_one_person_many_times_is_no_burst() -> None:
    ledger = ToldLedger()
    for day in range(20):
        ledger.tell(day, 1, CASE if day else None)
    assert ledger.warnings() == []


def test_each_further_day_of_a_burst_is_said_once() -> None:
    ledger = ToldLedger()
    burst(ledger, 5)
    before = len(ledger.warnings())
    for who in range(10, 14):
        ledger.tell(5, who, CASE)
    (further,) = [event for event in ledger.warnings()[before:] if isinstance(event, WarningContinued)]
    raised = ledger.warnings()[0]
    assert isinstance(raised, WarningRaised)
    assert further.warning == raised.warning
    assert further.seen > raised.seen


def test_a_warning_comes_true_with_the_people_it_needs() -> None:
    ledger = ToldLedger()
    raised = burst(ledger, 5)[0]
    assert isinstance(raised, WarningRaised)
    for who in range(10, 10 + raised.further + 3):
        ledger.tell(8, who, CASE)
    (scored,) = [event for event in ledger.warnings() if isinstance(event, WarningScored)]
    assert (scored.came_true, scored.warning, scored.further) == (True, raised.warning, raised.further)
    assert scored.seen == raised.further


def test_a_warning_of_a_matter_that_went_quiet_is_scored_by_the_countys_next_report_after_its_days() -> None:
    ledger = ToldLedger()
    raised = next(event for event in burst(ledger, 5) if isinstance(event, WarningRaised))
    last = (raised.at - START) // DAY + RULES.verdict_days
    assert len(ledger.tell(last, 90, None)) == 1
    *_, scored = ledger.tell(last + 1, 91, None)
    assert isinstance(scored, WarningScored)
    assert (scored.warning, scored.came_true) == (raised.warning, False)
    assert len(ledger.tell(last + 2, 92, None)) == 1, "it is said once"


def test_a_new_burst_after_quiet_weeks_is_a_new_warning() -> None:
    ledger = ToldLedger()
    burst(ledger, 5)
    for number in range(8):
        ledger.tell(100, 20 + number, CASE)
    raised = [event.warning for event in ledger.warnings() if isinstance(event, WarningRaised)]
    assert len(raised) == len(set(raised)) == 2


def test_a_matter_that_grows_month_after_month_is_said_once_in_three() -> None:
    ledger = ToldLedger()
    for number in range(9):
        ledger.tell(number * 13, number, CASE if number else None)
    raised = [event for event in ledger.warnings() if isinstance(event, WarningRaised)]
    assert [event.sign for event in raised] == ["growth"]
    assert sum(raised[0].spans) == raised[0].seen == len(raised[0].members)
    assert min(raised[0].spans) > 0


def at_a_grid(ledger: ToldLedger, apart: bool, **told: Any) -> list[Warned]:
    """A county watched for months, then six people in two days, each with a matter of his own or all with one."""
    ledger.tell(0, 50, None)
    ledger.tell(90, 51, None)
    for number in range(6):
        joins = None if apart or number == 0 else f"{COUNTY}-3-0"
        ledger.tell(90 + number // 3, number, joins, **told)
    return [event for event in ledger.warnings() if event.about.kind != "matter"]


@pytest.mark.parametrize(
    ("told", "about"),
    [
        ({"grid_code": "430102003017"}, About("place", "grid:430102003017")),
        ({"address": "青禾小区6栋", "grid_code": "430102003017"}, About("place", "estate:青禾")),
        ({"category": "住建"}, About("category", "住建")),
    ],
)
def test_a_place_and_a_category_are_watched_over_their_cases(told: dict[str, Any], about: About) -> None:
    found = at_a_grid(ToldLedger(), apart=True, **told)
    assert isinstance(found[0], WarningRaised)
    assert {event.about for event in found} == {about}
    assert len(found[0].members) == found[0].seen


def test_what_is_mostly_one_matter_is_left_to_the_matter() -> None:
    assert at_a_grid(ToldLedger(), apart=False, grid_code="430102003017") == []


def test_a_report_of_a_category_that_bursts_over_many_matters_is_proposed_for_joint_handling() -> None:
    ledger = ToldLedger()
    ledger.state._triage = triage_rules()
    at_a_grid(ledger, apart=True, category="住建")
    assert ledger.state.pattern(COUNTY, "住建").common
    assert not ledger.state.pattern(COUNTY, "供热").common
    today = 92
    (opened, *_) = ledger.tell(today, 77, None, category="住建")
    assert isinstance(opened, CaseOpened)
    assert opened.triage is not None
    assert opened.triage.tags == ("joint",)
    assert [fact.rule for fact in opened.triage.facts] == ["context-common"]
    (other, *_) = ledger.tell(today, 78, None, category="供热")
    assert isinstance(other, CaseOpened)
    assert other.triage is None


def test_a_category_that_one_matter_fills_is_not_common() -> None:
    ledger = ToldLedger()
    at_a_grid(ledger, apart=False, category="住建")
    assert not ledger.state.pattern(COUNTY, "住建").common


def test_a_firm_is_no_place() -> None:
    assert at_a_grid(ToldLedger(), apart=True, title="白鹭公司欠薪", text="白鹭公司拖欠工资。") == []


def test_a_county_that_is_not_known_yet_is_not_judged() -> None:
    ledger = ToldLedger()
    for number in range(9):
        ledger.tell(number // 3, number, None, category="住建")
    assert ledger.warnings() == []


def test_a_warning_quotes_nothing_that_a_person_said() -> None:
    ledger = ToldLedger()
    secret = {"title": "题里的话", "text": "文里的话", "accused": "某单位的名"}
    at_a_grid(ledger, apart=True, address="青禾小区6栋", category="住建", **secret)
    told = msgspec.json.encode(ledger.warnings()).decode()
    assert ledger.warnings()
    assert not any(words in told for words in secret.values())


def test_a_fold_judges_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    ledger = ToldLedger()
    burst(ledger, 8)
    assert len(ledger.warnings()) > 1

    def judged(*_: Any) -> None:
        raise AssertionError("a replay judged")

    for name in ("look", "growing", "going_on", "further_needed"):
        monkeypatch.setattr(watch, name, judged)
    assert ToldLedger(ledger.values).rows() == ledger.rows()
    with pytest.raises(AssertionError, match="a replay judged"):
        ledger.tell(9, 99, CASE)


def test_a_recorded_warning_stands_whatever_the_rules_would_say() -> None:
    """Another version of the rules raised it: the fold marks it, and nothing is warned of again while it goes on."""
    ledger = ToldLedger()
    ledger.tell(0, 0, None)
    report = a_report(2, occurred_at=START + DAY, accepted_at=START + DAY, reporter=Reporter("1" * 32, "phone"))
    name = f"{COUNTY}-2-1"
    raised = WarningRaised(name, About("matter", CASE), "burst", CASE, START, START, 7, 0.1, 2, 3, (), "m", "other")
    ledger.write([linked(report, CASE), raised], report.id)
    for number in range(2, 7):
        ledger.tell(number, number, CASE)
    later = ledger.warnings()[1:]
    assert later
    assert not [event for event in later if isinstance(event, WarningRaised)]
    assert {event.warning for event in later} == {name}


def test_after_a_merge_the_reports_of_both_count_for_the_case_that_stands() -> None:
    ledger = ToldLedger()
    ledger.tell(0, 0, None)
    ledger.tell(0, 1, None)
    other = f"{COUNTY}-2-0"
    merged = CasesMerged(CASE, other, Actor("desk-7", "operator", "青禾县12345"), "同一件事", START, "k:1")
    ledger.write([merged], "c" * 64)
    for number in range(2, 6):
        ledger.tell(number, number, CASE)
    assert {event.about for event in ledger.warnings()} == {About("matter", CASE)}
    assert ToldLedger(ledger.values).rows() == ledger.rows()


def test_a_scored_warning_that_nobody_raised_stops_the_fold() -> None:
    ledger = ToldLedger()
    ledger.tell(0, 0, None)
    scored = WarningScored(f"{COUNTY}-9-1", About("matter", CASE), "burst", START, True, 3, 3)
    with pytest.raises(Unfoldable, match="no earlier record raised"):
        ledger.write([scored], "d" * 64)


def test_what_is_undone_is_seen_again() -> None:
    ledger = ToldLedger()
    burst(ledger, 4)
    ledger.state.settle()
    before = ledger.tell(5, 30, CASE)
    ledger.state.undo()
    ledger.values.pop()
    assert ledger.tell(5, 30, CASE) == before


def test_the_warnings_of_the_index_are_the_events_folded() -> None:
    ledger = ToldLedger()
    raised = burst(ledger, 5)[0]
    assert isinstance(raised, WarningRaised)
    for who in range(10, 16):
        ledger.tell(8, who, CASE)
    fold = Fold()
    notices = [
        notice for offset, value in enumerate(ledger.values) for notice in (fold.fold(offset, value) or none()).notices
    ]
    last = notices[-1]
    assert (last.id, last.raised) == (raised.warning, raised)
    assert last.scored is not None
    assert last.scored.came_true
    assert last.version == max(notice.version for notice in notices)
    assert last.most >= raised.seen


def none() -> Any:
    raise AssertionError("a void record")


@st.composite
def logs(draw: st.DrawFn) -> list[tuple[int, int | None, int | None, dict[str, Any]]]:
    """Reports of a few matters, places and categories, in bursts, out of order, of people who come again."""
    log, day = [], 0
    for _ in range(draw(st.integers(1, 60))):
        day += draw(st.sampled_from([0, 0, 0, 1, 3, 30, 60]))
        late = draw(st.sampled_from([0, 0, 0, 2, 40]))
        who = draw(st.one_of(st.none(), st.integers(0, 30)))
        joins = draw(st.sampled_from([None, 0, 0, 0, 1, 2]))
        told = draw(st.sampled_from([{}, {"category": "住建"}, {"grid_code": "430102003017"}]))
        log.append((max(day - late, 0), who, joins, told))
    return log


def told_all(ledger: ToldLedger, log: Sequence[tuple[int, int | None, int | None, dict[str, Any]]]) -> None:
    for day, who, joins, told in log:
        opened = [case for case in (f"{COUNTY}-{number}-0" for number in range(1, 9)) if ledger.state.case(case)]
        ledger.tell(day, who, None if joins is None or joins >= len(opened) else opened[joins], **told)


@settings(deadline=None, max_examples=40)
@given(logs(), st.integers(0, 60))
def test_a_fold_of_any_prefix_goes_on_as_the_writer_did(
    log: list[tuple[int, int | None, int | None, dict[str, Any]]], cut: int
) -> None:
    """The same warnings and the same state; and every warning is scored once at most."""
    whole, before = ToldLedger(), ToldLedger()
    told_all(whole, log)
    told_all(before, log[:cut])
    before.state.commit()
    after = ToldLedger(before.values)
    after.state.commit()
    told_all(after, log[cut:])
    assert after.values == whole.values
    assert after.rows() == whole.rows() == ToldLedger(whole.values).rows()
    scored = [event.warning for event in whole.warnings() if isinstance(event, WarningScored)]
    assert len(scored) == len(set(scored))
