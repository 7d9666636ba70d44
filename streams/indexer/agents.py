"""The agent of the indexer stream: take, let the worker write, then ack."""

from typing import Any

import faust

from streams.common.app import WufangApp, ack, raw_topic
from streams.common.exit import die
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
        events = stream.noack()  # before noack_take: the only form that acks nothing by itself (docs/decisions/0006)
        async for batch in events.noack_take(settings.batch, within=settings.linger):
            try:
                await worker.take([_entry(bare, event.message) for event in batch])
            except Exception as error:  # Faust would ack a batch whose handler raised
                die("the indexer stream failed", error=repr(error))
            await ack(app, events, batch, worker.halted)


def _entry(bare: dict[str, str], message: "faust.types.Message") -> Entry:
    position = Position(bare[message.topic], message.partition, message.offset)
    return Entry(position, message.key, message.value, dict(message.headers or {}))
