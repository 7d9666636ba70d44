"""Feeds a new generation of indices from the log, several bulks in flight; what is refused is remembered.

It decides nothing: the same fold and the same documents as the indexer's.
"""

import asyncio
from collections.abc import Mapping, Sequence
from pathlib import Path

from wufang.adapters.elastic_bulk import Refused, Trouble
from wufang.adapters.elastic_index import ElasticIndex
from wufang.adapters.kafka_partition import Place
from wufang.adapters.kafka_reader import LogReader, Message
from wufang.ledger.folding.fold import Fold
from wufang.ledger.proofs.rebuild import Coalesced, DocumentBook, Key, final_actions
from wufang.operations.index_check import labels_of
from wufang.operations.progress import Steps
from wufang.readmodel.actions import Action, Written, quarantine_action, written
from wufang.settings import Settings
from wufang.telemetry import log
from wufang.wire import topics
from wufang.wire.quarantine import refused_document

IN_FLIGHT = 4
BULK = 1_000  # documents, about 1 MB: Elasticsearch takes it in a fifth of a second
STEP = 50  # records folded before the bulks in flight have a turn: a megabyte is sent in many pieces
WAITING_CASES = 3_000  # below the cuts the read model remembers, so that a case's texts are cut once
OUTPUTS = (topics.LEDGER, topics.QUARANTINE)


class Pipeline:
    """Writes to one generation with a bounded number of bulks in flight."""

    def __init__(self, index: ElasticIndex, generation: int) -> None:
        self._index, self._generation = index, generation
        self._room = asyncio.Semaphore(IN_FLIGHT)
        self._flying: set[asyncio.Task[None]] = set()
        self._waiting: list[Written] = []
        self.written = 0
        self.refused: list[Refused] = []

    async def add(self, documents: Sequence[Written]) -> None:
        """Take writes; waits when too many bulks are in flight."""
        self._waiting += documents
        while len(self._waiting) >= BULK:
            await self._send(self._waiting[:BULK])
            del self._waiting[:BULK]

    async def drain(self) -> None:
        """Return when everything is in. Raises what a bulk raised."""
        if self._waiting:
            await self._send(self._waiting)
            self._waiting = []
        await asyncio.gather(*self._flying)
        self._flying.clear()  # only now: what one of them raised leaves the others to `stop`

    async def stop(self) -> None:
        """Give up what is in flight."""
        for task in self._flying:
            task.cancel()
        await asyncio.gather(*self._flying, return_exceptions=True)

    async def _send(self, documents: list[Written]) -> None:
        await self._room.acquire()
        for task in [task for task in self._flying if task.done()]:
            self._flying.discard(task)
            task.result()
        self._flying.add(asyncio.create_task(self._write(documents)))
        await asyncio.sleep(0)  # it sets out now, not when there is something to wait for

    async def _write(self, documents: list[Written]) -> None:
        try:
            self.refused += await self._index.write_encoded(self._generation, documents, _troubled)
            self.written += len(documents)
        finally:
            self._room.release()


def _troubled(trouble: Trouble) -> None:
    log("rebuild").warning("Elasticsearch did not take a write, trying again", **trouble._asdict())


class Loader:
    """Folds of all partitions, as far as they were read, and the book of what the index must hold for them."""

    def __init__(self, settings: Settings, reader: LogReader, pipeline: Pipeline, folder: Path, steps: Steps) -> None:
        self._settings, self._reader, self._pipeline, self._steps = settings, reader, pipeline, steps
        self._folder = folder
        self._folds: dict[int, Fold] = {}
        self.book = DocumentBook()
        self.at: dict[Place, int] = {}
        self.refused: set[Key] = set()  # documents that stand in quarantine because an index did not take them
        self.records = 0

    def close(self) -> None:
        """Drop the folds and the book."""
        self.book.close()
        for fold in self._folds.values():
            fold.close()

    async def to(self, ends: Mapping[Place, int], stage: str) -> None:
        """Load everything from where it is to `ends`, and see it written. Raises Unfoldable."""
        total = sum(end - self.at.get(place, 0) for place, end in ends.items())
        for place, end in sorted(ends.items()):
            span = {place: (self.at.get(place, 0), end)}
            if place[0] == topics.LEDGER:
                await self._ledger(place[1], span, stage, total)
            else:
                await self._quarantine(span, stage, total)
            self.at[place] = end
        await self._pipeline.drain()

    async def _ledger(self, partition: int, span: Mapping[Place, tuple[int, int]], stage: str, total: int) -> None:
        if partition not in self._folds:
            self._folds[partition] = Fold(self._folder / f"{partition}.db", lasting=False)
        fold = self._folds[partition]
        cases = Coalesced(WAITING_CASES)
        async for batch in self._reader.read(span):
            for start in range(0, len(batch), STEP):
                await self._put(_folded(fold, batch[start : start + STEP], cases))
            fold.commit()
            self.records += len(batch)
            self._steps.add(stage, len(batch), total)
        await self._put(cases.rest())
        fold.rollback()  # empties its caches

    async def _quarantine(self, span: Mapping[Place, tuple[int, int]], stage: str, total: int) -> None:
        async for batch in self._reader.read(span):
            labels = labels_of(batch)
            await self._put([quarantine_action(label.position, label.reason) for label in labels])
            self.refused.update(filter(None, map(refused_document, labels)))
            self._steps.add(stage, len(batch), total)

    async def _put(self, actions: list[Action]) -> None:
        """Each document becomes bytes once: these are sent, hashed, and looked for afterwards."""
        documents = [written(action) for action in actions]
        self.book.fold_written(documents)
        await self._pipeline.add(documents)
        await asyncio.sleep(0)

    def cases(self) -> int:
        """How many cases the folds hold."""
        return sum(fold.cases.count() for fold in self._folds.values())


def _folded(fold: Fold, messages: Sequence[Message], cases: Coalesced) -> list[Action]:
    actions: list[Action] = []
    for message in messages:
        applied = fold.fold(message.offset, message.value)
        if applied is not None:
            actions += final_actions(applied)
            cases.add(applied.cases)
    return actions + cases.overdue()
