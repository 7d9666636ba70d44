"""Batches and acks: what is handed out, in which order it is acked, and what the next batch may overtake."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from types import SimpleNamespace
from typing import Any

import pytest
from faust.types import TP

from streams.common import app as app_module
from streams.common.app import IN_FLIGHT, Rest, settle_ahead, until_stopped
from streams.common.batches import batches


class Log:
    """A stream's channel, and what was acked of it."""

    def __init__(self, count: int, partitions: int = 1) -> None:
        self.acked: list[int] = []
        self.paused: set[Any] = set()
        places = [TP("ledger", number) for number in range(partitions)]
        consumer = SimpleNamespace(assignment=lambda: places, pause_partitions=self._pause)
        self.app: Any = SimpleNamespace(consumer_generation_id=1, conf=SimpleNamespace(id="test"), consumer=consumer)
        self.channel = SimpleNamespace(queue=asyncio.Queue[Any]())
        for number in range(count):
            self.put(number, partition=number % partitions)

    def _pause(self, places: set[Any]) -> None:
        self.paused = {place.partition for place in places}

    def put(self, number: int, generation: int = 1, partition: int = 0) -> None:
        message = SimpleNamespace(generation_id=generation, partition=partition)
        event = SimpleNamespace(number=number, message=message, app=self.app, ack=lambda: self.acked.append(number))
        self.channel.queue.put_nowait(event)


async def test_batches_are_in_order_and_no_larger_than_asked() -> None:
    log, seen = Log(5), list[list[int]]()
    async for batch in batches(log, 2, 0.01):
        seen.append([event.number for event in batch])
        if len(seen) == 3:
            break
    assert seen == [[0, 1], [2, 3], [4]]
    assert log.acked == []


async def test_a_batch_waits_for_company_no_longer_than_the_linger() -> None:
    log = Log(1)
    found = asyncio.ensure_future(anext(batches(log, 3, 0.05)))
    await asyncio.sleep(0.02)
    log.put(1)
    assert [event.number for event in await found] == [0, 1]


async def test_what_came_under_an_assignment_that_is_over_is_dropped_and_not_acked() -> None:
    log = Log(1)
    log.put(1, generation=0)
    log.put(2)
    batch = await anext(batches(log, 3, 0.01))
    assert [event.number for event in batch] == [0, 2]
    assert log.acked == []


class Rests:
    """The second halves of batches, done when the test says so."""

    def __init__(self) -> None:
        self.begun: list[list[int]] = []
        self.done: list[asyncio.Event] = []

    async def begin(self, batch: Sequence[Any]) -> Rest:
        self.begun.append([event.number for event in batch])
        self.done.append(asyncio.Event())
        return self._rest(self.done[-1])

    async def _rest(self, done: asyncio.Event) -> None:
        await done.wait()


async def settled() -> None:
    """Every step that nothing holds up has been taken; counted in turns, for a busy machine has other seconds."""
    for _ in range(200):
        await asyncio.sleep(0)


async def test_the_next_batch_begins_meanwhile_and_acks_keep_the_order() -> None:
    log, rests = Log(20), Rests()
    task = asyncio.create_task(settle_ahead(log.app, batches(log, 2, 0.0), rests.begin, set()))
    await settled()
    assert len(rests.begun) == IN_FLIGHT + 1  # the last waits for room with its rest not started
    rests.done[1].set()
    await settled()
    assert log.acked == []
    rests.done[0].set()
    await settled()
    assert log.acked == [0, 1, 2, 3]
    for done in rests.done:
        done.set()
    await settled()
    task.cancel()


async def test_a_halted_partition_is_paused_and_never_acked_though_its_batch_was_under_way() -> None:
    log, rests, halted = Log(4, partitions=2), Rests(), set[int]()
    task = asyncio.create_task(settle_ahead(log.app, batches(log, 2, 0.0), rests.begin, halted))
    await settled()
    halted.add(1)
    for done in rests.done:
        done.set()
    await settled()
    assert log.acked == [0, 2]
    assert log.paused == {1}
    task.cancel()


@pytest.mark.parametrize("half", ["begin", "rest"])
async def test_a_failure_in_either_half_ends_the_process_before_any_ack(
    half: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    log, died = Log(4), list[str]()

    def die(why: str, **_: object) -> None:
        died.append(why)
        raise asyncio.CancelledError

    async def rest() -> None:
        raise RuntimeError("rest")

    async def begin(_: Sequence[Any]) -> Rest:
        if half == "begin":
            raise RuntimeError("begin")
        return rest()

    monkeypatch.setattr(app_module, "die", die)
    task = asyncio.create_task(settle_ahead(log.app, batches(log, 2, 0.0), begin, set()))
    await settled()
    assert died
    assert log.acked == []
    task.cancel()


async def ended_by_faust(log: Log) -> list[int]:
    """What was taken when Faust throws into the agent's channel, as it does to stop one."""

    async def get() -> Any:
        raise StopAsyncIteration

    log.channel = SimpleNamespace(queue=SimpleNamespace(get=get))
    return [event.number async for batch in until_stopped(log.app, batches(log, 2, 0.01)) for event in batch]


async def test_a_stop_ends_the_batches() -> None:
    log = Log(0)
    log.app.should_stop = True
    assert await ended_by_faust(log) == []


async def test_an_agent_that_ends_while_its_app_goes_on_is_a_crash() -> None:
    log = Log(0)
    log.app.should_stop = False
    with pytest.raises(RuntimeError, match="StopAsyncIteration"):
        await ended_by_faust(log)


async def test_another_failure_is_a_crash_even_in_a_stop() -> None:
    log = Log(0)
    log.app.should_stop = True

    async def broken() -> AsyncIterator[int]:
        yield 1
        raise RuntimeError("broken")

    with pytest.raises(RuntimeError, match="broken"):
        assert [one async for one in until_stopped(log.app, broken())] == [1]
