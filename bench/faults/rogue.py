"""`python -m bench.faults.rogue PARTITION`: a second writer on one partition, outside the consumer group, on purpose.

It reads the inputs from the start and decides them as the real worker does; the log must void what it writes late.
"""

import asyncio
import random
import sys
from pathlib import Path

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import KafkaError

from streams.common.pulse import Pulse
from streams.ledger.worker import LedgerWorker
from wufang import telemetry
from wufang.adapters.kafka_log import KafkaLog
from wufang.ledger.writer import Input
from wufang.settings import Settings
from wufang.wire import topics
from wufang.wire.position import Position


async def write(settings: Settings, partition: int) -> None:
    """Feed one partition of every input to a worker of its own, for ever."""
    worker = LedgerWorker(settings, KafkaLog(settings), Pulse())
    await worker.start()
    bare = {settings.topic(name): name for name in topics.INPUTS}
    while True:
        try:
            await _follow(settings, bare, partition, worker)
        except (KafkaError, OSError):
            await asyncio.sleep(0.5)


async def _follow(settings: Settings, bare: dict[str, str], partition: int, worker: LedgerWorker) -> None:
    consumer = AIOKafkaConsumer(
        bootstrap_servers=settings.brokers, enable_auto_commit=False, auto_offset_reset="earliest"
    )
    await consumer.start()
    try:
        consumer.assign([TopicPartition(name, partition) for name in bare])
        while True:
            got = await consumer.getmany(timeout_ms=200, max_records=50)
            batch = [
                Input(Position(bare[tp.topic], tp.partition, message.offset), message.key, message.value)
                for tp, messages in got.items()
                for message in messages
            ]
            if batch:
                await worker.take(batch)
            await asyncio.sleep(random.uniform(0, 0.1))
    finally:
        await consumer.stop()


if __name__ == "__main__":
    settings = Settings.from_env()
    telemetry.configure("warning")
    Path(settings.state).mkdir(parents=True, exist_ok=True)
    asyncio.run(write(settings, int(sys.argv[1])))
