"""Warnings on the ledger: decided behind the report that gave rise to them, marked and never judged again by a fold."""

from collections.abc import Sequence
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.events import COUNTY, START, a_link, a_record, a_report, linked, submitted
from wufang.adapters.profile_files import triage_rules
from wufang.domain.commands import Actor
from wufang.domain.decisions import Recorded, decide
from wufang.domain.events import (
    CaseOpened,
    CasesMerged,
    Event,
    Warned,
    WarningContinued,
    WarningRaised,
    WarningScored,
)
from wufang.domain.linking import Found
from wufang.domain.report import Report, Reporter
from wufang.domain.warning import RULES, About
from wufang.ledger.folding.fold import Fold, Unfoldable
from wufang.ledger.state import LedgerState
from wufang.ledger.watching import seasons as ledger_seasons
from wufang.ledger.watching import watch
from wufang.ledger.watching.seasons import _least as least
from wufang.ledger.watching.seasons import _Standing as Standing
from wufang.wire import record

DAY = 86_400_000
CASE = f"{COUNTY}-1-0"
Told = tuple[int, int | None, str | None]  # day, person, the case joined


class Ledger:
    """A writer whose linker does as it is told; `told` reports are about nothing with a place, unless they say so."""

    def __init__(self, values: Sequence[bytes] = ()) -> None:
        self.state, self.values, self.number = LedgerState(), list[bytes](), 0
        self.state.find = self._find  # type: ignore[method-assign,assignment]
        self._joins: str | None = None
        for value in values:
            self.fold(value)

    def _find(self, _jurisdiction: str, _report: Report) -> Found:
        return Found(None if self._joins is None else a_link(self._joins), ())

    def tell(self, day: int, who: int | None, joins: str | None, **changed: Any) -> tuple[Event, ...]:
        """The events of a report of a day by a person, in a case or opening one."""
        self.number = len(self.values) + 1
        self._joins = joins
        at = START + day * DAY
        reporter = None if who is None else Reporter(f"{who:032x}", "phone")
        fields = {
            "title": "坏了",
            "text": "还没有修",
            "reporter": reporter,
            "occurred_at": at,
            "accepted_at": at + 60_000,
        }
        report = a_report(self.number, **fields | changed)
        decision = decide(submitted(report), self.state)
        assert isinstance(decision, Recorded)
        self.write(decision.events, report.id)
        return decision.events

    def write(self, events: Sequence[Event], cause: str) -> None:
        self.fold(a_record(self.state.head(COUNTY), events, cause, len(self.values)))

    def fold(self, value: bytes) -> None:
        assert self.state.fold(self.state.offset, value) is not None
        self.values.append(value)

    def warnings(self) -> list[Warned]:
        found = []
        for value in self.values:
            raw = record.envelope(value)
            assert raw is not None
            found += [event for event in record.events(raw) if isinstance(event, Warned)]
        return found

    def rows(self) -> dict[str, list[Any]]:
        self.state.commit()
        connection = self.state._fold.snapshot.connection
        return {
            name: list(connection.execute(f"SELECT key, value FROM {name} ORDER BY key"))  # noqa: S608
            for name in ("tracks", "counties", "years", "warnings")
        }


def burst(ledger: Ledger, people: int = 5, day: int = 0) -> list[Warned]:
    """So many people tell of one matter, one a day."""
    for number in range(people):
        ledger.tell(day + number, number, CASE if ledger.values else None)
    return ledger.warnings()


def test_a_burst_is_a_warning_in_the_record_of_the_report_that_made_it() -> None:
    ledger = Ledger()
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
    ledger = Ledger()
    assert not ledger.state.bursting(COUNTY, CASE)
    assert burst(ledger)
    assert ledger.state.bursting(COUNTY, CASE)
    assert not ledger.state.bursting(COUNTY, f"{COUNTY}-2-0")
    ledger.tell(90, 99, None)
    assert isinstance(ledger.warnings()[-1], WarningScored)
    assert not ledger.state.bursting(COUNTY, CASE)


def test_one_person_many_times_is_no_burst() -> None:
    ledger = Ledger()
    for day in range(20):
        ledger.tell(day, 1, CASE if day else None)
    assert ledger.warnings() == []


