"""Reads what was posted, within limits, into items; one broken line of NDJSON is one broken item, no more."""

import asyncio
import json
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any, NamedTuple

import orjson
from starlette.requests import ClientDisconnect, Request

from wufang.adapters.http_problems import RETRY_SECONDS, Refusal

MOST_BYTES = 4 * 1024 * 1024
MOST_ITEMS = 500
MOST_HELD = 128 * 1024 * 1024  # bytes of all posts being read and answered at one time, in one process
MOST_HELD_OF_ONE = MOST_HELD // 4  # of one key: eight of the largest posts; no key can close a door for the others
DEEPEST = 16
BODY_SECONDS = 30.0
PIECE_SECONDS = 5.0  # between two pieces of a body

SINGLE = ("application/cloudevents+json", "application/json")
BATCH = "application/cloudevents-batch+json"
LINES = "application/x-ndjson"
ACCEPTED = (*SINGLE, BATCH, LINES)

Take = Callable[[int], None]


class Posted(NamedTuple):
    """The items of one post; an item is decoded JSON, or the Refusal of a line that is none."""

    items: list[Any]
    single: bool


class Held:
    """Bounds the memory that posts take, of one key and of all together; what is over is refused at once.

    Counted is what came, not what was announced: who keeps silent takes no room from others.
    """

    def __init__(self, most: int = MOST_HELD, most_of_one: int = MOST_HELD_OF_ONE) -> None:
        self._room, self._most_of_one = most, most_of_one
        self._taken: Counter[str] = Counter()

    @contextmanager
    def hold(self, key: str) -> Iterator[Take]:
        """For the length of the block: what to call with the size of each piece. It raises Refusal when there is no
        room for it; what was taken is given back at the end."""
        taken = 0

        def take(size: int) -> None:
            nonlocal taken
            if size > self._room or self._taken[key] + size > self._most_of_one:
                raise Refusal("busy", "正在处理的请求太多", Retry_After=str(RETRY_SECONDS), Connection="close")
            taken += size
            self._room -= size
            self._taken[key] += size

        try:
            yield take
        finally:
            self._room += taken
            self._taken[key] -= taken
            if not self._taken[key]:
                del self._taken[key]


async def read_posted(request: Request, take: Take) -> Posted:
    """The items of a request, each piece taken as it comes. Raises Refusal for what cannot be read at all."""
    media = _media_type(request)
    body = await _bounded(request, take)
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


async def _bounded(request: Request, take: Take) -> bytes:
    declared = request.headers.get("content-length", "")
    if declared.isdecimal() and int(declared) > MOST_BYTES:
        raise _too_large()
    try:
        return await _received(request, take)
    except TimeoutError:
        detail = f"请在 {BODY_SECONDS:.0f} 秒内发完，中间停顿不超过 {PIECE_SECONDS:.0f} 秒"
        raise Refusal("timeout", detail, Connection="close") from None
    except ClientDisconnect:
        raise Refusal("bad_json", "请求没有发完") from None


async def _received(request: Request, take: Take) -> bytes:
    """The whole body. Raises TimeoutError when it, or one piece of it, is waited for too long."""
    body, now = bytearray(), asyncio.get_running_loop().time
    async with asyncio.timeout(BODY_SECONDS), asyncio.timeout(PIECE_SECONDS) as patience:
        async for piece in request.stream():
            if len(body) + len(piece) > MOST_BYTES:
                raise _too_large()
            take(len(piece))
            body += piece
            patience.reschedule(now() + PIECE_SECONDS)
    return bytes(body)


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
        document = orjson.loads(raw)
        _check_keys(raw)
        return document
    except _KeyTwiceError:
        return Refusal("bad_json", "同一个对象里有字段写了两次，无法判断以哪个为准")
    except orjson.JSONDecodeError as error:
        where = f"第 {error.lineno} 行第 {error.colno} 列" if isinstance(error.lineno, int) else ""
        return Refusal("bad_json", f"不是合法的 UTF-8 JSON（{where}）" if where else "不是合法的 UTF-8 JSON")


class _KeyTwiceError(Exception):
    """An object says two things under one name: one of them would be lost without a word."""


def _check_keys(raw: bytes) -> None:
    """Raises _KeyTwiceError. orjson keeps the last and tells nobody, so the body is read a second time."""
    with suppress(RecursionError):  # nested far too deep, which is refused for itself
        json.loads(raw, object_pairs_hook=_once, parse_int=str, parse_float=str)


def _once(pairs: list[tuple[str, Any]]) -> None:
    if len(dict(pairs)) != len(pairs):
        raise _KeyTwiceError


def _shallow(item: Any) -> Any:
    return Refusal("refused", f"嵌套不得超过 {DEEPEST} 层") if _deeper(item, DEEPEST) else item


def _deeper(value: Any, levels: int) -> bool:
    if isinstance(value, dict):
        return levels == 0 or any(_deeper(v, levels - 1) for v in value.values() if isinstance(v, dict | list))
    if isinstance(value, list):
        return levels == 0 or any(_deeper(v, levels - 1) for v in value if isinstance(v, dict | list))
    return False
