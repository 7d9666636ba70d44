"""Seasons on the ledger: told of before they come, kept for years, driven out and taken back as the log goes."""

from typing import Any

import pytest

from tests.support.events import COUNTY, START
from tests.support.watching import DAY, KIND, ToldLedger, this_year, three_winters
from wufang.adapters.profile_files import triage_rules
from wufang.domain.events import CaseOpened, WarningRaised, WarningScored
from wufang.domain.warning import RULES, About
from wufang.ledger.watching import seasons as ledger_seasons
from wufang.ledger.watching.seasons import _least as least
from wufang.ledger.watching.seasons import _Standing as Standing


def seasons(ledger: ToldLedger, sign: str = "season") -> list[WarningRaised]:
    return [event for event in ledger.warnings() if isinstance(event, WarningRaised) and event.sign == sign]


def test_a_season_is_told_of_before_it_comes_and_once() -> None:
    ledger = ToldLedger()
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
    ledger = ToldLedger()
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
    ledger = ToldLedger()
    this_year(ledger, range(30, 33))
    three_winters(ledger, accepted=7 * 33)
    assert seasons(ledger) == []
    this_year(ledger, range(34, 44))
    (raised,) = seasons(ledger)
    assert len(raised.years) == 3


def test_an_import_into_an_empty_county_warns_of_no_season_that_is_over() -> None:
    ledger = ToldLedger()
    three_winters(ledger, accepted=7 * 30)
    assert seasons(ledger) == []
    this_year(ledger, range(31, 44))
    assert len(seasons(ledger)) == 1


def test_the_same_person_in_an_old_import_counts_once_in_28_days() -> None:
    counts = []
    for people in (1, 4):
        ledger = ToldLedger()
        ledger.tell(0, 1, None, **KIND)
        for number in range(12):
            ledger.tell(-400 + number // 4, 50 + number % people, None, **KIND)
        counts.append(ledger.state._watch._seasons.years(COUNTY, "供热"))
    told = [sum(years.weeks.values()) for years in counts]
    assert told == [2, 5]


def test_more_than_in_earlier_years_is_said() -> None:
    ledger = ToldLedger()
    three_winters(ledger)
    this_year(ledger, range(30, 44))
    this_year(ledger, range(44, 49), 14)
    (raised,) = seasons(ledger, "above_season")
    assert raised.seen > 2 * raised.expected
    assert raised.since < raised.at
    assert len(raised.years) == 3


def test_a_report_of_a_category_in_season_is_proposed_for_study() -> None:
    ledger = ToldLedger()
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
    whole, before = ToldLedger(), ToldLedger()
    for ledger in (whole, before):
        three_winters(ledger)
    this_year(whole, range(30, 50), 2)
    this_year(before, range(30, 42), 2)
    before.state.commit()
    again = ToldLedger(before.values)
    this_year(again, range(42, 50), 2)
    assert again.values == whole.values
    assert seasons(whole)

    def judged(*_: Any) -> None:
        raise AssertionError("a replay judged")

    monkeypatch.setattr(ledger_seasons, "season_ahead", judged)
    monkeypatch.setattr(ledger_seasons, "above_season", judged)
    assert ToldLedger(whole.values).rows() == whole.rows() == again.rows()
    with pytest.raises(AssertionError, match="a replay judged"):
        this_year(whole, range(80, 81))


def test_a_week_that_is_undone_is_judged_again() -> None:
    ledger = ToldLedger()
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


def kept(ledger: ToldLedger) -> dict[str, int]:
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
    ledger = ToldLedger()
    for number, (week, category) in enumerate(told):
        ledger.tell(7 * week, number, None, category=category)
    assert kept(ledger) == left
    assert ToldLedger(ledger.values).rows() == ledger.rows()


def test_a_category_that_was_driven_out_is_back_when_that_is_undone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ledger_seasons, "MOST_CATEGORIES", 2)
    ledger = ToldLedger()
    for number, category in enumerate(("供热", "住建")):
        ledger.tell(7 * number, number, None, category=category)
    ledger.state.settle()
    ledger.tell(14, 2, None, category="城管")
    ledger.state.undo()
    del ledger.values[2:]
    assert kept(ledger) == {"供热": 1, "住建": 1}
    ledger.tell(14, 2, None, category="供热")
    assert kept(ledger) == {"供热": 2, "住建": 1}
    assert ToldLedger(ledger.values).rows() == ledger.rows()


def test_a_season_ends_no_burst_of_its_category() -> None:
    ledger = ToldLedger()
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
