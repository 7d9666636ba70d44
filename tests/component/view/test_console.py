"""The console as a browser meets it: login, pages for every state, nothing from outside, nothing executed."""

import asyncio
import re
import shutil
import socket
import subprocess
import threading
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from urllib.parse import quote

import httpx
import pytest
import uvicorn
from msgspec.structs import replace

from services.ledger.access import MATRIX
from services.ledger.app import create_app
from services.ledger.console import session
from services.ledger.console.links import Links
from services.ledger.console.session import local_page
from services.ledger.params import CaseSearch
from services.ledger.views import marked_html
from tests.component.view.conftest import Fill, Login
from tests.component.view.pages import Tags, addresses, token
from tests.support.samples import a_report
from tests.support.view import Ledger, many, reports_of
from wufang.adapters.jwt_people import ROLES, Role
from wufang.readmodel.wording import MARK_END, MARK_START
from wufang.settings import Settings

PAYLOADS = [
    "<script>document.title='pwned'</script>",
    "<img src=x onerror=\"document.title='pwned'\">",
    '"><svg onload="document.title=\'pwned\'">',
    "'-alert(1)-'",
    "{{7*7}}${7*7}",
    "</textarea></title></style><b>",
    "javascript:document.title='pwned'",
    f"{MARK_START}<i>{MARK_END}{MARK_END}",
]


async def test_whoever_is_not_logged_in_is_led_to_the_login_and_back(
    browser: httpx.AsyncClient, view: Settings, county: str
) -> None:
    led = await browser.get("/console/cases/1-1-1?size=5")
    assert led.headers["location"] == "/console/login?next=" + quote("/console/cases/1-1-1?size=5", safe="")
    login = await browser.get(led.headers["location"])
    assert 'value="/console/cases/1-1-1?size=5"' in login.text
    entered = await browser.post("/console/login", data={"token": token(view, county), "next": "/console?q=1"})
    assert (entered.status_code, entered.headers["location"]) == (303, "/console?q=1")
    assert (await browser.get("/console")).status_code == 200


async def test_the_cookie_is_out_of_reach_of_scripts_and_of_other_sites(
    browser: httpx.AsyncClient, view: Settings, county: str
) -> None:
    entered = await browser.post("/console/login", data={"token": token(view, county)})
    cookie = entered.headers["set-cookie"]
    assert {"HttpOnly", "Path=/console", "SameSite=lax"} <= set(re.split("; ?", cookie))


async def test_a_wrong_token_is_told_and_opens_nothing(browser: httpx.AsyncClient) -> None:
    refused = await browser.post("/console/login", data={"token": "x.y.z"})
    assert (refused.status_code, "令牌未被接受" in refused.text) == (401, True)
    assert "set-cookie" not in refused.headers


async def test_leaving_forgets_the_person(inside: httpx.AsyncClient) -> None:
    assert (await inside.post("/console/logout")).headers["location"] == "/console/login"
    assert (await inside.get("/console")).status_code == 303


@pytest.mark.parametrize("said", [{"origin": "https://evil.example"}, {"sec-fetch-site": "cross-site"}])
async def test_a_form_of_another_site_is_refused(browser: httpx.AsyncClient, said: dict[str, str]) -> None:
    assert (await browser.post("/console/login", data={"token": "x"}, headers=said)).status_code == 403


