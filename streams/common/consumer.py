"""A Faust consumer that commits only what was handed out and acked, with partitions kept together by number.

ENGINEERING.md facts 1 and 2: Faust 0.15.3 commits past messages still in flight; this one commits the delivered
low-watermark, and ignores acks of an assignment that is over.
"""

from collections import defaultdict, deque
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

    def _new_consumer_thread(self) -> RangeThread:
        return RangeThread(self, loop=self.loop, beacon=self.beacon)

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
