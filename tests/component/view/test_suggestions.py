"""What a person is asked of two cases: side by side with the evidence, to the desk alone, of what it may see."""

from typing import Any

import httpx
import pytest
from msgspec import structs

from tests.component.view.conftest import Fill, Login
from tests.component.view.pages import Tags, token
from tests.support.samples import START, a_link, a_report, opened
from wufang.domain.case import Case, Suggestion, evolve
from wufang.domain.commands import Actor
from wufang.domain.events import CasesKeptApart
from wufang.readmodel.actions import case_action, record_actions
from wufang.readmodel.timeline import Origin
from wufang.settings import Settings


def a_case(county: str, seq: int, *like: int, **changed: Any) -> Case:
    """A case of one report that is like the cases of these seqs."""
    report = a_report(seq, jurisdiction=county, title=f"青石巷{seq}号门前积水")
    asked = tuple(Suggestion(report.id, a_link(f"{county}-{other}-0")) for other in like)
    return structs.replace(evolve(None, opened(report, seq), seq), suggestions=asked, **changed)


async def pairs(client: httpx.AsyncClient, path: str = "/v1/suggestions") -> set[tuple[str, str]]:
    answer = (await client.get(path)).raise_for_status().json()
    return {(one["case"]["case_id"], one["other"]["case_id"]) for one in answer["suggestions"]}


async def test_two_cases_stand_side_by_side_with_what_speaks_for_it(fill: Fill, login: Login, county: str) -> None:
    await fill(map(case_action, [a_case(county, 1), a_case(county, 2, 1)]))
    answer = (await login(role="operator").get("/v1/suggestions")).json()
    (one,) = answer["suggestions"]
    assert answer["next"] is None
    assert (one["case"]["title"], one["other"]["title"]) == ("青石巷2号门前积水", "青石巷1号门前积水")
    assert (one["case"]["version"], one["other"]["version"]) == (2, 1)
    assert one["link"]["reasons"][0]["detail"] == "文字相近"


async def test_a_case_is_told_of_from_both_sides_and_of_no_third(fill: Fill, login: Login, county: str) -> None:
    await fill(map(case_action, [a_case(county, 1), a_case(county, 2, 1), a_case(county, 3, 2)]))
    client, (a, b, c) = login(role="operator"), (f"{county}-{seq}-0" for seq in (1, 2, 3))
    assert await pairs(client) == {(b, a), (c, b)}
    assert await pairs(client, f"/v1/cases/{a}/suggestions") == {(b, a)}
    assert await pairs(client, f"/v1/cases/{c}/suggestions") == {(c, b)}
    assert await pairs(client, f"/v1/cases/{b}/suggestions") == {(b, a), (c, b)}


async def test_what_leads_elsewhere_is_asked_of_where_it_is_now(fill: Fill, login: Login, county: str) -> None:
    holder = a_case(county, 1, parts=(f"{county}-2-0",))
    put_in = a_case(county, 2, state="merged", leads_to=holder.id)
    again = a_case(county, 4, state="merged", leads_to=put_in.id)
    await fill(map(case_action, [holder, put_in, again, a_case(county, 3, 2), a_case(county, 5, 4)]))
    client = login(role="operator")
    asked = {(f"{county}-3-0", holder.id), (f"{county}-5-0", holder.id)}
    assert await pairs(client) == asked
    assert await pairs(client, f"/v1/cases/{holder.id}/suggestions") >= {(f"{county}-3-0", holder.id)}


async def test_nothing_is_asked_of_a_case_out_of_reach_or_of_one_with_itself(
    fill: Fill, login: Login, county: str
) -> None:
    accused = a_case(county, 1, accused=("平川县青石物业有限公司",))
    holder = a_case(county, 5, 6, parts=(f"{county}-6-0",))
    await fill(
        map(
            case_action,
            [accused, a_case(county, 2, 1), holder, a_case(county, 6, state="merged", leads_to=holder.id)],
        )
    )
    seen = login(role="operator", organisation="平川县12345")
    assert await pairs(seen) == {(f"{county}-2-0", accused.id)}
    own = login(role="operator", organisation="平川县青石物业有限公司")
    assert await pairs(own) == set()
    assert await pairs(own, f"/v1/cases/{county}-2-0/suggestions") == set()
    hidden, unknown = (
        (await own.get("/v1/suggestions")).content,
        (await login("998877", role="operator").get("/v1/suggestions")),
    )
    assert hidden == unknown.content


async def test_pages_follow_one_another(fill: Fill, login: Login, county: str) -> None:
    await fill(map(case_action, [a_case(county, 1), *(a_case(county, seq, 1) for seq in range(2, 7))]))
    client, found = login(role="operator"), list[str]()
    cursor: str | None = ""
    for _ in range(3):
        page = (await client.get("/v1/suggestions", params={"size": "2", "cursor": cursor or ""})).json()
        found += [one["case"]["case_id"] for one in page["suggestions"]]
        cursor = page["next"]
    assert cursor is None
    assert sorted(found) == [f"{county}-{seq}-0" for seq in range(2, 7)]


