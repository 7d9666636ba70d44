"""The hot-topic report as a person reads it: what the ledger would count, of the cases the person may see."""

import random
import re
from collections import defaultdict
from html import unescape
from typing import Any

import httpx
import msgspec
import pytest

from services.ledger import hot
from tests.component.view.conftest import Fill, Login
from tests.support.samples import DAY, START
from tests.support.view import Ledger, many
from wufang.domain.events import CaseOpened
from wufang.domain.report import CHANNELS, Report, Reporter
from wufang.domain.shanghai import day_of
from wufang.domain.warning import HotTopics, hot_topics
from wufang.domain.warning.window import Told, Window, figures, told
from wufang.domain.watched import sighting

CATEGORIES = ("供热", "供水", None)
PLACES = ("estate:青杉里", "road:望槐路", None)
MONTH = {"since": "2026-01-16", "until": "2026-01-30"}
TODAY = day_of(START)


def a_day(day: int, hour: int = 4) -> dict[str, int]:
    at = START + day * DAY + hour * 3_600_000
    return {"occurred_at": at, "accepted_at": at + 1_000}


class County:
    """What was told of a county's cases, and what the ledger would say of a window."""

    def __init__(self) -> None:
        self.ledger = Ledger()
        self.told: dict[str, list[tuple[Report, str | None]]] = defaultdict(list)

    def open(self, report: Report, place: str | None = None) -> str:
        case_id = self.ledger.open(report, place)
        self.told[case_id].append((report, place))
        return case_id

    def link(self, case_id: str, report: Report, place: str | None = None) -> None:
        self.ledger.link(case_id, report, place)
        self.told[case_id].append((report, place))

    def says(self, window: Window, most: int = 10) -> HotTopics:
        cases = []
        for case_id, reports in self.told.items():
            rows = [row for one, place in reports for row in _row(case_id, one, place, window)]
            case = self.ledger.cases[case_id]
            cases += [figures(case_id, case.title, case.category, rows)] if rows else []
        return hot_topics(cases, most)


def _row(case_id: str, report: Report, place: str | None, window: Window) -> list[Told]:
    seen = sighting(CaseOpened(case_id, report))
    return [told(seen, place, window)] if window.holds(seen.day) else []


def by_chance(county: str, seed: int) -> County:
    """Some people, channels, categories and places; one in five is known by nobody; some come again and again."""
    chance, made, cases = random.Random(seed), County(), list[str]()
    for report in many(county, 160):
        who = chance.randrange(25)
        changed = msgspec.structs.replace(
            report,
            channel=chance.choice(CHANNELS),
            category=chance.choice(CATEGORIES),
            reporter=None if who < 5 else Reporter(f"{who:032x}", "phone"),
            title=f"事项{len(cases)}",
            **a_day(chance.randrange(60), chance.randrange(24)),
        )
        if cases and chance.random() < 0.7:
            made.link(chance.choice(cases), changed, chance.choice(PLACES))
        else:
            cases.append(made.open(changed, chance.choice(PLACES)))
    return made


def plain(answer: dict[str, Any]) -> dict[str, Any]:
    """The parts that the pure report has too."""
    shares = {
        name: [{key: one[key] for key in one if key != "label"} for one in answer[name]]
        for name in ("categories", "places")
    }
    return {"top": answer["top"], **shares, "formula": answer["formula"]}


@pytest.mark.parametrize("rows_at_once", [10_000, 7])
async def test_the_index_counts_as_the_ledger_does(
    login: Login, fill: Fill, county: str, rows_at_once: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hot, "ROWS_AT_ONCE", rows_at_once)
    monkeypatch.setattr(hot, "MOST_ROWS", 1_000 * rows_at_once)
    monkeypatch.setattr(hot, "CASES_AT_ONCE", 11)
    made, client = by_chance(county, 6), login()
    await fill(made.ledger.actions)
    for since, until, window in (
        ("2026-01-16", "2026-01-30", Window(TODAY + 29, 15)),
        ("2026-01-31", "2026-01-31", Window(TODAY + 30, 1)),
        ("2025-12-01", "2026-03-10", Window(TODAY + 68, 100)),
    ):
        answer = await client.get("/v1/hot-topics", params={"since": since, "until": until, "size": 50})
        assert answer.status_code == 200, answer.text
        assert plain(answer.json()) == msgspec.json.decode(msgspec.json.encode(made.says(window, 50)))
    assert made.says(Window(TODAY + 29, 15)).top


@pytest.fixture
async def two(fill: Fill, county: str) -> County:
    """Water, told of by three people in a grid's word too, one of them twice; heat, in which a firm is accused."""
    made, reports = County(), many(county, 6, title="停水", category="供水", reporter=None, **a_day(20))
    people = [Reporter(letter * 32, "phone") for letter in "abc"]
    water = made.open(msgspec.structs.replace(reports[0], reporter=people[0]), "estate:青杉里")
    for number, who in ((1, people[1]), (2, people[2]), (3, people[0])):
        made.link(water, msgspec.structs.replace(reports[number], reporter=who, channel="grid"), "estate:青杉里")
    accused = msgspec.structs.replace(
        reports[4], title="暖气不热", category="供热", accused="清河物业公司", reporter=people[0]
    )
    heat = made.open(accused, "estate:青杉里")
    made.link(heat, msgspec.structs.replace(reports[5], category="供热"), "road:望槐路")
    await fill(made.ledger.actions)
    return made


async def asked(client: httpx.AsyncClient, **given: str) -> dict[str, Any]:
    answer = await client.get("/v1/hot-topics", params=MONTH | given)
    assert answer.status_code == 200, answer.text
    page: dict[str, Any] = answer.json()
    return page


