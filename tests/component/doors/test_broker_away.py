"""A broker that is away: 503 within a bounded time, nothing acknowledged is lost, a resend counts once."""

from __future__ import annotations

import asyncio
import signal
import time
import uuid
from pathlib import Path

import httpx
import orjson
import pytest

from tests.support.doors import BrokerOnly, Office, make_office, ready, report

ACK_TIMEOUT = 2.0
# Far below what it would be without a bound (the clients' own: half a minute and more), far above what busy cores add.
WITHIN = ACK_TIMEOUT + 13.0


@pytest.fixture
def away(broker: BrokerOnly, tmp_path: Path) -> Office:
    return make_office(broker.kafka, tmp_path, f"t{uuid.uuid4().hex[:10]}.", ack_timeout=ACK_TIMEOUT)


async def post(client: httpx.AsyncClient, event: object) -> httpx.Response:
    return await client.post("/v1/events", json=event)


async def test_killed_broker_is_a_503_and_the_resend_counts_once(away: Office, broker: BrokerOnly) -> None:
    async with away.door() as client:
        assert (await post(client, report("before"))).status_code == 202
        broker.kill("kafka")
        started = time.monotonic()
        refused = await asyncio.gather(*(post(client, report(f"during-{n}", reporter="user-000001")) for n in range(5)))
        assert {answer.status_code for answer in refused} == {503}
        assert time.monotonic() - started < WITHIN
        assert refused[0].headers["retry-after"].isdecimal()
        assert refused[0].json()["type"].startswith("urn:wufang:problem:")
        await asyncio.to_thread(broker.start, "kafka")
        await ready(client)
        for n in range(5):
            answer = await post(client, report(f"during-{n}", reporter="user-000001"))
            assert answer.status_code == 202
    ids = [orjson.loads(value or b"")["id"] for _, value in away.records("reports.hotline")]
    assert set(ids) == {"before", *(f"during-{n}" for n in range(5))}


async def test_frozen_broker_is_a_503_in_bounded_time_and_recovers(away: Office, broker: BrokerOnly) -> None:
    async with away.door() as client:
        assert (await post(client, report("before"))).status_code == 202
        broker.signal("kafka", signal.SIGSTOP)
        try:
            started = time.monotonic()
            assert (await post(client, report("frozen"))).status_code == 503
            assert time.monotonic() - started < WITHIN
            healthy = await client.get("/healthz")
            assert healthy.status_code == 200
        finally:
            broker.signal("kafka", signal.SIGCONT)
        await ready(client)
        assert (await post(client, report("frozen"))).status_code == 202


async def test_every_acknowledged_report_is_on_the_log_after_a_kill_under_load(
    away: Office, broker: BrokerOnly
) -> None:
    acknowledged: set[str] = set()
    stop = asyncio.Event()

    async def send(client: httpx.AsyncClient, sender: int) -> None:
        number = 0
        while not stop.is_set():
            batch = [report(f"{sender}-{number}-{index}") for index in range(5)]
            answer = await client.post("/v1/events", json=batch)
            if answer.status_code in (202, 207):
                acknowledged.update(item["id"] for item in answer.json()["items"] if item["status"] == 202)
                number += 1
            else:
                assert answer.status_code == 503
                await asyncio.sleep(0.1)

    async with away.door() as client:
        senders = [asyncio.create_task(send(client, sender)) for sender in range(4)]
        while len(acknowledged) < 100:
            await asyncio.sleep(0.05)
        broker.kill("kafka")
        await asyncio.to_thread(broker.start, "kafka")
        await ready(client)
        before = len(acknowledged)
        while len(acknowledged) < before + 100:
            await asyncio.sleep(0.05)
        stop.set()
        await asyncio.gather(*senders)
    on_log = {orjson.loads(value or b"")["id"] for _, value in away.records("reports.hotline")}
    assert acknowledged <= on_log
