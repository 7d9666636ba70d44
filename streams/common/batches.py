"""Batches of a stream, taken straight from its channel; nothing is acked here, and nothing skipped is acked.

Faust's `noack_take` hands over the same events for 35 µs each (a task switch, sensors, a buffer behind a processor);
this reads the queue that stands before it.
"""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

STEPS = 5  # looks into the queue while a batch waits to fill


async def batches(stream: Any, most: int, linger: float) -> AsyncIterator[list[Any]]:
    """Runs of at most `most` events in order, each at most `linger` seconds after its first, for ever."""
    queue = stream.channel.queue
    while True:
        await asyncio.sleep(0)  # a full queue gives without waiting: let the rest of the worker live
        batch = [await queue.get()]
        for _ in range(STEPS):
            _fill(batch, queue, most)
            if len(batch) == most:
                break
            await asyncio.sleep(linger / STEPS)
        _fill(batch, queue, most)
        fresh = [event for event in batch if event.message.generation_id == event.app.consumer_generation_id]
        if fresh:  # what came under an assignment that is over comes again, perhaps to another worker
            yield fresh


def _fill(batch: list[Any], queue: Any, most: int) -> None:
    while len(batch) < most and not queue.empty():
        batch.append(queue.get_nowait())
