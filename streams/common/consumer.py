"""A Faust consumer that commits only what was handed out and acked, with partitions kept together by number.

docs/decisions/0006, 1 and 2: Faust 0.15.3 commits past messages still in flight; this one commits the delivered
low-watermark, and ignores acks of an assignment that is over.
"""

import asyncio
import types
from collections import defaultdict, deque
from collections.abc import Coroutine, Generator
from typing import Any

import aiokafka
from aiokafka.coordinator.assignors.range import RangePartitionAssignor
from faust.transport.drivers import aiokafka as driver
from faust.types import TP


class RangeThread(driver.AIOKafkaConsumerThread):
    """Uses aiokafka's Range assignor: one worker holds the same partition number of every topic."""

    def _create_worker_consumer(self, transport: Any) -> aiokafka.AIOKafkaConsumer:
        consumer = super()._create_worker_consumer(transport)
        # Faust hard-codes RoundRobin when there are no tables; the coordinator is made from this list at start.
        consumer._partition_assignment_strategy = (RangePartitionAssignor,)
        return consumer


class SafeConsumer(driver.Consumer):
    """Commits the first delivered and not acked offset of a partition, never past it."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._delivered: dict[TP, deque[int]] = defaultdict(deque)
        inner = self.callback

        async def deliver(message: Any) -> None:
            if self.app.topics.acks_enabled_for(message.topic):
                self._delivered[message.tp].append(message.offset)
            await inner(message)

        self.callback = deliver

    async def wait_first(self, *waiting: Any, timeout: Any = None) -> Any:  # noqa: ASYNC109  # the overridden signature
        """Deliver a message without making tasks for it when nothing blocks, which is nearly always.

        Faust waits for every single delivery beside the suspension of the flow: three tasks a message, half of what
        it spends on one (measured with the idle agent of `make bench`). A delivery that does block is waited for so.
        """
        if len(waiting) != 2 or timeout is not None or not asyncio.iscoroutine(waiting[0]):
            return await super().wait_first(*waiting, timeout=timeout)
        delivery, suspended = waiting
        try:
            blocked_on = delivery.send(None)
        except StopIteration:
            suspended.close()
            return None
        return await super().wait_first(_continued(delivery, blocked_on), suspended)

    def _new_consumer_thread(self) -> RangeThread:
        return RangeThread(self, loop=self.loop, beacon=self.beacon)

    async def verify_all_partitions_active(self) -> None:
        """Faust's watch over slow streams reads sensors that are not fed; ours asks the broker (watchdog.py)."""

    def ack(self, message: Any) -> bool:
        """Ignore acks of an earlier generation: the partition may be another worker's by now."""
        if message.generation_id != self.app.consumer_generation_id:
            message.acked = True
            self._unacked_messages.discard(message)
            return False
        return bool(super().ack(message))

    async def perform_seek(self) -> None:
        """A new assignment starts with nothing delivered and nothing acked."""
        self._delivered.clear()
        self._acked.clear()
        self._acked_index.clear()
        self._gap.clear()
        await super().perform_seek()

    def _new_offset(self, tp: TP) -> int | None:
        delivered, acked, last = self._delivered[tp], self._acked_index[tp], None
        while delivered and delivered[0] in acked:
            last = delivered.popleft()
            acked.discard(last)
        self._acked[tp][:] = sorted(acked)
        return None if last is None else last + 1


async def _continued(coroutine: Coroutine[Any, Any, Any], blocked_on: Any) -> Any:
    """The rest of a coroutine that was started by hand and waits for `blocked_on`."""
    return await _driven(coroutine, blocked_on)


@types.coroutine
def _driven(coroutine: Coroutine[Any, Any, Any], blocked_on: Any) -> Generator[Any, Any, Any]:
    try:
        while True:
            try:
                sent = yield blocked_on
            except BaseException as error:  # a cancellation goes where the coroutine waits
                blocked_on = coroutine.throw(error)
            else:
                blocked_on = coroutine.send(sent)
    except StopIteration as done:
        return done.value
