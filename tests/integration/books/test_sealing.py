"""Words of a sealed part, and the receipt for it, planted through a real door and looked for in everything there is."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import orjson
import pytest

from services.hotline import SPEC
from services.ledger.app import create_app as create_ledger_app
from services.ledger.console.session import COOKIE
from tests.component.doors.conftest import client_of, ready, report
from tests.integration.books.office import Office
from tests.support.logs import log_lines
from tests.support.sealing import HOPE, LAMP, Store
from wufang.adapters.http_app import create_app
from wufang.adapters.jwt_people import ROLES, LocalIssuer, Person
from wufang.adapters.key_file import create_key
from wufang.adapters.secrets_file import create_secrets
from wufang.operations.rebuild import rebuild
from wufang.readmodel.indices import KINDS
from wufang.wire import topics

COUNTY = "990101"
NAME = "欧阳鸾翔"  # stands nowhere but in the sealed parts
CONDUCT = f"县住建局局长{NAME}收了施工队的好处费，把工程批给亲戚。"
REPLY = f"经核实，{NAME}局长收受好处费属实，已移送。"


@pytest.fixture
def store(office: Office, tmp_path: Path) -> Iterator[Store]:
    files = {"api_keys": tmp_path / "keys.json", "secrets": tmp_path / "secrets.json"}
    office.settings = office.settings.model_copy(update=files)
    create_secrets(files["secrets"])
    with Store(office.settings, tmp_path) as store:
        office.settings = store.settings
        yield store


@pytest.fixture
async def door(office: Office, store: Store) -> AsyncIterator[httpx.AsyncClient]:
    token, _ = create_key(office.settings.api_keys, source="pingchuan-12345", channels=["hotline"], jurisdiction=COUNTY)
    app = create_app(SPEC, office.settings)
    async with app.router.lifespan_context(app), client_of(app, token) as client:
        await ready(client)
        yield client


def planted(event_id: str) -> list[dict[str, Any]]:
    details = {"expectation": f"严肃处理{NAME}", "request_type": "tip_off"}
    told = {"title": "青石巷路灯不亮", "text": f"{LAMP}{CONDUCT}{HOPE}", "accused": NAME, "category": f"反映{NAME}"}
    outcome = {"report": event_id, "result": "explained", "concluded_at": "2026-03-09T17:20:00+08:00"}
    return [
        report(event_id, **told, details=details),
        {
            **report(f"{event_id}-o"),
            "type": "wufang.hotline.outcome.v1",
            "data": {**outcome, "reply": f"路灯已修好。{REPLY}"},
        },
    ]


async def everything_shown(office: Office, receipts: list[str], door: httpx.AsyncClient) -> str:
    """All that anybody may see: search by every role, cases with reports and timeline, console pages, receipts."""
    app = create_ledger_app(office.settings)
    issuer, shown = LocalIssuer.open(office.settings), []
    async with app.router.lifespan_context(app):
        for role in ROLES:
            token = issuer.token(Person("p", "某某", role, "平川县城管局", ""), datetime.now(UTC))
            async with client_of(app, token) as client:
                client.cookies.set(COOKIE, token)
                found = await client.get("/v1/cases", params={"q": NAME})
                assert found.json().get("total", 0) == 0, role
                shown += [found.text, (await client.get("/v1/cases")).text]
                for case in (await client.get("/v1/cases")).json().get("cases", []):
                    path = f"/cases/{case['case_id']}"
                    shown.append((await client.get(f"/v1{path}")).text)
                    page = await client.get(f"/console{path}")
                    assert "青石巷路灯不亮" in page.text, "a page that shows the case"
                    shown.append(page.text)
                shown.append((await client.get("/console")).text)
                shown.append((await client.get("/metrics")).text)
    shown += [(await door.get(f"/v1/receipts/{receipt}")).text for receipt in receipts]
    return "\n".join(shown)


async def indexed(office: Office, generation: int) -> str:
    await office.index.refresh(generation)
    found = [item.document for kind in KINDS async for item in office.index.scan(kind, generation)]
    assert found
    return orjson.dumps(found).decode()


async def on_all_topics(office: Office) -> str:
    """Keys, values and headers of every record."""
    parts: list[bytes] = []
    for topic in (*topics.INPUTS, topics.LEDGER, topics.QUARANTINE, topics.DATA_KEYS):
        for message in await office.messages(topic):
            parts += [message.key or b"", message.value or b"", repr(message.headers).encode()]
    return b"\n".join(parts).decode()


async def test_no_word_of_a_sealed_part_is_anywhere_but_in_the_store(
    office: Office, store: Store, door: httpx.AsyncClient
) -> None:
    with log_lines() as lines:
        body = orjson.dumps(planted("rx-sealed"))
        headers = {"content-type": "application/cloudevents-batch+json"}
        for _ in range(2):
            answer = await door.post("/v1/events", content=body, headers=headers)
            assert answer.status_code == 202, answer.text
        await office.work()
        receipts = [item["receipt"] for item in answer.json()["items"]]
        shown = await everything_shown(office, receipts, door)
        first = await indexed(office, 1)
        await rebuild(office.settings, follow=0.0)
        second = await indexed(office, 2)
    entries = store.entries()
    assert len(entries) == 2
    written = lines.getvalue()
    on_topics = await on_all_topics(office)
    assert "路灯坏了半年" in on_topics
    assert "路灯坏了半年" in shown
    assert '"event":"request"' in written
    for place in (on_topics, shown, first, second, written, answer.text):
        for words in (NAME, CONDUCT, REPLY, "好处费"):
            assert words not in place
    for entry in entries:
        assert entry["receipt"] in on_topics, "or the next look finds nothing for another reason"
        for place in (shown, first, second, written, answer.text):
            assert entry["receipt"] not in place
    assert '"conduct"' not in first + second + shown


async def test_sent_twice_it_is_one_report_and_one_outcome(
    office: Office, store: Store, door: httpx.AsyncClient
) -> None:
    headers = {"content-type": "application/cloudevents-batch+json"}
    for _ in range(2):
        await door.post("/v1/events", content=orjson.dumps(planted("rx-twice")), headers=headers)
        await asyncio.sleep(0)
    await office.take_inputs()
    folds = await office.folds()
    assert sum(fold.offset for fold in folds.values()) == 2
    assert len(store.entries()) == 2
