"""Writes documents to Elasticsearch until each is in or refused; it must not drop one silently."""

import asyncio
import random
import re
from collections.abc import Awaitable, Callable, Iterable, Iterator, Sequence
from typing import Any, NamedTuple

import orjson

from wufang.adapters.elastic_http import RETRYABLE, ElasticHttp, ElasticRefused, ElasticUnavailable
from wufang.readmodel.actions import Action, Written

BODY_LIMIT = 4 << 20  # bytes of one bulk request; Elasticsearch advises 5 to 15 MB, smaller answers sooner
FIRST_WAIT, LONGEST_WAIT = 0.2, 15.0  # seconds
CONFLICT = 409  # with an external version: a newer document is there already, which is success
FILTER = "errors,items.*.status,items.*.error.type,items.*.error.reason,items.*.error.caused_by.type"
_FIELD = re.compile(r"(?:field|for|of) \[([A-Za-z_.]{1,60})\]")


class Refused(NamedTuple):
    """A document Elasticsearch will never take; `reason` names why and the field, and quotes no value."""

    action: Action
    reason: str


class Trouble(NamedTuple):
    """Why a write waits: the attempt, the seconds until the next, how many documents wait, and the cause."""

    attempt: int
    wait: float
    documents: int
    cause: str


class Line(NamedTuple):
    """An action and its two NDJSON lines."""

    action: Action
    content: bytes


OnTrouble = Callable[[Trouble], Awaitable[None] | None]
Target = Callable[[Action], str]


async def write(
    http: ElasticHttp, actions: Iterable[Action], target: Target, on_trouble: OnTrouble | None = None
) -> list[Refused]:
    """Write all, trying again for ever; returns the refused ones. `on_trouble` may raise to stop it."""
    lines, refused = _encoded(actions, target)
    return refused + await _write_lines(http, lines, on_trouble)


async def write_encoded(
    http: ElasticHttp, documents: Iterable[Written], target: Target, on_trouble: OnTrouble | None = None
) -> list[Refused]:
    """The same of documents that are bytes already."""
    lines = [Line(action, _lines(action, target(action), source)) for action, source in documents]
    return await _write_lines(http, lines, on_trouble)


async def _write_lines(http: ElasticHttp, lines: Sequence[Line], on_trouble: OnTrouble | None) -> list[Refused]:
    refused: list[Refused] = []
    for body in _bodies(lines):
        refused += await _write_body(http, body, on_trouble)
    return refused


def _encoded(actions: Iterable[Action], target: Target) -> tuple[list[Line], list[Refused]]:
    lines: list[Line] = []
    refused: list[Refused] = []
    for action in actions:
        try:
            lines.append(Line(action, encode(action, target(action))))
        except (TypeError, UnicodeEncodeError) as error:  # beyond 64 bits, too deep, lone surrogates
            refused.append(Refused(action, f"unencodable: {type(error).__name__}"))
    return lines, refused


def encode(action: Action, index: str) -> bytes:
    """The two NDJSON lines of one write. Raises TypeError for what JSON cannot carry."""
    return _lines(action, index, orjson.dumps(action.document))


def _lines(action: Action, index: str, source: bytes) -> bytes:
    target = {"_index": index, "_id": action.id, "version": action.version, "version_type": "external_gte"}
    return orjson.dumps({"index": target}) + b"\n" + source + b"\n"


def _bodies(lines: Sequence[Line]) -> Iterator[list[Line]]:
    """Runs of lines that together stay under BODY_LIMIT; a larger single one stands alone."""
    body: list[Line] = []
    size = 0
    for line in lines:
        if body and size + len(line.content) > BODY_LIMIT:
            yield body
            body, size = [], 0
        body.append(line)
        size += len(line.content)
    if body:
        yield body


async def _write_body(http: ElasticHttp, body: list[Line], on_trouble: OnTrouble | None) -> list[Refused]:
    refused: list[Refused] = []
    attempt = 0
    while body:
        try:
            body, poison, cause = await _attempt(http, body)
        except ElasticUnavailable as error:
            poison, cause = [], str(error)
        except ElasticRefused as error:  # 413 or a request it cannot read: find the document at fault
            return refused + await _bisect(http, body, error, on_trouble)
        refused += poison
        if body:
            attempt += 1
            await _wait(Trouble(attempt, _backoff(attempt), len(body), cause), on_trouble)
    return refused


async def _attempt(http: ElasticHttp, body: list[Line]) -> tuple[list[Line], list[Refused], str]:
    """One request: what must be sent again, what is refused, and why the first of the former failed."""
    content = b"".join(line.content for line in body)
    answer = await http.ndjson("/_bulk", content, require_alias="true", filter_path=FILTER)
    if not answer["errors"]:
        return [], [], ""
    return _classified(body, answer["items"])


def _classified(body: list[Line], items: Sequence[dict[str, Any]]) -> tuple[list[Line], list[Refused], str]:
    again: list[Line] = []
    poison: list[Refused] = []
    cause = ""
    for line, item in zip(body, items, strict=True):
        result = item["index"]
        if result["status"] < 300 or result["status"] == CONFLICT:
            continue
        if result["status"] in RETRYABLE:
            again.append(line)
            cause = cause or f"{result['status']} {result['error']['type']}"
        else:
            poison.append(Refused(line.action, _reason(result["error"])))
    return again, poison, cause


def _reason(error: dict[str, Any]) -> str:
    """The error's type and the field's name: Elasticsearch's own sentence may quote the value."""
    field = _FIELD.search(str(error.get("reason", "")))
    return str(error["type"]) + (f" in field {field[1]}" if field else "")


async def _bisect(
    http: ElasticHttp, body: list[Line], error: ElasticRefused, on_trouble: OnTrouble | None
) -> list[Refused]:
    if len(body) == 1:
        return [Refused(body[0].action, error.kind)]
    half = len(body) // 2
    first = await _write_body(http, body[:half], on_trouble)
    return first + await _write_body(http, body[half:], on_trouble)


def _backoff(attempt: int) -> float:
    longest = min(LONGEST_WAIT, FIRST_WAIT * 2.0 ** min(attempt, 10))
    jitter: float = random.uniform(0.5, 1.0)  # noqa: S311  # so that workers do not knock together
    return longest * jitter


async def _wait(trouble: Trouble, on_trouble: OnTrouble | None) -> None:
    answer = on_trouble(trouble) if on_trouble else None
    if answer is not None:
        await answer
    await asyncio.sleep(trouble.wait)
