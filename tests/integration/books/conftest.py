"""An office of its own for every test."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest_asyncio

from deploy.local.stack import LocalStack
from tests.integration.books.office import Office


@pytest_asyncio.fixture
async def office(stack: LocalStack, prefix: str, tmp_path: Path) -> AsyncIterator[Office]:
    async with Office(stack, prefix, tmp_path / "state") as opened:
        yield opened
