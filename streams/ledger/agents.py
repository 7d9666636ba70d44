"""The agent of the ledger stream: take, let the worker settle, then ack."""

from collections.abc import Sequence
from typing import Any

import faust

from streams.common.app import WufangApp, raw_topic, same_numbers, settle
from streams.common.exit import die
from streams.common.watchdog import Watchdog
from streams.ledger.worker import LedgerWorker
from wufang.ledger.writer import Input
from wufang.settings import Settings
from wufang.wire import topics
from wufang.wire.position import Position


def attach(app: WufangApp, settings: Settings, worker: LedgerWorker) -> None:
    """Register the agent and the assignment guards on the app."""
    names = [settings.topic(name) for name in topics.INPUTS]
    bare = dict(zip(names, topics.INPUTS, strict=True))

    @app.task  # type: ignore[untyped-decorator]
    async def watchdog() -> None:
        await Watchdog(app, settings, names, app.pulse, worker.halted).watch()

    @app.agent(raw_topic(app, *names), name=f"{settings.prefix}ledger")
    async def ledger(stream: Any) -> None:
        await worker.start()

        async def take(batch: Sequence[Any]) -> None:
            await worker.take([_input(bare, event.message) for event in batch])

        await settle(app, stream, settings, take, worker.halted)

    @app.on_partitions_revoked.connect
    async def on_revoked(*_: Any, **__: Any) -> None:
        worker.forget()

    @app.on_partitions_assigned.connect
    async def on_assigned(*seen: Any, **__: Any) -> None:
        assigned = seen[-1]
        if not same_numbers(assigned, len(names)):
            die("a worker must hold the same partition numbers of all inputs", assigned=sorted(map(str, assigned)))


def _input(bare: dict[str, str], message: "faust.types.Message") -> Input:
    return Input(Position(bare[message.topic], message.partition, message.offset), message.key, message.value)
