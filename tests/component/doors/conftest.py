"""Doors in this process, on the session's real Kafka and Elasticsearch, with keys and secrets of their own."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import AsyncIterator, Collection, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from typing import Any, Self

import httpx
import pytest
from fastapi import FastAPI
from kafka import KafkaConsumer, TopicPartition

from deploy.local.stack import LocalStack
from wufang.adapters.http_app import create_app
from wufang.adapters.kafka_admin import ensure_topics
from wufang.adapters.key_file import create_key
from wufang.adapters.secrets_file import create_secrets
from wufang.domain.report import CHANNELS
from wufang.settings import Settings

SOURCE = "pingchuan-12345"


class BrokerOnly(LocalStack):
    """A broker that a test may kill; Elasticsearch would only take memory."""

    def open(self, wait: Collection[str] = ("kafka",)) -> Self:
        return super().open(wait)

    def _first_start(self, name: str) -> None:
        if name == "kafka":
            super()._first_start(name)


@dataclass
class Office:
    """One deployment as an agency sees it: settings, tokens and its doors."""

    settings: Settings
    tokens: dict[str, str] = field(default_factory=dict)

    def app(self, channel: str = "hotline", **changes: Any) -> FastAPI:
        spec = import_module(f"services.{channel}").SPEC
        return create_app(spec, self.settings.model_copy(update=changes))

    @asynccontextmanager
    async def door(
        self,
        channel: str = "hotline",
        token: str = "county",  # noqa: S107  # the name of a token
        **changes: Any,
    ) -> AsyncIterator[httpx.AsyncClient]:
        """A connected door and a client that speaks to it with one of the tokens."""
        app = self.app(channel, **changes)
        async with app.router.lifespan_context(app), client_of(app, self.tokens.get(token, token)) as client:
            await ready(client)
            yield client

    def records(self, topic: str) -> list[tuple[bytes | None, bytes | None]]:
        """Everything on one topic, by partition and offset."""
        consumer = KafkaConsumer(bootstrap_servers=self.settings.kafka, auto_offset_reset="earliest")
        try:
            name = self.settings.topic(topic)
            parts = [TopicPartition(name, number) for number in consumer.partitions_for_topic(name)]
            consumer.assign(parts)
            ends = consumer.end_offsets(parts)
            found: list[tuple[bytes | None, bytes | None]] = []
            while any(consumer.position(part) < ends[part] for part in parts):
                for records in consumer.poll(timeout_ms=500).values():
                    found += [(record.key, record.value) for record in records]
            return found
        finally:
            consumer.close()


def client_of(app: FastAPI, token: str) -> httpx.AsyncClient:
    headers = {"authorization": f"Bearer {token}"} if token else {}
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    return httpx.AsyncClient(transport=transport, base_url="http://door", headers=headers, timeout=60)


async def ready(client: httpx.AsyncClient, seconds: float = 90) -> None:
    """Wait until the door has a producer."""
    async with asyncio.timeout(seconds):
        while (await client.get("/readyz")).status_code != 200:
            await asyncio.sleep(0.05)


def make_office(kafka: str, folder: Path, prefix: str, **more: Any) -> Office:
    settings = Settings(
        kafka=kafka, prefix=prefix, secrets=folder / "secrets.json", api_keys=folder / "keys.json", **more
    )
    create_secrets(settings.secrets)
    ensure_topics(settings)
    office = Office(settings)
    keys: dict[str, dict[str, Any]] = {
        "county": {"source": SOURCE, "channels": CHANNELS, "jurisdiction": "990101"},
        "city": {"source": "shi-12345", "channels": CHANNELS, "jurisdiction": "9901", "authority": "990100"},
        "other": {"source": "other-office", "channels": CHANNELS, "jurisdiction": "990102"},
        "grid_only": {"source": "grid-office", "channels": ("grid",), "jurisdiction": "990101"},
        "metrics": {"source": "operations", "channels": (), "jurisdiction": "99", "scopes": ("metrics",)},
    }
    for name, fields in keys.items():
        office.tokens[name], _ = create_key(settings.api_keys, **fields)
    return office


@pytest.fixture(scope="package")
def office(stack: LocalStack, tmp_path_factory: pytest.TempPathFactory) -> Office:
    """One deployment for all tests of the doors: each test uses event ids of its own."""
    user, password = stack.elastic_auth
    return make_office(
        stack.kafka,
        tmp_path_factory.mktemp("office"),
        f"t{uuid.uuid4().hex[:10]}.",
        elastic_url=stack.elastic,
        elastic_user=user,
        elastic_password=password,
    )


@pytest.fixture(scope="package")
def broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[BrokerOnly]:
    """A broker to kill, freeze and restart."""
    with BrokerOnly(tmp_path_factory.mktemp("broker")) as alone:
        yield alone


@pytest.fixture
def event_id() -> str:
    """New each time, and without digits: eleven in a row by chance are somebody's number."""
    return "rx-" + "".join(chr(ord("g") + int(digit, 16)) for digit in uuid.uuid4().hex[:12])


def report(event_id: str, channel: str = "hotline", **data: Any) -> dict[str, Any]:
    """A small report event; `data` adds to it or replaces."""
    plain = {
        "title": "青石巷夜间施工噪音扰民",
        "text": "青石巷工地连续三晚施工到凌晨两点，附近居民无法休息。",
        "occurred_at": "2026-03-05T09:30:00+08:00",
    }
    return {
        "specversion": "1.0",
        "id": event_id,
        "type": f"wufang.{channel}.report.v1",
        "data": {**plain, **data},
    }
