"""A read model of one test's own on the real Elasticsearch, and the ledger service over it."""

import asyncio
import itertools
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest

from deploy.local.stack import LocalStack
from services.ledger.app import create_app
from tests.component.view.pages import token, unit_of
from wufang.adapters.elastic_index import ElasticIndex
from wufang.adapters.jwt_people import LocalIssuer, Person, Role
from wufang.adapters.secrets_file import create_secrets
from wufang.readmodel.actions import Action
from wufang.settings import Settings

Fill = Callable[[Iterable[Action]], Awaitable[None]]
Login = Callable[..., httpx.AsyncClient]
COUNTIES = (f"51{number:04d}" for number in itertools.count(101))


@pytest.fixture(scope="session")
def view(stack: LocalStack, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    """Settings of indices the session's tests share: each test keeps to ids or a county of its own."""
    settings = _settings(stack, tmp_path_factory.mktemp("view"), f"t{uuid.uuid4().hex[:10]}.")
    create_secrets(settings.secrets)
    asyncio.run(_make(settings))
    yield settings
    asyncio.run(_remove(settings))


def _settings(stack: LocalStack, folder: Path, prefix: str) -> Settings:
    files = {"API_KEYS": "keys.json", "SECRETS": "secrets.json", "JWKS": "jwks.json"}
    paths = {f"WUFANG_{name}": str(folder / file) for name, file in files.items()}
    return Settings.from_env({**stack.env(), **paths, "WUFANG_PREFIX": prefix})


async def _make(settings: Settings) -> None:
    async with ElasticIndex.from_settings(settings) as index:
        await index.ensure(1)


async def _remove(settings: Settings) -> None:
    async with ElasticIndex.from_settings(settings) as index:
        for generation in await index.generations():
            await index.drop(generation, even_serving=True)


@pytest.fixture
async def index(view: Settings) -> AsyncIterator[ElasticIndex]:
    """The shared indices, generation one."""
    async with ElasticIndex.from_settings(view) as index:
        yield index


@pytest.fixture
def own_settings(stack: LocalStack, prefix: str, tmp_path: Path) -> Settings:
    return _settings(stack, tmp_path, prefix)


@pytest.fixture
async def own_index(own_settings: Settings) -> AsyncIterator[ElasticIndex]:
    """Indices of this test alone: generation one, serving and empty; gone afterwards."""
    await _make(own_settings)
    async with ElasticIndex.from_settings(own_settings) as index:
        yield index
    await _remove(own_settings)


@pytest.fixture
def fill(index: ElasticIndex) -> Fill:
    """Write actions into the shared indices and make them searchable."""

    async def written(actions: Iterable[Action]) -> None:
        assert await index.write(1, actions) == []
        await index.refresh(1)

    return written


@pytest.fixture
def county() -> str:
    """A county no other test writes to."""
    return next(COUNTIES)


@pytest.fixture
async def login(view: Settings, county: str) -> AsyncIterator[Login]:
    """Clients of the service, each with a person's token; by default one who sees the test's county only."""
    issuer = LocalIssuer.open(view)
    app = create_app(view)
    clients: list[httpx.AsyncClient] = []

    def logged_in(
        area: str | None = None, role: Role = "supervisor", organisation: str | None = None, subject: str = "u1"
    ) -> httpx.AsyncClient:
        unit = unit_of(role) if organisation is None else organisation
        token = issuer.token(Person(subject, "李明", role, unit, county if area is None else area), datetime.now(UTC))
        headers = {"authorization": f"Bearer {token}"}
        transport = httpx.ASGITransport(app)
        clients.append(httpx.AsyncClient(base_url="http://ledger", transport=transport, headers=headers))
        return clients[-1]

    async with app.router.lifespan_context(app):
        yield logged_in
    for client in clients:
        await client.aclose()


@pytest.fixture
async def browser(view: Settings) -> AsyncIterator[httpx.AsyncClient]:
    """Keeps cookies, follows nothing by itself."""
    app = create_app(view)
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(base_url="http://ledger", transport=httpx.ASGITransport(app)) as client,
    ):
        yield client


@pytest.fixture
async def inside(browser: httpx.AsyncClient, view: Settings, county: str) -> httpx.AsyncClient:
    """A browser that is logged in and sees the test's county."""
    await browser.post("/console/login", data={"token": token(view, county)})
    return browser
