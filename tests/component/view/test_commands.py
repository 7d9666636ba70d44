"""Ordering over the API: who may name which cases, and what is answered when the log does not take it."""

import time
from typing import Any

import httpx

from services.ledger.app import create_app
from tests.component.view.conftest import Fill, Login
from tests.support.events import a_report, opened
from wufang.domain.case import evolve
from wufang.readmodel.actions import Action, case_action
from wufang.settings import Settings


def a_case(case_id: str) -> Action:
    return case_action(evolve(None, opened(a_report(1, jurisdiction=case_id[:6]), case_id), 1))


async def ordered(client: httpx.AsyncClient, case_id: str, other: str, **changed: Any) -> httpx.Response:
    body = {"merged": other, "seen": {case_id: 1, other: 1}, "reason": "同一处积水"} | changed
    return await client.post(f"/v1/cases/{case_id}/merge", json=body)


async def test_a_broker_away_is_a_503_in_bounded_time(view: Settings, fill: Fill, login: Login, county: str) -> None:
    cases = [f"{county}-1-0", f"{county}-2-0"]
    await fill(map(a_case, cases))
    app = create_app(view.model_copy(update={"kafka": "127.0.0.1:1"}))
    token = login(role="operator").headers["authorization"]
    since = time.monotonic()
    async with app.router.lifespan_context(app), httpx.AsyncClient(transport=httpx.ASGITransport(app)) as client:
        client.base_url, client.headers["authorization"] = httpx.URL("http://ledger"), token
        answer = await ordered(client, *cases)
    assert (answer.status_code, answer.json()["type"]) == (503, "urn:wufang:problem:not_acknowledged")
    assert int(answer.headers["retry-after"]) > 0
    assert time.monotonic() - since < 60


async def test_cases_of_two_counties_are_not_put_together(fill: Fill, login: Login, county: str) -> None:
    other = str(int(county) + 400)
    cases = [f"{county}-1-0", f"{other}-1-0"]
    await fill(map(a_case, cases))
    answer = await ordered(login("51", role="city"), *cases)
    assert (answer.status_code, "不在同一区县" in answer.json()["detail"]) == (422, True)
    assert (await ordered(login(role="operator"), *cases)).status_code == 404


async def test_what_is_missing_or_too_much_is_named(login: Login, county: str) -> None:
    client = login(role="operator")
    for changed, field in (
        ({"reason": ""}, "reason"),
        ({"seen": {"x": 1}}, "seen"),
        ({"merged": "x"}, "merged"),
        ({"by": {"subject": "u9"}}, "（未知参数）"),
    ):
        answer = await ordered(client, f"{county}-1-0", f"{county}-2-0", **changed)
        assert answer.status_code == 422, changed
        assert any(field in error["field"] for error in answer.json()["errors"]), changed


async def test_a_reason_of_one_sign_is_told_how_long_one_is(login: Login, county: str) -> None:
    answer = await ordered(login(role="operator"), f"{county}-1-0", f"{county}-2-0", reason="错")
    assert [(one["field"], one["message"]) for one in answer.json()["errors"]] == [("reason", "太短，至少 2 个字")]


async def test_a_receipt_of_another_person_or_none_is_no_receipt(login: Login) -> None:
    assert (await login(role="operator").get("/v1/commands/bm90aGluZw")).status_code == 404
