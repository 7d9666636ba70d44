"""The Faust app all stream workers are made from: raw bytes in, nothing declared, nothing acked by itself."""

import asyncio
import os
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Sequence
from typing import IO, Any, TypeVar
from wsgiref.simple_server import WSGIServer

os.environ.setdefault("NO_CYTHON", "1")  # acks must go through SafeConsumer, and the C loop is not faster

import faust
import mode
from faust.types import TP
from faust.types.transports import TransportT

from streams.common.batches import batches
from streams.common.consumer import SafeConsumer
from streams.common.exit import die
from streams.common.pulse import Pulse
from wufang.settings import Settings

DAYS = 86_400.0
IN_FLIGHT = 2  # batches whose rest is being done while the next one begins
T = TypeVar("T")
Rest = Coroutine[Any, Any, None]


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


class Raw(faust.Schema[Any, Any]):
    """Events of the bytes as they came, without asking two codecs what to do with them (10 µs an event)."""

    def compile(self, app: Any, **_: Any) -> Any:
        """What turns a message into an event."""

        async def decode(message: Any, **_: Any) -> Any:
            return app.create_event(message.key, message.value, message.headers, message)

        return decode


def raw_topic(app: faust.App, *names: str) -> "faust.TopicT":
    """Several topics as one channel of raw bytes."""
    return app.topic(*names, schema=Raw(key_type=bytes, value_type=bytes))


def ack(app: faust.App, batch: Sequence[Any], halted: set[int]) -> None:
    """Ack a settled batch in order; halted partitions are paused instead, so that nothing of them is lost."""
    for event in batch:
        if event.message.partition not in halted:
            event.ack()
    if halted:
        app.consumer.pause_partitions({tp for tp in app.consumer.assignment() if tp.partition in halted})


async def settle(
    app: WufangApp, stream: Any, settings: Settings, take: Callable[[Sequence[Any]], Awaitable[None]], halted: set[int]
) -> None:
    """Hand batches of events to `take` and ack each when it returns, for ever; a failure ends the process."""
    async for batch in until_stopped(app, batches(stream, settings.batch, settings.linger)):
        await _or_die(app, take(batch))
        ack(app, batch, halted)


async def settle_ahead(
    app: WufangApp,
    taken: AsyncIterator[Sequence[Any]],
    begin: Callable[[Sequence[Any]], Awaitable[Rest]],
    halted: set[int],
) -> None:
    """The same, but the next batch begins while the rest of those before it is done; acks keep the order."""
    room = asyncio.Semaphore(IN_FLIGHT)
    before: asyncio.Task[None] | None = None
    async for batch in until_stopped(app, taken):
        rest = await _or_die(app, begin(batch))
        try:
            await room.acquire()
        except asyncio.CancelledError:
            rest.close()  # nothing of it is done, nothing of it is acked
            raise
        before = asyncio.create_task(_or_die(app, _finish(app, rest, batch, halted, before)))
        before.add_done_callback(lambda _: room.release())


async def until_stopped(app: faust.App, taken: AsyncIterator[T]) -> AsyncIterator[T]:
    """What is taken until the app is stopped: then Faust throws StopAsyncIteration into the agent's channel.

    A generator may not pass that on, and what Python makes of it would be logged as a crash. While the app is not
    being stopped it is one: an agent that just ended would leave its partitions to nobody.
    """
    try:
        async for one in taken:
            yield one
    except RuntimeError as error:
        if not (app.should_stop and isinstance(error.__cause__, StopAsyncIteration)):
            raise


async def _finish(
    app: WufangApp, rest: Rest, batch: Sequence[Any], halted: set[int], before: "asyncio.Task[None] | None"
) -> None:
    await rest
    if before is not None:
        await before
    ack(app, batch, halted)


async def _or_die(app: WufangApp, work: Awaitable[T]) -> T:
    try:
        return await work
    except Exception as error:  # whatever it was, nothing of the batch may be acked
        die("the stream failed", stream=app.conf.id, error=repr(error))


def same_numbers(assigned: set[TP], topics: int) -> bool:
    """Whether the assignment holds each of its partition numbers of all `topics` topics."""
    numbers: dict[int, int] = {}
    for tp in assigned:
        numbers[tp.partition] = numbers.get(tp.partition, 0) + 1
    return all(count == topics for count in numbers.values())
