"""The discipline office's store as a door sees it: a part is put there before the rest of its report is published.

It waits a bounded time and keeps nothing. Its log lines name no request: which report had such a part is nobody's.
"""

import asyncio
import re
from collections.abc import Sequence
from contextvars import Context
from pathlib import Path
from typing import Any, NamedTuple

import httpx
from tenacity import AsyncRetrying, retry_if_exception_type, wait_random_exponential

from wufang.adapters.door import Door, Ready, Refused, Unsealed
from wufang.adapters.http_problems import Refusal
from wufang.domain.ids import conflict_cause
from wufang.settings import Settings
from wufang.telemetry import log

AT_ONCE = 60  # puts in hand at one time
IN_DANGER = 0.3  # seconds that a post with a report in danger waits: 110, 119 and 120 are never delayed by this
_RECEIPT = re.compile(r"[0-9A-Za-z_-]{8,128}")
_AGAIN = (429, 500, 502, 503, 504)
_CONFLICT = 409


class NotSealed(NamedTuple):
    """A report, or the outcome of one, that cannot be published now: sent again it counts once."""

    id: str


Checked = Ready | Refused | Refusal | Unsealed
Settled = Ready | Refused | Refusal | NotSealed


class _Again(Exception):
    """No answer that says anything; to be asked again."""


class _OtherContent(Exception):
    """The cause stands there with other content."""


class SealingOffice:
    """Made and closed with the service."""

    def __init__(self, settings: Settings, door: Door) -> None:
        self._door, self._patience, self._key = door, settings.seal_timeout, settings.discipline_key
        limits = httpx.Limits(max_connections=8, max_keepalive_connections=2)
        self._client = httpx.AsyncClient(
            base_url=settings.discipline_url, trust_env=False, limits=limits, timeout=settings.seal_timeout
        )
        self._room = asyncio.Semaphore(AT_ONCE)

    async def close(self) -> None:
        """Close the connections."""
        await self._client.aclose()

    async def settle(self, prepared: Sequence[Checked]) -> list[Settled]:
        """What may be published of each, in order; what needs no sealing passes as it is."""
        waiting = [one for one in prepared if isinstance(one, Unsealed)]
        if not waiting:
            return [one for one in prepared if not isinstance(one, Unsealed)]
        patience = min(self._patience, IN_DANGER) if any(one.danger for one in waiting) else self._patience
        receipts = await asyncio.gather(*(self._receipt(one, patience) for one in waiting))
        known = {id(one): receipt for one, receipt in zip(waiting, receipts, strict=True)}
        missing = {one.cause for one in waiting if known[id(one)] is None and not one.danger}
        return [self._settled(one, known, missing) for one in prepared]

    def _settled(self, one: Checked, known: dict[int, str | None], missing: set[str]) -> Settled:
        """An outcome does not go before its report: the ledger would refuse it for good."""
        if isinstance(one, Ready | Unsealed) and one.concerns in missing:
            return NotSealed(one.id)
        if not isinstance(one, Unsealed):
            return one
        receipt = known[id(one)]
        if receipt is not None:
            return self._door.sealed(one, receipt)
        return self._door.held(one) if one.danger else NotSealed(one.id)

    async def _receipt(self, one: Unsealed, patience: float) -> str | None:
        """The store's receipt, None when it did not give one in time."""
        try:
            async with asyncio.timeout(patience), self._room:
                return await self._put(one)
        except (TimeoutError, _Refused):
            return None

    async def _put(self, one: Unsealed) -> str:
        """Under the report's cause; other content of the same number goes under a cause of its own.

        So it is for the submission itself: whichever of the two the ledger takes, its part is with the office.
        """
        retrying = AsyncRetrying(retry=retry_if_exception_type(_Again), wait=wait_random_exponential(0.05, 0.5))
        try:
            return await retrying(self._once, one.cause, one.entry)
        except _OtherContent:
            return await retrying(self._once, conflict_cause(one.cause, self._door.entry_code(one)), one.entry)

    async def _once(self, cause: str, entry: dict[str, Any]) -> str:
        try:
            headers = {"authorization": f"Bearer {_token(self._key)}"}
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
            raise _Refused
        return receipt


class _Refused(Exception):
    """The store does not take what this door sends: the key, the address or the contract is wrong."""


def _token(file: Path) -> str:
    try:
        return file.read_text().strip()
    except OSError:
        return ""


def _receipt_of(answer: httpx.Response) -> str | None:
    try:
        receipt = answer.json().get("receipt") if answer.is_success else None
    except (ValueError, AttributeError):
        return None
    return receipt if isinstance(receipt, str) and _RECEIPT.fullmatch(receipt) else None


def _warn(status: int) -> None:
    """In an empty context: with the request's number the line would tell which report it was."""
    Context().run(log("sealing").error, "the discipline office's store refuses this door", status=status)
