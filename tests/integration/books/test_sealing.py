"""Words of a sealed part, and the receipt for it, planted through a real door and looked for in everything there is."""

from __future__ import annotations

import asyncio
import sqlite3
from datetime import UTC, datetime

import httpx
import orjson
import pytest

from services.ledger.app import create_app as create_ledger_app
from services.ledger.console.session import COOKIE
from tests.integration.books.days import books
from tests.integration.books.office import Office
from tests.integration.books.planted import CONDUCT, COUNTY, NAME, REPLY, indexed, on_all_topics, planted, post
from tests.support.doors import client_of, report
from tests.support.logs import log_lines
from tests.support.sealing import Store
from wufang.adapters.jwt_people import ROLES, LocalIssuer, Person
from wufang.adapters.sealing_store import Booked, SealingStore
from wufang.adapters.secrets_file import load_key_ring
from wufang.cli.books import _print, balance_document
from wufang.domain import ids
from wufang.operations.erase import erase
from wufang.operations.handover import Handed, NotTaken, hand_over
from wufang.operations.rebuild import rebuild
from wufang.operations.sealed_parts import Orphans
from wufang.privacy.keyring import KeyRing


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
        first = await indexed(office, 1)  # makes it searchable too
        shown = await everything_shown(office, receipts, door)
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


# the books


async def test_every_receipt_has_its_entry_and_every_entry_its_report(
    office: Office, store: Store, door: httpx.AsyncClient
) -> None:
    assert await post(door, *planted("rx-a"), report("rx-b")) == 202
    await office.work()
    balance = await books(office)
    assert balance.balanced
    assert balance.sealed == Orphans()


async def test_a_part_whose_report_never_came_is_named_and_is_no_fault(
    office: Office, store: Store, door: httpx.AsyncClient, capsys: pytest.CaptureFixture[str]
) -> None:
    assert await post(door, planted("rx-a")[0]) == 202
    ring = load_key_ring(office.settings.secrets)
    lost = await _put(office, "f" * 64, ring)
    await office.work()
    balance = await books(office)
    assert balance.balanced
    assert balance.sealed.unpublished == [Booked(lost, "f" * 64)]
    _print(balance, partitions=False)
    told = capsys.readouterr().out
    assert lost in told
    assert "账目平衡" in told


async def _put(office: Office, cause: str, ring: KeyRing) -> str:
    entry = {"jurisdiction": COUNTY, "channel": "hotline", "source": "x", "number": "n", "up": False, "rules": "t"}
    async with SealingStore(office.settings) as client:
        return await client.put(cause, {**entry, "parts": [{"field": "text", "start": 0, "text": "x"}]}, ring.content)


async def test_a_receipt_whose_entry_is_gone_is_a_fault(
    office: Office, store: Store, door: httpx.AsyncClient, capsys: pytest.CaptureFixture[str]
) -> None:
    assert await post(door, *planted("rx-a")) == 202
    await office.work()
    gone = store.entries()[0]
    with sqlite3.connect(store.settings.discipline_store) as db:
        db.execute("DELETE FROM entries WHERE receipt = ?", (gone["receipt"],))
    balance = await books(office)
    assert [(fault.kind, fault.where) for fault in balance.faults] == [("sealed_part_missing", gone["cause"])]
    assert not balance.balanced
    assert balance_document(balance)["sealed"]["missing"] == [gone]
    _print(balance, partitions=False)
    assert "台账有凭据而封存库没有：1" in capsys.readouterr().err


async def test_an_erased_entry_is_still_there_for_the_books(
    office: Office, store: Store, door: httpx.AsyncClient
) -> None:
    assert await post(door, planted("rx-a")[0]) == 202
    await office.work()
    with sqlite3.connect(store.settings.discipline_store) as db:
        db.execute("UPDATE entries SET sealed = NULL, wrapped = NULL, state = 'erased'")
    assert (await books(office)).balanced


async def test_without_the_store_the_books_say_so_and_balance(
    office: Office, store: Store, door: httpx.AsyncClient, capsys: pytest.CaptureFixture[str]
) -> None:
    assert await post(door, *planted("rx-a")) == 202
    await office.work()
    store.stop()
    balance = await books(office)
    assert balance.balanced
    assert balance.sealed.unchecked
    _print(balance, partitions=False)
    assert "封存凭据未核对" in capsys.readouterr().out


async def test_what_was_held_in_danger_is_handed_over_once_and_for_all(
    office: Office, store: Store, door: httpx.AsyncClient
) -> None:
    event = planted("rx-gas")[0]
    event["data"]["text"] = f"青石巷18号楼道里燃气泄漏，味道很大。{CONDUCT}"
    store.stop()
    assert await post(door, event) == 202
    await office.work()
    store.start()
    cause = ids.cause("pingchuan-12345", "rx-gas", COUNTY)
    assert (await books(office)).sealed.held == [cause]
    for _ in range(2):
        assert await hand_over(office.settings) == Handed(over=1, erased=0)
    (entry,) = store.entries()
    assert entry["cause"] == cause
    token = LocalIssuer.open(office.settings).token(
        Person("d", "某某", "discipline", "县纪委监委", COUNTY), datetime.now(UTC)
    )
    parts = store.get(f"/v1/sealed/{entry['receipt']}", token).json()["entry"]["parts"]
    assert NAME in "".join(part["text"] for part in parts)
    balance = await books(office)
    assert balance.balanced
    assert balance.sealed == Orphans()
    assert await post(door, event) == 202, "sent again, now with the store there: the same entry"
    assert store.entries() == [entry]


async def test_what_was_erased_cannot_be_handed_over_and_a_store_away_is_said(
    office: Office, store: Store, door: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    event = planted("rx-gas")[0]
    event["data"]["text"] = f"青石巷18号楼道里燃气泄漏，味道很大。{CONDUCT}"
    store.stop()
    assert await post(door, event) == 202
    await office.work()
    monkeypatch.setattr("wufang.operations.handover.PATIENCE", 0.2)
    with pytest.raises(NotTaken):
        await hand_over(office.settings)
    await erase(office.settings, ids.cause("pingchuan-12345", "rx-gas", COUNTY), by="test", why="test")
    assert await hand_over(office.settings) == Handed(over=0, erased=1)
