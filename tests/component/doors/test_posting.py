"""Posting: one event, a batch, lines; every item has its own answer, and what is accepted is on the log."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import httpx
import orjson
import pytest

from services.hotline import SPEC
from tests.support.doors import SOURCE, Office, report
from wufang.adapters.http_body import MOST_BYTES, MOST_ITEMS
from wufang.contracts import registry
from wufang.domain.decisions import OutcomeSubmitted, ReportSubmitted
from wufang.wire.inputs import decode

JSON = {"content-type": "application/json"}
BATCH = {"content-type": "application/cloudevents-batch+json"}
LINES = {"content-type": "application/x-ndjson"}


@pytest.fixture
async def client(office: Office) -> AsyncIterator[httpx.AsyncClient]:
    async with office.door() as connected:
        yield connected


def on_log(office: Office, event_id: str, topic: str = "reports.hotline") -> list[dict[str, Any]]:
    """The events with an id, as they stand on the topic; each also decodes for the ledger."""
    found = []
    for key, value in office.records(topic):
        event = orjson.loads(value or b"")
        if event["id"].startswith(event_id):
            assert key == event["jurisdiction"].encode()
            assert isinstance(decode(topic, key, value), ReportSubmitted | OutcomeSubmitted)
            found.append(event)
    return found


async def test_one_event_is_accepted_and_stands_on_the_topic(
    office: Office, client: httpx.AsyncClient, event_id: str
) -> None:
    answer = await client.post("/v1/events", json=report(event_id, grid_code="990101003007"))
    assert answer.status_code == 202
    (item,) = answer.json()["items"]
    assert item["id"] == event_id
    assert item["receipt"]
    (event,) = on_log(office, event_id)
    assert event["source"] == SOURCE
    assert event["jurisdiction"] == "990101"
    assert event["time"] == "2026-03-05T01:30:00.000Z"
    assert event["dataschema"] == "schemas/events/hotline/report.v1.schema.json"
    assert event["data"]["number"] == event_id
    assert event["contentmac"].startswith("content-1:")
    assert "reporter" not in event["data"]


async def test_batch_and_lines_answer_every_item(office: Office, client: httpx.AsyncClient, event_id: str) -> None:
    batch = [report(f"{event_id}-{n}") for n in range(7)]
    answer = await client.post("/v1/events", content=orjson.dumps(batch), headers=BATCH)
    assert answer.status_code == 202
    assert [item["index"] for item in answer.json()["items"]] == list(range(7))
    lines = b"\n".join(orjson.dumps(report(f"{event_id}-l{n}")) for n in range(3)) + b"\n"
    answer = await client.post("/v1/events", content=lines, headers=LINES)
    assert answer.status_code == 202
    assert len({item["receipt"] for item in answer.json()["items"]}) == 3
    assert len(on_log(office, event_id)) == 10


async def test_one_bad_item_refuses_only_itself(office: Office, client: httpx.AsyncClient, event_id: str) -> None:
    late = report(f"{event_id}-late", occurred_at="2026-03-05T09:30:00")
    lines = [orjson.dumps(report(f"{event_id}-a")), orjson.dumps(late), b"{broken", b"[1]"]
    lines.append(orjson.dumps(report(f"{event_id}-b")))
    answer = await client.post("/v1/events", content=b"\n".join(lines), headers=LINES)
    assert answer.status_code == 207
    items = answer.json()["items"]
    assert [item["status"] for item in items] == [202, 422, 422, 422, 202]
    (error,) = items[1]["problem"]["errors"]
    assert error["field"] == "data.occurred_at"
    assert error["rule"] == "naive_time"
    assert error["example"]
    assert "时区" in error["message"]
    assert {event["id"] for event in on_log(office, event_id)} == {f"{event_id}-a", f"{event_id}-b"}


async def test_a_batch_of_only_bad_items_is_answered_item_by_item(client: httpx.AsyncClient) -> None:
    answer = await client.post("/v1/events", content=orjson.dumps([{}, {"id": 1}]), headers=BATCH)
    assert answer.status_code == 207
    assert {item["status"] for item in answer.json()["items"]} == {422}


async def test_the_same_event_twice_has_one_cause_and_one_content(
    office: Office, client: httpx.AsyncClient, event_id: str
) -> None:
    first = report(event_id, reporter_phone="13800001234")
    shuffled = {**first, "data": dict(reversed(first["data"].items()))}
    for event in (first, shuffled, report(event_id, text="另一段话。")):
        assert (await client.post("/v1/events", json=event)).status_code == 202
    one, two, other = on_log(office, event_id)
    assert one["contentmac"] == two["contentmac"] != other["contentmac"]
    assert one["data"]["reporter"] == two["data"]["reporter"]
    assert one["data"]["sealed"] != two["data"]["sealed"], "every post has a data key of its own"


async def test_an_outcome_is_accepted(office: Office, client: httpx.AsyncClient, event_id: str) -> None:
    outcome = {
        "specversion": "1.0",
        "id": event_id,
        "type": "wufang.hotline.outcome.v1",
        "data": {"report": "rx-1", "result": "solved", "concluded_at": "2026-03-09T17:20:00+08:00"},
    }
    assert (await client.post("/v1/events", json=outcome)).status_code == 202
    (event,) = on_log(office, event_id)
    assert event["time"] == "2026-03-09T09:20:00.000Z"


@pytest.mark.parametrize(
    ("token", "given", "grid_code", "placed"),
    [
        ("county", None, None, "990101"),
        ("county", "990101", None, "990101"),
        ("city", None, None, "990100"),
        ("city", None, "990103001", "990103"),
        ("city", "990102", "990103001", "990102"),
        ("county", "990102", None, None),
        ("county", None, "990103001", None),
        ("city", "980101", None, None),
    ],
)
async def test_the_county_is_the_given_one_else_the_grids_else_the_keys(
    office: Office, event_id: str, token: str, given: str | None, grid_code: str | None, placed: str | None
) -> None:
    event = report(event_id, **({"grid_code": grid_code} if grid_code else {}))
    if given:
        event["jurisdiction"] = given
    async with office.door(token=token) as client:
        answer = await client.post("/v1/events", json=event)
    if placed is None:
        assert answer.status_code == 422
        assert answer.json()["errors"][0]["rule"] == "outside_jurisdiction"
    else:
        assert answer.status_code == 202
        assert [found["jurisdiction"] for found in on_log(office, event_id)] == [placed]


async def test_the_source_is_the_keys_never_the_senders_word(client: httpx.AsyncClient, event_id: str) -> None:
    answer = await client.post("/v1/events", json={**report(event_id), "source": "somebody-else"})
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["rule"] == "source_mismatch"
    assert "somebody-else" not in answer.text
    assert (await client.post("/v1/events", json={**report(event_id), "source": SOURCE})).status_code == 202


@pytest.mark.parametrize(
    "change",
    [
        {"acceptedat": "2026-03-05T00:00:00.000Z"},
        {"contentmac": "content-1:00"},
        {"data": {"case_id": "990101-1-0"}},
        {"data": {"accepted_at": 1}},
        {"data": {"sealed": {"key": "0", "nonce": "", "ciphertext": ""}}},
        {"data": {"reporter": {"pseudonym": "0" * 32, "basis": "phone"}}},
        {"data": {"details": {"lane": "urgent"}}},
        {"data": {"details": {"risk": 3}}},
    ],
)
async def test_fields_of_the_server_cannot_be_set(
    client: httpx.AsyncClient, event_id: str, change: dict[str, Any]
) -> None:
    event = report(event_id, **change.get("data", {}))
    answer = await client.post("/v1/events", json={**event, **{k: v for k, v in change.items() if k != "data"}})
    assert answer.status_code == 422, answer.text


@pytest.mark.parametrize(
    ("body", "headers", "status"),
    [
        (b"{", JSON, 400),
        (b'{"id":"a","id":"b"}', JSON, 400),
        (b'[{"data":{"text":"a","t\\u0065xt":"b"}}]', BATCH, 400),
        (b"\xff\xfe{}", JSON, 400),
        (b'{"id":"\\ud800"}', JSON, 400),
        (b'{"id":NaN}', JSON, 400),
        (b"[" * 100_000, JSON, 400),
        (b"[]", BATCH, 422),
        (b"{}", BATCH, 422),
        (b"[]", {"content-type": "application/cloudevents+json"}, 422),
        (b"\n\n", LINES, 422),
        (b"{}", {"content-type": "text/plain"}, 415),
        (b"{}", {}, 415),
        (b"{}", {"content-type": "application/json; charset=gbk"}, 415),
        (b"{}", {**JSON, "content-encoding": "gzip"}, 415),
        (b"[" + b"{}," * MOST_ITEMS + b"{}]", BATCH, 413),
        (b"{}\n" * (MOST_ITEMS + 1), LINES, 413),
        (b" " * (MOST_BYTES + 1), JSON, 413),
        (b'{"data":' * 30 + b"1" + b"}" * 30, JSON, 422),
        (b"null", JSON, 422),
        (b'"text"', JSON, 422),
    ],
)
async def test_what_cannot_be_read_is_a_problem_in_chinese(
    client: httpx.AsyncClient, body: bytes, headers: dict[str, str], status: int
) -> None:
    answer = await client.post("/v1/events", content=body, headers=headers)
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    problem = answer.json()
    assert problem["status"] == status
    assert any("一" <= c <= "龥" for c in problem["title"] + problem["detail"])


async def test_a_line_with_a_field_twice_refuses_only_itself(client: httpx.AsyncClient, event_id: str) -> None:
    good = orjson.dumps(report(event_id))
    answer = await client.post("/v1/events", content=good[:-1] + b',"id":"13800001234"}\n' + good, headers=LINES)
    items = answer.json()["items"]
    assert [item["status"] for item in items] == [422, 202]
    assert "写了两次" in items[0]["problem"]["detail"]
    assert "13800001234" not in answer.text


async def test_too_large_is_refused_before_it_is_read(client: httpx.AsyncClient) -> None:
    read = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal read
        while True:
            read += 65_536
            yield b" " * 65_536

    answer = await client.post("/v1/events", content=endless(), headers=JSON)
    assert answer.status_code == 413
    assert read <= MOST_BYTES + 2 * 65_536


async def test_a_long_text_at_the_limit_fits_into_a_record(
    office: Office, client: httpx.AsyncClient, event_id: str
) -> None:
    text = ("水" * 9_000 + "电话13812345678。")[:10_000]
    answer = await client.post("/v1/events", json=report(event_id, text=text))
    assert answer.status_code == 202
    assert len(on_log(office, event_id)) == 1


async def test_more_pending_than_allowed_is_a_503_at_once(office: Office, event_id: str) -> None:
    async with office.door(pending_limit=3) as client:
        batch = [report(f"{event_id}-{n}") for n in range(4)]
        answer = await client.post("/v1/events", json=batch)
        assert answer.status_code == 503
        assert answer.headers["retry-after"].isdecimal()
        assert answer.json()["type"].endswith("busy")
        assert (await client.post("/v1/events", json=batch[:3])).status_code == 202
    assert len(on_log(office, event_id)) == 3


async def test_schema_and_examples_are_those_of_the_channel(client: httpx.AsyncClient) -> None:
    types = (await client.get("/v1/schema")).json()["types"]
    assert set(types) == set(SPEC.events)
    assert types["wufang.hotline.report.v1"] == registry.read_schema("submissions/hotline/report.v1.schema.json")
    names = (await client.get("/v1/examples")).json()["examples"]
    assert "report.minimal" in names
    for name in names:
        example = (await client.get(f"/v1/examples/{name}")).json()
        assert SPEC.read(example)[1] == ()
    assert (await client.get("/v1/examples/nothing")).status_code == 404
