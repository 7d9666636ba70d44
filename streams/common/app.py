"""The Faust app all stream workers are made from: raw bytes in, nothing declared, nothing acked by itself."""

import os
from collections.abc import Awaitable, Callable, Sequence
from typing import IO, Any
from wsgiref.simple_server import WSGIServer

os.environ.setdefault("NO_CYTHON", "1")  # acks must go through SafeConsumer, and the C loop is not faster

import faust
import mode
from faust.types import TP
from faust.types.transports import TransportT

from streams.common.consumer import SafeConsumer
from streams.common.exit import die
from streams.common.pulse import Pulse
from wufang.settings import Settings

DAYS = 86_400.0


class WufangApp(faust.App):
    """A Faust app whose consumer loses nothing; `lock_file` and `door` live as long as the process."""

    pulse: Pulse
    lock_file: IO[str] | None = None
    door: WSGIServer | None = None

    def _new_transport(self) -> TransportT:
        transport = super()._new_transport()
        transport.Consumer = SafeConsumer  # type: ignore[misc]  # Faust reads it from the instance
        return transport


def make_app(settings: Settings, name: str) -> WufangApp:
    """The app of one stream; `name` is its consumer group without the prefix."""
    app = WufangApp(
        settings.group(name),
        broker=[f"kafka://{address}" for address in settings.brokers],
        store="memory://",
        datadir=str(settings.state / settings.worker / "faust"),
        consumer_auto_offset_reset="earliest",
        consumer_max_fetch_size=4_194_304,
        topic_allow_declare=False,
        topic_disable_leader=True,
        broker_commit_interval=0.5,
        broker_commit_every=100_000,
        broker_max_poll_interval=7 * DAYS,  # an idle or back-pressured worker must not leave the group for ever
        broker_max_poll_records=2_000,
        broker_session_timeout=10.0,
        broker_heartbeat_interval=2.0,
        broker_request_timeout=40.0,
        broker_rebalance_timeout=60.0,
        broker_commit_livelock_soft_timeout=7 * DAYS,
        stream_processing_timeout=7 * DAYS,
        stream_buffer_maxsize=4_096,
        stream_wait_empty=False,
        stream_recovery_delay=0.0,
        producer_acks=-1,
        agent_supervisor=mode.CrashingSupervisor,
        web_enabled=False,
        web_tables_enabled=False,
    )
    app.pulse = Pulse()
    return app


def raw_topic(app: faust.App, *names: str) -> "faust.TopicT":
    """Several topics as one channel of raw bytes."""
    return app.topic(*names, key_type=bytes, key_serializer="raw", value_type=bytes, value_serializer="raw")


async def ack(app: faust.App, events: Any, batch: Sequence[Any], halted: set[int]) -> None:
    """Ack a settled batch in order; halted partitions are paused instead, so that nothing of them is lost."""
    for event in batch:
        if event.message.partition not in halted:
            await events.ack(event)
    if halted:
        app.consumer.pause_partitions({tp for tp in app.consumer.assignment() if tp.partition in halted})


async def settle(
    app: WufangApp, stream: Any, settings: Settings, take: Callable[[Sequence[Any]], Awaitable[None]], halted: set[int]
) -> None:
    """Hand batches of events to `take` and ack each when it returns, for ever; a failure ends the process."""
    events = stream.noack()  # before noack_take: the only form that acks nothing by itself (record 0006)
    async for batch in events.noack_take(settings.batch, within=settings.linger):
        try:
            await take(batch)
        except Exception as error:  # Faust would ack a batch whose handler raised
            die("the stream failed", stream=app.conf.id, error=repr(error))
        await ack(app, events, batch, halted)


def same_numbers(assigned: set[TP], topics: int) -> bool:
    """Whether the assignment holds each of its partition numbers of all `topics` topics."""
    numbers: dict[int, int] = {}
    for tp in assigned:
        numbers[tp.partition] = numbers.get(tp.partition, 0) + 1
    return all(count == topics for count in numbers.values())
