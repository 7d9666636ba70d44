"""A whole small deployment driven by hand: publish, let the ledger and the indexer take what is there, look."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Iterable, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from aiokafka import AIOKafkaProducer

from deploy.local.stack import LocalStack
from streams.common.pulse import Pulse
from streams.indexer.worker import Entry, IndexerWorker
from streams.ledger.worker import LedgerWorker
from tests.support.deployment import delete_topics
from tests.support.events import encoded, topic_of
from wufang.adapters.elastic_index import ElasticIndex
from wufang.adapters.kafka_admin import ensure_topics
from wufang.adapters.kafka_groups import ConsumerGroups
from wufang.adapters.kafka_log import KafkaLog
from wufang.adapters.kafka_partition import Place, partition_of
from wufang.adapters.kafka_reader import LogReader, Message
from wufang.ledger.folding.fold import Fold
from wufang.ledger.writer import Input
from wufang.readmodel.indices import KINDS
from wufang.settings import Settings
from wufang.wire import topics
from wufang.wire.position import Position

BATCH = 200
Headers = Sequence[tuple[str, bytes]]


class Office:
    """One prefix on the real servers; commits offsets as the Faust workers do."""

    def __init__(self, stack: LocalStack, prefix: str, folder: Path, **changed: Any) -> None:
        known = stack.env() | {"WUFANG_PREFIX": prefix, "WUFANG_STATE": str(folder)}
        self.settings = Settings.from_env(known | {f"WUFANG_{key.upper()}": str(v) for key, v in changed.items()})
        self.index = ElasticIndex.from_settings(self.settings)
        self.reader = LogReader(self.settings)
        self.groups = ConsumerGroups(self.settings)
        self._log = KafkaLog(self.settings)
        self._ledger = LedgerWorker(self.settings, self._log, Pulse())
        self._indexers: dict[int, IndexerWorker] = {}
        self._producer = AIOKafkaProducer(bootstrap_servers=self.settings.kafka, acks="all")

    async def __aenter__(self) -> Self:
        ensure_topics(self.settings)
        await self._producer.start()
        await self._ledger.start()
        await self.reader.__aenter__()
        await self.groups.__aenter__()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        for generation in await self.index.generations():
            for kind_ in KINDS:
                await self.raw("DELETE", f"/{self.index.name(kind_, generation)}")
        await self._producer.stop()
        await self._log.stop()
        await self.index.close()
        await asyncio.to_thread(delete_topics, self.settings)
        await self.groups.__aexit__(None, None, None)
        await self.reader.__aexit__(None, None, None)

    # --- in

    async def publish(self, *events: dict[str, Any], headers: Headers = ()) -> list[Position]:
        """Events as a door publishes them."""
        return [
            await self.put(topic_of(event), encoded(event), event["jurisdiction"].encode(), headers=headers)
            for event in events
        ]

    async def put(
        self, topic: str, value: bytes | None, key: bytes | None, partition: int | None = None, headers: Headers = ()
    ) -> Position:
        """Any bytes on any topic."""
        if partition is None:
            partition = partition_of(key or b"")
        sent = await self._producer.send_and_wait(
            self.settings.topic(topic), value, key, partition, headers=list(headers)
        )
        return Position(topic, partition, sent.offset)

    # --- through

    async def work(self, *, index: bool = True) -> None:
        """Let the ledger stream and the indexer take everything there is, and commit."""
        await self.take_inputs()
        if index:
            await self.index_ledger()

    async def take_inputs(self) -> None:
        batches, ends = await self._new("ledger", topics.INPUTS)
        for batch in batches:
            await self._ledger.take([Input(_position(m), m.key, m.value) for m in batch])
        await self.groups.commit("ledger", ends)

    async def index_ledger(self, generation: int = 1) -> None:
        if generation not in self._indexers:
            settings = self.settings.model_copy(update={"generation": generation})
            self._indexers[generation] = IndexerWorker(settings, self._log, self.index, Pulse())
            await self._indexers[generation].start()
        batches, ends = await self._new(f"indexer-g{generation}", (topics.LEDGER, topics.QUARANTINE))
        for batch in batches:
            entries = [Entry(_position(m), m.key, m.value, dict(m.headers)) for m in batch]
            await self._indexers[generation].take(entries)
        await self.groups.commit(f"indexer-g{generation}", ends)

    async def _new(self, group: str, names: Iterable[str]) -> tuple[list[list[Message]], dict[Place, int]]:
        ends = await self.reader.ends(names)
        done = await self.groups.committed(group)
        spans = {place: (done.get(place, 0), end) for place, end in ends.items()}
        messages = [message async for batch in self.reader.read(spans) for message in batch]
        return [messages[start : start + BATCH] for start in range(0, len(messages), BATCH)], ends

    # --- out

    async def messages(self, topic: str) -> list[Message]:
        """Everything on a topic."""
        ends = await self.reader.ends((topic,))
        return [m async for batch in self.reader.read({p: (0, end) for p, end in ends.items()}) for m in batch]

    async def folds(self) -> dict[int, Fold]:
        """The ledger folded in memory."""
        folds: dict[int, Fold] = defaultdict(Fold)
        for message in await self.messages(topics.LEDGER):
            folds[message.partition].fold(message.offset, message.value)
        for fold in folds.values():
            fold.commit()
        return folds

    async def raw(self, method: str, path: str, body: Any = None, **params: str) -> dict[str, Any]:
        """Elasticsearch itself."""
        return await self.index._http.json(method, path, body, **params)


def _position(message: Message) -> Position:
    return Position(message.topic, message.partition, message.offset)