async def test_matters_categories_and_places_with_the_formula(login: Login, two: County) -> None:
    page = await asked(login())
    assert [(one["title"], one["people"], one["reports"], one["growth"]) for one in page["top"]] == [
        ("停水", 3, 4, 3),
        ("暖气不热", 2, 2, 2),
    ]
    assert page["top"][0]["heat"] == 10 * 3 + 10 * 3 + 5 * 1 + 1
    assert page["top"][0]["channels"] == ["grid", "hotline"]
    assert [(one["name"], one["people"]) for one in page["categories"]] == [("供水", 3), ("供热", 2)]
    assert [(one["label"], one["cases"]) for one in page["places"]] == [("青杉里（小区、楼宇）", 2)]
    assert "热度 =" in page["formula"]
    assert (page["since"], page["until"], page["before_since"]) == ("2026-01-16", "2026-01-30", "2026-01-01")


async def test_of_a_case_that_accuses_them_an_organisation_finds_no_count(login: Login, two: County) -> None:
    """Not among the matters, and not within the sums of its category and places; as if it were not there."""
    page = await asked(login(role="handler", organisation="清河物业公司"))
    assert [one["title"] for one in page["top"]] == ["停水"]
    assert [one["name"] for one in page["categories"]] == ["供水"]
    assert [(one["name"], one["cases"], one["people"]) for one in page["places"]] == [("estate:青杉里", 1, 3)]
    assert "供热" not in str(page)


async def test_what_is_withheld_is_counted_for_no_unit(login: Login, fill: Fill, two: County) -> None:
    water = [action for action in two.ledger.actions if action.document.get("category") == "供水"]
    cases = {action.id: action for action in water if action.kind == "cases"}
    await fill(
        one._replace(version=one.version + 100, document={**one.document, "withheld": True}) for one in cases.values()
    )
    assert [one["title"] for one in (await asked(login()))["top"]] == ["停水", "暖气不热"]
    unit = await asked(login(role="handler", organisation="平川县供水公司"))
    assert [one["title"] for one in unit["top"]] == ["暖气不热"]


async def test_another_county_counts_nothing(login: Login, two: County, county: str) -> None:
    nothing = await asked(login(area="9903"))
    assert (nothing["top"], nothing["categories"], nothing["places"]) == ([], [], [])
    inside_city = await asked(login(area=county[:4]), jurisdiction=county)
    assert len(inside_city["top"]) == 2


async def test_days_are_those_of_beijing(login: Login, fill: Fill, county: str) -> None:
    """16:30 UTC is half past midnight of the next day."""
    made = County()
    made.open(msgspec.structs.replace(many(county, 1)[0], **a_day(20, 16)))
    await fill(made.ledger.actions)
    assert len((await asked(login(), since="2026-01-22", until="2026-01-22"))["top"]) == 1
    assert (await asked(login(), since="2026-01-21", until="2026-01-21"))["top"] == []


async def test_nothing_tells_that_two_cases_have_a_person_in_common(two: County) -> None:
    """Line 1: a report's document names its person by a number of that case alone."""
    codes = defaultdict(set)
    for action in two.ledger.actions:
        if action.kind == "reports":
            codes[action.document["case_id"]].add(action.document["told_by"])
    water, heat = codes.values()
    assert len(water) == 3
    assert not water & heat


@pytest.mark.parametrize(
    "wrong",
    [
        {"since": "2026-02-01", "until": "2026-01-31"},
        {"since": "2010-01-01", "until": "2026-01-31"},
        {"since": "gestern"},
        {"size": "0"},
        {"size": "101"},
        {"jurisdiction": "4301x2"},
        {"who": "x"},
    ],
)
async def test_nonsense_is_refused(login: Login, wrong: dict[str, str]) -> None:
    assert (await login().get("/v1/hot-topics", params=wrong)).status_code == 422


async def test_too_much_is_refused_and_never_counted_in_part(
    login: Login, two: County, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hot, "ROWS_AT_ONCE", 2)
    monkeypatch.setattr(hot, "MOST_ROWS", 4)
    answer = await login().get("/v1/hot-topics", params=MONTH)
    assert (answer.status_code, answer.json()["type"]) == (413, "urn:wufang:problem:too_large")
    assert "缩短时段" in answer.json()["detail"]


async def test_the_last_four_weeks_up_to_today_are_the_default(login: Login) -> None:
    page = (await login().get("/v1/hot-topics")).json()
    assert page["top"] == []
    assert page["since"] < page["until"]


async def test_the_console_prints_the_report(
    inside: httpx.AsyncClient,
    two: County,
) -> None:
    page = (await inside.get("/console/hot", params=MONTH)).text
    told = ("热点事项", "热点分类", "热点地点", "停水", "暖气不热", "青杉里（小区、楼宇）", "热度 =", "近30天", "+3")
    assert not [words for words in told if words not in page]
    assert f'href="/console/cases/{next(iter(two.told))}"' in page
    quiet = (await inside.get("/console/hot?since=2025-01-01&until=2025-01-31")).text
    assert "这段时间没有诉求件" in quiet
    assert (await inside.get("/console/hot?since=2026-02-01&until=2026-01-01")).status_code == 422


async def test_where_the_last_four_weeks_hold_nothing_the_newest_window_is_one_click_away(
    inside: httpx.AsyncClient,
    two: County,
) -> None:
    page = unescape((await inside.get("/console/hot")).text)
    (there,) = re.findall(r'href="([^"]+)">查看截至', page)
    assert "停水" in (await inside.get(there)).text
