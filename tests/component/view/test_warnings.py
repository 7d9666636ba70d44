"""Warnings as a person lists them: newest first, filtered, paged; hidden where the person's organisation is accused."""

from typing import Any

import httpx
import pytest

from tests.component.view.conftest import Fill, Login
from tests.support.samples import DAY, START
from tests.support.view import Ledger, many, raised, written
from wufang.domain.events import EarlierYear
from wufang.domain.warning import About


class Told:
    """A county's warnings: one of a matter, one of a place over two cases, one of a matter that keeps growing."""

    def __init__(self, county: str, accused: str | None = None) -> None:
        ledger, reports = Ledger(), many(county, 6, title="芙蓉小区电梯停运")
        self.county, self.reports = county, reports
        self.case = ledger.open(reports[0])
        for report in reports[1:4]:
            ledger.link(self.case, report)
        self.other = ledger.open(many(county, 6, title="桃园新村积水", accused=accused)[4])
        self.names = [f"{county}-{seq}-1" for seq in (7, 8, 9)]
        matter, place = About("matter", self.case), About("place", "estate:芙蓉")
        spread = [reports[0], reports[4]]
        self.actions = [
            *ledger.actions,
            written(county, raised(self.names[0], matter, self.case, reports[:4])),
            written(county, raised(self.names[1], place, self.other, spread, at=START + DAY), scored=True),
            written(
                county,
                raised(
                    self.names[2], matter, self.case, reports[:3], at=START + 2 * DAY, sign="growth", spans=(1, 1, 1)
                ),
                scored=False,
            ),
        ]


@pytest.fixture
async def told(fill: Fill, county: str) -> Told:
    made = Told(county, accused="清河物业公司")
    await fill(made.actions)
    return made


async def names(client: httpx.AsyncClient, **asked: Any) -> list[str]:
    answer = await client.get("/v1/warnings", params=asked)
    assert answer.status_code == 200, answer.text
    return [warning["warning_id"] for warning in answer.json()["warnings"]]


async def test_the_newest_first_with_what_was_expected_what_came_and_since_when(login: Login, told: Told) -> None:
    page = (await login().get("/v1/warnings")).json()
    assert [warning["warning_id"] for warning in page["warnings"]] == told.names[::-1]
    growing, place, matter = page["warnings"]
    assert (matter["kind"], matter["state"], matter["label"]) == ("matter", "open", "芙蓉小区电梯停运")
    assert (matter["expected"], matter["seen"], matter["since"]) == (0.3, 4, "2025-12-31T00:00:00.000Z")
    assert "4位不同来件人" in matter["words"]
    assert [report["report_id"] for report in matter["reports"]] == [report.id for report in told.reports[:4]]
    assert {report["case_id"] for report in matter["reports"]} == {told.case}
    assert (place["kind"], place["state"], place["label"]) == ("place", "true", "芙蓉（小区、楼宇）")
    assert (place["came"], place["scored_at"]) == (4, "2026-01-10T00:00:00.000Z")
    assert (growing["kind"], growing["state"], growing["spans"]) == ("growing", "false", [1, 1, 1])
    assert page["next"] is None


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({"kind": "place"}, [1]),
        ({"kind": ["matter", "growing"]}, [2, 0]),
        ({"state": "open"}, [0]),
        ({"state": "true", "kind": "matter"}, []),
        ({"since": "2026-01-02T00:00:00Z"}, [2, 1]),
        ({"until": "2026-01-02T00:00:00Z"}, [0]),
        ({"area": "99"}, []),
    ],
)
async def test_the_list_is_filtered(login: Login, told: Told, asked: dict[str, Any], found: list[int]) -> None:
    assert await names(login(), **asked) == [told.names[number] for number in found]


async def test_pages_follow_each_other_without_a_gap(login: Login, told: Told) -> None:
    client, seen = login(), list[str]()
    page: dict[str, Any] = {"next": ""}
    while page["next"] is not None:
        page = (await client.get("/v1/warnings", params={"size": 1, "cursor": page["next"]})).json()
        seen += [warning["warning_id"] for warning in page["warnings"]]
    assert seen == told.names[::-1]


async def test_another_county_sees_none(login: Login, told: Told) -> None:
    assert await names(login(area="9902")) == []
    assert await names(login(area=told.county[:4]), area=told.county) == told.names[::-1]


