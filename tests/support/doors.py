"""Doors in this process, what is sent to them, and a deployment as an agency sees it."""

import asyncio
from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import shake_256
from importlib import import_module
from pathlib import Path
from typing import Any, Self

import httpx
from fastapi import FastAPI
from kafka import KafkaConsumer, TopicPartition

from deploy.local.stack import LocalStack
from services.hotline import SPEC
from wufang.adapters.door import Door
from wufang.adapters.http_app import create_app
from wufang.adapters.kafka_admin import ensure_topics
from wufang.adapters.key_file import ApiKey, create_key
from wufang.adapters.profile_files import triage_rules
from wufang.adapters.secrets_file import create_secrets
from wufang.domain.report import CHANNELS
from wufang.privacy.keyring import make_secrets, read_secrets
from wufang.settings import Settings

SOURCE = "pingchuan-12345"
ACCEPTED = "2026-03-06T00:00:00.000Z"
KEY = ApiKey(
    id="key-1",
    prefix="1",
    sha256="0" * 64,
    source=SOURCE,
    channels=("hotline",),
    jurisdiction="9901",
    authority="990100",
    created_at=datetime(2026, 3, 1, tzinfo=UTC),
)
_CALLS = iter(range(99))
RULES = triage_rules()
RING = read_secrets(make_secrets(lambda size: shake_256(b"k%d" % next(_CALLS)).digest(size)))


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
    """Speaks to an app with a token, '' for none."""
    headers = {"authorization": f"Bearer {token}"} if token else {}
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    return httpx.AsyncClient(transport=transport, base_url="http://door", headers=headers, timeout=60)


async def ready(client: httpx.AsyncClient, seconds: float = 90) -> None:
    """Wait until the door has a producer."""
    async with asyncio.timeout(seconds):
        while (await client.get("/readyz")).status_code != 200:
            await asyncio.sleep(0.05)


def make_office(kafka: str, folder: Path, prefix: str, **more: Any) -> Office:
    """Topics, secrets and keys of its own."""
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


def hotline() -> Door:
    """The hotline's door; what it draws by chance is the same each time."""
    calls = iter(range(1_000_000))
    return Door(SPEC, RING, lambda size: shake_256(b"r%d" % next(calls)).digest(size), RULES)
