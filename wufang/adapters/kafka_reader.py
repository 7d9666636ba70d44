"""Bounded reads of topics from an offset to a fixed end, in no consumer group; it sends and commits nothing."""

import asyncio
import time
from collections.abc import AsyncIterator, Iterable, Mapping
from types import TracebackType
from typing import Any, NamedTuple, Self

from aiokafka import AIOKafkaConsumer, TopicPartition

from wufang.adapters.kafka_partition import Place
from wufang.settings import Settings
from wufang.wire import topics

AT_ONCE = 4_000
IDLE_MS = 20  # how long the broker may hold an empty fetch: it delays the next assignment by as much
# aiokafka learns of unknown topics one after another, with this pause before each, and forgets them at the next
# assignment: at its own 100 ms the ends of the seven inputs took 0.6 s, again and again.
BACKOFF_MS = 20
SILENCE_SECONDS = 30.0


class Message(NamedTuple):
    """One record as it stands on a topic; the topic is the bare name."""

    topic: str
    partition: int
    offset: int
    key: bytes | None
    value: bytes | None
    headers: tuple[tuple[str, bytes], ...]
    at: int  # the broker's clock, UTC milliseconds

    def header(self, name: str) -> str | None:
        """The last header of that name as text, None when there is none."""
        found = [value for key, value in self.headers if key == name]
        return found[-1].decode("utf-8", "replace") if found else None


class LogTruncated(Exception):
    """The broker no longer holds records it must keep for ever."""


class LogSilent(Exception):
    """The broker gave nothing for a long time though the end was not reached."""


class LogReader:
    """One consumer, re-assigned for every read; reads of one reader must not overlap."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._bare = {settings.topic(name): name for name in topics.ALL}
        self._consumer: AIOKafkaConsumer | None = None

    async def __aenter__(self) -> Self:
        """Connect. Raises aiokafka.errors.KafkaError when the broker is away."""
        consumer = AIOKafkaConsumer(
            bootstrap_servers=self._settings.brokers,
            enable_auto_commit=False,
            auto_offset_reset="none",
            fetch_max_wait_ms=IDLE_MS,
            retry_backoff_ms=BACKOFF_MS,
            max_partition_fetch_bytes=4_194_304,
            check_crcs=True,
        )
        try:
            await consumer.start()
        except BaseException:
            await consumer.stop()
            raise
        self._consumer = consumer
        await asyncio.sleep(0)  # aiokafka 0.14 cannot be stopped before its tasks ran once
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._consumer is not None:
            await self._consumer.stop()

    @property
    def _connected(self) -> AIOKafkaConsumer:
        if self._consumer is None:
            raise RuntimeError("use LogReader as a context manager")
        return self._consumer

    async def ends(self, names: Iterable[str]) -> dict[Place, int]:
        """The offset the next record of each partition of the topics will get, as of now."""
        places = [self._place(name, partition) for name in names for partition in range(topics.PARTITIONS)]
        found = await self._connected.end_offsets(places)
        return {(self._bare[tp.topic], tp.partition): end for tp, end in found.items()}

    async def starts(self, names: Iterable[str]) -> dict[Place, int]:
        """The first offset the broker still holds of each partition: 0, or something is lost."""
        places = [self._place(name, partition) for name in names for partition in range(topics.PARTITIONS)]
        found = await self._connected.beginning_offsets(places)
        return {(self._bare[tp.topic], tp.partition): start for tp, start in found.items()}

    async def read(self, spans: Mapping[Place, tuple[int, int]]) -> AsyncIterator[list[Message]]:
        """Every record of each place from its start to before its end, each place in order, in batches of one place.

        Raises LogTruncated when the broker holds no record at a start, LogSilent when it stops answering.
        """
        left = {self._place(*place): end for place, (start, end) in spans.items() if start < end}
        starts = {self._place(*place): start for place, (start, _) in spans.items()}
        if not left:
            return
        await self._seek({tp: starts[tp] for tp in left})
        heard = time.monotonic()
        while left:
            for batch in await self._fetch(left):
                yield batch
                heard = time.monotonic()
            if time.monotonic() - heard > SILENCE_SECONDS:
                raise LogSilent(f"nothing came for {SILENCE_SECONDS:.0f} s, {len(left)} partitions are unread")

    async def _seek(self, starts: Mapping[TopicPartition, int]) -> None:
        held = await self._connected.beginning_offsets(list(starts))
        for tp, start in starts.items():
            if held[tp] > start:
                raise LogTruncated(f"{self._bare[tp.topic]}/{tp.partition} begins at {held[tp]}, not at {start}")
        self._connected.assign(list(starts))
        for tp, start in starts.items():
            self._connected.seek(tp, start)

    async def _fetch(self, left: dict[TopicPartition, int]) -> list[list[Message]]:
        """What has come; places that have reached their end leave `left` and are paused."""
        consumer = self._connected
        got = await consumer.getmany(*left, timeout_ms=1_000, max_records=AT_ONCE)
        batches = [self._messages(tp, records, left[tp]) for tp, records in got.items()]
        for tp in list(left):
            if await consumer.position(tp) >= left[tp]:
                del left[tp]
                consumer.pause(tp)
        return [batch for batch in batches if batch]

    def _messages(self, tp: TopicPartition, records: Iterable[Any], end: int) -> list[Message]:
        bare = self._bare[tp.topic]
        return [
            Message(bare, tp.partition, one.offset, one.key, one.value, tuple(one.headers), one.timestamp)
            for one in records
            if one.offset < end
        ]

    def _place(self, name: str, partition: int) -> TopicPartition:
        return TopicPartition(self._settings.topic(name), partition)
