"""An office of its own for every test."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import httpx
import pytest
import pytest_asyncio

from deploy.local.stack import LocalStack
from services.hotline import SPEC
from tests.integration.books.office import Office
from tests.support.doors import client_of, ready
from tests.support.sealing import Store
from wufang.adapters.http_app import create_app
from wufang.adapters.key_file import create_key
from wufang.adapters.secrets_file import create_secrets


@pytest_asyncio.fixture
async def office(stack: LocalStack, prefix: str, tmp_path: Path) -> AsyncIterator[Office]:
    async with Office(stack, prefix, tmp_path / "state") as opened:
        yield opened


@pytest.fixture
def store(office: Office, tmp_path: Path) -> Iterator[Store]:
    files = {"api_keys": tmp_path / "keys.json", "secrets": tmp_path / "secrets.json"}
    office.settings = office.settings.model_copy(update=files)
    create_secrets(files["secrets"])
    with Store(office.settings, tmp_path) as store:
        office.settings = store.settings
        yield store


@pytest_asyncio.fixture
async def door(office: Office, store: Store) -> AsyncIterator[httpx.AsyncClient]:
    token, _ = create_key(
        office.settings.api_keys, source="pingchuan-12345", channels=["hotline"], jurisdiction="990101"
    )
    app = create_app(SPEC, office.settings)
    async with app.router.lifespan_context(app), client_of(app, token) as client:
        await ready(client)
        yield client
