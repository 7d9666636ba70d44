"""The doors' way into the log: `publish` returns after the broker's acks, or raises in bounded time.

What goes to one partition goes as one batch made here: a future and a sequence of calls a batch, not a record, cost
22 µs of processor a report (a data key with every other one) where kafka-python's `send` took 65.

Facts of aiokafka 0.14 it is built around: an idempotent producer may die for good after one failed batch, a batch's
future must not be cancelled (the sender would stumble over it), `send_batch` waits for metadata, `stop` may wait for
ever, and nothing bounds what is queued. So: batches are waited for and never cancelled, pending records are
counted, and a producer with which anything failed is retired and replaced.
"""

import asyncio
import contextlib
from collections import Counter
from collections.abc import Sequence
from typing import Any, NamedTuple

from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError

from wufang.adapters.kafka_partition import partition_of
from wufang.settings import Settings
from wufang.telemetry import log
from wufang.wire.position import Position

RECONNECT_SECONDS = 0.5
CONNECT_SECONDS = 5.0
BATCH_BYTES = 262_144  # before compression; one record may be larger and then stands alone
GRACE_SECONDS = 1.0  # beyond the producer's own timeout, then the wait is given up

_log = log("kafka_producer")


class NotAcknowledged(Exception):
    """The broker did not confirm: the records may or may not be on the log; sent again they count once."""


class TooManyPending(NotAcknowledged):
    """More records wait for their acks than this process may hold; nothing was sent."""


class Message(NamedTuple):
    """One record to publish; the topic is the bare name."""

    topic: str
    key: bytes
    value: bytes | None


