"""How long after its 202 a search finds a report; sampled, or the looking would slow what it measures."""

from __future__ import annotations

import asyncio
import time
from statistics import median

import httpx

from demo.telling import Told

EVERY = 6
LOOK_SECONDS = 0.2


class Freshness:
    """Looks for every sixth report by its number until a search finds it."""

    def __init__(self, url: str, token: str) -> None:
        self._client = httpx.AsyncClient(
            base_url=url, headers={"authorization": f"Bearer {token}"}, timeout=20, trust_env=False
        )
        self._tasks: list[asyncio.Task[float]] = []
        self._seen = 0

    def accepted(self, told: Told) -> None:
        """To be called as soon as a step is answered."""
        if told.step.kind != "report":
            return
        if self._seen % EVERY == 0:
            self._tasks.append(asyncio.create_task(self._until_found(told.step.id, told.sent_at)))
        self._seen += 1

    async def _until_found(self, number: str, since: float) -> float:
        while True:
            answer = await self._client.get("/v1/cases", params={"q": f'"{number}"', "size": 1})
            if answer.is_success and answer.json()["total"]:
                return time.monotonic() - since
            await asyncio.sleep(LOOK_SECONDS)

    async def seconds(self, patience: float) -> list[float]:
        """All samples, sorted. Raises TimeoutError."""
        try:
            async with asyncio.timeout(patience):
                return sorted(await asyncio.gather(*self._tasks))
        finally:
            for task in self._tasks:
                task.cancel()
            await self._client.aclose()


def summary(seconds: list[float]) -> str:
    """The median and the slowest, in words."""
    return f"收下到可检索：中位 {median(seconds):.2f} 秒，最慢 {seconds[-1]:.2f} 秒（抽样 {len(seconds)} 件）"