async def test_a_form_that_never_ends_is_not_waited_for(
    browser: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(session, "FORM_SECONDS", 0.1)

    async def slowly() -> AsyncIterator[bytes]:
        yield b"token="
        await asyncio.sleep(60)

    async with asyncio.timeout(30):
        assert (await browser.post("/console/login", content=slowly())).status_code == 408


async def test_a_flood_is_not_read(browser: httpx.AsyncClient) -> None:
    assert (await browser.post("/console/login", data={"token": "x" * 100_000})).status_code == 413


@pytest.mark.parametrize(
    "wanted", ["https://evil.example/console", "//evil.example/console", "/console\\@evil", "/v1/cases", "javascript:1"]
)
def test_the_login_leads_nowhere_else(wanted: str) -> None:
    assert local_page(wanted) == "/console"


@pytest.mark.parametrize("role", ROLES)
async def test_the_pages_are_for_the_roles_of_the_matrix(
    browser: httpx.AsyncClient, view: Settings, county: str, role: Role
) -> None:
    await browser.post("/console/login", data={"token": token(view, county, role)})
    answer = await browser.get("/console")
    assert answer.status_code == (200 if role in MATRIX["GET", "/console"] else 403)
    assert answer.headers["content-type"].startswith("text/html")


async def test_the_search_page_shows_hits_channels_and_facets(
    inside: httpx.AsyncClient, fill: Fill, county: str
) -> None:
    made, reports = Ledger(), reports_of(county)
    made.link(made.open(reports["lift"]), reports["lift_again"])
    made.open(reports["noise"])
    await fill(made.actions)
    html = (await inside.get("/console", params={"q": "电梯"})).text
    assert "芙蓉小区<mark>电梯</mark>停运" in html
    assert 'class="channel hotline">热线<b>1</b>' in html
    assert 'class="channel petition">信访<b>1</b>' in html
    assert "噪音" not in html
    everything = (await inside.get("/console")).text
    assert "噪音" in everything
    assert f"/console?category={quote('电梯')}" in everything


async def test_a_case_page_shows_each_report_its_reason_and_its_end(
    inside: httpx.AsyncClient, fill: Fill, county: str
) -> None:
    made, reports = Ledger(), reports_of(county)
    case_id = made.open(reports["lift"])
    made.link(case_id, reports["lift_again"])
    made.conclude(case_id, reports["lift"], reply="已更换曳引机", satisfied=False)
    await fill(made.actions)
    html = (await inside.get(f"/console/cases/{case_id}")).text
    for shown in ("RX-2026-00001", "XF-7", "归入依据：合并办理", "把握 73%", "规则 linking-1", "文字相近"):
        assert shown in html
    for shown in ("据此立项", "本件结果：已解决", "反映人不满意", "已更换曳引机", "本件尚无结果"):
        assert shown in html


async def test_a_case_page_shows_no_report_and_no_end_of_another_county(
    inside: httpx.AsyncClient, login: Login, fill: Fill, county: str
) -> None:
    """One report id in two counties showed one county's text on the other's page; ids hold the county since."""
    here = reports_of(county)["lift"]
    there = replace(here, jurisdiction="529" + county[3:], text="外县之事")
    made, foreign = Ledger(), Ledger()
    case_id = made.open(here)
    foreign.conclude(foreign.open(there), there, reply="外县之答复")
    later = [action._replace(version=9) if action.kind == "reports" else action for action in foreign.actions]
    await fill([*made.actions, *later])
    html = (await inside.get(f"/console/cases/{case_id}")).text
    assert here.title in html
    assert "外县" not in html
    await fill([action._replace(version=10) for action in made.actions if action.kind == "reports"])
    html = (await inside.get(f"/console/cases/{case_id}")).text
    assert here.text in html
    assert "本件尚无结果" in html
    for path in (f"cases/{case_id}", f"cases/{case_id}/reports", f"reports/{here.id}"):
        answer = await login().get(f"/v1/{path}")
        assert (answer.status_code, "外县" in answer.text) == (200, False), path


async def test_every_state_has_its_words(inside: httpx.AsyncClient, county: str, view: Settings) -> None:
    assert "台账里还没有您辖区内的事项" in (await inside.get("/console")).text
    assert "没有找到与条件相符的事项" in (await inside.get("/console", params={"q": "没有的字"})).text
    missing = await inside.get(f"/console/cases/{county}-9-9")
    assert (missing.status_code, "不在您的范围内" in missing.text) == (404, True)
    assert "李明" in missing.text
    assert "退出" in missing.text
    wrong = await inside.get("/console", params={"month": "2026-13"})
    assert (wrong.status_code, "格式不对" in wrong.text) == (422, True)
    assert (await inside.get("/console", params={"cursor": "AAAA"})).status_code == 400
    assert (await inside.get("/console/nothing")).headers["content-type"].startswith("text/html")


FIRST, LAST = -62_135_683_140_000, 253_402_387_139_000  # 0001-01-01T00:00+23:59 and 9999-12-31T23:59:59-23:59


async def test_times_no_calendar_has_are_shown_not_stumbled_over(
    inside: httpx.AsyncClient, fill: Fill, county: str
) -> None:
    made = Ledger()
    for serial, moment in enumerate((FIRST, LAST), start=1):
        name = f"{int(county):010d}{serial:054x}"
        report = a_report(serial, id=name, jurisdiction=county, occurred_at=moment, accepted_at=moment)
        made.conclude(made.open(report), report, concluded_at=moment, accepted_at=moment)
    await fill(made.actions)
    pages = [await inside.get(page) for page in ("/console", *(f"/console/cases/{case_id}" for case_id in made.cases))]
    assert [page.status_code for page in pages] == [200] * 3
    assert "9999-12-31" in pages[0].text


@pytest.mark.parametrize("page", ["/console", "/v1/cases"])
@pytest.mark.parametrize("month", ["0000-01", "0001-01", "1899-12", "2101-01", "9999-12"])
async def test_a_month_of_no_matter_is_refused_in_chinese(
    inside: httpx.AsyncClient, view: Settings, county: str, page: str, month: str
) -> None:
    headers = {"authorization": f"Bearer {token(view, county)}"}
    answer = await inside.get(page, params={"month": month}, headers=headers)
    assert (answer.status_code, "格式不对" in answer.text) == (422, True)
    assert (await inside.get(page, params={"month": ["1900-01", "2100-12"]}, headers=headers)).status_code == 200


@pytest.mark.parametrize("moment", ["0001-01-01T00:00:00+23:59", "9999-12-31T23:59:59-23:59"])
async def test_a_search_may_begin_and_end_at_any_time(inside: httpx.AsyncClient, moment: str) -> None:
    assert (await inside.get("/console", params={"since": moment, "until": moment})).status_code == 200


async def test_elasticsearch_away_is_a_page_that_says_so(view: Settings, county: str) -> None:
    app = create_app(view.model_copy(update={"elastic_url": "http://127.0.0.1:9"}))
    async with httpx.AsyncClient(base_url="http://ledger", transport=httpx.ASGITransport(app)) as browser:
        await browser.post("/console/login", data={"token": token(view, county)})
        answer = await browser.get("/console")
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")
    assert "各渠道收件照常" in answer.text


async def test_pages_name_no_outside_address_and_carry_no_inline_code(
    inside: httpx.AsyncClient, fill: Fill, county: str
) -> None:
    made = Ledger()
    case_id = made.open(many(county, 1)[0])
    await fill(made.actions)
    for path in ("/console", f"/console/cases/{case_id}", "/console/login", "/console/cases/x"):
        answer = await inside.get(path)
        assert all(address.startswith("/console") or address == "#main" for address in addresses(answer.text))
        names = {name for tag, attrs in Tags(answer.text).found for name in attrs}
        assert not {name for name in names if name.startswith("on") or name == "style"}
        assert "unsafe" not in answer.headers["content-security-policy"]
        assert "default-src 'none'" in answer.headers["content-security-policy"]
    for file in ("console.css", "console.js", "icon.svg"):
        text = (await inside.get(f"/console/static/{file}")).text.replace("http://www.w3.org/2000/svg", "")
        assert "http" not in text.replace("https?", "")


async def hostile_case(fill: Fill, county: str) -> str:
    made = Ledger()
    texts = {"title": "电梯" + "".join(PAYLOADS), "text": "电梯" + "\n".join(PAYLOADS)}
    words = dict.fromkeys(("category", "address", "accused", "number", "source", "grid_code"), PAYLOADS[1])
    details = {PAYLOADS[0]: PAYLOADS[1], "list": PAYLOADS}
    report = a_report(1, jurisdiction=county, **texts, **words, details=details, related=tuple(PAYLOADS))
    case_id = made.open(report)
    made.conclude(case_id, report, reply="".join(PAYLOADS))
    await fill(made.actions)
    return case_id


async def test_what_was_reported_makes_no_tag(inside: httpx.AsyncClient, fill: Fill, county: str) -> None:
    """The page of a hostile case has the same tags as the page of a harmless one."""
    case_id = await hostile_case(fill, county)
    for path in (f"/console?q={quote('电梯')}", "/console", f"/console/cases/{case_id}"):
        html = (await inside.get(path)).text
        tags = {tag for tag, _ in Tags(html).found}
        assert not tags & {"i", "svg"}
        scripts = [attrs for tag, attrs in Tags(html).found if tag == "script"]
        assert [attrs.get("src") for attrs in scripts] == ["/console/static/console.js"]
        assert [attrs.get("src") for tag, attrs in Tags(html).found if tag == "img"] == ["/console/static/icon.svg"]


@pytest.mark.parametrize(
    ("fragment", "html"),
    [
        (f"a{MARK_START}水{MARK_END}b", "a<mark>水</mark>b"),
        (f"{MARK_START}停{MARK_END}{MARK_START}水{MARK_END}", "<mark>停水</mark>"),
        (f"{MARK_END}<b>{MARK_START}", "&lt;b&gt;<mark></mark>"),
        (f"{MARK_START}{MARK_START}x{MARK_END}", "<mark></mark><mark>x</mark>"),
    ],
)
def test_marks_are_always_closed(fragment: str, html: str) -> None:
    assert marked_html(fragment) == html


def test_a_link_changes_one_thing() -> None:
    links = Links(CaseSearch.model_validate({"q": "水 电", "channel": ["grid"], "cursor": "abc"}))
    assert links.toggled("channel", "grid") == f"/console?q={quote('水')}+{quote('电')}"
    assert links.toggled("channel", "petition").endswith("&channel=grid&channel=petition")
    assert "cursor" not in links.first()
    assert links.chosen("channel", "grid")
    assert links.hidden() == [("channel", "grid")]


@pytest.fixture
def served(view: Settings) -> Iterator[str]:
    """The service on a real port, for a real browser."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        server = uvicorn.Server(uvicorn.Config(create_app(view), log_config=None))
        thread = threading.Thread(target=server.run, args=([listener],), daemon=True)
        thread.start()
        while not server.started:
            time.sleep(0.02)
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        server.should_exit = True
        thread.join(60)


CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")


def _run(command: list[str]) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(command, capture_output=True, text=True, timeout=200, check=True)


@pytest.mark.skipif(CHROMIUM is None, reason="no chromium on this machine; the page is checked as text above")
async def test_a_real_browser_logs_in_by_link_and_runs_nothing(
    served: str, view: Settings, fill: Fill, county: str, tmp_path: Path
) -> None:
    case_id = await hostile_case(fill, county)
    wanted = quote(f"/console/cases/{case_id}", safe="")
    command = [str(CHROMIUM), "--headless", "--no-sandbox", "--disable-gpu", "--enable-logging=stderr", "--v=0"]
    options = [f"--user-data-dir={tmp_path}", "--virtual-time-budget=5000", "--dump-dom"]
    address = f"{served}/console/login?next={wanted}#token={token(view, county)}"
    shown = await asyncio.to_thread(_run, [*command, *options, address])
    assert "时间线" in shown.stdout
    assert "<title>pwned" not in shown.stdout
    assert "Content Security Policy" not in shown.stderr
    assert "#token" not in shown.stdout
