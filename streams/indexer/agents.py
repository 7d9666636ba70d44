"""The agent of the indexer stream: fold, let the worker write while the next is folded, then ack."""

from collections.abc import Sequence
from typing import Any

import faust

from streams.common.app import Rest, WufangApp, raw_topic, settle_ahead
from streams.common.batches import batches
from streams.common.watchdog import Watchdog
from streams.indexer.generation import watch
from streams.indexer.worker import Entry, IndexerWorker
from wufang.settings import Settings
from wufang.wire import topics
from wufang.wire.position import Position


def attach(app: WufangApp, settings: Settings, worker: IndexerWorker) -> None:
    """Register the agent on the app."""
    bare = {settings.topic(name): name for name in (topics.LEDGER, topics.QUARANTINE)}

    @app.task  # type: ignore[untyped-decorator]
    async def watchdog() -> None:
        await Watchdog(app, settings, list(bare), app.pulse, worker.halted).watch()

    @app.task  # type: ignore[untyped-decorator]
    async def generation() -> None:
        await watch(settings)

    @app.agent(raw_topic(app, *bare), name=f"{settings.prefix}indexer")
    async def indexer(stream: Any) -> None:
        await worker.start()

        async def begin(batch: Sequence[Any]) -> Rest:
            return worker.write(await worker.fold([_entry(bare, event.message) for event in batch]))

        # A bulk costs Elasticsearch some 40 ms whatever is in it: 1,535 µs a report in bulks of 30, 1,200 of 75,
        # 790 of 150, 540 of 500 (warm, mapping of record 0303). Hence its own linger, of half a second.
        taken = batches(stream, settings.index_batch, settings.index_linger)
        await settle_ahead(app, taken, begin, worker.halted)


def _entry(bare: dict[str, str], message: "faust.types.Message") -> Entry:
    position = Position(bare[message.topic], message.partition, message.offset)
    return Entry(position, message.key, message.value, dict(message.headers or {}))
