"""The category of a case as people see it: suggested with its reason, decided, found by, and how often corrected."""

import re

import httpx
import pytest

from services.ledger.console.labels import answered
from tests.component.view.conftest import Fill, Login
from tests.support.samples import a_report
from tests.support.view import Ledger

NOISE, PATH = "050301", "生态环境 / 噪声与辐射 / 噪声"
OTHER, OTHER_PATH = "010305", "住房城建 / 市容环卫 / 渣土与工地"


@pytest.fixture
async def cases(fill: Fill, county: str) -> list[str]:
    """Five cases: suggestion kept, corrected, kept further down its branch, not decided; decided without one."""
    ledger, made = Ledger(), list[str]()
    for number in range(5):
        serials = [int(county) * 100 + 2 * number + one for one in (0, 1)]
        first, second = (
            a_report(serial, id=f"{serial:064x}", jurisdiction=county, category="其他") for serial in serials
        )
        made.append(ledger.open(first))
        if number < 4:
            ledger.suggest(made[-1], second, "0503" if number == 2 else NOISE, PATH)
    for number, (code, path) in enumerate(((NOISE, PATH), (OTHER, OTHER_PATH), (NOISE, PATH))):
        ledger.file(made[number], code, path)
    ledger.file(made[4], OTHER, OTHER_PATH)
    await fill(ledger.actions)
    return made


async def test_a_suggested_category_is_shown_with_its_reason_until_a_person_decides(
    login: Login, cases: list[str]
) -> None:
    client = login()
    asked = (await client.get(f"/v1/cases/{cases[3]}")).json()["case"]
    assert (asked["category"], asked["suggested_category"]["code"], asked["decided_category"]) == ("其他", NOISE, None)
    assert asked["suggested_category"]["told"] == f"建议分类：{PATH}（把握 83%）。依据：目录用词“噪音”。"
    view = (await client.get(f"/v1/cases/{cases[1]}")).json()
    decided = view["case"]["decided_category"]
    assert (view["case"]["category"], decided["code"], decided["answer"]) == (OTHER_PATH, OTHER, "corrected")
    (entry,) = [one for one in view["timeline"]["entries"] if one["type"] == "category_decided"]
    assert entry["category"] == {"code": OTHER, "path": OTHER_PATH, "answer": "corrected"}
    assert (entry["by"]["organisation"], entry["reason"]) == ("青禾县12345", None)


async def test_found_by_the_decided_category_else_by_the_senders(login: Login, cases: list[str]) -> None:
    page = (await login().get("/v1/cases")).json()
    counted = {value["value"]: value["count"] for value in page["facets"]["category"]}
    assert counted == {PATH: 2, OTHER_PATH: 2, "其他": 1}
    found = (await login().get("/v1/cases", params={"category": OTHER_PATH})).json()["cases"]
    assert {case["case_id"] for case in found} == {cases[1], cases[4]}


async def test_the_desk_sees_how_often_suggestions_are_corrected_in_its_own_area(
    inside: httpx.AsyncClient, cases: list[str], fill: Fill, county: str
) -> None:
    ledger, serial, elsewhere = Ledger(), int(county) * 100 + 50, str(int(county) + 300)
    ledger.file(ledger.open(a_report(serial, id=f"{serial:064x}", jurisdiction=elsewhere)), OTHER, OTHER_PATH)
    await fill(ledger.actions)
    page = (await inside.get("/console")).text
    assert "分类建议：采纳 2 个事项，更正 1 个（更正率 33%）；没有建议而定类 1 个" in page
    assert "分类建议：" not in (await inside.get("/console", params={"q": "噪音"})).text


def test_no_share_of_nothing() -> None:
    assert answered({}) == "分类建议：采纳 0 个事项，更正 0 个；没有建议而定类 0 个"


async def test_the_form_offers_the_tree_with_the_suggestion_chosen(inside: httpx.AsyncClient, cases: list[str]) -> None:
    page = (await inside.get(f"/console/cases/{cases[3]}")).text
    assert "依据：目录用词“噪音”。" in page
    assert f"<dt>建议分类</dt><dd>{PATH}（把握" in page
    assert page.count('<option value="01') > 30
    assert NOISE in re.findall(r'<option value="([0-9]*)" selected', page)
    assert (await inside.get(f"/console/cases/{cases[1]}")).text.count(OTHER_PATH) >= 2


async def test_a_code_that_is_not_in_the_tree_is_refused_at_the_door(login: Login, cases: list[str]) -> None:
    client = login(role="operator")
    for code, said in (("99", "分类目录里没有代码 99"), ("0", "code"), ("供水", "code")):
        answer = await client.post(f"/v1/cases/{cases[3]}/category", json={"code": code, "seen": {cases[3]: 2}})
        assert (answer.status_code, said in answer.text) == (422, True)
