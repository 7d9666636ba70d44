"""A read model of one test's own on the real Elasticsearch."""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterable

import pytest

from deploy.local.stack import LocalStack
from wufang.adapters.elastic_index import ElasticIndex
from wufang.readmodel.document import Action
from wufang.settings import Settings

Fill = Callable[[Iterable[Action]], Awaitable[None]]


@pytest.fixture
def settings(stack: LocalStack, prefix: str) -> Settings:
    return Settings.from_env({**stack.env(), "WUFANG_PREFIX": prefix})


@pytest.fixture
async def index(settings: Settings) -> AsyncIterator[ElasticIndex]:
    """Generation one, serving and empty; gone afterwards."""
    async with ElasticIndex.from_settings(settings) as index:
        await index.ensure(1)
        yield index
        for generation in await index.generations():
            await index.drop(generation, even_serving=True)


@pytest.fixture
def fill(index: ElasticIndex) -> Fill:
    """Write actions and make them searchable."""

    async def written(actions: Iterable[Action]) -> None:
        assert await index.write(1, actions) == []
        await index.refresh(1)

    return written
