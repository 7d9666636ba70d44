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


def save_one(states: Mapping[int, State], sound: Iterable[int], most: int, path: Callable[[int], Path]) -> bool:
    """Write the file of the `sound` partition that is furthest behind, if one is due; whether it was written."""
    behind = {partition: states[partition].behind for partition in sorted(sound)}
    if not is_due(behind.values(), most):
        return False
    furthest = max(behind, key=behind.__getitem__)
    with damage_removes(path(furthest)):
        states[furthest].commit()
    return True


def is_due(behind: Iterable[int], most: int) -> bool:
    """Whether one of some partitions, each so many records behind, is to be written.

    At `most` records it is. Several are written sooner, when they are half of that behind on the mean: they fill alike,
    and were all due at once, one file after the other would hold the stream up for seconds.
    """
    those = [one for one in behind if one]
    return max(those, default=0) >= most or (len(those) > 1 and 2 * sum(those) >= most * len(those))


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
