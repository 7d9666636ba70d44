"""Sends submissions through the public HTTP API as an agency would: NDJSON batches, retried until they are answered."""

import asyncio
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import aiohttp
import orjson

from deploy.local import credentials
from deploy.local.system import System
from wufang.domain.report import CHANNELS, Channel

BATCH = 200
AUTHORITY = "9901"  # the fictional city whose counties bench.corpus fills
Submission = tuple[Channel, dict[str, Any]]  # channel, CloudEvent


@dataclass
class Tally:
    """What became of what was sent; `accepted` holds the (channel, id) pairs answered 202."""

    accepted: set[tuple[str, str]] = field(default_factory=set)
    sent: int = 0
    refused: int = 0
    retries: int = 0


class Sender:
    """One client of the five services of a local system, to be made where an event loop runs.

    aiohttp, which is lighter than httpx: what the load takes of the machine the system has not.
    """

    def __init__(self, system: System, timeout: float = 30.0) -> None:
        self._urls = {channel: system.url(channel) for channel in CHANNELS}
        self._headers = {
            channel: {
                "authorization": f"Bearer {credentials.local_token(system.folder, channel, AUTHORITY)}",
                "content-type": "application/x-ndjson",
            }
            for channel in CHANNELS
        }
        self._client = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(timeout))
        self.tally = Tally()

    async def close(self) -> None:
        await self._client.close()

    async def send(self, submissions: Iterable[Submission]) -> None:
        """Hand in everything, one batch a channel at a time; returns when every item is answered."""
        shares: dict[Channel, list[dict[str, Any]]] = defaultdict(list)
        for channel, event in submissions:
            shares[channel].append(event)
        for channel, events in shares.items():
            for start in range(0, len(events), BATCH):
                await self._batch(channel, events[start : start + BATCH])

    async def _batch(self, channel: Channel, events: Sequence[Mapping[str, Any]]) -> None:
        waiting = list(events)
        while waiting:
            items = await self._post(channel, b"\n".join(map(orjson.dumps, waiting)))
            if items is None:
                self.tally.retries += len(waiting)
                await asyncio.sleep(0.3)
                continue
            waiting = [event for event, item in zip(waiting, items, strict=True) if self._again(channel, item)]

    async def _post(self, channel: Channel, body: bytes) -> list[dict[str, Any]] | None:
        """The items of an answer, None when the whole post must be sent again."""
        url, headers = f"{self._urls[channel]}/v1/events", self._headers[channel]
        try:
            async with self._client.post(url, data=body, headers=headers) as response:
                content = await response.read()
        except (aiohttp.ClientError, TimeoutError):
            return None
        if response.status in (429, 502, 503, 504):
            return None
        if response.status not in (202, 207):
            raise RuntimeError(f"{channel} answered {response.status}: {content[:500].decode(errors='replace')}")
        items: list[dict[str, Any]] = orjson.loads(content)["items"]
        return items

    def _again(self, channel: str, item: Mapping[str, Any]) -> bool:
        if item["status"] == 503:
            self.tally.retries += 1
            return True
        self.tally.sent += 1
        if item["status"] == 202:
            self.tally.accepted.add((channel, item["id"]))
        else:
            self.tally.refused += 1
        return False
