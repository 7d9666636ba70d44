"""Gives released parts back to the ledger, through the ledger service's door, until the ledger has them.

What was released and not taken yet is a row of the store: a restart or an outage loses nothing. Its log names no part.
"""

import asyncio
from collections.abc import Callable
from contextvars import Context
from pathlib import Path
from typing import Any

import httpx
from starlette.concurrency import run_in_threadpool

from services.discipline.store import Due, SealedStore
from wufang.settings import Settings
from wufang.telemetry import log

LOOK_SECONDS = 1.0
AT_ONCE = 20  # parts in one look
ANSWER_SECONDS = 10.0
_FATES = {"done": "done", "refused": "refused"}  # what the ledger says, and what the store keeps of it


class Returning:
    """Made with the service; `run` goes on until it is cancelled."""

    def __init__(self, settings: Settings, store: SealedStore, now: Callable[[], int]) -> None:
        self._store, self._now, self._key = store, now, settings.release_key
        self._client = httpx.AsyncClient(base_url=settings.ledger_url, trust_env=False, timeout=ANSWER_SECONDS)

    async def run(self) -> None:
        """Look again and again: what is due is tried, what fails waits longer each time."""
        while True:
            try:
                await self.look()
            except Exception as error:  # the disk may be full for an hour: nothing may end this
                _warn(type(error).__name__)
            await asyncio.sleep(LOOK_SECONDS)

    async def close(self) -> None:
        """Close the connections."""
        await self._client.aclose()

    async def look(self) -> None:
        """One round. Each part is read when its turn comes: what was erased while others were given is not given."""
        for _ in range(AT_ONCE):
            found = await run_in_threadpool(self._store.due, self._now(), 1)
            if not found:
                return
            receipt, fate = found[0].receipt, await self._given(found[0])
            if fate is None:
                await run_in_threadpool(self._store.try_again, receipt, self._now())
            else:
                await run_in_threadpool(self._store.given_back, receipt, fate)

    async def _given(self, one: Due) -> str | None:
        """What the ledger says of it; None for nothing yet: its report may be on its way, or the service away."""
        try:
            answer = await self._client.post("/v1/releases", json=_told(one), headers=_bearer(self._key))
        except httpx.TransportError:
            return None
        if answer.is_success:
            return _FATES.get(_state_of(answer))
        if answer.status_code not in (httpx.codes.NOT_FOUND, httpx.codes.SERVICE_UNAVAILABLE):
            _warn(str(answer.status_code))
        return None


def _told(one: Due) -> dict[str, Any]:
    """What the ledger service is handed: of the part itself only the words that go back, cleaned by the door."""
    entry = one.entry
    named = {name: entry[name] for name in ("jurisdiction", "source", "number", "of", "content") if entry.get(name)}
    return {**named, "receipt": one.receipt, "words": entry["restored"], "by": one.by}


def _state_of(answer: httpx.Response) -> str:
    """What the ledger says; empty for what is no answer of its: one part must not hold up all others."""
    try:
        told = answer.json()
    except ValueError:
        return ""
    return str(told.get("state")) if isinstance(told, dict) else ""


def _bearer(file: Path) -> dict[str, str]:
    try:
        return {"authorization": f"Bearer {file.read_text().strip()}"}
    except OSError:
        return {}


def _warn(what: str) -> None:
    Context().run(log("discipline").warning, "released parts could not be given back to the ledger", cause=what)