@pytest.mark.parametrize("unit", ["清河物业公司", "清河物业公司第二分公司"])
async def test_the_accused_finds_no_warning_that_tells_of_its_case(login: Login, told: Told, unit: str) -> None:
    """The place's warning has one report of the case in which the unit is accused; nothing is left of it."""
    client = login(role="handler", organisation=unit)
    assert await names(client) == [told.names[2], told.names[0]]
    page = (await client.get("/v1/warnings", params={"kind": "place"})).json()
    assert page == {"warnings": [], "next": None}
    assert await names(client, size=1) == [told.names[2]]


async def test_a_report_not_yet_in_the_index_hides_its_warning_from_an_organisation(
    login: Login, fill: Fill, county: str
) -> None:
    made = Told(county)
    unknown = many(county, 40)[39]
    event = raised(f"{county}-20-1", About("category", "住建"), made.case, [made.reports[0], unknown])
    await fill([*made.actions, written(county, event)])
    assert f"{county}-20-1" not in await names(login(role="handler", organisation="平川县住建局"))
    assert f"{county}-20-1" in await names(login())


@pytest.fixture
async def ahead(fill: Fill, told: Told) -> str:
    """A season of a category, opened by a report of a case that accuses nobody."""
    years = (EarlierYear(START - 364 * DAY, 16, 32), EarlierYear(START - 728 * DAY, 18, 36))
    event = raised(
        f"{told.county}-21-1",
        About("category", "供热"),
        told.case,
        (),
        sign="season",
        since=START + 7 * DAY,
        window=28,
        expected=31.4,
        further=21,
        years=years,
        at=START + 5 * DAY,
    )
    await fill([written(told.county, event)])
    return event.warning


async def test_a_season_says_what_earlier_years_brought_and_what_is_expected(login: Login, ahead: str) -> None:
    (warning,) = (await login().get("/v1/warnings", params={"kind": "season"})).json()["warnings"]
    assert (warning["warning_id"], warning["label"], warning["state"]) == (ahead, "供热", "open")
    assert [(year["before"], year["seen"]) for year in warning["years"]] == [(16, 32), (18, 36)]
    assert (warning["expected"], warning["seen"], warning["reports"]) == (31.4, 0, [])
    for words in ("2025年32位", "2024年36位", "1月8日起四周约31位", "提前研办"):
        assert words in warning["words"]


async def test_a_season_counts_what_a_unit_may_not_see_and_is_not_for_units(login: Login, ahead: str) -> None:
    assert ahead in await names(login())
    for role in ("handler", "warden"):
        assert ahead not in await names(login(role=role, organisation="平川县第三供热公司"))


async def test_the_console_shows_a_season_ahead(
    inside: httpx.AsyncClient,
    ahead: str,
) -> None:
    page = (await inside.get("/console/warnings?kind=season")).text
    for words in (
        "季节将至",
        "供热",
        "预计",
        "请提前研办",
        "31.4 位来件人",
        "此前八周 18 位",
        "所预计的四周内有 21 位",
    ):
        assert words in page
    assert ahead in page
    assert "实有" not in page
    assert "计入的" not in page


async def test_nonsense_is_refused_in_chinese(login: Login) -> None:
    for asked in ({"kind": "person"}, {"state": "maybe"}, {"size": 51}, {"who": "x"}):
        assert (await login().get("/v1/warnings", params=asked)).status_code == 422


async def test_the_console_lists_them_and_leads_to_the_case(
    inside: httpx.AsyncClient,
    told: Told,
) -> None:
    page = (await inside.get("/console/warnings")).text
    for words in (
        "同一地点",
        "持续增长",
        "已应验",
        "未应验",
        "待验证",
        "0.3 位来件人",
        "4 位",
        "芙蓉（小区、楼宇）",
        "2025-12-31",
    ):
        assert words in page
    assert f'href="/console/cases/{told.case}"' in page
    assert told.reports[0].number in page
    chosen = (await inside.get("/console/warnings?kind=place")).text
    assert "芙蓉（小区、楼宇）" in chosen
    assert told.names[0] not in chosen
    assert 'href="/console/warnings"' in chosen


async def test_a_county_without_warnings_has_a_page_that_says_so(
    inside: httpx.AsyncClient,
) -> None:
    assert "没有符合条件的预警" in (await inside.get("/console/warnings")).text
