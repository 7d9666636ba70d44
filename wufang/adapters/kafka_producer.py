"""The doors' way into the log: `publish` returns after the broker's acks, or raises in bounded time.

Facts of kafka-python 3.0.12 it is built around: an idempotent producer goes into a fatal state for good after
one delivery timeout or one refused record, `flush` does not raise for expired records, nothing bounds what is
queued, and `send` may block on metadata. So: sends happen on a thread of their own, every future is awaited,
pending records are counted, and a producer with which anything failed is retired and replaced.
"""

import asyncio
import contextlib
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, NamedTuple

from kafka import KafkaProducer
from kafka.errors import KafkaError
from kafka.net.compat import KafkaNetClient

from wufang.adapters.kafka_partition import partition_of
from wufang.settings import Settings
from wufang.telemetry import log
from wufang.wire.position import Position

RECONNECT_SECONDS = 0.5
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
        self._producer: KafkaProducer | None = None
        self._failed = asyncio.Event()
        self._keeper: asyncio.Task[None] | None = None
        self._sending = ThreadPoolExecutor(1, thread_name_prefix="kafka-send")
        self._closing: set[threading.Thread] = set()
        self.pending = 0
        self.retired = 0
        self.failures = 0

    @property
    def ready(self) -> bool:
        """Whether a producer is connected; it says nothing of the next ack."""
        return self._producer is not None

    @property
    def started(self) -> bool:
        """Whether it connects, or did."""
        return self._keeper is not None

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
        for thread in list(self._closing):
            await asyncio.to_thread(thread.join, self._settings.ack_timeout + 2)
        self._sending.shutdown(wait=False)

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
        self, producer: KafkaProducer, messages: Sequence[Message], seconds: float
    ) -> list[Position | None]:
        acks = _Acks(asyncio.get_running_loop(), messages, self._settings)
        try:
            async with asyncio.timeout(seconds + GRACE_SECONDS):
                await asyncio.get_running_loop().run_in_executor(self._sending, acks.send, producer)
                await acks.done
        except TimeoutError:
            acks.error = acks.error or "no answer"
        if acks.error is not None:
            _log.warning("broker did not acknowledge", error=acks.error, records=len(messages))
            self._retire(producer)
        return list(acks.places)

    def _retire(self, producer: KafkaProducer) -> None:
        """Use this producer no more; it is closed aside, since closing waits for what is in flight."""
        if self._producer is not producer:
            return
        self._producer = None
        self.retired += 1
        self._failed.set()
        thread = threading.Thread(target=self._close, args=(producer,), name="kafka-close", daemon=True)
        self._closing.add(thread)
        thread.start()

    def _close(self, producer: KafkaProducer) -> None:
        try:
            producer.close(timeout=self._settings.ack_timeout + GRACE_SECONDS)
        except KafkaError:
            # close() gives up when its flush times out and leaves the I/O thread running
            producer._sender.force_close()
        finally:
            self._closing.discard(threading.current_thread())

    async def _keep_connected(self) -> None:
        while True:
            self._failed.clear()
            if self._producer is None:
                self._producer = await self._connected()
            if self._producer is None:
                await asyncio.sleep(RECONNECT_SECONDS)
            else:
                await self._failed.wait()

    async def _connected(self) -> KafkaProducer | None:
        """A producer that knows its topics, or None; the port is tried first, failures leave threads."""
        if not await _any_open(self._settings.brokers):
            return None
        try:
            return await asyncio.to_thread(self._connect)
        except Exception as error:
            self.failures += 1
            _log.warning("cannot connect to the broker", error=type(error).__name__)
            return None

    def _connect(self) -> KafkaProducer:
        """Raises KafkaError; a constructor that fails leaves its sockets open, so they are closed here."""
        clients: list[KafkaNetClient] = []

        def client(**config: Any) -> KafkaNetClient:
            clients.append(KafkaNetClient(**config))
            return clients[-1]

        try:
            return self._made(client)
        except Exception:
            for opened in clients:
                opened.close()
            raise

    def _made(self, client: Callable[..., KafkaNetClient]) -> KafkaProducer:
        milliseconds = int(self._settings.ack_timeout * 1000)
        producer = KafkaProducer(
            kafka_client=client,
            bootstrap_servers=self._settings.brokers,
            enable_idempotence=True,  # said aloud: else a conflicting option turns it off with a mere warning
            acks="all",
            compression_type="zstd",
            batch_size=131_072,
            delivery_timeout_ms=milliseconds,
            request_timeout_ms=max(1_000, milliseconds * 5 // 8),
            reconnect_backoff_max_ms=1_000,
            max_block_ms=2_000,
            bootstrap_timeout_ms=min(5_000, milliseconds),
            allow_auto_create_topics=False,
        )
        try:
            for topic in self._topics:
                producer.partitions_for(self._settings.topic(topic))
        except Exception:
            self._close(producer)
            raise
        return producer


class _Acks:
    """The acks of one group of records; counted on the producer's threads, heard once on the event loop."""

    def __init__(self, loop: asyncio.AbstractEventLoop, messages: Sequence[Message], settings: Settings) -> None:
        self._loop = loop
        self._messages = messages
        self._settings = settings
        self._lock = threading.Lock()
        self._left = len(messages)
        self.places: list[Position | None] = [None] * len(messages)
        self.error: str | None = None
        self.done: asyncio.Future[None] = loop.create_future()
        if not messages:
            self.done.set_result(None)

    def send(self, producer: KafkaProducer) -> None:
        """Hand every record to the producer; what cannot be handed over counts as not acknowledged."""
        for index, message in enumerate(self._messages):
            try:
                future = producer.send(
                    self._settings.topic(message.topic), message.value, message.key, partition=partition_of(message.key)
                )
            except (KafkaError, ValueError) as error:
                self._refused(error, len(self._messages) - index)
                return
            future.add_callback(self._placed, index).add_errback(self._refused)

    def _placed(self, index: int, metadata: Any) -> None:
        # A retried batch the broker has already and forgot where: it is on the log, but has no place to name.
        if metadata.offset >= 0:
            self.places[index] = Position(self._messages[index].topic, metadata.partition, metadata.offset)
        self._count(1)

    def _refused(self, error: BaseException, count: int = 1) -> None:
        self.error = type(error).__name__
        self._count(count)

    def _count(self, count: int) -> None:
        with self._lock:
            self._left -= count
            finished = self._left == 0
        if finished:
            with contextlib.suppress(RuntimeError):  # the loop is gone: nobody waits any more
                self._loop.call_soon_threadsafe(self._finish)

    def _finish(self) -> None:
        if not self.done.done():
            self.done.set_result(None)


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
