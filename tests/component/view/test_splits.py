"""What a person is asked of a case that may be two: both groups side by side, to the desk alone, of what it may see."""

from typing import Any

import httpx
from msgspec import structs

from tests.component.view.conftest import Fill, Login
from tests.component.view.pages import Tags
from tests.support.samples import START, a_report, opened
from wufang.domain.case import Case, arrived, evolve
from wufang.domain.commands import Actor
from wufang.domain.events import CaseKeptTogether, CaseOpened
from wufang.domain.linking import Reason, Side, Split
from wufang.domain.report import Report
from wufang.readmodel.actions import Action, case_action, placed_action, record_actions
from wufang.readmodel.timeline import Origin

LIFT, POOL = "青石巷电梯停运", "望江路隧道积水"
WHY = "两组之间属同一事项的把握平均 3%"


def told(county: str) -> list[Report]:
    """Two reports of a lift and two of a pool."""
    titles = (LIFT, LIFT, POOL, POOL)
    return [a_report(int(county + str(at)), jurisdiction=county, title=title) for at, title in enumerate(titles, 1)]


def a_case(county: str, seq: int = 1, **changed: Any) -> Case:
    reports = told(county)
    ids = [report.id for report in reports]
    sides = (Side(tuple(ids[:2]), ("青石巷",), ("电梯",)), Side(tuple(ids[2:]), ("望江路",), ("积水",)))
    split = Split(sides, 0.2103, (Reason("average", 0.03, WHY),), "split-2")
    case = evolve(None, opened(reports[0], seq), seq)
    return structs.replace(case, **{"reports": 4, "version": 7, "split": split} | changed)


def reports_of(case: Case, *elsewhere: int) -> list[Action]:
    """Its four reports; some stand in another case by now."""
    return [
        placed_action(arrived(CaseOpened(case.id, one), 9, 0, "p/0/1"), "elsewhere" if at in elsewhere else case.id, 9)
        for at, one in enumerate(told(case.jurisdiction))
    ]


async def cases(client: httpx.AsyncClient, path: str = "/v1/splits") -> list[str]:
    answer = (await client.get(path)).raise_for_status().json()
    return [one["case"]["case_id"] for one in answer["splits"]]


async def test_both_groups_stand_side_by_side_with_what_to_send(fill: Fill, login: Login, county: str) -> None:
    case, ids = a_case(county), [report.id for report in told(county)]
    await fill([case_action(case), *reports_of(case)])
    (one,) = (await login(role="operator").get("/v1/splits")).json()["splits"]
    assert [[report["title"] for report in side["reports"]] for side in one["sides"]] == [[LIFT] * 2, [POOL] * 2]
    assert [(side["places"], side["words"]) for side in one["sides"]] == [
        (["青石巷"], ["电梯"]),
        (["望江路"], ["积水"]),
    ]
    assert (one["score"], one["reasons"][0]["detail"], one["rules"]) == (0.2103, WHY, "split-2")
    assert one["move"] == {"reports": ids[2:], "seen": {case.id: 7}}
    assert one["keep_together"] == {"reports": ids, "seen": {case.id: 7}}
    assert await cases(login(role="operator"), f"/v1/cases/{case.id}/splits") == [case.id]


async def test_not_asked_of_what_stands_elsewhere_by_now(fill: Fill, login: Login, county: str) -> None:
    case = a_case(county)
    await fill([case_action(case), *reports_of(case, 2, 3)])
    assert await cases(login(role="operator")) == []


async def test_not_asked_of_a_case_that_leads_elsewhere_or_has_not_come_apart(
    fill: Fill, login: Login, county: str
) -> None:
    merged, whole = a_case(county, 1, state="merged", leads_to=f"{county}-2-0"), a_case(county, 2, split=None)
    await fill([*map(case_action, [merged, whole]), *reports_of(merged)])
    assert await cases(login(role="operator")) == []
    assert await cases(login(role="operator"), f"/v1/cases/{whole.id}/splits") == []


async def test_a_case_out_of_reach_is_as_if_there_were_none(fill: Fill, login: Login, county: str) -> None:
    case = a_case(county, accused=("平川县青石物业有限公司",))
    await fill([case_action(case), *reports_of(case)])
    assert await cases(login(role="operator", organisation="平川县12345")) == [case.id]
    own = login(role="operator", organisation="平川县青石物业有限公司")
    hidden, unknown = await own.get("/v1/splits"), await login("998877", role="operator").get("/v1/splits")
    assert hidden.content == unknown.content
    assert (await own.get(f"/v1/cases/{case.id}/splits")).status_code == 404


async def test_lists_and_a_wardens_page_say_nothing_of_it(fill: Fill, login: Login, county: str) -> None:
    case = a_case(county)
    await fill([case_action(case), *reports_of(case)])
    listed = await login(role="operator").get("/v1/cases")
    alone = await login(role="warden").get(f"/v1/cases/{case.id}")
    assert not any(word in listed.text + alone.text for word in ("split", "coming_apart"))
    assert (await login(role="warden").get("/v1/splits")).status_code == 403


async def test_the_page_shows_both_and_forms_that_carry_what_was_seen(
    fill: Fill, inside: httpx.AsyncClient, county: str
) -> None:
    case, ids = a_case(county), [report.id for report in told(county)]
    await fill([case_action(case), *reports_of(case)])
    for path in ("/console/splits", f"/console/cases/{case.id}"):
        shown = (await inside.get(path)).text
        assert (LIFT in shown, POOL in shown, WHY in shown) == (True, True, True)
        forms = [attrs["action"] for tag, attrs in Tags(shown).found if tag == "form" and attrs.get("class") == "order"]
        assert forms[:2] == [f"/console/cases/{case.id}/order"] * 2
        fields = {(attrs.get("name"), attrs.get("value")) for tag, attrs in Tags(shown).found if tag == "input"}
        assert {("verb", "move"), ("verb", "keep_together"), ("seen", "7")} <= fields
        assert {("report", ",".join(ids[2:])), ("report", ",".join(ids))} <= fields


async def test_a_form_without_a_reason_is_told_in_words(fill: Fill, inside: httpx.AsyncClient, county: str) -> None:
    case = a_case(county)
    await fill([case_action(case)])
    form = {"verb": "keep_together", "seen": "7", "reason": "", "report": "0" * 64}
    answer = await inside.post(f"/console/cases/{case.id}/order", data=form)
    assert (answer.status_code, "请写明理由" in answer.text) == (422, True)


async def test_what_a_person_kept_together_stands_on_the_timeline(fill: Fill, login: Login, county: str) -> None:
    case, by = a_case(county, split=None), Actor("u9", "operator", "平川县12345")
    kept = CaseKeptTogether(
        case.id, tuple(report.id for report in told(county)), by, "同一处", START, "c1:" + "ef" * 32
    )
    origin = Origin("ab" * 32, county, 9, "commands/1/7")
    await fill([case_action(case), *record_actions([kept], origin)])
    page = (await login(role="operator").get(f"/v1/cases/{case.id}/timeline")).json()
    (entry,) = page["entries"]
    assert (entry["type"], entry["reason"], len(entry["reports"])) == ("case_kept_together", "同一处", 4)
