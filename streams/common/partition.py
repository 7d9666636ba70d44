"""Opening a partition's state: the snapshot when the log still holds its last record, else a fold from the start."""

import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol, TypeVar

from streams.common.pulse import Pulse
from wufang.adapters.kafka_log import KafkaLog
from wufang.telemetry import log
from wufang.wire.record import digest


class State(Protocol):
    """What can be opened: a fold over one partition's snapshot."""

    @property
    def offset(self) -> int: ...
    @property
    def tail(self) -> str: ...
    def fold(self, offset: int, value: bytes | None) -> object: ...
    @property
    def behind(self) -> int: ...
    def commit(self) -> None: ...
    def rollback(self) -> None: ...
    def close(self) -> None: ...


S = TypeVar("S", bound=State)


async def open_state(
    make: Callable[[Path], S], path: Path, kafka: KafkaLog, partition: int, pulse: Pulse, until: int | None = None
) -> S:
    """The state at the ledger's end, or at least at `until`. Raises Unfoldable.

    A file that is broken or not of this log is thrown away and made again.
    """
    state = _load(make, path)
    if state.offset and not await _of_this_log(state, kafka, partition):
        log("streams").warning("snapshot is not of this log, folding again", partition=partition, offset=state.offset)
        state.close()
        _remove(path)
        state = make(path)
    await catch_up(state, kafka, partition, pulse, until)
    return state


async def catch_up(state: State, kafka: KafkaLog, partition: int, pulse: Pulse, until: int | None = None) -> None:
    """Fold the ledger to before `until`, or to the end it has now, and commit. Raises Unfoldable.

    Every batch beats the pulse: a long ledger takes minutes, in which nothing of the inputs is committed.
    """
    state.rollback()
    async for records in kafka.read(partition, state.offset, until):
        for offset, value in records:
            state.fold(offset, value)
        state.commit()
        pulse.beat()


def save_one(states: Mapping[int, State], sound: Iterable[int], least: int, path: Callable[[int], Path]) -> bool:
    """Write the file of the `sound` partition that is furthest behind, if by `least` records; whether it was written.

    Partitions fill alike, so many are due at once: one after the other they would stop the stream for seconds.
    """
    furthest = max(sorted(sound), key=lambda partition: states[partition].behind, default=None)
    if furthest is None or states[furthest].behind < least:
        return False
    with damage_removes(path(furthest)):
        states[furthest].commit()
    return True


def _load(make: Callable[[Path], S], path: Path) -> S:
    try:
        return make(path)
    except (sqlite3.DatabaseError, ValueError) as error:  # not a database, or values of another format
        log("streams").warning("snapshot is unreadable, folding again", file=path.name, error=type(error).__name__)
        _remove(path)
        return make(path)


async def _of_this_log(state: State, kafka: KafkaLog, partition: int) -> bool:
    """Whether the log holds, just before the state's offset, the record the state ended with."""
    async for records in kafka.read(partition, state.offset - 1, state.offset):
        for _, value in records:
            return digest(value or b"") == state.tail
    return False


@contextmanager
def damage_removes(path: Path) -> Iterator[None]:
    """Removes a file that turns out damaged while in use: the next start folds again instead of failing alike."""
    try:
        yield
    except sqlite3.DatabaseError as error:
        if type(error) is sqlite3.DatabaseError:  # its subclasses are a full disk, a lock or a bug
            log("streams").error("snapshot is damaged, removed", file=path.name)
            _remove(path)
        raise


def _remove(path: Path) -> None:
    for suffix in ("", "-wal", "-shm"):
        path.with_name(path.name + suffix).unlink(missing_ok=True)
