"""Two cases that no list pairs are put together from a page: found, seen side by side, then ordered."""

import html
import re
from typing import Any

import httpx
import pytest
from msgspec import structs

from services.ledger.commands import Desk
from services.ledger.console.merging import MOST_SHOWN
from tests.component.view.conftest import Fill
from tests.component.view.pages import Tags, addresses, token
from tests.support.view import Ledger, many, reports_of
from wufang.adapters.jwt_people import Role
from wufang.adapters.receipts import Receipt
from wufang.domain.commands import Merge
from wufang.readmodel.actions import case_action
from wufang.settings import Settings
from wufang.wire.position import Position


async def two(fill: Fill, county: str) -> tuple[str, str]:
    """A case about a lift, and one about noise that nothing pairs with it."""
    made, reports = Ledger(), reports_of(county)
    lift, noise = made.open(reports["lift"]), made.open(reports["noise"])
    made.link(lift, reports["lift_again"])
    await fill(made.actions)
    return lift, noise


async def asked(client: httpx.AsyncClient, case_id: str, words: str) -> str:
    answer = await client.get(f"/console/cases/{case_id}/merge", params={"q": words})
    assert answer.status_code == 200, answer.text
    return html.unescape(answer.text)


def forms(page: str) -> list[dict[str, str | None]]:
    return [attrs for tag, attrs in Tags(page).found if tag == "form" and "/order" in (attrs.get("action") or "")]


def fields(page: str) -> dict[str, str]:
    hidden = [attrs for tag, attrs in Tags(page).found if tag == "input" and attrs.get("type") == "hidden"]
    return {attrs["name"] or "": attrs["value"] or "" for attrs in hidden}


async def test_a_case_page_leads_to_a_page_with_both(inside: httpx.AsyncClient, fill: Fill, county: str) -> None:
    lift, noise = await two(fill, county)
    whole = (await inside.get(f"/console/cases/{noise}")).text
    (form,) = [attrs for tag, attrs in Tags(whole).found if (attrs.get("action") or "").endswith("/merge")]
    assert (form["method"], form["action"]) == ("get", f"/console/cases/{noise}/merge")
    page = await asked(inside, noise, lift)
    assert "芙蓉小区电梯停运" in page
    assert "夜间施工噪音扰民" in page
    (order,) = forms(page)
    assert order["action"] == f"/console/cases/{lift}/order"
    told = fields(page)
    assert (told["verb"], told["other"], told["seen"], told["seen_other"]) == ("merge", noise, "3", "2")
    assert f"/console/cases/{lift}/merge?q={noise}" in addresses(page)


