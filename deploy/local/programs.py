"""The processes of the system beside the servers: what is run, on which port, and when each is ready."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import httpx
from kafka import KafkaAdminClient
from kafka.errors import KafkaError

from wufang.wire import topics

READY_PATH = "/readyz"
SERVICES = {
    "ledger-service": 8100,
    "hotline": 8101,
    "grid": 8102,
    "sentiment": 8103,
    "petition": 8104,
    "party_building": 8105,
}
LABELS = {
    "kafka": "消息日志",
    "elasticsearch": "检索库",
    "ledger-service": "查询与控制台",
    "hotline": "热线受理",
    "grid": "网格受理",
    "sentiment": "舆情受理",
    "petition": "信访受理",
    "party_building": "党建受理",
    "ledger": "台账流",
    "indexer": "索引流",
}


@dataclass(frozen=True)
class Program:
    """`python -m module`; a service listens on `port`, a stream worker belongs to a consumer group."""

    name: str
    module: str
    tier: int
    port: int = 0
    group: str = ""
    worker: str = ""

    @property
    def label(self) -> str:
        return LABELS[self.module.rsplit(".", 1)[-1] if self.group else self.name]


def services(port: Callable[[int], int]) -> list[Program]:
    """The ledger service and the five doors; `port` may replace a usual port."""
    modules = {"ledger-service": "services.ledger"}
    return [
        Program(name, modules.get(name, f"services.{name}"), tier=2, port=port(usual))
        for name, usual in SERVICES.items()
    ]


def workers(count: int, generation: int) -> list[Program]:
    """`count` workers of each stream; the indexer has a consumer group for each generation of indices."""
    groups = {"ledger": topics.LEDGER_GROUP, "indexer": topics.indexer_group(generation)}
    return [
        Program(f"{stream}-{number}", f"streams.{stream}", tier=1, group=group, worker=str(number))
        for stream, group in groups.items()
        for number in range(count)
    ]


def service_ready(port: int) -> bool:
    try:
        return httpx.get(f"http://127.0.0.1:{port}{READY_PATH}", timeout=2).status_code == httpx.codes.OK
    except httpx.TransportError:
        return False


def group_ready(bootstrap: str, group: str, members: int) -> bool:
    """Whether the consumer group has its members and has given out the partitions."""
    try:
        admin = KafkaAdminClient(bootstrap_servers=bootstrap, bootstrap_timeout_ms=2000)
    except KafkaError:
        return False
    try:
        described = admin.describe_groups([group])[group]
        return described["group_state"] == "Stable" and len(described["members"]) >= members
    except (KafkaError, KeyError):
        return False
    finally:
        admin.close()
