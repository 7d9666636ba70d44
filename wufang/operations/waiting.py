"""Waits until consumer groups have taken everything before given ends; bounded, and it says how far they are."""

import asyncio
import time
from collections.abc import Mapping

from wufang.adapters.kafka_groups import ConsumerGroups
from wufang.adapters.kafka_partition import Place
from wufang.operations.progress import Progress

POLL_SECONDS = 0.3


async def committed_to(
    groups: ConsumerGroups, group: str, ends: Mapping[Place, int], seconds: float, stage: str, progress: Progress
) -> bool:
    """Whether the group's commits reached all ends within the time."""
    deadline = time.monotonic() + seconds
    first: int | None = None
    while True:
        lag = behind(await groups.committed(group), ends)
        first = lag if first is None else first
        progress(stage, max(0, first - lag), first)
        if lag == 0 or time.monotonic() >= deadline:
            return lag == 0
        await asyncio.sleep(min(POLL_SECONDS, max(0.0, deadline - time.monotonic())))


def behind(committed: Mapping[Place, int], ends: Mapping[Place, int]) -> int:
    """How many records before the ends are not committed."""
    return sum(max(0, end - committed.get(place, 0)) for place, end in ends.items())