async def test_what_the_page_asks_is_a_merge_in_the_versions_it_showed(
    inside: httpx.AsyncClient, fill: Fill, county: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    handed_in: list[Merge] = []

    async def hand_in(_desk: Desk, _county: str, _name: str, command: Merge) -> Receipt:
        handed_in.append(command)
        return Receipt(Position("commands", 0, 0), "c", "m")

    monkeypatch.setattr(Desk, "hand_in", hand_in)
    lift, noise = await two(fill, county)
    page = await asked(inside, noise, lift)
    answer = await inside.post(forms(page)[0]["action"] or "", data={**fields(page), "reason": "同一处施工引起"})
    assert (answer.status_code, answer.headers["location"]) == (303, f"/console/cases/{lift}?ordered=yes")
    (merge,) = handed_in
    assert (merge.case_id, merge.merged, merge.seen, merge.reason) == (
        lift,
        noise,
        {lift: 3, noise: 2},
        "同一处施工引起",
    )


@pytest.mark.parametrize("words", ["XF-7", "来信反映电梯", "芙蓉小区"])
async def test_the_other_is_found_by_a_reports_number_or_words(
    inside: httpx.AsyncClient, fill: Fill, county: str, words: str
) -> None:
    lift, noise = await two(fill, county)
    (order,) = forms(await asked(inside, noise, words))
    assert order["action"] == f"/console/cases/{lift}/order"


async def test_of_several_a_person_chooses(inside: httpx.AsyncClient, fill: Fill, county: str) -> None:
    made = Ledger()
    cases = [made.open(report) for report in many(county, MOST_SHOWN + 2, title="和平路路灯不亮")]
    await fill(made.actions)
    page = await asked(inside, cases[0], "路灯")
    assert forms(page) == []
    chosen = re.findall(rf"/console/cases/{cases[0]}/merge\?q=({county}-[0-9]+-0)", page)
    assert len(chosen) == len(set(chosen)) == MOST_SHOWN
    assert cases[0] not in chosen


@pytest.mark.parametrize(
    ("words", "said"),
    [("{noise}", "这就是本事项"), ("没有的字", "没有找到"), ("529101-1-0", "没有找到"), ("噪音扰民", "没有找到")],
)
async def test_what_is_no_other_case_is_told(
    inside: httpx.AsyncClient, fill: Fill, county: str, words: str, said: str
) -> None:
    _, noise = await two(fill, county)
    page = await asked(inside, noise, words.format(noise=noise))
    assert said in page
    assert forms(page) == []


async def test_a_number_of_its_own_report_is_told_so(inside: httpx.AsyncClient, fill: Fill, county: str) -> None:
    lift, _ = await two(fill, county)
    assert "就在本事项中" in await asked(inside, lift, "XF-7")


async def test_what_was_put_elsewhere_leads_there_and_is_put_nowhere_again(
    inside: httpx.AsyncClient, fill: Fill, county: str
) -> None:
    made, reports = Ledger(), reports_of(county)
    lift, noise, water = (made.open(reports[name]) for name in ("lift", "noise", "water"))
    gone = structs.replace(made.cases[water], state="merged", leads_to=lift)
    await fill([*made.actions, case_action(structs.replace(gone, version=9))])
    (order,) = forms(await asked(inside, noise, water))
    assert order["action"] == f"/console/cases/{lift}/order"
    assert (await inside.get(f"/console/cases/{water}/merge")).status_code == 422


async def test_cases_of_two_counties_stay_apart_and_another_area_is_not_told_of(
    browser: httpx.AsyncClient, view: Settings, fill: Fill, county: str
) -> None:
    _, noise = await two(fill, county)
    made, other = Ledger(), str(int(county) + 600)
    there = made.open(many(other, 1, title="夜间施工噪音扰民")[0])
    await fill(made.actions)
    await browser.post("/console/login", data={"token": token(view, county)})
    assert "没有找到" in await asked(browser, noise, there)
    assert (await browser.get(f"/console/cases/{there}/merge")).status_code == 404
    await browser.post("/console/login", data={"token": token(view, "51", "city")})
    assert "不在同一区县" in await asked(browser, noise, there)
    assert "没有找到" in await asked(browser, noise, "噪音")


@pytest.mark.parametrize("role", ["warden", "handler", "discipline", "auditor"])
async def test_only_the_desk_may(
    browser: httpx.AsyncClient, view: Settings, fill: Fill, county: str, role: Role
) -> None:
    _, noise = await two(fill, county)
    await browser.post("/console/login", data={"token": token(view, county, role)})
    assert (await browser.get(f"/console/cases/{noise}/merge")).status_code == 403
    assert "/merge" not in (await browser.get(f"/console/cases/{noise}")).text


async def test_words_of_strangers_make_no_tag(inside: httpx.AsyncClient, fill: Fill, county: str) -> None:
    made = Ledger()
    bad: dict[str, Any] = {"title": "电梯<script>x</script>", "text": "电梯<i>坏了</i>"}
    cases = [made.open(report) for report in many(county, 2, **bad)]
    await fill(made.actions)
    for words in (cases[1], "<i>", "电梯"):
        answer = await inside.get(f"/console/cases/{cases[0]}/merge", params={"q": words})
        tags = [tag for tag, _ in Tags(answer.text).found]
        assert "i" not in tags
        assert tags.count("script") == 1
