"""Cases are found by Chinese text, filtered, counted, marked, paged; on the real Elasticsearch through the API."""

from typing import Any

import httpx
import pytest
from msgspec import structs

from tests.component.view.conftest import Fill, Login
from tests.support.samples import DAY, START, a_report
from tests.support.view import HOSTILE, Ledger, many, reports_of


@pytest.fixture
async def ledger(fill: Fill, county: str) -> Ledger:
    """Four cases of one county: lift (two reports, one ended), noise, water, meeting."""
    made, reports = Ledger(), reports_of(county)
    lift = made.open(reports["lift"])
    made.link(lift, reports["lift_again"])
    made.conclude(lift, reports["lift"], reply="已修复", satisfied=True)
    for name in ("noise", "water", "meeting"):
        made.open(reports[name])
    await fill(made.actions)
    return made


async def titles(client: httpx.AsyncClient, **asked: Any) -> list[str]:
    answer = await client.get("/v1/cases", params=asked)
    assert answer.status_code == 200, answer.text
    return [case["title"] for case in answer.json()["cases"]]


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("水", "停水"),
        ("电梯", "芙蓉小区电梯停运"),
        ("施工噪音", "夜间施工噪音扰民"),
        ("电 梯 停 运", "芙蓉小区电梯停运"),
        ("桃园新村 施工", "夜间施工噪音扰民"),
        ("“自来水停了”", "停水"),
        ("芙蓉小区的电梯停运了", "芙蓉小区电梯停运"),
        ("仍未修好", "芙蓉小区电梯停运"),
        ("XF-7", "芙蓉小区电梯停运"),
        ("RX-2026-00003", "夜间施工噪音扰民"),
    ],
)
async def test_a_case_is_found_by(ledger: Ledger, login: Login, typed: str, found: str) -> None:
    assert await titles(login(), q=typed) == [found]


@pytest.mark.parametrize(
    ("text", "typed"),
    [
        ("电梯坏了至今没有维修", "电梯维修"),
        ("住在ＡＢ１２栋", "ab12"),
        ("住在ab12栋", "ＡＢ１２"),
        ("水压3.5米，XF-7号楼can't用😀请 修", "水压3.5米，XF-7号楼can't用😀请 修"),
        ("葛\U000e0100城的か\u3099す管ガス漏れ𠮷野家", "葛\U000e0100城的か\u3099す管ガス漏れ𠮷野家"),
    ],
)
async def test_a_text_is_found_by_its_words_and_by_itself(
    fill: Fill, login: Login, county: str, text: str, typed: str
) -> None:
    made = Ledger()
    made.open(many(county, 1, title="来信", text=text)[0])
    await fill(made.actions)
    assert await titles(login(), q=typed) == ["来信"]


async def test_an_address_that_stands_only_in_its_own_field_finds_nothing(
    fill: Fill, login: Login, county: str
) -> None:
    """Nobody is looked up by where they live; the report's own words are searched, its address is only shown."""
    made = Ledger()
    case_id = made.open(many(county, 1, address="柳叶路八十八号")[0])
    await fill(made.actions)
    assert await titles(login(), q="柳叶路八十八号") == []
    assert (await login().get(f"/v1/cases/{case_id}")).json()["case"]["addresses"] == ["柳叶路八十八号"]


async def test_every_part_must_be_found(ledger: Ledger, login: Login) -> None:
    assert await titles(login(), q="芙蓉小区 噪音") == []


async def test_a_phrase_is_found_as_it_stands_only(ledger: Ledger, login: Login) -> None:
    assert await titles(login(), phrase="小区电梯停运") == ["芙蓉小区电梯停运"]
    assert await titles(login(), phrase="小区停运电梯") == []


async def test_a_report_far_down_finds_its_case(fill: Fill, login: Login, county: str) -> None:
    made = Ledger()
    first, *others = many(county, 41, text="楼道灯不亮。" * 40)
    case_id = made.open(first)
    for report in others:
        made.link(case_id, report)
    made.link(case_id, a_report(50, jurisdiction=county, title="补充", text="另外配电箱冒烟。"))
    await fill(made.actions)
    (case,) = (await login().get("/v1/cases", params={"q": "配电箱冒烟"})).json()["cases"]
    assert (case["case_id"], case["reports"]) == (case_id, 42)
    assert case["best_report"]["highlight"]["text"] == ["另外<mark>配电箱冒烟</mark>。"]


