"""Other triage rules over the log: the rules that wrote it change nothing, others are counted change by change."""

from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.desk import Desk, steps, take_step
from tests.support.events import COUNTY, START, report_event
from tests.support.triage_file import SMALLEST
from tests.support.watching import KIND, ToldLedger, this_year, three_winters
from wufang.adapters.profile_files import triage_rules, triage_rules_in
from wufang.ledger.folding.fold import Fold
from wufang.ledger.trials.back_test import BackTest, BackTested, Change, Proposed
from wufang.ledger.trials.homes import ALWAYS, Span

FIRE = ("梧桐里三栋楼道着火", "梧桐里三栋楼道堆物着火，浓烟很大，住户困在楼上下不来。")
RUBBISH = ("梧桐里垃圾桶满了没人清运", "梧桐里北门的垃圾桶满了，请派人清运。")
NO_GAS = ("梧桐里整栋楼停气", "梧桐里五栋从昨天起停气，老人没法做饭，燃气公司电话打不通。")
CALM = """
[[rule]]
id = "rubbish"
step = "tag"
gives = "joint"
why = "涉及多个部门"
needs = ["垃圾"]
"""


def of(number: int, matter: tuple[str, str], person: int = 0) -> dict[str, Any]:
    reporter = {"reporter": {"pseudonym": f"p{person}", "basis": "phone"}} if person else {}
    data = {**report_event(number)["data"], "title": matter[0], "text": matter[1], **reporter}
    return report_event(number, data=data)


def changes_of(values: list[bytes], rules: Any, span: Span = ALWAYS, county: str | None = None) -> list[Change]:
    test = BackTest(Fold(), rules, span, county)
    for offset, value in enumerate(values):
        test.fold(offset, value)
    return list(test.changes())


def summed(changes: list[Change], examples: int = 3) -> BackTested:
    result = BackTested("t-1")
    for change in changes:
        result.add(change, examples)
    return result


def other_rules(folder: Path) -> Any:
    """They know of fires and of rubbish, and of nothing else."""
    file = folder / "other.toml"
    file.write_text(SMALLEST + CALM, "utf-8")
    return triage_rules_in(file)


said = st.tuples(st.sampled_from([FIRE, NO_GAS]), st.integers(1, 2))


@settings(max_examples=30, deadline=None)
@given(st.lists(st.one_of(steps, said), max_size=20))
def test_the_rules_that_wrote_the_log_change_nothing(day: list[Any]) -> None:
    """Whatever people ordered between: each report is asked about as its case was when it came."""
    desk = Desk()
    reports = [desk.report(1_000).report.id]
    for number, step in enumerate(day):
        if len(step) == 2:
            reports.append(desk.take(of(6_000 + number, *step)).report.id)
        else:
            take_step(desk, reports, number, *step)
    live = {name: case for name, case in desk.cases().items() if case.state == "open"}
    changes = {change.case_id: change for change in changes_of(desk.values, triage_rules())}
    assert changes.keys() == live.keys()
    for name, case in live.items():
        assert changes[name].before == changes[name].after == Proposed(case.danger, case.lane, case.tags)


def test_repeats_count_as_they_stood_when_the_report_came() -> None:
    desk = Desk()
    for number in range(4):
        desk.take(of(number, NO_GAS, person=1))
    (case,) = desk.cases().values()
    assert case.links["repeat"] == 3
    (change,) = changes_of(desk.values, triage_rules())
    assert "context-repeats" in {reason.fact.rule for reason in change.reasons_after}
    assert change.reasons_before == change.reasons_after


def test_what_other_rules_propose_is_counted_with_the_facts_of_both(tmp_path: Path) -> None:
    desk = Desk()
    fire, gas, rubbish = (desk.take(event) for event in (of(1, FIRE), of(2, NO_GAS), of(3, RUBBISH)))
    changes = changes_of(desk.values, other_rules(tmp_path))
    told = {change.case_id: change for change in changes}
    assert told[fire.case_id].after.danger == "119"
    assert (told[gas.case_id].before.lane, told[gas.case_id].after.lane) == ("urgent", "ordinary")
    assert told[gas.case_id].reasons_before
    assert told[gas.case_id].reasons_after == ()
    assert told[rubbish.case_id].after.tags == ("joint",)
    assert {reason.fact.rule for reason in told[rubbish.case_id].reasons_after} == {"rubbish"}
    result = summed(changes)
    assert result.lanes["urgent", "ordinary"] == 1
    assert result.tags_added["joint"] == 1
    assert {change.case_id for change in result.examples} >= {gas.case_id, rubbish.case_id}
    assert summed(changes, 0).examples == []


def test_agreement_is_with_what_people_decided(tmp_path: Path) -> None:
    desk = Desk()
    gas, rubbish = desk.take(of(2, NO_GAS)), desk.take(of(3, RUBBISH))
    desk.order("decide_lane", case_id=gas.case_id, lane="urgent", tags=[])
    desk.order("decide_lane", case_id=rubbish.case_id, lane="ordinary", tags=["joint"])
    result = summed(changes_of(desk.values, other_rules(tmp_path)))
    assert (result.decided, result.lane_before, result.lane_after) == (2, 2, 1)
    assert (result.tags_before, result.tags_after) == (1, 2)


def test_only_cases_with_a_report_of_the_span_and_the_county_are_told() -> None:
    desk = Desk()
    desk.report(1)
    assert len(changes_of(desk.values, triage_rules(), county=COUNTY)) == 1
    assert changes_of(desk.values, triage_rules(), county="430103") == []
    assert changes_of(desk.values, triage_rules(), span=(None, START)) == []


def test_patterns_of_categories_count_as_they_stood_when_the_report_came() -> None:
    ledger = ToldLedger()
    ledger.state._triage = triage_rules()
    three_winters(ledger)
    this_year(ledger, range(30, 44))
    ledger.tell(7 * 43, 77, None, **KIND)
    for number in range(7):
        ledger.tell(7 * 43 + number // 3, 80 + number, None, category="住建")
    found = changes_of(ledger.values, triage_rules())
    told = {reason.fact.rule for change in found for reason in change.reasons_after}
    assert {"context-season", "context-common"} <= told
    assert all(change.before == change.after for change in found)
    assert {tag for change in found for tag in change.after.tags} == {"study", "joint"}
