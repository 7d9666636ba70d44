"""A model of several ledger workers on one partition: the real worker and state, a log in memory, a drawn schedule.

Ported from the design's model of the arbiter rule. Coroutines are stepped by hand: every `pause` is a place where
another worker may go on, or where a worker is killed.
"""

import random
import types
from collections.abc import AsyncIterator, Coroutine, Generator, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from aiokafka.errors import RequestTimedOutError

from streams.common.pulse import Pulse
from streams.ledger.worker import LedgerWorker
from wufang.ledger.writer import Input, Rules
from wufang.settings import Settings
from wufang.wire.quarantine import Quarantined


@types.coroutine
def pause() -> Generator[None, None, None]:
    """Let the schedule choose who goes on."""
    yield


@dataclass
class MemoryLog:
    """The ledger's partition as a list, with everything a network does to an append."""

    chance: random.Random
    values: list[bytes] = field(default_factory=list)
    quarantined: list[Quarantined] = field(default_factory=list)
    doubled: int = 0
    unheard: int = 0

    async def append(self, _partition: int, records: Sequence[tuple[bytes, bytes]]) -> list[int]:
        offsets = []
        for _, value in records:
            for _ in range(2 if self.chance.random() < 0.05 else 1):
                self.doubled += bool(self.values) and self.values[-1] == value
                self.values.append(value)
            offsets.append(len(self.values) - 1)
            if self.chance.random() < 0.5:
                await pause()
            if self.chance.random() < 0.02:
                self.unheard += 1
                raise RequestTimedOutError("the ack was lost")
        return offsets

    async def read(
        self, _partition: int, start: int, until: int | None = None
    ) -> AsyncIterator[list[tuple[int, bytes | None]]]:
        end = len(self.values) if until is None else min(until, len(self.values))
        await pause()
        while start < end:
            step = min(start + self.chance.randint(1, 9), end)
            yield [(offset, self.values[offset]) for offset in range(start, step)]
            start = step

    async def quarantine(self, poison: Iterable[Quarantined]) -> None:
        self.quarantined += poison

    async def erase(self, _keys: Iterable[str]) -> None:
        return


@dataclass
class World:
    """The inputs of one partition, what the group has committed, and everybody who ever thought to own it."""

    chance: random.Random
    inputs: dict[str, list[Input]]
    worker: type[LedgerWorker] = LedgerWorker
    generation: int = 0
    most: int = 1
    killed: int = 0

    def __post_init__(self) -> None:
        self.log = MemoryLog(self.chance)
        self.committed = dict.fromkeys(self.inputs, 0)
        self.live: list[tuple[LedgerWorker, Coroutine[Any, Any, None]]] = []

    def run(self) -> None:
        """One schedule, until every input is committed and everybody is done."""
        self._join()
        while self.live or self._left():
            if not self.live or self.chance.random() < 0.12:
                self._rebalance()
            self._step(self.chance.randrange(len(self.live)))

    def _left(self) -> bool:
        return any(self.committed[topic] < len(queue) for topic, queue in self.inputs.items())

    def _join(self) -> None:
        worker = self.worker(Settings.from_env({}), self.log, Pulse())  # type: ignore[arg-type]
        worker._rules = Rules(60_000, lambda _key: 0)
        self.live.append((worker, self._work(worker, self.generation)))
        self.most = max(self.most, len(self.live))

    def _rebalance(self) -> None:
        """A new owner; the old ones are killed, linger, or hear of it."""
        self.generation += 1
        staying = [one for one in self.live if self.chance.random() < 0.85]
        for one in self.live:
            if one not in staying:
                one[1].close()
                self.killed += 1
            elif self.chance.random() < 0.3:
                one[0].forget()
        self.live = staying
        self._join()

    def _step(self, index: int) -> None:
        try:
            self.live[index][1].send(None)
        except StopIteration:
            del self.live[index]

    async def _work(self, worker: LedgerWorker, generation: int) -> None:
        position = dict(self.committed)
        while any(position[topic] < len(queue) for topic, queue in self.inputs.items()):
            ends = {
                topic: min(position[topic] + self.chance.randint(0, 4), len(queue))
                for topic, queue in self.inputs.items()
            }
            await worker._settle(0, self._interleaved(position, ends))
            await pause()
            if generation != self.generation:  # the broker refuses a stale commit
                return
            position = ends
            self.committed = dict(ends)

    def _interleaved(self, position: dict[str, int], ends: dict[str, int]) -> list[Input]:
        """The next inputs of every topic: each topic in its order, the topics mixed at random."""
        queues = [queue[position[topic] : ends[topic]] for topic, queue in self.inputs.items()]
        mixed: list[Input] = []
        while any(queues):
            mixed.append(self.chance.choice([queue for queue in queues if queue]).pop(0))
        return mixed
