"""A part about officials' conduct goes to the discipline office first; the rest goes on and says little of it."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import orjson
import pytest

from tests.support.doors import SOURCE, Office, report
from tests.support.sealing import HOPE, LAMP, TAKEN, Store
from wufang.adapters import sealing_store
from wufang.adapters.conduct import MARK
from wufang.adapters.jwt_people import LocalIssuer, Person
from wufang.adapters.receipts import read_receipt
from wufang.adapters.sealing_store import SealingStore
from wufang.adapters.secrets_file import load_key_ring
from wufang.domain.ids import cause
from wufang.privacy.encryption import decrypt
from wufang.wire import inputs

COUNTY = "990101"
GAS = "青石巷18号楼道里燃气泄漏，味道很大，有人头晕呕吐。"


@pytest.fixture
def store(office: Office, tmp_path: Path) -> Iterator[Store]:
    with Store(office.settings, tmp_path) as store:
        yield store


def with_conduct(event_id: str, channel: str = "hotline", **more: Any) -> dict[str, Any]:
    return report(event_id, channel, title="青石巷路灯不亮", text=f"{LAMP}{TAKEN}{HOPE}", **more)


def on_topic(office: Office, event_id: str, channel: str = "hotline") -> list[dict[str, Any]]:
    events = [orjson.loads(value or b"") for _, value in office.records(f"reports.{channel}")]
    return [event for event in events if event["id"] == event_id]


def read(store: Store, receipt: str) -> dict[str, Any]:
    person = Person("d-1", "某某", "discipline", "县纪委监委", COUNTY)
    token = LocalIssuer.open(store.settings).token(person, datetime.now(UTC))
    found: dict[str, Any] = store.get(f"/v1/sealed/{receipt}", token).json()
    return found


async def post(client: httpx.AsyncClient, *events: dict[str, Any]) -> httpx.Response:
    headers = {"content-type": "application/cloudevents-batch+json"}
    return await client.post("/v1/events", content=orjson.dumps(list(events)), headers=headers)


async def test_the_part_is_with_the_office_and_the_rest_on_the_topic(
    office: Office, store: Store, event_id: str
) -> None:
    async with office.door(**store.changes) as client:
        answer = await client.post("/v1/events", json=with_conduct(event_id))
    assert answer.status_code == 202
    (event,) = on_topic(office, event_id)
    assert event["data"]["text"] == f"{LAMP}{MARK}{HOPE}"
    (entry,) = store.entries()
    assert event["data"]["conduct"] == {"receipt": entry["receipt"]}
    assert entry["cause"] == cause(SOURCE, event_id, COUNTY)
    shown = read(store, entry["receipt"])["entry"]
    assert shown["parts"] == [{"field": "text", "start": len(LAMP), "text": TAKEN}]
    assert (shown["number"], shown["source"], shown["up"]) == (event_id, SOURCE, False)


async def test_a_post_of_several_asks_the_office_once_and_each_by_itself_only_if_need_be(
    office: Office, store: Store, event_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    singly: list[str] = []
    put = SealingStore.put

    async def noted(self: SealingStore, cause: str, *more: Any) -> str:
        singly.append(cause)
        return await put(self, cause, *more)

    monkeypatch.setattr(SealingStore, "put", noted)
    other = with_conduct(f"{event_id}-0")
    other["data"]["text"] = f"{LAMP}县水利局李局长收了老板二十万，帮忙中标。"
    async with office.door(**store.changes) as client:
        answer = await post(client, *(with_conduct(f"{event_id}-{n}") for n in range(5)), report(event_id))
        assert (answer.status_code, singly) == (202, [])
        assert (await post(client, other, with_conduct(f"{event_id}-5"))).status_code == 202
    assert singly == [cause(SOURCE, f"{event_id}-0", COUNTY)], "other words under the same number"
    published = [*on_topic(office, f"{event_id}-0"), *(on_topic(office, f"{event_id}-{n}")[0] for n in range(1, 6))]
    receipts = {event["data"]["conduct"]["receipt"] for event in published}
    assert receipts == {one["receipt"] for one in store.entries()}
    assert len(receipts) == len(published) == 7


async def test_a_store_of_another_make_that_takes_one_at_a_time_is_asked_so(
    office: Office, store: Store, event_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sealing_store, "EACH", "/v1/no-such-address")
    async with office.door(**store.changes) as client:
        assert (await post(client, with_conduct(event_id), with_conduct(f"{event_id}-b"))).status_code == 202
    assert len(store.entries()) == 2


async def test_the_ledger_reads_it_and_what_has_no_such_part_has_no_such_field(
    office: Office, store: Store, event_id: str
) -> None:
    async with office.door(**store.changes) as client:
        await post(client, with_conduct(event_id), report(f"{event_id}-plain"))
    (event,) = on_topic(office, event_id)
    submission = inputs.decode("reports.hotline", COUNTY.encode(), orjson.dumps(event))
    assert submission.report.conduct.receipt == event["data"]["conduct"]["receipt"]  # type: ignore[union-attr]
    (plain,) = on_topic(office, f"{event_id}-plain")
    assert "conduct" not in plain["data"]


async def test_an_answer_does_not_tell_that_a_part_was_taken(office: Office, store: Store, event_id: str) -> None:
    async with office.door(**store.changes) as client:
        sealed = (await client.post("/v1/events", json=with_conduct(event_id))).json()
        plain = (await client.post("/v1/events", json=report(f"{event_id}-b"))).json()
    assert sealed["items"][0].keys() == plain["items"][0].keys()
    (entry,) = store.entries()
    ring = load_key_ring(office.settings.secrets)
    told = str(read_receipt(ring.receipt, SOURCE, sealed["items"][0]["receipt"]))
    assert entry["receipt"] not in told


async def test_sent_again_it_has_the_same_receipt_and_the_same_rest(
    office: Office, store: Store, event_id: str
) -> None:
    async with office.door(**store.changes) as client:
        for _ in range(2):
            assert (await client.post("/v1/events", json=with_conduct(event_id))).status_code == 202
    first, second = on_topic(office, event_id)
    assert len(store.entries()) == 1
    for of_copy in ("sealed", "acceptedat"):
        first["data"].pop(of_copy, None), second["data"].pop(of_copy, None)
    assert first["data"] == second["data"]
    assert first["contentmac"] == second["contentmac"], "or it would be no duplicate"


async def test_other_words_under_the_same_number_are_sealed_too(office: Office, store: Store, event_id: str) -> None:
    """Whichever of the two the ledger takes, its part is with the office: the first may never have been published."""
    other = with_conduct(event_id)
    other["data"]["text"] = f"{LAMP}县水利局李局长收了老板二十万，帮忙中标。"
    async with office.door(**store.changes) as client:
        for event in (with_conduct(event_id), other, other):
            assert (await client.post("/v1/events", json=event)).status_code == 202
    receipts = [event["data"]["conduct"]["receipt"] for event in on_topic(office, event_id)]
    assert receipts[0] != receipts[1] == receipts[2]
    assert {entry["receipt"] for entry in store.entries()} == set(receipts)


async def test_fields_that_would_tell_go_along(office: Office, store: Store, event_id: str) -> None:
    details = {
        "request_type": "tip_off",
        "expectation": "严查王局长",
        "lead": "平川县城管局",
        "intake": "phone",
        "reply": "已转有关单位。",
    }
    event = with_conduct(event_id, category="干部作风", accused="平川县住建局王局长", details=details)
    async with office.door(**store.changes) as client:
        assert (await client.post("/v1/events", json=event)).status_code == 202
    (event,) = on_topic(office, event_id)
    assert event["data"]["details"] == {"intake": "phone", "lead": "平川县城管局"}
    assert not {"category", "accused"} & event["data"].keys()
    (entry,) = store.entries()
    parts = {part["field"]: part["text"] for part in read(store, entry["receipt"])["entry"]["parts"]}
    assert parts == {
        "text": TAKEN,
        "category": "干部作风",
        "accused": "平川县住建局王局长",
        "details.request_type": "tip_off",
        "details.expectation": "严查王局长",
        "details.reply": "已转有关单位。",
    }


async def test_a_part_in_a_field_beside_is_found(office: Office, store: Store, event_id: str) -> None:
    event = report(event_id, details={"expectation": TAKEN, "lead": "平川县城管局"})
    async with office.door(**store.changes) as client:
        assert (await client.post("/v1/events", json=event)).status_code == 202
    (event,) = on_topic(office, event_id)
    assert event["data"]["details"] == {"lead": "平川县城管局"}
    assert len(store.entries()) == 1


async def test_an_outcomes_reply_is_screened_too(office: Office, store: Store, event_id: str) -> None:
    outcome = {
        "specversion": "1.0",
        "id": f"{event_id}-o",
        "type": "wufang.hotline.outcome.v1",
        "data": {
            "report": event_id,
            "result": "explained",
            "concluded_at": "2026-03-09T17:20:00+08:00",
            "reply": f"路灯已修好。经核实，{TAKEN}",
        },
    }
    async with office.door(**store.changes) as client:
        assert (await post(client, report(event_id), outcome)).status_code == 202
    (event,) = on_topic(office, f"{event_id}-o")
    assert TAKEN not in str(event)
    (entry,) = store.entries()
    assert event["data"]["conduct"] == {"receipt": entry["receipt"]}
    submission = inputs.decode("reports.hotline", COUNTY.encode(), orjson.dumps(event))
    assert submission.outcome.conduct.receipt == entry["receipt"]  # type: ignore[union-attr]


# the store away


async def test_while_the_store_is_away_only_what_needs_it_waits(office: Office, store: Store, event_id: str) -> None:
    plain, sealed = report(f"{event_id}-plain"), with_conduct(event_id)
    store.stop()
    async with office.door(**store.changes, seal_timeout=0.4) as client:
        single = await client.post("/v1/events", json=sealed)
        batch = await post(client, sealed, plain)
        store.start()
        again = await post(client, sealed, plain)
    assert single.status_code == 503
    assert "retry-after" in single.headers
    assert single.json()["type"] == "urn:wufang:problem:not_acknowledged", "as when the broker is away"
    assert batch.status_code == 207
    assert "retry-after" in batch.headers
    assert [item["status"] for item in batch.json()["items"]] == [503, 202]
    assert again.status_code == 202
    assert len(on_topic(office, event_id)) == 1


async def test_a_store_that_comes_back_in_time_delays_and_loses_nothing(
    office: Office, store: Store, event_id: str
) -> None:
    store.stop()
    async with office.door(**store.changes, seal_timeout=10.0) as client:
        sending = asyncio.create_task(client.post("/v1/events", json=with_conduct(event_id)))
        await asyncio.sleep(0.5)
        await asyncio.to_thread(store.start)
        assert (await sending).status_code == 202


async def test_an_outcome_does_not_go_before_its_report(office: Office, store: Store, event_id: str) -> None:
    outcome = {
        "specversion": "1.0",
        "id": f"{event_id}-o",
        "type": "wufang.hotline.outcome.v1",
        "data": {"report": event_id, "result": "solved", "concluded_at": "2026-03-09T17:20:00+08:00"},
    }
    store.stop()
    async with office.door(**store.changes, seal_timeout=0.2) as client:
        answer = await post(client, with_conduct(event_id), outcome)
    assert [item["status"] for item in answer.json()["items"]] == [503, 503]
    assert on_topic(office, f"{event_id}-o") == []


async def test_danger_does_not_wait_and_its_part_is_kept_in_the_encrypted_field(
    office: Office, store: Store, event_id: str
) -> None:
    event = with_conduct(event_id)
    event["data"]["title"] = "青石巷燃气泄漏"
    event["data"]["text"] = f"{GAS}{TAKEN}"
    store.stop()
    async with office.door(**store.changes, seal_timeout=30.0) as client:
        began = time.monotonic()
        answer = await post(client, event, with_conduct(f"{event_id}-b"))
        took = time.monotonic() - began
    assert [item["status"] for item in answer.json()["items"]] == [202, 503]
    assert took < 5, "the others of the post do not delay it either"
    (published,) = on_topic(office, event_id)
    assert published["data"]["conduct"] == {"held": True, "danger": "119"}
    assert "燃气泄漏" in published["data"]["text"]
    assert TAKEN not in str(published)
    sealed = published["data"]["sealed"]
    wrapped = dict(office.records("data_keys"))[sealed["key"].encode()]
    kept = orjson.loads(decrypt(load_key_ring(office.settings.secrets), wrapped, sealed)["conduct"])
    assert TAKEN in "".join(part["text"] for part in kept["parts"])


async def test_danger_with_the_store_there_is_sealed_as_any_other(office: Office, store: Store, event_id: str) -> None:
    event = with_conduct(event_id)
    event["data"]["text"] = f"{GAS}{TAKEN}"
    async with office.door(**store.changes) as client:
        assert (await client.post("/v1/events", json=event)).status_code == 202
    (published,) = on_topic(office, event_id)
    assert set(published["data"]["conduct"]) == {"receipt", "danger"}
    assert published["data"]["conduct"]["danger"] == "119"


async def test_a_store_that_refuses_the_door_is_as_good_as_away(office: Office, store: Store, event_id: str) -> None:
    store.settings.discipline_key.write_text("wf_00000000_wrong")
    async with office.door(**store.changes) as client:
        answer = await client.post("/v1/events", json=with_conduct(event_id))
    assert answer.status_code == 503
    assert on_topic(office, event_id) == []
