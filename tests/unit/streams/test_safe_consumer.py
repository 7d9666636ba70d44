"""What the safe consumer commits: the first delivered and not acked offset, never past it.

Each case is one in which Faust 0.15.3 commits too far (shown below on Faust's own rule) or stays behind.
"""

import asyncio
import inspect
from collections import defaultdict, deque
from collections.abc import Iterable
from typing import Any

import pytest
from faust.transport.drivers.aiokafka import Consumer
from faust.types import TP
from hypothesis import given
from hypothesis import strategies as st
from intervaltree import IntervalTree  # type: ignore[import-untyped]

from streams.common.consumer import SafeConsumer, _continued

HERE = TP("reports.hotline", 0)


def new_offset(
    kind: type[Consumer], delivered: Iterable[int], acked: Iterable[int], committed: int | None
) -> int | None:
    """What a consumer would commit; only the bookkeeping is set up."""
    consumer: Any = object.__new__(type("Bookkeeping", (kind,), {"__abstractmethods__": frozenset()}))
    consumer._acked = defaultdict(list, {HERE: sorted(acked)})
    consumer._acked_index = defaultdict(set, {HERE: set(acked)})
    consumer._delivered = defaultdict(deque, {HERE: deque(delivered)})
    consumer._committed_offset = defaultdict(lambda: None, {HERE: committed})
    consumer._gap = defaultdict(IntervalTree)
    found: int | None = consumer._new_offset(HERE)
    return found


CASES = [
    ("nothing delivered", [], [], None),
    ("nothing acked", [100, 101], [], None),
    ("100 in flight, 101 and 102 acked", [100, 101, 102], [101, 102], None),
    ("fresh group: 0 to 4 in flight, 5 acked", range(6), [5], None),
    ("100 acked, 101 in flight, 102 acked", [100, 101, 102], [100, 102], 101),
    ("all acked", [100, 101, 102], [100, 101, 102], 103),
    ("a gap in the log, the message after it in flight", [100, 105, 106], [100, 106], 101),
    ("a gap in the log, all acked", [100, 105, 106], [100, 105, 106], 107),
    ("an ack of something never delivered here", [100], [99], None),
]


@pytest.mark.parametrize(("delivered", "acked", "want"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_commits_up_to_what_is_in_flight(delivered: list[int], acked: list[int], want: int | None) -> None:
    assert new_offset(SafeConsumer, delivered, acked, None) == want


def test_fausts_own_rule_would_lose_the_messages_in_flight() -> None:
    """Why this class exists (docs/decisions/0006, 2); when an upgrade mends it, this says so."""
    assert new_offset(Consumer, [100, 101, 102], [101, 102], 100) == 103
    assert new_offset(Consumer, range(6), [5], None) == 6


@given(st.sets(st.integers(0, 30), min_size=1), st.data())
def test_never_commits_past_a_message_in_flight(offsets: set[int], data: st.DataObject) -> None:
    delivered = sorted(offsets)
    acked = data.draw(st.sets(st.sampled_from(delivered)))
    found = new_offset(SafeConsumer, delivered, acked, None)
    flying = [offset for offset in delivered if offset not in acked]
    assert found is None or not flying or found <= flying[0]
    if acked and (not flying or min(acked) < flying[0]):
        assert found == 1 + max(offset for offset in acked if not flying or offset < flying[0])


def test_commits_go_on_from_where_they_were() -> None:
    consumer: Any = object.__new__(type("Bookkeeping", (SafeConsumer,), {"__abstractmethods__": frozenset()}))
    consumer._acked = defaultdict(list)
    consumer._acked_index = defaultdict(set)
    consumer._delivered = defaultdict(deque, {HERE: deque([1, 2, 3, 4])})
    found = []
    for acked in ({1}, {3}, {2}, {4}):
        consumer._acked_index[HERE] |= acked
        found.append(consumer._new_offset(HERE))
    assert found == [2, None, 4, 5]
    assert not consumer._acked[HERE]
    assert not consumer._delivered[HERE]


async def _blocked(gate: asyncio.Event, seen: list[str]) -> str:
    seen.append("started")
    await gate.wait()
    seen.append("went on")
    await asyncio.sleep(0)
    return "delivered"


async def test_a_delivery_that_blocks_is_driven_to_its_end() -> None:
    gate, seen = asyncio.Event(), list[str]()
    delivery = _blocked(gate, seen)
    rest = asyncio.ensure_future(_continued(delivery, delivery.send(None)))
    await asyncio.sleep(0)
    assert seen == ["started"]
    gate.set()
    assert await rest == "delivered"
    assert seen == ["started", "went on"]


async def test_a_blocked_delivery_is_cancelled_where_it_waits() -> None:
    gate, seen = asyncio.Event(), list[str]()
    delivery = _blocked(gate, seen)
    rest = asyncio.ensure_future(_continued(delivery, delivery.send(None)))
    await asyncio.sleep(0)
    rest.cancel()
    with pytest.raises(asyncio.CancelledError):
        await rest
    assert inspect.getcoroutinestate(delivery) == inspect.CORO_CLOSED