async def test_lists_and_a_wardens_page_say_nothing_of_it(fill: Fill, login: Login, county: str) -> None:
    await fill(map(case_action, [a_case(county, 1), a_case(county, 2, 1)]))
    listed = await login(role="operator").get("/v1/cases")
    alone = await login(role="warden").get(f"/v1/cases/{county}-2-0")
    assert "suggest" not in (listed.text + alone.text).replace("suggested_category", "")
    assert (await login(role="warden").get("/v1/suggestions")).status_code == 403


async def test_a_timeline_names_no_case_that_its_reader_may_not_see(fill: Fill, login: Login, county: str) -> None:
    hidden, shown = a_case(county, 1, accused=("平川县青石物业有限公司",)), a_case(county, 2)
    by = Actor("u9", "operator", "平川县12345")
    apart = CasesKeptApart(shown.id, hidden.id, by, "一处是物业的事", START, "c1:" + "ef" * 32)
    origin = Origin("ab" * 32, county, 9, "commands/1/7")
    await fill([*map(case_action, [hidden, shown]), *record_actions([apart], origin)])

    async def told(organisation: str) -> list[str]:
        client = login(role="handler", organisation=organisation)
        page = await client.get(f"/v1/cases/{shown.id}/timeline", params={"size": 1})
        assert page.json()["next"] is None
        assert page.json()["total"] == len(page.json()["entries"])
        return [entry["type"] for entry in page.json()["entries"]]

    assert await told("平川县水务局") == ["cases_kept_apart"]
    assert await told("平川县青石物业有限公司") == []


async def test_the_page_shows_both_and_forms_that_carry_what_was_seen(
    fill: Fill, inside: httpx.AsyncClient, county: str
) -> None:
    await fill(map(case_action, [a_case(county, 1), a_case(county, 2, 1)]))
    for path in ("/console/suggestions", f"/console/cases/{county}-1-0", f"/console/cases/{county}-2-0"):
        shown = (await inside.get(path)).text
        assert ("青石巷1号门前积水" in shown, "青石巷2号门前积水" in shown, "文字相近" in shown) == (True, True, True)
        forms = [attrs["action"] for tag, attrs in Tags(shown).found if tag == "form" and attrs.get("class") == "order"]
        assert forms[:2] == [f"/console/cases/{county}-1-0/order"] * 2
        fields = {(attrs.get("name"), attrs.get("value")) for tag, attrs in Tags(shown).found if tag == "input"}
        assert {("seen", "1"), ("seen_other", "2"), ("other", f"{county}-2-0")} <= fields
        assert {("verb", "merge"), ("verb", "keep_apart")} <= fields


@pytest.mark.parametrize(
    ("form", "status", "words"),
    [
        ({"verb": "merge", "reason": ""}, 422, "请写明理由"),
        ({"verb": "burn", "reason": "同一件事"}, 422, "不认得的指令"),
        ({"verb": "merge", "reason": "同一件事", "other": "x"}, 422, "刷新"),
        ({"verb": "move", "reason": "同一件事", "other": "110101-1-0", "report": "0" * 64}, 404, "110101-1-0"),
        ({"verb": "restore", "reason": "同一件事", "other": "110101-1-0"}, 404, "110101-1-0"),
    ],
)
async def test_a_form_that_cannot_be_used_is_told_in_words(
    fill: Fill, inside: httpx.AsyncClient, county: str, form: dict[str, str], status: int, words: str
) -> None:
    await fill([case_action(a_case(county, 1))])
    answer = await inside.post(
        f"/console/cases/{county}-1-0/order", data={"other": f"{county}-2-0", "seen": "1", **form}
    )
    assert (answer.status_code, words in answer.text) == (status, True)


async def test_a_form_of_another_site_or_role_orders_nothing(
    fill: Fill, browser: httpx.AsyncClient, view: Settings, county: str
) -> None:
    await fill([case_action(a_case(county, 1))])
    form = {"verb": "merge", "other": f"{county}-2-0", "seen": "1", "seen_other": "1", "reason": "同一件事"}
    await browser.post("/console/login", data={"token": token(view, county, "auditor")})
    assert (await browser.post(f"/console/cases/{county}-1-0/order", data=form)).status_code == 403
    await browser.post("/console/login", data={"token": token(view, county)})
    elsewhere = {"sec-fetch-site": "cross-site"}
    answer = await browser.post(f"/console/cases/{county}-1-0/order", data=form, headers=elsewhere)
    assert (answer.status_code, "请从本系统的页面提交" in answer.text) == (403, True)