def test_each_further_day_of_a_burst_is_said_once() -> None:
    ledger = Ledger()
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
    ledger = Ledger()
    raised = burst(ledger, 5)[0]
    assert isinstance(raised, WarningRaised)
    for who in range(10, 10 + raised.further + 3):
        ledger.tell(8, who, CASE)
    (scored,) = [event for event in ledger.warnings() if isinstance(event, WarningScored)]
    assert (scored.came_true, scored.warning, scored.further) == (True, raised.warning, raised.further)
    assert scored.seen == raised.further


def test_a_warning_of_a_matter_that_went_quiet_is_scored_by_the_countys_next_report_after_its_days() -> None:
    ledger = Ledger()
    raised = next(event for event in burst(ledger, 5) if isinstance(event, WarningRaised))
    last = (raised.at - START) // DAY + RULES.verdict_days
    assert len(ledger.tell(last, 90, None)) == 1
    *_, scored = ledger.tell(last + 1, 91, None)
    assert isinstance(scored, WarningScored)
    assert (scored.warning, scored.came_true) == (raised.warning, False)
    assert len(ledger.tell(last + 2, 92, None)) == 1, "it is said once"


def test_a_new_burst_after_quiet_weeks_is_a_new_warning() -> None:
    ledger = Ledger()
    burst(ledger, 5)
    for number in range(8):
        ledger.tell(100, 20 + number, CASE)
    raised = [event.warning for event in ledger.warnings() if isinstance(event, WarningRaised)]
    assert len(raised) == len(set(raised)) == 2


def test_a_matter_that_grows_month_after_month_is_said_once_in_three() -> None:
    ledger = Ledger()
    for number in range(9):
        ledger.tell(number * 13, number, CASE if number else None)
    raised = [event for event in ledger.warnings() if isinstance(event, WarningRaised)]
    assert [event.sign for event in raised] == ["growth"]
    assert sum(raised[0].spans) == raised[0].seen == len(raised[0].members)
    assert min(raised[0].spans) > 0


def at_a_grid(ledger: Ledger, apart: bool, **told: Any) -> list[Warned]:
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
    found = at_a_grid(Ledger(), apart=True, **told)
    assert isinstance(found[0], WarningRaised)
    assert {event.about for event in found} == {about}
    assert len(found[0].members) == found[0].seen


def test_what_is_mostly_one_matter_is_left_to_the_matter() -> None:
    assert at_a_grid(Ledger(), apart=False, grid_code="430102003017") == []


def test_a_report_of_a_category_that_bursts_over_many_matters_is_proposed_for_joint_handling() -> None:
    ledger = Ledger()
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
    ledger = Ledger()
    at_a_grid(ledger, apart=False, category="住建")
    assert not ledger.state.pattern(COUNTY, "住建").common


def test_a_firm_is_no_place() -> None:
    assert at_a_grid(Ledger(), apart=True, title="白鹭公司欠薪", text="白鹭公司拖欠工资。") == []