async def test_hits_are_marked_and_the_rest_is_escaped(fill: Fill, login: Login, county: str) -> None:
    made = Ledger()
    hostile = {"title": '<img src=x onerror="alert(1)">电梯', "text": "电梯<b>坏\ufdd1了\ufdd0</script>"}
    made.open(many(county, 1, **hostile)[0])
    await fill(made.actions)
    (case,) = (await login().get("/v1/cases", params={"q": "电梯"})).json()["cases"]
    (title,) = case["highlight"]["title"]
    assert title == "&lt;img src=x onerror=&quot;alert(1)&quot;&gt;<mark>电梯</mark>"
    assert case["highlight"]["text"] == ["<mark>电梯</mark>&lt;b&gt;坏了<mark>&lt;/script&gt;</mark>"]


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({"channel": "petition"}, ["芙蓉小区电梯停运"]),
        ({"channel": ["petition", "grid"]}, ["夜间施工噪音扰民", "芙蓉小区电梯停运"]),
        ({"category": "噪音"}, ["夜间施工噪音扰民"]),
        ({"jurisdiction": "999999"}, []),
        ({"area": "99"}, []),
        ({"month": "2026-02"}, ["停水"]),
        ({"since": "2026-02-01T00:00:00+08:00"}, ["停水"]),
        ({"until": "2026-01-01T08:02:00+08:00"}, ["芙蓉小区电梯停运"]),
        ({"channels_at_least": 2}, ["芙蓉小区电梯停运"]),
        ({"reports_at_least": 2}, ["芙蓉小区电梯停运"]),
        ({"progress": "some"}, ["芙蓉小区电梯停运"]),
        ({"link_kind": "same_matter"}, ["芙蓉小区电梯停运"]),
        ({"state": "merged"}, []),
        ({"q": "电梯", "category": "噪音"}, []),
    ],
)
async def test_filters(ledger: Ledger, login: Login, asked: Any, found: list[str]) -> None:
    assert await titles(login(), **asked) == found


async def test_facets_count_the_whole_result_and_leave_a_second_choice_open(ledger: Ledger, login: Login) -> None:
    answer = (await login().get("/v1/cases", params={"channel": "petition"})).json()
    facets = {name: {item["value"]: item["count"] for item in items} for name, items in answer["facets"].items()}
    assert facets["channel"] == {"hotline": 3, "grid": 1, "petition": 1}
    assert facets["month"] == {"2026-01": 1}
    assert facets["category"] == {"电梯": 1}
    assert answer["total"] == 1


@pytest.mark.parametrize("sort", ["relevance", "newest", "oldest", "updated", "most_reports"])
@pytest.mark.parametrize("typed", ["", "电梯停运"])
async def test_paging_visits_every_case_once(fill: Fill, login: Login, county: str, sort: str, typed: str) -> None:
    made = Ledger()
    for number, report in enumerate(many(county, 23)):
        made.open(structs.replace(report, occurred_at=START + number % 3 * DAY))
    await fill(made.actions)
    client = login()
    asked: dict[str, Any] = {"q": typed, "sort": sort, "size": 5}
    page = (await client.get("/v1/cases", params=asked)).json()
    seen = [case["case_id"] for case in page["cases"]]
    while page["next"]:
        page = (await client.get("/v1/cases", params={**asked, "cursor": page["next"]})).json()
        seen += [case["case_id"] for case in page["cases"]]
    assert sorted(seen) == sorted(made.cases)


async def test_a_cursor_is_of_one_person_and_one_search(fill: Fill, login: Login, county: str) -> None:
    made = Ledger()
    for report in many(county, 7):
        made.open(report)
    await fill(made.actions)
    client = login()
    cursor = (await client.get("/v1/cases", params={"size": 5})).json()["next"]
    assert (await client.get("/v1/cases", params={"size": 2, "cursor": cursor})).status_code == 200
    other_search = await client.get("/v1/cases", params={"cursor": cursor, "channel": "grid"})
    other_person = await login(subject="u2").get("/v1/cases", params={"cursor": cursor})
    altered = await client.get("/v1/cases", params={"cursor": cursor[:-2] + ("AA" if cursor[-2:] != "AA" else "BB")})
    assert [answer.status_code for answer in (other_search, other_person, altered)] == [400, 403, 400]