class KafkaPublisher:
    """One producer of one process, made again whenever it failed; all methods belong to one event loop."""

    def __init__(self, settings: Settings, topics: Sequence[str]) -> None:
        self._settings = settings
        self._topics = tuple(topics)
        self._producer: AIOKafkaProducer | None = None
        self._failed = asyncio.Event()
        self._keeper: asyncio.Task[None] | None = None
        self._closing: set[asyncio.Task[None]] = set()
        self._using: Counter[AIOKafkaProducer] = Counter()  # posts that wait for acks, by producer
        self.pending = 0
        self.retired = 0
        self.failures = 0

    @property
    def ready(self) -> bool:
        """Whether a producer is connected; it says nothing of the next ack."""
        return self._producer is not None

    async def start(self) -> None:
        """Begin connecting; does not wait for the broker, so that a service starts without it."""
        self._keeper = asyncio.create_task(self._keep_connected(), name="kafka-keeper")

    async def stop(self) -> None:
        """Send what is queued, then disconnect."""
        if self._keeper is not None:
            self._keeper.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._keeper
        if self._producer is not None:
            self._retire(self._producer)
        if self._closing:
            await asyncio.wait(self._closing, timeout=self._settings.ack_timeout + 2)

    async def publish(self, messages: Sequence[Message], seconds: float | None = None) -> list[Position | None]:
        """Send all, wait for all acks: each record's place, None where the broker did not confirm.

        Raises NotAcknowledged when none can be sent, TooManyPending when too many wait already.
        """
        if self.pending + len(messages) > self._settings.pending_limit:
            raise TooManyPending
        producer = self._producer
        if producer is None:
            raise NotAcknowledged("not connected")
        self.pending += len(messages)
        try:
            return await self._acknowledged(producer, messages, seconds or self._settings.ack_timeout)
        finally:
            self.pending -= len(messages)

    async def _acknowledged(
        self, producer: AIOKafkaProducer, messages: Sequence[Message], seconds: float
    ) -> list[Position | None]:
        batches = _Batches(self._settings, messages)
        error = ""
        self._using[producer] += 1
        try:
            async with asyncio.timeout(seconds + GRACE_SECONDS):
                await batches.send(producer)
        except (KafkaError, TimeoutError) as failure:
            error = type(failure).__name__
        finally:
            self._using[producer] -= 1
        error = error or batches.error
        if error:
            _log.warning("broker did not acknowledge", error=error, records=len(messages))
            self._retire(producer)
        return batches.places()

    def _retire(self, producer: AIOKafkaProducer) -> None:
        """Use this producer no more; it is ended aside, since others may still wait for its acks."""
        if self._producer is not producer:
            return
        self._producer = None
        self.retired += 1
        self._failed.set()
        closing = asyncio.create_task(self._aside(producer), name="kafka-close")
        self._closing.add(closing)
        closing.add_done_callback(self._closing.discard)

    async def _aside(self, producer: AIOKafkaProducer) -> None:
        """End it once nobody waits for its acks any more; everybody does so for a bounded time."""
        while self._using[producer]:
            await asyncio.sleep(0.05)
        del self._using[producer]
        await _end(producer)

    async def _keep_connected(self) -> None:
        while True:
            self._failed.clear()
            if self._producer is None:
                self._producer = await self._connected()
            if self._producer is None:
                await asyncio.sleep(RECONNECT_SECONDS)
            else:
                await self._failed.wait()

    async def _connected(self) -> AIOKafkaProducer | None:
        """A producer that knows its topics, or None; the port is tried first, failures leave connections."""
        if not await _any_open(self._settings.brokers):
            return None
        producer = self._made()
        try:
            async with asyncio.timeout(min(CONNECT_SECONDS, self._settings.ack_timeout)):
                await producer.start()
                for topic in self._topics:
                    await producer.partitions_for(self._settings.topic(topic))
        except asyncio.CancelledError:
            await _end(producer)
            raise
        except Exception as error:
            await _end(producer)
            self.failures += 1
            _log.warning("cannot connect to the broker", error=type(error).__name__)
            return None
        return producer

    def _made(self) -> AIOKafkaProducer:
        milliseconds = int(self._settings.ack_timeout * 1000)
        return AIOKafkaProducer(
            bootstrap_servers=self._settings.brokers,
            enable_idempotence=True,
            acks="all",
            compression_type="zstd",
            max_batch_size=BATCH_BYTES,
            request_timeout_ms=max(300, milliseconds * 5 // 8),  # also how long a batch may wait to be sent
        )


async def _end(producer: AIOKafkaProducer) -> None:
    """Drop its I/O task and its connections. `stop` would wait for ever for a batch that nobody waits for any more."""
    producer._closed = True
    task = producer._sender.sender_task
    while task is not None and not task.done():
        task.cancel()  # once for the task, once for each request it waits for
        await asyncio.wait([task], timeout=0.1)
    if task is not None and not task.cancelled():
        task.exception()  # whatever it died of was told to those who waited
    await producer.client.close()


class _Batches:
    """One group of records, in a batch for each partition; a large group makes several."""

    def __init__(self, settings: Settings, messages: Sequence[Message]) -> None:
        self._settings = settings
        self._messages = messages
        self._sent: list[tuple[asyncio.Future[Any], list[int]]] = []  # the batch's ack, the records in it

    async def send(self, producer: AIOKafkaProducer) -> None:
        """Hand over all batches and wait until every one has its answer. Raises KafkaError."""
        shares: dict[tuple[str, int], list[int]] = {}
        for index, message in enumerate(self._messages):
            shares.setdefault((message.topic, partition_of(message.key)), []).append(index)
        for (topic, partition), indexes in shares.items():
            await self._share(producer, self._settings.topic(topic), partition, indexes)
        if self._sent:
            await asyncio.wait([future for future, _ in self._sent])

    async def _share(self, producer: AIOKafkaProducer, topic: str, partition: int, indexes: Sequence[int]) -> None:
        batch, held = producer.create_batch(), list[int]()
        for index in indexes:
            message = self._messages[index]
            if batch.append(key=message.key, value=message.value, timestamp=None) is None:  # full
                await self._hand_over(producer, topic, partition, batch, held)
                batch, held = producer.create_batch(), []
                batch.append(key=message.key, value=message.value, timestamp=None)
            held.append(index)
        await self._hand_over(producer, topic, partition, batch, held)

    async def _hand_over(
        self, producer: AIOKafkaProducer, topic: str, partition: int, batch: Any, held: list[int]
    ) -> None:
        batch.close()
        future = await producer.send_batch(batch, topic, partition=partition)
        future.add_done_callback(_heard)
        self._sent.append((future, held))

    @property
    def error(self) -> str:
        """What went wrong with a batch, empty when nothing did."""
        failed = (future.exception() for future, _ in self._sent if future.done() and not future.cancelled())
        return next((type(error).__name__ for error in failed if error is not None), "")

    def places(self) -> list[Position | None]:
        """Each record's place, None for what has no ack."""
        places: list[Position | None] = [None] * len(self._messages)
        for future, held in self._sent:
            if not future.done() or future.cancelled() or future.exception() is not None:
                continue
            first = future.result()
            # A retried batch the broker has already and forgot where: it is on the log, but has no place to name.
            if first.offset >= 0:
                for number, index in enumerate(held):
                    topic = self._messages[index].topic
                    places[index] = Position(topic, first.partition, first.offset + number)
        return places


def _heard(future: "asyncio.Future[Any]") -> None:
    """An abandoned batch's failure is no news."""
    if not future.cancelled():
        future.exception()


async def _any_open(servers: Sequence[str]) -> bool:
    for server in servers:
        host, _, port = server.rpartition(":")
        try:
            async with asyncio.timeout(2):
                _, writer = await asyncio.open_connection(host, int(port))
        except (OSError, TimeoutError):
            continue
        writer.close()
        return True
    return False
