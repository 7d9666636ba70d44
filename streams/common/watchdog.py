"""Ends a worker that has lag and makes no progress; the supervisor starts it again.

It asks the broker, not Faust: a consumer that never rejoined believes that all is well (aio-libs/aiokafka#1154).
"""

import asyncio
from collections.abc import Set

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import KafkaError

from streams.common.app import WufangApp
from streams.common.exit import die
from streams.common.pulse import Pulse
from wufang.settings import Settings
from wufang.telemetry import log
from wufang.wire import topics

EVERY_SECONDS = 10.0
PATIENCE_SECONDS = 60.0  # three session timeouts of 10 s and a rebalance fit in


class Watchdog:
    """Watches one group's lag on the partitions this worker should be reading."""

    def __init__(self, app: WufangApp, settings: Settings, names: list[str], pulse: Pulse, halted: Set[int]) -> None:
        """`halted` partitions stand still on purpose, and are not counted."""
        self._app, self._pulse, self._halted = app, pulse, halted
        self._bootstrap = settings.brokers
        self._all = [TopicPartition(name, number) for name in names for number in range(topics.PARTITIONS)]
        self._committed: dict[TopicPartition, int] = {}

    async def watch(self) -> None:
        """Look every few seconds, for ever."""
        while True:
            await asyncio.sleep(EVERY_SECONDS)
            try:
                lag = await self._lag()
            except (KafkaError, OSError) as error:  # without a broker nobody can make progress
                log("watchdog").warning("no answer from the broker", error=type(error).__name__)
                self._pulse.beat()
                continue
            self._judge(lag)

    def _judge(self, lag: int) -> None:
        """Rest is not silence: where nothing was to be done at a look, the patience begins anew with it."""
        if not lag:
            self._pulse.beat()
        elif self._pulse.silent() > PATIENCE_SECONDS:
            die("lag and no progress", lag=lag, silent=round(self._pulse.silent()))

    def _held(self) -> list[TopicPartition]:
        held = [TopicPartition(tp.topic, tp.partition) for tp in self._app.consumer.assignment()] or self._all
        return [tp for tp in held if tp.partition not in self._halted]

    async def _lag(self) -> int:
        """Records not yet committed of the partitions held, or of all while none is held; beats when a commit moved."""
        held = self._held()
        consumer = AIOKafkaConsumer(
            bootstrap_servers=self._bootstrap, group_id=self._app.conf.id, enable_auto_commit=False
        )
        await consumer.start()
        try:
            consumer.assign(held)
            ends = await consumer.end_offsets(held)
            committed = {tp: await consumer.committed(tp) or 0 for tp in held}
        finally:
            await consumer.stop()
        if committed != self._committed:
            self._committed = committed
            self._pulse.beat()
        return sum(ends[tp] - committed[tp] for tp in held)
