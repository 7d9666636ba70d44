"""`wufang rebuild`: a fresh generation of indices fed from the log while the old one serves, verified, then served.

Nothing is missed between: the new generation's consumer group is set to what was loaded before its first worker can
start, and this goes on writing until that worker has taken over (docs/decisions, docs/runbook/rebuild.md).
"""

import asyncio
import gc
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from wufang.adapters.elastic_index import ElasticIndex
from wufang.adapters.kafka_groups import ConsumerGroups, GroupBusy
from wufang.adapters.kafka_partition import Place
from wufang.adapters.kafka_reader import LogReader
from wufang.ledger.proofs.rebuild import Comparison
from wufang.operations.index_check import scan_stored
from wufang.operations.loading import OUTPUTS, Loader, Pipeline
from wufang.operations.own_folder import own_folder
from wufang.operations.progress import Progress, Steps, silent
from wufang.operations.waiting import behind
from wufang.settings import Settings
from wufang.telemetry import log
from wufang.wire import topics

REFRESH = "1s"
NEAR = 500  # records: the tail is loaded again until it is shorter
ROUNDS = 50  # under a load that never pauses the old generation may stay a moment ahead; what follows makes it up
FOLLOW_SECONDS = 0.2


@dataclass(slots=True)
class Rebuilt:
    """What was built; `handed_over` tells whether an indexer of the new generation had taken over at the end."""

    generation: int
    before: int | None
    records: int = 0
    documents: int = 0
    loading_seconds: float = 0.0
    verifying_seconds: float = 0.0
    serving_seconds: float = 0.0  # from the start until the new generation served
    comparison: Comparison | None = None
    served: bool = False
    handed_over: bool = False


class NotVerified(Exception):
    """The new indices do not hold what the ledger says; nothing was flipped, and they are dropped."""

    def __init__(self, rebuilt: Rebuilt) -> None:
        super().__init__(f"generation {rebuilt.generation} does not match the ledger")
        self.rebuilt = rebuilt


async def rebuild(settings: Settings, *, follow: float = 120.0, progress: Progress = silent) -> Rebuilt:
    """Build, verify and serve the next generation; then write on for at most `follow` seconds until its indexer works.

    Raises AlreadyRunning, NotVerified, Unfoldable, and what the readers raise: the old generation serves as before.
    """
    with own_folder(settings.state, f"{settings.prefix}rebuild") as folder, _seldom_collected():
        async with (
            LogReader(settings) as reader,
            ConsumerGroups(settings) as groups,
            ElasticIndex.from_settings(settings) as index,
        ):
            return await _Rebuild(settings, reader, groups, index, folder, progress).run(follow)


@contextmanager
def _seldom_collected() -> Iterator[None]:
    """Cases and documents are many and in no cycle; looking through them took 17 of 87 µs a record."""
    usual = gc.get_threshold()
    gc.set_threshold(50_000, 20, 100)
    try:
        yield
    finally:
        gc.set_threshold(*usual)


class _Rebuild:
    """One rebuild."""

    def __init__(
        self,
        settings: Settings,
        reader: LogReader,
        groups: ConsumerGroups,
        index: ElasticIndex,
        folder: Path,
        progress: Progress,
    ) -> None:
        self._settings, self._reader, self._groups, self._index = settings, reader, groups, index
        self._folder, self._steps, self._began = folder, Steps(progress), time.monotonic()

    async def run(self, follow: float) -> Rebuilt:
        result = Rebuilt(await self._next_generation(), await self._serving())
        pipeline = Pipeline(self._index, result.generation)
        loader = Loader(self._settings, self._reader, pipeline, self._folder, self._steps)
        try:
            await self._load(loader, pipeline, result)
            await self._verify(loader, result)
            await self._serve(loader, result)
            result.handed_over = await self._follow(loader, result, follow)
        except BaseException:
            await pipeline.stop()
            if not result.served:
                await asyncio.shield(self._index.drop(result.generation))
            raise
        finally:
            loader.close()
        return result

    async def _serving(self) -> int | None:
        return max((await self._index.serving()).values(), default=None)

    async def _next_generation(self) -> int:
        """After every one that exists: a half-built one may still be written to."""
        return max(await self._index.generations(), default=0) + 1

    async def _load(self, loader: Loader, pipeline: Pipeline, result: Rebuilt) -> None:
        started = time.monotonic()
        await self._index.create(result.generation)
        await self._index.verify(result.generation)
        await self._index.tune(result.generation, refresh="-1")
        await loader.to(await self._reader.ends(OUTPUTS), "写入新索引")
        result.records, result.loading_seconds = loader.records, time.monotonic() - started
        while behind(loader.at, await self._reader.ends(OUTPUTS)) > NEAR:
            await loader.to(await self._reader.ends(OUTPUTS), "补上新近的")
        result.documents = pipeline.written

    async def _verify(self, loader: Loader, result: Rebuilt) -> None:
        """Everything in the new indices against what was folded, and the cases against the fold by count.

        A document that is refused, and was not when the old indices were made, fails it.
        """
        started = time.monotonic()
        await self._index.tune(result.generation, refresh=REFRESH)
        await scan_stored(self._index, result.generation, loader.book, self._steps, result.documents)
        result.comparison = loader.book.compare(set(), loader.refused)
        result.verifying_seconds = time.monotonic() - started
        if not result.comparison.balanced or loader.book.folded("cases") != loader.cases():
            raise NotVerified(result)

    async def _serve(self, loader: Loader, result: Rebuilt) -> None:
        """Flip when the new generation is no less far than the old; the one before the old is dropped."""
        for _ in range(ROUNDS):
            await loader.to(await self._reader.ends(OUTPUTS), "补上新近的")
            if result.before is None or not await self._is_ahead(result.before, loader.at):
                break
        await self._groups.commit(topics.indexer_group(result.generation), loader.at)
        await self._index.refresh(result.generation)
        await self._index.flip(result.generation)
        result.served, result.serving_seconds = True, time.monotonic() - self._began
        log("rebuild").info("a new generation serves", generation=result.generation, before=result.before)
        for old in await self._index.generations():
            if old not in (result.generation, result.before) and old < result.generation:
                await self._index.drop(old)

    async def _is_ahead(self, before: int, at: dict[Place, int]) -> bool:
        """Whether the old generation's indexer has written something the new one lacks."""
        return behind(at, await self._groups.committed(topics.indexer_group(before))) > 0

    async def _follow(self, loader: Loader, result: Rebuilt, seconds: float) -> bool:
        """Write what comes until the new generation's indexer has come as far; whether it has."""
        group, deadline = topics.indexer_group(result.generation), time.monotonic() + seconds
        while time.monotonic() < deadline:
            await loader.to(await self._reader.ends(OUTPUTS), "等待索引流接手")
            if await self._groups.members(group) and not behind(await self._groups.committed(group), loader.at):
                return True
            await asyncio.sleep(FOLLOW_SECONDS)
        await self._leave(group, loader)
        return False

    async def _leave(self, group: str, loader: Loader) -> None:
        """Nobody came: whoever comes later begins where this ends."""
        try:
            await self._groups.commit(group, loader.at)
        except GroupBusy:
            log("rebuild").info("an indexer of the new generation is at work, but not as far yet", group=group)
