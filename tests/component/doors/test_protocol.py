"""What a client may hold before it has said who it is: a head of bounded size and time, on a real socket."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import httpx
import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from wufang.adapters import http_protocol
from wufang.adapters.http_protocol import HEAD_BYTES, BoundedProtocol


async def _size(request: Request) -> PlainTextResponse:
    return PlainTextResponse(str(len(await request.body())))


@pytest.fixture
async def port() -> AsyncIterator[int]:
    app = Starlette(routes=[Route("/", _size, methods=["GET", "POST"])])
    server = uvicorn.Server(uvicorn.Config(app, port=0, http=BoundedProtocol, log_config=None))
    serving = asyncio.create_task(server.serve())
    while not server.started:
        await asyncio.sleep(0.01)
    yield server.servers[0].sockets[0].getsockname()[1]
    server.should_exit = True
    await serving


async def _poured(port: int, start: bytes, piece: bytes, most: int) -> int:
    """How many bytes went out before the server hung up."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(start)
    sent = 0
    try:
        while sent < most and not reader.at_eof() and not writer.is_closing():
            writer.write(piece)
            sent += len(piece)
            await writer.drain()
            await asyncio.sleep(0.001)
    except ConnectionError:
        pass
    finally:
        writer.close()
    return sent


@pytest.mark.parametrize(
    "start",
    [
        b"GET / HTTP/1.1\r\nhost: x\r\nx-long: ",
        b"GET /",
        b"POST / HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n0\r\nx-trailer: ",
        b"POST / HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n1;x=",
    ],
)
async def test_an_endless_head_is_cut_off(port: int, start: bytes) -> None:
    assert await _poured(port, start, b"a" * 65_536, 64 << 20) < 16 << 20


async def test_many_headers_are_cut_off_too(port: int) -> None:
    start = b"GET / HTTP/1.1\r\nhost: x\r\n"
    assert await _poured(port, start, b"x: y\r\n" * 10_000, 64 << 20) < 16 << 20


@pytest.mark.parametrize("start", [b"", b"GET / HTTP/1.1\r\nhost: x\r\n"])
async def test_a_slow_head_is_not_waited_for(port: int, start: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http_protocol, "HEAD_SECONDS", 0.1)
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(start)
    async with asyncio.timeout(60):
        assert (await reader.read()).startswith(b"HTTP/1.1 400")
    writer.close()


async def test_honest_requests_pass_one_after_another(port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Bodies and pauses may last longer than a head; a head has a second here, which a busy machine keeps to."""
    monkeypatch.setattr(http_protocol, "HEAD_SECONDS", 1.0)

    async def pieces() -> AsyncIterator[bytes]:
        for _ in range(4):
            yield b"x" * 1_000_000
            await asyncio.sleep(0.3)

    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as client:
        for _ in range(2):
            assert (await client.get("/", headers={"x-long": "a" * (HEAD_BYTES // 2)})).text == "0"
            assert (await client.post("/", content=b"y" * 3_000_000)).text == "3000000"
        await asyncio.sleep(1.1)
        assert (await client.post("/", content=pieces())).text == "4000000"
