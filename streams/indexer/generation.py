"""Which generation of indices a worker writes: the one that serves; it ends the worker when another takes over."""

import asyncio
from concurrent.futures import ThreadPoolExecutor

from streams.common.exit import hand_over
from wufang.adapters.elastic_index import ElasticIndex, ElasticUnavailable
from wufang.settings import Settings
from wufang.telemetry import log

RETRY_SECONDS = 1.0
LOOK_SECONDS = 2.0


def with_generation(settings: Settings) -> Settings:
    """The settings with the generation that serves, or a later one they name; waits for Elasticsearch."""
    with ThreadPoolExecutor(1) as thread:  # the main thread's event loop is Faust's to make
        serving = thread.submit(asyncio.run, _serving(settings)).result()
    return settings.model_copy(update={"generation": max(serving, settings.generation)})


async def _serving(settings: Settings) -> int:
    async with ElasticIndex.from_settings(settings) as index:
        while True:
            try:
                return await latest(index)
            except ElasticUnavailable as error:
                log("indexer").warning("Elasticsearch is away, waiting to learn which indices serve", cause=str(error))
                await asyncio.sleep(RETRY_SECONDS)


async def latest(index: ElasticIndex) -> int:
    """The generation that serves, 0 when none does. Raises ElasticUnavailable."""
    return max((await index.serving()).values(), default=0)


async def watch(settings: Settings) -> None:
    """Look every few seconds, for ever; a rebuild flips the aliases and waits for this worker to come back."""
    async with ElasticIndex.from_settings(settings) as index:
        while True:
            await asyncio.sleep(LOOK_SECONDS)
            try:
                serving = await latest(index)
            except ElasticUnavailable:
                continue
            if serving > settings.generation:
                hand_over("another generation of indices serves", mine=settings.generation, serving=serving)
