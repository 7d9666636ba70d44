"""The ledger service's metrics are for a key of that scope or a person: whatever looks like a key opens nothing."""

from pathlib import Path

import httpx
import pytest

from services.ledger.app import create_app
from wufang.adapters.key_file import TOKEN_START, create_key
from wufang.adapters.secrets_file import create_secrets
from wufang.settings import Settings


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    paths = {"secrets": tmp_path / "secrets.json", "api_keys": tmp_path / "keys.json", "jwks": tmp_path / "jwks.json"}
    create_secrets(paths["secrets"])
    return Settings(**paths)  # type: ignore[arg-type]


async def _asked(settings: Settings, token: str) -> int:
    transport = httpx.ASGITransport(create_app(settings))
    async with httpx.AsyncClient(base_url="http://ledger", transport=transport) as client:
        return (await client.get("/metrics", headers={"authorization": f"Bearer {token}"})).status_code


async def test_metrics_open_to_a_key_of_that_scope_alone(settings: Settings) -> None:
    made = {"source": "prometheus", "channels": (), "jurisdiction": "43"}
    good, _ = create_key(settings.api_keys, scopes=("metrics",), **made)  # type: ignore[arg-type]
    other, _ = create_key(settings.api_keys, scopes=("events",), **made | {"source": "desk"})  # type: ignore[arg-type]
    asked = {"good": good, "other scope": other, "no such key": TOKEN_START + "00000000_x", "none": "", "no token": "x"}
    answers = {name: await _asked(settings, token) for name, token in asked.items()}
    assert answers == {"good": 200, "other scope": 403, "no such key": 401, "none": 401, "no token": 401}
