"""What the discipline office gives back stands where any report's words stand, and nowhere before; the books know."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
import pytest_asyncio

from services.ledger.app import create_app as create_ledger_app
from services.ledger.console.session import COOKIE
from tests.integration.books.days import books
from tests.integration.books.office import Office
from tests.integration.books.planted import indexed, on_all_topics, planted, post
from tests.support.doors import client_of, report
from tests.support.events import command_event, content_of
from tests.support.sealing import Served, Store
from wufang.adapters.jwt_people import LocalIssuer, Person, Role
from wufang.cli.books import _print
from wufang.domain import ids
from wufang.operations.handover import hand_over
from wufang.operations.rebuild import rebuild
from wufang.operations.sealed_parts import Orphans
from wufang.wire import topics

COUNTY, SOURCE = "990101", "pingchuan-12345"
NAME = "欧阳鸾翔"
REPORTER, PHONE = "司徒映雪", "13900001111"
ACCUSED = "平川县住建局"
SPOKEN = f"路灯坏了半年。我叫{REPORTER}，电话{PHONE}，{ACCUSED}局长{NAME}收了施工队的好处费。"
GIVEN = f"路灯坏了半年。我叫[姓名]，电话[电话]，{ACCUSED}局长{NAME}收了施工队的好处费。"


@pytest_asyncio.fixture
async def service(office: Office, store: Store) -> AsyncIterator[Served]:
    """The ledger service where the store looks for it."""
    served = Served(store.ledger_port, lambda: create_ledger_app(office.settings))
    with served:
        yield served


def report_of(event_id: str) -> dict[str, Any]:
    event = planted(event_id)[0]
    told = {"text": SPOKEN, "accused": ACCUSED, "reporter_name": REPORTER, "reporter_phone": PHONE}
    return event | {"data": event["data"] | told}


def token(office: Office, role: Role, organisation: str, area: str = COUNTY) -> str:
    return LocalIssuer.open(office.settings).token(Person("p-1", "某某", role, organisation, area), datetime.now(UTC))


def decide(office: Office, store: Store, receipt: str, act: str) -> None:
    headers = {"authorization": f"Bearer {token(office, 'discipline', '平川县纪委监委')}"}
    address = f"http://127.0.0.1:{store.port}/v1/sealed/{receipt}/{act}"
    answer = httpx.post(address, json={"reason": "不属监督范围"}, headers=headers, trust_env=False)
    assert answer.status_code == 200, answer.text


async def given_back(office: Office, store: Store, *receipts: str) -> None:
    """Until the ledger has them and the store knows."""
    deadline = time.monotonic() + 60
    while any(one["returned"] == "waiting" for one in store.entries() if one["receipt"] in receipts):
        assert time.monotonic() < deadline
        await office.work()
        await asyncio.sleep(0.2)


async def found_by(office: Office, role: Role, organisation: str, words: str) -> list[dict[str, Any]]:
    app = create_ledger_app(office.settings)
    async with app.router.lifespan_context(app), client_of(app, token(office, role, organisation)) as client:
        page = (await client.get("/v1/cases", params={"q": words})).json()
        return [(await client.get(f"/v1/cases/{case['case_id']}")).json() for case in page["cases"]]


async def page_of(office: Office, case_id: str) -> str:
    app, operator = create_ledger_app(office.settings), token(office, "operator", "平川县12345")
    async with app.router.lifespan_context(app), client_of(app, operator) as client:
        client.cookies.set(COOKIE, operator)
        return (await client.get(f"/console/cases/{case_id}")).text


async def test_released_words_are_found_by_all_but_the_accused_and_confirmed_ones_by_nobody(
    office: Office, store: Store, door: httpx.AsyncClient, service: Served
) -> None:
    assert await post(door, report_of("rx-released")) == 202
    (released,) = [one["receipt"] for one in store.entries()]
    other = report("rx-confirmed", title="北门菜场公厕停水", address="北门菜场")
    other["data"]["text"] = "北门菜场公厕停水两周。县水利局李宗翰局长收了老板二十万，帮忙中标。"
    assert await post(door, other) == 202
    (confirmed,) = [one["receipt"] for one in store.entries() if one["receipt"] != released]
    await office.work()
    assert NAME not in await on_all_topics(office)
    assert NAME not in await indexed(office, 1)
    assert await found_by(office, "handler", "平川县城管局", "路灯") == []

    decide(office, store, released, "release")
    decide(office, store, confirmed, "confirm")
    await given_back(office, store, released)
    await office.index.refresh(1)

    (shown,) = await found_by(office, "handler", "平川县城管局", NAME)
    (seen,) = shown["reports"]["reports"]
    assert (seen["number"], seen["text"], seen["accused"]) == ("rx-released", GIVEN, ACCUSED)
    assert seen["details"]["expectation"] == f"严肃处理{NAME}"
    told = [one for one in shown["timeline"]["entries"] if one["type"] == "conduct_released"]
    assert [(one["by"]["organisation"], one["report_id"]) for one in told] == [("平川县纪委监委", seen["report_id"])]
    assert await found_by(office, "handler", ACCUSED, NAME) == [], "the accused sees nothing, as of any complaint"
    assert len(await found_by(office, "operator", "平川县12345", NAME)) == 1
    page = await page_of(office, shown["case"]["case_id"])
    assert ("封存解除" in page, GIVEN in page, released in page) == (True, True, False)

    await rebuild(office.settings, follow=0.0)
    balance = await books(office)
    assert balance.balanced, balance.faults
    assert balance.sealed == Orphans()
    everywhere = await on_all_topics(office) + await indexed(office, 2)
    assert GIVEN.replace('"', "") in everywhere
    for words in (REPORTER, PHONE, "李宗翰", "二十万"):
        assert words not in everywhere
    assert released not in await indexed(office, 2)


async def test_a_part_of_a_reply_stands_on_the_timeline_again(
    office: Office, store: Store, door: httpx.AsyncClient, service: Served
) -> None:
    assert await post(door, *planted("rx-a")) == 202
    await office.work()
    causes = {one["cause"]: one["receipt"] for one in store.entries()}
    receipt = causes[ids.cause(SOURCE, "rx-a-o", COUNTY)]
    decide(office, store, receipt, "release")
    await given_back(office, store, receipt)
    await office.index.refresh(1)
    (shown,) = await found_by(office, "operator", "平川县12345", "路灯")
    (told,) = [one for one in shown["timeline"]["entries"] if one["type"] == "conduct_released"]
    assert NAME in told["reply"]
    assert (await books(office)).balanced


async def test_released_before_its_report_is_on_the_ledger_it_waits_and_no_topic_has_it(
    office: Office, store: Store, door: httpx.AsyncClient, service: Served
) -> None:
    """The post was answered 503 after the part was put, or the stream is behind."""
    await office.work()
    assert await post(door, report_of("rx-early")) == 202
    (entry,) = store.entries()
    decide(office, store, entry["receipt"], "release")
    await asyncio.sleep(2.5)
    assert [one["returned"] for one in store.entries()] == ["waiting"]
    assert await office.messages(topics.COMMANDS) == []
    await given_back(office, store, entry["receipt"])
    await office.index.refresh(1)
    assert len(await found_by(office, "operator", "平川县12345", NAME)) == 1


async def test_while_the_ledger_service_is_away_it_waits_and_the_books_say_so(
    office: Office, store: Store, door: httpx.AsyncClient, capsys: pytest.CaptureFixture[str]
) -> None:
    assert await post(door, report_of("rx-away")) == 202
    await office.work()
    (entry,) = store.entries()
    decide(office, store, entry["receipt"], "release")
    balance = await books(office)
    assert balance.balanced
    assert [one.receipt for one in balance.sealed.waiting] == [entry["receipt"]]
    _print(balance, partitions=False)
    told = capsys.readouterr().out
    assert ("已解除、尚未送回台账：1 份" in told, entry["receipt"] in told) == (True, True)
    with Served(store.ledger_port, lambda: create_ledger_app(office.settings)):
        await given_back(office, store, entry["receipt"])
    assert (await books(office)).sealed == Orphans()


async def test_a_release_that_the_office_never_made_is_a_fault(
    office: Office, store: Store, door: httpx.AsyncClient
) -> None:
    assert await post(door, report_of("rx-forged")) == 202
    await office.work()
    (entry,) = store.entries()
    by = {"subject": "x", "role": "discipline", "organisation": "x"}
    data = {"report_id": entry["cause"], "receipt": entry["receipt"], "words": {"text": "x"}, "by": by}
    event = command_event(1, "release_conduct", {}, jurisdiction=COUNTY)
    await office.publish(event | {"data": data, "contentmac": content_of(data)})
    await office.work()
    balance = await books(office)
    assert [(fault.kind, fault.detail) for fault in balance.faults] == [("release_not_ordered", entry["receipt"])]


async def test_no_other_key_gives_back(office: Office, store: Store, service: Served) -> None:
    address = f"http://127.0.0.1:{store.ledger_port}/v1/releases"
    for key in (office.settings.discipline_key, office.settings.books_key):
        headers = {"authorization": f"Bearer {key.read_text()}"}
        answer = await asyncio.to_thread(httpx.post, address, content=b"{}", headers=headers, trust_env=False)
        assert answer.status_code == 403
    answer = await asyncio.to_thread(httpx.post, address, content=b"{}", trust_env=False)
    assert answer.status_code == 401


async def test_what_was_held_in_danger_gets_back_its_own_words_and_no_others_of_its_number(
    office: Office, store: Store, door: httpx.AsyncClient, service: Served
) -> None:
    held, other = report_of("rx-held"), report_of("rx-held")
    held["data"]["text"] = f"青石巷18号楼道里有人提着菜刀追着邻居砍。{ACCUSED}局长{NAME}收了施工队的好处费。"
    store.stop()
    assert await post(door, held) == 202
    await office.work()
    store.start()
    assert await post(door, other) == 202, "other content of the number, with the store there"
    (conflicting,) = [one["receipt"] for one in store.entries()]
    await office.work()
    assert (await hand_over(office.settings)).over == 1
    (own,) = [one["receipt"] for one in store.entries() if one["receipt"] != conflicting]
    for receipt in (conflicting, own):
        decide(office, store, receipt, "release")
        await given_back(office, store, receipt)
    assert {one["receipt"]: one["returned"] for one in store.entries()} == {conflicting: "refused", own: "done"}
    await office.index.refresh(1)
    (shown,) = await found_by(office, "operator", "平川县12345", NAME)
    assert [one["text"][:10] for one in shown["reports"]["reports"]] == [held["data"]["text"][:10]]
