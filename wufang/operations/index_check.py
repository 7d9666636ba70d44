"""Compares the documents that serve with those of a cold fold, while writes may go on; it writes nothing."""

import asyncio
from collections.abc import Iterable, Mapping
from contextlib import aclosing
from typing import Self

from wufang.adapters.elastic_index import ElasticIndex, ElasticUnavailable
from wufang.adapters.kafka_groups import ConsumerGroups
from wufang.adapters.kafka_partition import Place
from wufang.adapters.kafka_reader import LogReader, Message
from wufang.ledger.folding.fold import Fold, Unfoldable
from wufang.ledger.proofs.rebuild import Comparison, DocumentBook, Key, touched
from wufang.operations.progress import Progress, Steps
from wufang.operations.waiting import committed_to
from wufang.readmodel.actions import quarantine_action
from wufang.readmodel.document import Kind
from wufang.readmodel.indices import KINDS
from wufang.settings import Settings
from wufang.wire import topics
from wufang.wire.quarantine import Label, read_label, refused_document

AT_ONCE = 1_000  # documents hashed between two writes


class IndexCheck:
    """The ledger's documents stand in the book already; this adds the quarantine's, scans, and compares."""

    def __init__(
        self,
        settings: Settings,
        reader: LogReader,
        groups: ConsumerGroups,
        documents: DocumentBook,
        progress: Progress,
    ) -> None:
        self._index = ElasticIndex.from_settings(settings)
        self._reader, self._groups, self._documents = reader, groups, documents
        self._progress, self._steps = progress, Steps(progress)
        self._refused: set[Key] = set()
        self._moving: set[Key] = set()
        self.generation: int | None = None
        self.comparison: Comparison | None = None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._index.close()

    async def run(self, folds: Mapping[int, Fold], ends: Mapping[Place, int], patience: float) -> bool:
        """Compare; whether the indexer had reached `ends` (of ledger and quarantine) in time."""
        generation = self.generation = await self._serving()
        settled = await committed_to(
            self._groups, topics.indexer_group(generation), ends, patience, "等待索引流", self._progress
        )
        await self._add_quarantine(ends)
        await scan(self._index, generation, self._documents, self._steps)
        await self._note_moving(folds, ends)
        self.comparison = self._documents.compare(self._moving, self._refused)
        return settled

    async def _serving(self) -> int:
        """Raises ElasticUnavailable when nothing serves, or not all of one generation."""
        serving = await self._index.serving()
        if set(serving) != set(KINDS) or len(set(serving.values())) != 1:
            raise ElasticUnavailable(f"the aliases name no single generation: {serving}")
        return serving["cases"]

    # --- the quarantine's receipts, and what was written meanwhile

    async def _add_quarantine(self, ends: Mapping[Place, int]) -> None:
        spans = {place: (0, end) for place, end in ends.items() if place[0] == topics.QUARANTINE}
        async for batch in self._reader.read(spans):
            labels = labels_of(batch)
            self._documents.fold(quarantine_action(label.position, label.reason) for label in labels)
            self._refused.update(filter(None, map(refused_document, labels)))

    async def _note_moving(self, folds: Mapping[int, Fold], ends: Mapping[Place, int]) -> None:
        now = await self._reader.ends((topics.LEDGER, topics.QUARANTINE))
        async for batch in self._reader.read({place: (ends[place], now[place]) for place in ends}):
            for message in batch:
                self._moving |= self._written(folds, message)

    def _written(self, folds: Mapping[int, Fold], message: Message) -> set[Key]:
        if message.topic == topics.QUARANTINE:
            return {("receipts", label.position) for label in labels_of([message])}
        try:
            applied = folds[message.partition].fold(message.offset, message.value)
        except (Unfoldable, ValueError):  # its partition stopped at a record named before
            return set()
        return set() if applied is None else touched(applied)


async def scan(index: ElasticIndex, generation: int, book: DocumentBook, steps: Steps) -> None:
    """Everything a generation holds, into the book."""
    await index.refresh(generation)
    total = sum([await index.count(kind, generation) for kind in KINDS])
    for kind in KINDS:
        page: list[tuple[str, int, dict[str, object]]] = []
        async for found in index.scan(kind, generation):
            page.append(found)
            if len(page) >= AT_ONCE:
                _found(book, kind, page, steps, total)
        _found(book, kind, page, steps, total)


async def scan_stored(index: ElasticIndex, generation: int, book: DocumentBook, steps: Steps, total: int) -> None:
    """The same, byte by byte as it is kept, some `total` documents.

    All kinds at once, each made searchable first, so that neither side waits for the other.
    """

    async def one(kind: Kind) -> None:
        await index.refresh(generation, kind)
        async with aclosing(index.scan_stored(kind, generation)) as pages:
            async for page in pages:
                book.find_stored(kind, ((found.id, found.version, memoryview(found.source)) for found in page))
                steps.add("核对索引", len(page), total)

    scans = [asyncio.create_task(one(kind)) for kind in KINDS]
    try:
        await asyncio.gather(*scans)  # raises what a scan raised, as it is
    finally:
        for task in scans:
            task.cancel()
        await asyncio.gather(*scans, return_exceptions=True)


def _found(
    book: DocumentBook, kind: Kind, page: list[tuple[str, int, dict[str, object]]], steps: Steps, total: int
) -> None:
    book.find(kind, page)
    steps.add("核对索引", len(page), total)
    page.clear()


def labels_of(messages: Iterable[Message]) -> list[Label]:
    """What records of the quarantine topic say of themselves, strays left out."""
    return [label for message in messages if (label := read_label(message.headers)) is not None]
