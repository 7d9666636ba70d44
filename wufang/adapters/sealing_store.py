"""The discipline office's store over HTTP: puts a part, lists receipts for the books, and keeps nothing.

Its one log line names no request: which report had such a part is nobody's.
"""

import re
from collections.abc import AsyncIterator, Iterator, Sequence
from contextvars import Context
from pathlib import Path
from types import TracebackType
from typing import Any, NamedTuple, Self

import httpx
import orjson
from tenacity import AsyncRetrying, retry_if_exception_type, wait_random_exponential

from wufang.domain.ids import conflict_cause
from wufang.privacy.content import content_mac
from wufang.privacy.keyring import NamedKey
from wufang.settings import Settings
from wufang.telemetry import log

_RECEIPT = re.compile(r"[0-9A-Za-z_-]{8,128}")
_AGAIN = (429, 500, 502, 503, 504)
_CONFLICT = 409
PAGE_SECONDS = 10.0
EACH = "/v1/sealed"
MOST_AT_ONCE = 100  # entries of one put, as the store's contract has it
MOST_BYTES = 1024 * 1024  # of them; a quarter of what the store reads


Put = tuple[str, dict[str, Any]]  # a cause and its entry


class StoreRefuses(Exception):
    """The store does not take what it was asked: the key, the address or the contract is wrong."""


class StoreAway(Exception):
    """The store does not answer."""


class Booked(NamedTuple):
    """What the store has, as far as the books may know; `returned` of a released part: whether the ledger has it."""

    receipt: str
    cause: str
    returned: str | None = None


class _Again(Exception):
    """No answer that says anything; to be asked again."""


class _OtherContent(Exception):
    """The cause stands there with other content."""


class SealingStore:
    """Use as an async context manager, or close it."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        # No waiting for a connection and none used twice. In a fault run (seed 17) a door's puts stopped for good while
        # the store was well: a bounded pool whose users give up in the middle is suspected, not proven.
        limits = httpx.Limits(max_connections=None, max_keepalive_connections=0)
        self._client = httpx.AsyncClient(
            base_url=settings.discipline_url, trust_env=False, limits=limits, timeout=settings.seal_timeout
        )

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, kind: type[BaseException] | None, value: object, trace: TracebackType | None) -> None:
        await self.close()

    async def close(self) -> None:
        """Close the connections."""
        await self._client.aclose()

    async def put(self, cause: str, entry: dict[str, Any], content: NamedKey) -> str:
        """The receipt of an entry, asked for until there is an answer: the caller bounds it. Raises StoreRefuses.

        It goes under the report's cause; other content of the same number under a cause of its own, so whichever of two
        submissions the ledger takes, its part is with the office.
        """
        retrying = AsyncRetrying(retry=retry_if_exception_type(_Again), wait=wait_random_exponential(0.05, 0.5))
        try:
            return await retrying(self._put, cause, entry)
        except _OtherContent:
            return await retrying(self._put, conflict_cause(cause, _code(entry, content)), entry)

    async def put_each(self, entries: Sequence[Put]) -> list[str | None]:
        """The receipts of several entries, asked for once: None for what `put` must see to.

        That is other content, or all of them where the store does not know this way or does not answer well.
        """
        return [receipt for share in _shares(entries) for receipt in await self._put_share(share)]

    async def _put_share(self, share: Sequence[bytes]) -> list[str | None]:
        """One put for each took 4 ms of both processes a part, one for a post of 14 less than half of one (0417)."""
        headers = _bearer(self._settings.discipline_key) | {"content-type": "application/json"}
        body = b'{"entries":[' + b",".join(share) + b"]}"
        try:
            answer = await self._client.put(EACH, content=body, headers=headers)
        except httpx.TransportError:
            return [None] * len(share)
        return _receipts_of(answer, len(share))

    async def _put(self, cause: str, entry: dict[str, Any]) -> str:
        try:
            headers = _bearer(self._settings.discipline_key)
            answer = await self._client.put(f"/v1/sealed/{cause}", json=entry, headers=headers)
        except httpx.TransportError:
            raise _Again from None
        if answer.status_code in _AGAIN:
            raise _Again
        if answer.status_code == _CONFLICT:
            raise _OtherContent
        receipt = _receipt_of(answer)
        if receipt is None:
            _warn(answer.status_code)
            raise StoreRefuses(str(answer.status_code))
        return receipt

    async def booked(self) -> AsyncIterator[Booked]:
        """Receipts and causes of all there is, by the books' own key. Raises StoreAway, StoreRefuses."""
        after: str | None = None
        while True:
            page = await self._page({} if after is None else {"after": after})
            for one in page["entries"]:
                yield Booked(one["receipt"], one["cause"], one.get("returned"))
            after = page["next"]
            if after is None:
                return

    async def _page(self, params: dict[str, str]) -> dict[str, Any]:
        headers = _bearer(self._settings.books_key)
        try:
            answer = await self._client.get("/v1/books", params=params, headers=headers, timeout=PAGE_SECONDS)
        except httpx.TransportError as error:
            raise StoreAway(type(error).__name__) from None
        if answer.status_code in _AGAIN:
            raise StoreAway(str(answer.status_code))
        if not answer.is_success:
            raise StoreRefuses(str(answer.status_code))
        page: dict[str, Any] = answer.json()
        return page


def _code(entry: dict[str, Any], content: NamedKey) -> str:
    """The posted content's code, so that other rules do not make it another entry; a part held before had none."""
    without = {name: value for name, value in entry.items() if name != "rules"}
    return entry.get("content") or content_mac(content, without)


def _bearer(file: Path) -> dict[str, str]:
    try:
        return {"authorization": f"Bearer {file.read_text().strip()}"}
    except OSError:
        return {}


def _receipt_of(answer: httpx.Response) -> str | None:
    try:
        receipt = answer.json().get("receipt") if answer.is_success else None
    except (ValueError, AttributeError):
        return None
    return receipt if isinstance(receipt, str) and _RECEIPT.fullmatch(receipt) else None


def _receipts_of(answer: httpx.Response, count: int) -> list[str | None]:
    try:
        found = answer.json().get("receipts") if answer.is_success else None
    except (ValueError, AttributeError):
        found = None
    if not isinstance(found, list) or len(found) != count:
        return [None] * count
    return [one if isinstance(one, str) and _RECEIPT.fullmatch(one) else None for one in found]


def _shares(entries: Sequence[Put]) -> Iterator[list[bytes]]:
    """The entries as JSON, so many as one put may hold."""
    share: list[bytes] = []
    room = MOST_BYTES
    for cause, entry in entries:
        one = orjson.dumps({**entry, "cause": cause})
        if share and (len(share) == MOST_AT_ONCE or len(one) > room):
            yield share
            share, room = [], MOST_BYTES
        share.append(one)
        room -= len(one)
    if share:
        yield share


def _warn(status: int) -> None:
    """In an empty context: with the request's number the line would tell which report it was."""
    Context().run(log("sealing").error, "the discipline office's store refuses this door", status=status)
