"""The publisher by itself: nothing is left open by failed connections, nothing is sent without its topics."""

from __future__ import annotations

import asyncio
import gc
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from deploy.local.stack import LocalStack
from tests.support.doors import Office
from wufang.adapters.kafka_producer import KafkaPublisher, Message, NotAcknowledged, TooManyPending
from wufang.settings import Settings
from wufang.wire import topics


@pytest.fixture
def silent() -> Iterator[socket.socket]:
    """A port that takes connections and never says a word, as a frozen broker does."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(200)
        listener.setblocking(False)
        yield listener


def open_files() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))


async def connections(listener: socket.socket, count: int) -> list[socket.socket]:
    loop = asyncio.get_running_loop()
    async with asyncio.timeout(90):
        return [(await loop.sock_accept(listener))[0] for _ in range(count)]


async def test_failed_connections_leave_nothing_open(silent: socket.socket) -> None:
    address = f"127.0.0.1:{silent.getsockname()[1]}"
    publisher = KafkaPublisher(Settings.from_env({"WUFANG_KAFKA": address, "WUFANG_ACK_TIMEOUT": "0.3"}), ["x"])
    gc.disable()  # it would close them some day; a service must not depend on the day
    try:
        await publisher.start()
        accepted = await connections(silent, 2)
        before = open_files() - len(accepted)
        accepted += await connections(silent, 8)
        assert not publisher.ready
        with pytest.raises(NotAcknowledged):
            await publisher.publish([Message("x", b"k", b"v")])
        await publisher.stop()
        assert open_files() - len(accepted) <= before
    finally:
        gc.enable()
        for connection in accepted:
            connection.close()


async def test_without_its_topics_it_is_not_ready(stack: LocalStack, prefix: str) -> None:
    settings = Settings.from_env({**stack.env(), "WUFANG_PREFIX": prefix})
    publisher = KafkaPublisher(settings, [topics.DATA_KEYS])
    await publisher.start()
    async with asyncio.timeout(90):
        while publisher.failures == 0:
            await asyncio.sleep(0.05)
    assert not publisher.ready
    with pytest.raises(NotAcknowledged):
        await publisher.publish([Message(topics.DATA_KEYS, b"k", b"v")])
    await publisher.stop()


async def test_places_are_where_the_records_stand(office: Office) -> None:
    publisher = KafkaPublisher(office.settings, [topics.COMMANDS])
    await publisher.start()
    async with asyncio.timeout(90):
        while not publisher.ready:
            await asyncio.sleep(0.05)
    sent = [Message(topics.COMMANDS, b"9901%02d" % (n % 7), b"%d" % n) for n in range(100)]
    places = await publisher.publish(sent)
    assert await publisher.publish([]) == []
    with pytest.raises(TooManyPending):
        await publisher.publish([sent[0]] * (office.settings.pending_limit + 1))
    assert publisher.pending == 0
    await publisher.stop()
    assert None not in places
    by_key: dict[bytes, list[int]] = {}
    for message, place in zip(sent, places, strict=True):
        assert place is not None
        assert place.topic == topics.COMMANDS
        by_key.setdefault(message.key, []).append(place.offset)
    assert all(offsets == sorted(offsets) for offsets in by_key.values()), "one key keeps its order"
