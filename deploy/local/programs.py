"""The processes of the system beside the servers: what is run, on which port, and when each is ready."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

import httpx

from wufang import ports
from wufang.wire import topics

READY_PATH = "/readyz"
LABELS = {
    "kafka": "消息日志",
    "elasticsearch": "检索库",
    "ledger-service": "查询与控制台",
    "hotline": "热线受理",
    "grid": "网格受理",
    "sentiment": "舆情受理",
    "petition": "信访受理",
    "party_building": "党建受理",
    "discipline": "纪检封存",
    "ledger": "台账流",
    "indexer": "索引流",
}
# The indexer has a consumer group for each generation of indices, and which one serves is not known from here.
GROUPS = {"ledger": re.escape(topics.LEDGER_GROUP), "indexer": r"indexer-g[0-9]+"}


@dataclass(frozen=True)
class Program:
    """`python -m module`; a service listens on `port`, a stream worker belongs to a group of the pattern `group`."""

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
    """The ledger service, the five doors and the discipline office's store; `port` may replace a usual port."""
    modules = {"ledger-service": "services.ledger"}
    return [
        Program(name, modules.get(name, f"services.{name}"), tier=2, port=port(usual))
        for name, usual in ports.SERVICES.items()
    ]


def workers(count: int) -> list[Program]:
    """`count` workers of each stream."""
    return [
        Program(f"{stream}-{number}", f"streams.{stream}", tier=1, group=group, worker=str(number))
        for stream, group in GROUPS.items()
        for number in range(count)
    ]


def service_ready(port: int) -> bool:
    try:
        return httpx.get(f"http://127.0.0.1:{port}{READY_PATH}", timeout=2).status_code == httpx.codes.OK
    except httpx.TransportError:
        return False


def group_ready(bootstrap: str, group: str, members: int) -> bool:
    """Whether a consumer group of that pattern has its members and has given out the partitions."""
    from kafka import KafkaAdminClient  # 0.2 s of every command that only asks where the system is
    from kafka.errors import KafkaError

    try:
        admin = KafkaAdminClient(bootstrap_servers=bootstrap, bootstrap_timeout_ms=2000)
    except KafkaError:
        return False
    try:
        names = [found["group_id"] for found in admin.list_groups() if re.fullmatch(group, found["group_id"])]
        described = admin.describe_groups(names).values() if names else ()
        return any(one["group_state"] == "Stable" and len(one["members"]) >= members for one in described)
    except (KafkaError, KeyError):
        return False
    finally:
        admin.close()