def test_a_county_that_is_not_known_yet_is_not_judged() -> None:
    ledger = Ledger()
    for number in range(9):
        ledger.tell(number // 3, number, None, category="住建")
    assert ledger.warnings() == []


def test_a_warning_quotes_nothing_that_a_person_said() -> None:
    ledger = Ledger()
    secret = {"title": "题里的话", "text": "文里的话", "accused": "某单位的名"}
    at_a_grid(ledger, apart=True, address="青禾小区6栋", category="住建", **secret)
    told = msgspec.json.encode(ledger.warnings()).decode()
    assert ledger.warnings()
    assert not any(words in told for words in secret.values())


def test_a_fold_judges_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    ledger = Ledger()
    burst(ledger, 8)
    assert len(ledger.warnings()) > 1

    def judged(*_: Any) -> None:
        raise AssertionError("a replay judged")

    for name in ("look", "growing", "going_on", "further_needed"):
        monkeypatch.setattr(watch, name, judged)
    assert Ledger(ledger.values).rows() == ledger.rows()
    with pytest.raises(AssertionError, match="a replay judged"):
        ledger.tell(9, 99, CASE)


def test_a_recorded_warning_stands_whatever_the_rules_would_say() -> None:
    """Another version of the rules raised it: the fold marks it, and nothing is warned of again while it goes on."""
    ledger = Ledger()
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
    ledger = Ledger()
    ledger.tell(0, 0, None)
    ledger.tell(0, 1, None)
    other = f"{COUNTY}-2-0"
    merged = CasesMerged(CASE, other, Actor("desk-7", "operator", "青禾县12345"), "同一件事", START, "k:1")
    ledger.write([merged], "c" * 64)
    for number in range(2, 6):
        ledger.tell(number, number, CASE)
    assert {event.about for event in ledger.warnings()} == {About("matter", CASE)}
    assert Ledger(ledger.values).rows() == ledger.rows()


def test_a_scored_warning_that_nobody_raised_stops_the_fold() -> None:
    ledger = Ledger()
    ledger.tell(0, 0, None)
    scored = WarningScored(f"{COUNTY}-9-1", About("matter", CASE), "burst", START, True, 3, 3)
    with pytest.raises(Unfoldable, match="no earlier record raised"):
        ledger.write([scored], "d" * 64)


def test_what_is_undone_is_seen_again() -> None:
    ledger = Ledger()
    burst(ledger, 4)
    ledger.state.settle()
    before = ledger.tell(5, 30, CASE)
    ledger.state.undo()
    ledger.values.pop()
    assert ledger.tell(5, 30, CASE) == before


def test_the_warnings_of_the_index_are_the_events_folded() -> None:
    ledger = Ledger()
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


def told_all(ledger: Ledger, log: Sequence[tuple[int, int | None, int | None, dict[str, Any]]]) -> None:
    for day, who, joins, told in log:
        opened = [case for case in (f"{COUNTY}-{number}-0" for number in range(1, 9)) if ledger.state.case(case)]
        ledger.tell(day, who, None if joins is None or joins >= len(opened) else opened[joins], **told)


@settings(deadline=None, max_examples=40)
@given(logs(), st.integers(0, 60))
def test_a_fold_of_any_prefix_goes_on_as_the_writer_did(
    log: list[tuple[int, int | None, int | None, dict[str, Any]]], cut: int
) -> None:
    """The same warnings and the same state; and every warning is scored once at most."""
    whole, before = Ledger(), Ledger()
    told_all(whole, log)
    told_all(before, log[:cut])
    before.state.commit()
    after = Ledger(before.values)
    after.state.commit()
    told_all(after, log[cut:])
    assert after.values == whole.values
    assert after.rows() == whole.rows() == Ledger(whole.values).rows()
    scored = [event.warning for event in whole.warnings() if isinstance(event, WarningScored)]
    assert len(scored) == len(set(scored))


YEAR = 1461 * 2  # in eighths of a day
KIND = {"category": "供热"}


def winter(year: int, each: int = 4, summer: int = 1) -> list[tuple[int, int]]:
    """Days from START and people a week: `summer` from the 30th week on, `each` from the 44th to the 50th."""
    first = -year * YEAR // 8
    return [(first + 7 * week, each if 44 <= week < 50 else summer) for week in range(30, 51)]


def three_winters(ledger: Ledger, accepted: int | None = None) -> None:
    """Three years of a county, oldest first; accepted as they came, or all on one day, as an import is."""
    who = 1_000
    for year in (3, 2, 1):
        for day, count in winter(year):
            for _ in range(count):
                who += 1
                late = {} if accepted is None else {"accepted_at": START + accepted * DAY}
                ledger.tell(day, who, None, **KIND, **late)


def this_year(ledger: Ledger, weeks: range, count: int = 1) -> None:
    for week in weeks:
        for number in range(count):
            ledger.tell(7 * week, 9_000 + 10 * week + number, None, **KIND)


def seasons(ledger: Ledger, sign: str = "season") -> list[WarningRaised]:
    return [event for event in ledger.warnings() if isinstance(event, WarningRaised) and event.sign == sign]


def test_a_season_is_told_of_before_it_comes_and_once() -> None:
    ledger = Ledger()
    three_winters(ledger)
    before = len(seasons(ledger))
    this_year(ledger, range(30, 50))
    (raised,) = seasons(ledger)[before:]
    assert raised.about == About("category", "供热")
    assert raised.at < START + 7 * 44 * DAY, "before the first week of the rise"
    assert raised.since > raised.at
    assert (raised.seen, raised.members, raised.window) == (0, (), 28)
    assert len(raised.years) == 3
    assert all(year.seen * 2 >= RULES.season_times * year.before for year in raised.years)
    assert raised.expected > 4


@pytest.mark.parametrize(("people", "came"), [(6, True), (1, False)])
def test_a_season_is_scored_when_its_four_weeks_are_over(people: int, came: bool) -> None:
    ledger = Ledger()
    three_winters(ledger)
    this_year(ledger, range(30, 44))
    raised = seasons(ledger)[-1]
    this_year(ledger, range(44, 50), people)
    (scored,) = [one for one in ledger.warnings() if isinstance(one, WarningScored) and one.warning == raised.warning]
    assert (scored.sign, scored.came_true, scored.further) == ("season", came, raised.further)
    assert (scored.seen >= scored.further) is came
    assert scored.at > raised.since + 28 * DAY


def test_an_import_of_old_years_feeds_the_seasons_and_warns_of_none_that_is_over() -> None:
    """The county was live first: to its tracks the old years are past; its weeks count them."""
    ledger = Ledger()
    this_year(ledger, range(30, 33))
    three_winters(ledger, accepted=7 * 33)
    assert seasons(ledger) == []
    this_year(ledger, range(34, 44))
    (raised,) = seasons(ledger)
    assert len(raised.years) == 3


def test_an_import_into_an_empty_county_warns_of_no_season_that_is_over() -> None:
    ledger = Ledger()
    three_winters(ledger, accepted=7 * 30)
    assert seasons(ledger) == []
    this_year(ledger, range(31, 44))
    assert len(seasons(ledger)) == 1


def test_the_same_person_in_an_old_import_counts_once_in_28_days() -> None:
    counts = []
    for people in (1, 4):
        ledger = Ledger()
        ledger.tell(0, 1, None, **KIND)
        for number in range(12):
            ledger.tell(-400 + number // 4, 50 + number % people, None, **KIND)
        counts.append(ledger.state._watch._seasons.years(COUNTY, "供热"))
    told = [sum(years.weeks.values()) for years in counts]
    assert told == [2, 5]


def test_more_than_in_earlier_years_is_said() -> None:
    ledger = Ledger()
    three_winters(ledger)
    this_year(ledger, range(30, 44))
    this_year(ledger, range(44, 49), 14)
    (raised,) = seasons(ledger, "above_season")
    assert raised.seen > 2 * raised.expected
    assert raised.since < raised.at
    assert len(raised.years) == 3


def test_a_report_of_a_category_in_season_is_proposed_for_study() -> None:
    ledger = Ledger()
    ledger.state._triage = triage_rules()
    three_winters(ledger)
    assert not ledger.state.pattern(COUNTY, "供热").season
    this_year(ledger, range(30, 44))
    assert ledger.state.pattern(COUNTY, "供热").season
    (opened, *_) = ledger.tell(7 * 43, 77, None, **KIND)
    assert isinstance(opened, CaseOpened)
    assert opened.triage is not None
    assert "study" in opened.triage.tags
    assert "context-season" in [fact.rule for fact in opened.triage.facts]
    (other, *_) = ledger.tell(7 * 43, 78, None, category="住建")
    assert isinstance(other, CaseOpened)
    assert other.triage is None


def test_seasons_are_folded_as_they_were_decided_and_judged_by_no_fold(monkeypatch: pytest.MonkeyPatch) -> None:
    whole, before = Ledger(), Ledger()
    for ledger in (whole, before):
        three_winters(ledger)
    this_year(whole, range(30, 50), 2)
    this_year(before, range(30, 42), 2)
    before.state.commit()
    again = Ledger(before.values)
    this_year(again, range(42, 50), 2)
    assert again.values == whole.values
    assert seasons(whole)

    def judged(*_: Any) -> None:
        raise AssertionError("a replay judged")

    monkeypatch.setattr(ledger_seasons, "season_ahead", judged)
    monkeypatch.setattr(ledger_seasons, "above_season", judged)
    assert Ledger(whole.values).rows() == whole.rows() == again.rows()
    with pytest.raises(AssertionError, match="a replay judged"):
        this_year(whole, range(80, 81))


def test_a_week_that_is_undone_is_judged_again() -> None:
    ledger = Ledger()
    three_winters(ledger)
    this_year(ledger, range(30, 40))
    before, count = seasons(ledger), len(ledger.values)
    ledger.state.settle()
    this_year(ledger, range(40, 44))
    assert len(seasons(ledger)) > len(before)
    found = ledger.warnings()
    ledger.state.undo()
    del ledger.values[count:]
    assert seasons(ledger) == before
    this_year(ledger, range(40, 44))
    assert ledger.warnings() == found


def kept(ledger: Ledger) -> dict[str, int]:
    """The people of the categories whose years are kept."""
    rows = ledger.state._watch._seasons._slots.under(f"{COUNTY}|").values()
    return {row.category: sum(row.years.weeks.values()) for row in rows}


@pytest.mark.parametrize(
    ("told", "left"),
    [
        ([(0, "供热"), (1, "住建"), (2, "城管"), (2, "住建")], {"城管": 1, "住建": 2}),  # quiet longest, as few people
        ([(0, "甲"), (0, "甲"), (0, "甲"), (1, "乙"), (1, "丙")], {"甲": 3, "丙": 1}),  # fewest people
        ([*[(0, "供热")] * 90, (30, "杜撰"), (31, "路灯")], {"供热": 90, "路灯": 1}),  # what comes every winter stays
        ([*[(0, "旧")] * 90, (53, "新"), (53, "更新")], {"新": 1, "更新": 1}),  # it had no season in a whole year
        ([(0, "甲"), (0, "甲"), (0, "乙"), (0, "乙"), *[(1, "丙"), (1, "丁")] * 2], {"丙": 2, "丁": 2}),  # by turns
    ],
)
def test_a_new_category_takes_the_slot_of_the_one_that_can_best_be_spared(
    told: list[tuple[int, str]], left: dict[str, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ledger_seasons, "MOST_CATEGORIES", 2)
    ledger = Ledger()
    for number, (week, category) in enumerate(told):
        ledger.tell(7 * week, number, None, category=category)
    assert kept(ledger) == left
    assert Ledger(ledger.values).rows() == ledger.rows()


def test_a_category_that_was_driven_out_is_back_when_that_is_undone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ledger_seasons, "MOST_CATEGORIES", 2)
    ledger = Ledger()
    for number, category in enumerate(("供热", "住建")):
        ledger.tell(7 * number, number, None, category=category)
    ledger.state.settle()
    ledger.tell(14, 2, None, category="城管")
    ledger.state.undo()
    del ledger.values[2:]
    assert kept(ledger) == {"供热": 1, "住建": 1}
    ledger.tell(14, 2, None, category="供热")
    assert kept(ledger) == {"供热": 2, "住建": 1}
    assert Ledger(ledger.values).rows() == ledger.rows()


def test_a_season_ends_no_burst_of_its_category() -> None:
    ledger = Ledger()
    three_winters(ledger)
    this_year(ledger, range(30, 39))
    assert seasons(ledger)[-1].at < START
    for number in range(14):
        ledger.tell(7 * 38 + 1, 300 + number, None, **KIND)
    (burst,) = [one for one in ledger.warnings() if isinstance(one, WarningRaised) and one.sign == "burst"]
    assert burst.about == About("category", "供热")
    events = ledger.tell(7 * 39, 400, None, **KIND)
    assert [one.sign for one in events if isinstance(one, WarningRaised)] == ["above_season"]
    assert burst.warning not in [one.warning for one in events if isinstance(one, WarningScored)]


def test_what_may_have_a_season_is_spared_for_what_was_made_up_last_week() -> None:
    winter, new, floor = Standing(0, 2_956, RULES.season_floor), Standing(1, 3_000, 1), RULES.season_floor
    assert least({"供暖": winter, "新类": new}, floor) == "新类"
    assert least({"供暖": winter, "久无": Standing(2, 2_900, 90)}, floor) == "久无"
