"""No open route but health and docs; every bad token is refused the same way; a revoked key within seconds."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from fastapi import FastAPI
from starlette.routing import BaseRoute, Mount, Route

from tests.support.doors import Office, client_of, report
from wufang.adapters.http_app import create_app
from wufang.adapters.key_file import LOOK_SECONDS, KeyFile, create_key, read_keys, revoke_key
from wufang.adapters.secrets_file import create_secrets
from wufang.domain.report import CHANNELS
from wufang.privacy.keyring import KeysMissing

OPEN = {"/healthz", "/readyz", "/docs", "/redoc", "/openapi.json", "/docs/static"}
CLOSED = {
    ("POST", "/v1/events"),
    ("GET", "/v1/receipts/{receipt}"),
    ("GET", "/v1/schema"),
    ("GET", "/v1/examples"),
    ("GET", "/v1/examples/{name}"),
    ("GET", "/metrics"),
}


def routes(found: Iterable[BaseRoute]) -> Iterator[tuple[str, str]]:
    """(method, path) of every route; a kind this does not know fails the test rather than being passed over."""
    for route in found:
        if hasattr(route, "original_router"):  # FastAPI resolves included routers late
            yield from routes(route.original_router.routes)
        elif isinstance(route, Mount):
            yield "GET", route.path
        else:
            assert isinstance(route, Route)
            yield from ((method, route.path) for method in (route.methods or set()) - {"HEAD"})


def bad_tokens(office: Office) -> Iterator[str]:
    good = office.tokens["county"]
    yield from ("", "x", "wf_", "wf__", good[:-1], good + "A", good.replace("wf_", ""), good.upper())
    prefix, secret = good.split("_")[1], good.split("_", 2)[2]
    yield from (f"wf_{prefix}_", f"wf_00000000_{secret}", f"wf_{prefix}_{secret[::-1]}", f"{good} {good}")


@pytest.mark.parametrize("channel", CHANNELS)
def test_the_routes_are_these_and_the_document_names_them(office: Office, channel: str) -> None:
    app = office.app(channel)
    found = set(routes(app.routes))
    assert {(m, p) for m, p in found if p not in OPEN and not p.startswith("/docs")} == CLOSED
    documented = {(m.upper(), path) for path, item in app.openapi()["paths"].items() for m in item}
    assert documented == CLOSED | {("GET", "/healthz"), ("GET", "/readyz")}


async def test_every_closed_route_refuses_every_bad_token(office: Office) -> None:
    app = office.app()
    for token in bad_tokens(office):
        async with client_of(app, token) as client:
            for method, path in CLOSED:
                answer = await client.request(method, path.replace("{", "").replace("}", ""))
                assert answer.status_code == 401, (method, path)
                assert answer.headers["www-authenticate"] == "Bearer"
                assert "wf_" not in answer.text.replace("wf_…", "")
    async with client_of(app, "") as client:
        for header in ("Basic dTpw", "bearer", f"Token {office.tokens['county']}", "Bearer"):
            answer = await client.get("/v1/schema", headers={"authorization": header})
            assert answer.status_code == 401


async def test_open_routes_are_open_and_offline(office: Office) -> None:
    async with client_of(office.app(), "") as client:
        assert (await client.get("/healthz")).status_code == 200
        assert (await client.get("/readyz")).status_code == 503, "not started: no producer"
        assert (await client.get("/openapi.json")).status_code == 200
        page = (await client.get("/docs")).text
        assert not re.findall(r"https?://[^\"']+", page)
        for file in re.findall(r"(/docs/static/[^\"']+)", page):
            assert (await client.get(file)).status_code == 200
        assert (await client.get("/nothing")).status_code == 404
        assert (await client.put("/v1/events")).status_code == 405


async def test_no_answer_may_be_framed_or_load_from_elsewhere(office: Office) -> None:
    async with client_of(office.app(), "") as client:
        for path in ("/docs", "/redoc", "/openapi.json", "/healthz", "/nothing", "/v1/schema"):
            answer = await client.get(path)
            policy = answer.headers["content-security-policy"]
            assert answer.headers["x-frame-options"] == "DENY", path
            assert policy.startswith("default-src 'none';")
            assert "frame-ancestors 'none'" in policy
            assert not re.search(r"https?:|\*", policy)
            assert ("unsafe-inline" in policy) is (path in ("/docs", "/redoc"))


async def test_a_key_opens_only_its_channel_and_scope(office: Office, event_id: str) -> None:
    async with client_of(office.app("hotline"), office.tokens["grid_only"]) as client:
        assert (await client.post("/v1/events", json=report(event_id))).status_code == 403
        assert (await client.get("/v1/schema")).status_code == 403
    async with client_of(office.app("hotline"), office.tokens["metrics"]) as client:
        assert (await client.get("/v1/schema")).status_code == 403
        metrics = await client.get("/metrics")
        assert metrics.status_code == 200
        assert "wufang_door_requests_total" in metrics.text
    async with client_of(office.app("hotline"), office.tokens["county"]) as client:
        assert (await client.get("/metrics")).status_code == 403


def test_the_file_holds_hashes_only(office: Office) -> None:
    text = office.settings.api_keys.read_text()
    for token in office.tokens.values():
        assert token not in text
        assert token.split("_", 2)[2] not in text
    assert office.settings.api_keys.stat().st_mode & 0o077 == 0


async def test_a_revoked_key_is_refused_within_seconds(office: Office, event_id: str) -> None:
    path = office.settings.api_keys
    token, key = create_key(path, source="short-lived", channels=["hotline"], jurisdiction="990101")
    async with office.door(token=token) as client:
        assert (await client.post("/v1/events", json=report(event_id))).status_code == 202
        revoke_key(path, key.id)
        async with asyncio.timeout(60):  # the second of LOOK_SECONDS, and what busy cores add
            while (await client.get("/v1/schema")).status_code != 401:
                await asyncio.sleep(0.02)
    assert LOOK_SECONDS <= 5, "what is promised to whoever revokes a key"
    assert read_keys(path)[-1].revoked_at is not None


def test_an_expired_key_is_refused_and_a_missing_file_lets_nobody_in(tmp_path: Path) -> None:
    path, now, clock = tmp_path / "keys.json", datetime(2026, 3, 1, tzinfo=UTC), iter(range(100))
    token, key = create_key(
        path, source="a", channels=["grid"], jurisdiction="99", expires_at=now + timedelta(days=1), now=now
    )
    keys = KeyFile(path, lambda: next(clock) * 2.0)
    assert keys.find(token, now) == key
    assert keys.find(token, now + timedelta(days=1)) is None
    path.rename(tmp_path / "away.json")
    assert keys.find(token, now) is None


def test_a_broken_key_file_keeps_the_keys_read_before(tmp_path: Path) -> None:
    path, now, clock = tmp_path / "keys.json", datetime(2026, 3, 1, tzinfo=UTC), iter(range(100))
    token, key = create_key(path, source="a", channels=["grid"], jurisdiction="99", now=now)
    keys = KeyFile(path, lambda: next(clock) * 2.0)
    assert keys.find(token, now) == key
    path.write_text("{")
    assert keys.find(token, now) == key


@pytest.mark.parametrize(
    "fields",
    [
        {"source": ""},
        {"source": "a b"},
        {"source": "a/b"},
        {"jurisdiction": "9"},
        {"jurisdiction": "99010"},
        {"authority": "980101"},
        {"authority": "99"},
    ],
)
def test_a_key_with_bad_fields_is_not_made(tmp_path: Path, fields: dict[str, str]) -> None:
    with pytest.raises(ValueError, match="is a"):
        create_key(tmp_path / "k.json", **{"source": "a", "channels": ["grid"], "jurisdiction": "99", **fields})  # type: ignore[arg-type]


def test_nothing_starts_without_secrets(office: Office, tmp_path: Path) -> None:
    def start(secrets: Path) -> FastAPI:
        from services.hotline import SPEC

        return create_app(SPEC, office.settings.model_copy(update={"secrets": secrets}))

    with pytest.raises(KeysMissing, match="WUFANG_SECRETS"):
        start(tmp_path / "none.json")
    broken = tmp_path / "broken.json"
    create_secrets(broken)
    document = json.loads(broken.read_text())
    for purpose in ("master", "pseudonym", "content", "receipt"):
        (tmp_path / "less.json").write_text(json.dumps({k: v for k, v in document.items() if k != purpose}))
        with pytest.raises(KeysMissing, match=purpose):
            start(tmp_path / "less.json")
    with pytest.raises(FileExistsError):
        create_secrets(broken)
