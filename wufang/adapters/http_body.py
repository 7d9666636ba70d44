"""Reads what was posted, within limits, into items; one broken line of NDJSON is one broken item, no more."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

import orjson
from starlette.requests import ClientDisconnect, Request

from wufang.adapters.http_problems import Refusal

MOST_BYTES = 4 * 1024 * 1024
MOST_ITEMS = 500
MOST_HELD = 128 * 1024 * 1024  # bytes of all posts being read and answered at one time, in one process
RETRY_SECONDS = 5
DEEPEST = 16
BODY_SECONDS = 30.0

SINGLE = ("application/cloudevents+json", "application/json")
BATCH = "application/cloudevents-batch+json"
LINES = "application/x-ndjson"
ACCEPTED = (*SINGLE, BATCH, LINES)


class Posted(NamedTuple):
    """The items of one post; an item is decoded JSON, or the Refusal of a line that is none."""

    items: list[Any]
    single: bool


class Held:
    """Bounds the memory that posts take together; what is over is refused at once."""

    def __init__(self, most: int = MOST_HELD) -> None:
        self._room = most

    @contextmanager
    def hold(self, size: int) -> Iterator[None]:
        """Take `size` bytes of room for the length of the block. Raises Refusal when there is not so much."""
        if size > self._room:
            raise Refusal("busy", "正在处理的请求太多", Retry_After=str(RETRY_SECONDS))
        self._room -= size
        try:
            yield
        finally:
            self._room += size


def announced(request: Request) -> int:
    """The bytes a request says it has, the most it may have when it does not say."""
    declared = request.headers.get("content-length", "")
    return min(int(declared), MOST_BYTES) if declared.isdecimal() else MOST_BYTES


async def read_posted(request: Request) -> Posted:
    """The items of a request. Raises Refusal for what cannot be read at all."""
    media = _media_type(request)
    body = await _bounded(request)
    items = _lines(body) if media == LINES else _document(body, media)
    single = not isinstance(items, list)
    listed = [items] if single else items
    _bounded_count(len(listed))
    return Posted([item if isinstance(item, Refusal) else _shallow(item) for item in listed], single)


def _media_type(request: Request) -> str:
    media, _, parameters = request.headers.get("content-type", "").partition(";")
    media = media.strip().lower()
    charset = parameters.replace(" ", "").lower()
    if media not in ACCEPTED or charset not in ("", "charset=utf-8"):
        raise Refusal("media_type", f"请使用 {'、'.join(ACCEPTED)}（UTF-8）")
    if request.headers.get("content-encoding", "identity").lower() != "identity":
        raise Refusal("media_type", "请求体不得压缩")
    return media


async def _bounded(request: Request) -> bytes:
    declared = request.headers.get("content-length", "")
    if declared.isdecimal() and int(declared) > MOST_BYTES:
        raise _too_large()
    chunks, size = [], 0
    try:
        async with asyncio.timeout(BODY_SECONDS):
            async for chunk in request.stream():
                size += len(chunk)
                if size > MOST_BYTES:
                    raise _too_large()
                chunks.append(chunk)
    except TimeoutError:
        raise Refusal("timeout", f"请在 {BODY_SECONDS:.0f} 秒内发完", Connection="close") from None
    except ClientDisconnect:
        raise Refusal("bad_json", "请求没有发完") from None
    return b"".join(chunks)


def _too_large() -> Refusal:
    return Refusal("too_large", f"请求体最多 {MOST_BYTES // 1024 // 1024} MiB，请分批发送", Connection="close")


def _bounded_count(count: int) -> None:
    if count == 0:
        raise Refusal("refused", "没有任何事件")
    if count > MOST_ITEMS:
        raise Refusal("too_large", f"一次最多 {MOST_ITEMS} 件，请分批发送")


def _document(body: bytes, media: str) -> Any:
    document = _json(body)
    if isinstance(document, Refusal):
        raise document
    if media == BATCH and not isinstance(document, list):
        raise Refusal("refused", "批量请求须为 JSON 数组")
    if media == SINGLE[0] and isinstance(document, list):
        raise Refusal("refused", f"JSON 数组请使用 {BATCH}")
    return document


def _lines(body: bytes) -> list[Any]:
    lines = [line for line in body.split(b"\n") if line.strip()]
    _bounded_count(len(lines))
    return [_json(line) for line in lines]


def _json(raw: bytes) -> Any:
    try:
        return orjson.loads(raw)
    except orjson.JSONDecodeError as error:
        where = f"第 {error.lineno} 行第 {error.colno} 列" if isinstance(error.lineno, int) else ""
        return Refusal("bad_json", f"不是合法的 UTF-8 JSON（{where}）" if where else "不是合法的 UTF-8 JSON")


def _shallow(item: Any) -> Any:
    return Refusal("refused", f"嵌套不得超过 {DEEPEST} 层") if _deeper(item, DEEPEST) else item


def _deeper(value: Any, levels: int) -> bool:
    if isinstance(value, dict):
        return levels == 0 or any(_deeper(v, levels - 1) for v in value.values() if isinstance(v, dict | list))
    if isinstance(value, list):
        return levels == 0 or any(_deeper(v, levels - 1) for v in value if isinstance(v, dict | list))
    return False
