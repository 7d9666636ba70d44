"""The doors' client of the discipline office's store: whoever gave up in the middle leaves it as it was."""

import asyncio
from contextlib import suppress
from pathlib import Path

import httpx
import orjson
import pytest

from wufang.adapters.sealing_store import SealingStore, _receipts_of, _shares
from wufang.privacy.keyring import NamedKey
from wufang.settings import Settings

ANSWER = b'{"receipt": "receipt-1234"}'
CONTENT = NamedKey("content-1", b"k" * 32)


async def test_several_are_cut_into_posts_of_what_the_store_takes() -> None:
    entries = [(f"{number:064x}", {"parts": ["字" * 1000]}) for number in range(600)]
    shares = list(_shares(entries))
    assert [orjson.loads(one)["cause"] for share in shares for one in share] == [cause for cause, _ in entries]
    assert all(len(share) <= 100 and sum(map(len, share)) <= 1024 * 1024 for share in shares)
    assert len(shares) == 6
    large = [("c" * 64, {"parts": ["字" * 300_000]})] * 3
    assert [len(share) for share in _shares(large)] == [1, 1, 1]


@pytest.mark.parametrize(
    "answer",
    [
        httpx.Response(404, json={"receipts": ["receipt-1234", "receipt-1234"]}),
        httpx.Response(200, json={"receipts": ["receipt-1234"]}),
        httpx.Response(200, json={"receipts": "ab"}),
        httpx.Response(200, json=["receipt-1234", "receipt-1234"]),
        httpx.Response(200, content=b"<html>"),
        httpx.Response(200, json={"receipts": [1, "no"]}),
    ],
)
async def test_an_answer_that_is_none_gives_no_receipt(answer: httpx.Response) -> None:
    assert _receipts_of(answer, 2) == [None, None]


async def test_it_answers_again_after_many_gave_up_on_a_store_that_hung(tmp_path: Path) -> None:
    hanging = True

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        if hanging:
            await asyncio.sleep(60)
        head = f"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {len(ANSWER)}\r\n\r\n"
        writer.write(head.encode() + ANSWER)
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    named = {"URL": f"http://127.0.0.1:{port}", "KEY": str(tmp_path / "none")}
    settings = Settings.from_env({f"WUFANG_DISCIPLINE_{name}": value for name, value in named.items()})

    async def give_up(store: SealingStore, after: float) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(after):
                await store.put("c" * 64, {}, CONTENT)

    async with SealingStore(settings) as store:
        await asyncio.gather(*(give_up(store, 0.01 + number * 0.003) for number in range(60)))
        hanging = False
        async with asyncio.timeout(2):
            assert await store.put("c" * 64, {}, CONTENT) == "receipt-1234"
    server.close()
