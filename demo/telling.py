"""Hands the day in through the public doors, in the order of the clock, and notes every answer."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import orjson

from demo.day import Day, Step
from demo.stage import Stage
from wufang.importing.door_client import DoorClient

Clients = dict[str, DoorClient]
LOOK_SECONDS = 0.1


@dataclass
class Told:
    """One step and what became of it: a receipt or the door's errors, later the state of the receipt."""

    step: Step
    sent_at: float
    receipt: str | None = None
    errors: list[dict[str, Any]] = field(default_factory=list)
    state: dict[str, Any] = field(default_factory=dict)

    @property
    def fate(self) -> str:
        """`refused_at_door`, or the receipt's state."""
        return "refused_at_door" if self.receipt is None else str(self.state.get("state", "pending"))


@asynccontextmanager
async def doors(stage: Stage) -> AsyncIterator[Clients]:
    """A client a channel; each is known to its door when this begins."""
    async with AsyncExitStack() as stack:
        clients = {
            channel: await stack.enter_async_context(DoorClient(stage.system.url(channel), key))
            for channel, key in stage.keys.items()
        }
        await asyncio.gather(*(_known(stage.system.url(channel), key) for channel, key in stage.keys.items()))
        yield clients


async def _known(url: str, key: str) -> None:
    from wufang.cli.local import wait_until_known

    await asyncio.to_thread(wait_until_known, url, key)


async def tell(day: Day, clients: Clients, on_told: Callable[[Told], None], pace: float) -> list[Told]:
    """Send every step; each waits for the answer to the one before, so that the order is the story's."""
    told: list[Told] = []
    for step in day.steps:
        (answer,) = await clients[step.channel].post([orjson.dumps(step.event)])
        one = Told(step, time.monotonic(), answer.receipt, answer.errors)
        told.append(one)
        on_told(one)
        await asyncio.sleep(pace)
    return told


async def resolve(told: list[Told], clients: Clients, patience: float) -> None:
    """Follow every receipt until none is pending, or the time is over.

    Asked twice: a later report may show two cases to be one, and then the earlier receipts lead to another case.
    """
    async with asyncio.timeout(patience):
        for one in [*told, *told]:
            if one.receipt is not None:
                one.state = await _resolved(clients[one.step.channel], one.receipt)


async def _resolved(client: DoorClient, receipt: str) -> dict[str, Any]:
    while True:
        state = await client.receipt(receipt)
        if state["state"] != "pending":
            return state
        await asyncio.sleep(LOOK_SECONDS)
