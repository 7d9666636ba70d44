"""What posts may hold while they are read: memory by what came, time between two pieces, no key at others' cost."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

import httpx
import pytest
import uvicorn

from tests.support.doors import Office, client_of, ready, report
from wufang.adapters import http_body
from wufang.adapters.http_body import MOST_BYTES, MOST_HELD, Held
from wufang.adapters.http_problems import Refusal
from wufang.adapters.http_protocol import BoundedProtocol

IDLE = 40
assert IDLE * MOST_BYTES > MOST_HELD, "together they announce more than a door may hold"


def test_posts_together_take_no_more_memory_than_allowed() -> None:
    held = Held(100, 100)
    with held.hold("a") as first, held.hold("b") as second:
        first(60)
        with pytest.raises(Refusal, match="busy"):
            second(41)
        second(40)
    with pytest.raises(RuntimeError):
        _breaks_off(held, 100)
    with held.hold("a") as take:
        take(100)


def _breaks_off(held: Held, size: int) -> None:
    with held.hold("a") as take:
        take(size)
        raise RuntimeError


def test_one_key_takes_its_share_and_no_more() -> None:
    held = Held(100, 25)
    with held.hold("a") as one, held.hold("a") as other, held.hold("b") as another:
        one(20)
        other(5)
        with pytest.raises(Refusal, match="busy"):
            other(1)
        another(25)
    with held.hold("a") as one:
        one(25)


async def _silent() -> AsyncIterator[bytes]:
    yield b"{"
    await asyncio.Event().wait()


async def test_a_body_that_stops_is_not_waited_for(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http_body, "PIECE_SECONDS", 0.1)
    headers = {"content-type": "application/json"}
    async with client_of(office.app(), office.tokens["county"]) as client, asyncio.timeout(20):
        answer = await client.post("/v1/events", content=_silent(), headers=headers)
    assert (answer.status_code, answer.headers["connection"]) == (408, "close")


@asynccontextmanager
async def _served(office: Office) -> AsyncIterator[int]:
    server = uvicorn.Server(uvicorn.Config(office.app(), port=0, http=BoundedProtocol, log_config=None))
    serving = asyncio.create_task(server.serve())
    while not server.started:
        await asyncio.sleep(0.01)
    yield server.servers[0].sockets[0].getsockname()[1]
    server.should_exit = True
    await serving


@asynccontextmanager
async def _idle_post(port: int, token: str) -> AsyncIterator[None]:
    """A post of a body without an end: its head and one small piece are sent, then nothing."""
    _, writer = await asyncio.open_connection("127.0.0.1", port)
    head = f"POST /v1/events HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {token}\r\ncontent-type: application/json\r\n"
    writer.write(head.encode() + b"transfer-encoding: chunked\r\n\r\n1\r\n{\r\n")
    await writer.drain()
    try:
        yield
    finally:
        writer.close()


async def test_a_key_with_many_idle_posts_closes_the_door_for_nobody(
    office: Office, event_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(http_body, "PIECE_SECONDS", 60.0)  # none of them ends by itself in the meantime
    other = {"authorization": f"Bearer {office.tokens['other']}"}
    async with _served(office) as port, httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=60) as client:
        await ready(client)
        async with AsyncExitStack() as idle:
            for _ in range(IDLE):
                await idle.enter_async_context(_idle_post(port, office.tokens["county"]))
            await client.get("/healthz")
            event = report(event_id) | {"jurisdiction": "990102"}
            answer = await client.post("/v1/events", json=event, headers=other)
    assert answer.status_code == 202, answer.text
