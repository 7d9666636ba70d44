"""The streams' side of the log: append to the ledger and hear the offsets, read it to its end, quarantine, erase.

Every method returns only after the broker's acks; none of them retries a decision.
"""

import asyncio
from collections.abc import AsyncIterator, Iterable, Iterator, Sequence

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.producer.message_accumulator import BatchBuilder

from wufang.settings import Settings
from wufang.wire import topics
from wufang.wire.position import Position
from wufang.wire.quarantine import Quarantined

READ_AT_ONCE = 2_000
# Bytes before compression. The topics bound what is compressed (1 MiB in, 2 MiB in quarantine), so a small batch can
# hold a large value; what could be read must also fit into quarantine, or it would stop its partition for ever.
REQUEST_LIMIT = 268_435_456


class KafkaLog:
    """One producer and one group-less consumer of a stream worker."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._ledger = settings.topic(topics.LEDGER)
        self._producer: AIOKafkaProducer | None = None

    async def start(self) -> None:
        """Connect once. Raises aiokafka.errors.KafkaError when the broker is away."""
        if self._producer is not None:
            return
        producer = AIOKafkaProducer(
            bootstrap_servers=self._settings.brokers,
            enable_idempotence=True,
            acks="all",
            compression_type="zstd",
            max_request_size=REQUEST_LIMIT,
            max_batch_size=524_288,
            request_timeout_ms=30_000,
        )
        await producer.start()
        self._producer = producer

    async def stop(self) -> None:
        """Disconnect; what was not acked is not waited for."""
        if self._producer is not None:
            await self._producer.stop()

    @property
    def _sender(self) -> AIOKafkaProducer:
        if self._producer is None:
            raise RuntimeError("KafkaLog.start() was not called")
        return self._producer

    async def append(self, partition: int, records: Sequence[tuple[bytes, bytes]]) -> list[int]:
        """Append (key, value) records to the ledger in order; the offsets they got. Raises KafkaError.

        Batches are made here: a future, a task's turn and a look at the metadata for every record cost more than it.
        """
        sent = [
            (count, await self._sender.send_batch(batch, self._ledger, partition=partition))
            for batch, count in self._batches(records)
        ]
        firsts = await asyncio.gather(*(placed for _, placed in sent))
        return [first.offset + place for first, (count, _) in zip(firsts, sent, strict=True) for place in range(count)]

    def _batches(self, records: Sequence[tuple[bytes, bytes]]) -> Iterator[tuple[BatchBuilder, int]]:
        """Full batches and the number of records in each; a batch takes at least one, however large."""
        batch, count = self._sender.create_batch(), 0
        for key, value in records:
            if batch.append(timestamp=None, key=key, value=value) is None:
                yield batch, count
                batch, count = self._sender.create_batch(), 0
                batch.append(timestamp=None, key=key, value=value)
            count += 1
        if count:
            yield batch, count

    async def quarantine(self, poison: Iterable[Quarantined]) -> None:
        """Keep records on the quarantine topic, each in the partition it came from."""
        topic = self._settings.topic(topics.QUARANTINE)
        sent = [
            await self._sender.send(topic, item.value, item.key, item.position.partition, headers=item.headers())
            for item in poison
        ]
        await asyncio.gather(*sent)

    async def erase(self, keys: Iterable[str]) -> None:
        """Tombstone data keys: what they sealed is gone for good once compaction has run."""
        topic = self._settings.topic(topics.DATA_KEYS)
        sent = [await self._sender.send(topic, None, key.encode()) for key in keys]
        await asyncio.gather(*sent)

    async def redrive(self, items: Iterable[tuple[Position, bytes | None, bytes | None]]) -> list[Position]:
        """Put (quarantined position, key, value) on their input topics again; where each stands now.

        A record with a key goes where producers put that key, one without stays in its partition. Raises KafkaError.
        """
        placed = []
        for position, key, value in items:
            partition = position.partition if key is None else None
            header = [(topics.REDRIVE_HEADER, str(position).encode())]
            topic = self._settings.topic(position.topic)
            sent = await self._sender.send_and_wait(topic, value, key, partition, headers=header)
            placed.append(Position(position.topic, sent.partition, sent.offset))
        return placed

    async def read(
        self, partition: int, start: int, until: int | None = None
    ) -> AsyncIterator[list[tuple[int, bytes | None]]]:
        """Batches of the ledger's (offset, value) from `start` to before `until`, or to the end it has now."""
        where = TopicPartition(self._ledger, partition)
        consumer = self._consumer()
        await consumer.start()
        try:
            consumer.assign([where])
            end = (await consumer.end_offsets([where]))[where]
            end = end if until is None else min(until, end)
            consumer.seek(where, min(start, end))
            while await consumer.position(where) < end:
                got = await consumer.getmany(where, timeout_ms=1_000, max_records=READ_AT_ONCE)
                yield [(message.offset, message.value) for message in got.get(where, []) if message.offset < end]
        finally:
            await consumer.stop()

    async def end(self, partition: int) -> int:
        """The offset the next record of the ledger's partition will get."""
        where = TopicPartition(self._ledger, partition)
        consumer = self._consumer()
        await consumer.start()
        try:
            end: int = (await consumer.end_offsets([where]))[where]
            return end
        finally:
            await consumer.stop()

    def _consumer(self) -> AIOKafkaConsumer:
        return AIOKafkaConsumer(
            bootstrap_servers=self._settings.brokers,
            enable_auto_commit=False,
            auto_offset_reset="none",
            max_partition_fetch_bytes=8_388_608,
        )