@pytest.mark.parametrize("typed", [text for text in HOSTILE if text != "\ud800"])
@pytest.mark.parametrize("name", ["q", "phrase"])
async def test_hostile_words_are_words(ledger: Ledger, login: Login, typed: str, name: str) -> None:
    answer = await login().get("/v1/cases", params={name: typed[:5_000]})
    assert answer.status_code in (200, 422)
    if answer.status_code == 200:
        found = {case["title"] for case in answer.json()["cases"]}
        assert found <= ({"夜间施工噪音扰民"} if "噪音" in typed else set())


@pytest.mark.parametrize(
    "asked",
    [
        {"size": 101},
        {"size": 0},
        {"sort": "title"},
        {"channel": "phone"},
        {"month": "2026-13"},
        {"area": "4301*"},
        {"since": "2026-01-01T00:00:00"},
        {"index": "other"},
        {"q": "x" * 2_001},
    ],
)
async def test_what_cannot_be_asked_is_refused_without_repeating_it(login: Login, index: Any, asked: Any) -> None:
    answer = await login().get("/v1/cases", params=asked)
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    assert "xxx" not in answer.text
    assert "other" not in answer.text
    assert answer.json()["errors"][0]["message"]


async def test_a_case_shows_its_reports_with_evidence_and_their_own_ends(
    ledger: Ledger, login: Login, county: str
) -> None:
    answer = (await login().get(f"/v1/cases/{county}-1-0")).json()
    assert answer["case"]["version"] == 3
    assert answer["case"]["channels"] == {"hotline": 1, "petition": 1}
    first, second = answer["reports"]["reports"]
    assert (first["number"], first["link"], first["outcome"]["result"]) == ("RX-2026-00001", None, "solved")
    assert (second["number"], second["outcome"]) == ("XF-7", None)
    assert (second["link"]["score"], second["link"]["rules"]) == (0.7321, "linking-1")
    assert second["link"]["reasons"][0]["detail"] == "文字相近"
    kinds = [entry["type"] for entry in answer["timeline"]["entries"]]
    assert kinds == ["case_opened", "report_linked", "report_concluded"]


async def test_the_last_outcome_of_a_report_stands(fill: Fill, login: Login, county: str) -> None:
    made, (report,) = Ledger(), many(county, 1)
    case_id = made.open(report)
    made.conclude(case_id, report, result="refused")
    made.conclude(case_id, report, result="solved")
    await fill(made.actions)
    assert (await login().get(f"/v1/reports/{report.id}")).json()["outcome"]["result"] == "solved"


@pytest.mark.parametrize("what", ["timeline", "reports"])
async def test_a_long_case_is_paged(fill: Fill, login: Login, county: str, what: str) -> None:
    made = Ledger()
    first, *others = many(county, 120, occurred_at=START)
    case_id = made.open(first)
    for report in others:
        made.link(case_id, report)
    await fill(made.actions)
    client = login()
    page = (await client.get(f"/v1/cases/{case_id}")).json()[what]
    seen = list(page["entries" if what == "timeline" else what])
    while page["next"]:
        page = (await client.get(f"/v1/cases/{case_id}/{what}", params={"cursor": page["next"]})).json()
        seen += page["entries" if what == "timeline" else what]
    assert len({item["report_id"] for item in seen}) == len(seen) == page["total"] == 120


async def test_no_answer_holds_a_pseudonym_or_ciphertext(ledger: Ledger, login: Login, county: str) -> None:
    client, report = login(), reports_of(county)["lift"].id
    for path in ("/v1/cases", "/v1/cases?q=电梯", f"/v1/cases/{county}-1-0", f"/v1/reports/{report}"):
        answer = await client.get(path)
        text = answer.text
        assert answer.status_code == 200
        assert "5eed5eed" not in text
        assert "Y2lwaGVydGV4dA" not in text
