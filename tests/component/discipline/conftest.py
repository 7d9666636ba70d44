"""The discipline office's store in this process, on a file of the test's own, with people and keys."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from services.discipline.app import create_app
from wufang.adapters.jwt_people import LocalIssuer, Person
from wufang.adapters.key_file import create_key
from wufang.adapters.secrets_file import create_secrets
from wufang.settings import Settings

COUNTY = "990101"
NOW = datetime(2026, 3, 6, 2, 0, tzinfo=UTC)  # a Friday, ten in the morning in Shanghai
DUE = int(datetime(2026, 3, 9, 2, 0, tzinfo=UTC).timestamp() * 1000)


@dataclass
class House:
    """A store, its keys, and who comes to it."""

    settings: Settings
    tokens: dict[str, str] = field(default_factory=dict)

    def app(self) -> FastAPI:
        return create_app(self.settings, clock=lambda: NOW)

    @contextmanager
    def open(self) -> Iterator[TestClient]:
        with TestClient(self.app(), raise_server_exceptions=False) as client:
            yield client

    def person(self, area: str = COUNTY, role: Any = "discipline", subject: str = "") -> dict[str, str]:
        person = Person(subject or f"{role}-{area}", "某某", role, "平川县纪委监委", area)
        return bearer(LocalIssuer.open(self.settings).token(person, datetime.now(UTC)))

    def key(self, name: str) -> dict[str, str]:
        return bearer(self.tokens[name])

    def files(self) -> bytes:
        """Every byte beside the secrets that the store has on the disk."""
        folder = self.settings.discipline_store.parent
        return b"".join(file.read_bytes() for file in folder.rglob("*") if file.is_file())


def bearer(token: str) -> dict[str, str]:
    return {"authorization": f"Bearer {token}"}


def make_house(folder: Path) -> House:
    files = {
        "secrets": folder / "secrets.json",
        "api_keys": folder / "keys.json",
        "jwks": folder / "jwks.json",
        "discipline_secrets": folder / "own" / "secrets.json",
        "discipline_store": folder / "store" / "sealed.db",
    }
    settings = Settings.model_validate({**files, "ledger_url": "http://127.0.0.1:9"})  # nobody listens there
    create_secrets(settings.discipline_secrets)
    house = House(settings)
    LocalIssuer.open(settings)
    for name, scopes in {"doors": ["seal"], "books": ["books"], "metrics": ["metrics"], "agency": ["events"]}.items():
        house.tokens[name], _ = create_key(
            settings.api_keys,
            source=name,
            channels=["hotline"],
            jurisdiction="99",
            scopes=scopes,  # type: ignore[arg-type]
        )
    return house


@pytest.fixture
def house(tmp_path: Path) -> House:
    return make_house(tmp_path)


@pytest.fixture
def client(house: House) -> Iterator[TestClient]:
    with house.open() as client:
        yield client


def cause(number: int) -> str:
    return f"{number:064x}"


def entry(text: str = "王某收钱办事", county: str = COUNTY, **more: Any) -> dict[str, Any]:
    return {
        "jurisdiction": county,
        "channel": "hotline",
        "source": "pingchuan-12345",
        "number": "rx-a",
        "up": False,
        "rules": "triage-1",
        "parts": [{"field": "text", "start": 4, "text": text}],
        **more,
    }


def put(house: House, client: TestClient, number: int, body: dict[str, Any]) -> str:
    """The receipt of an entry that was taken."""
    answer: httpx.Response = client.put(f"/v1/sealed/{cause(number)}", json=body, headers=house.key("doors"))
    assert answer.status_code == 200, answer.text
    receipt: str = answer.json()["receipt"]
    return receipt
