"""Whether the processes of a system answer: asked with short time-outs, all at once; a hung one must not hang this."""

from __future__ import annotations

import socket
import struct
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Literal
from urllib.parse import urlsplit

import httpx

from deploy.local.programs import READY_PATH

Answer = Literal["ready", "unready", "starting", "silent"]
PATIENCE = 2.0  # seconds for one answer
STARTING = 120.0  # seconds after its start in which a process may still be silent: as long as a start waits for it
# Kafka's ApiVersions request, version 0, correlation 1, no client id: every broker answers it at once.
API_VERSIONS = struct.pack(">ihhih", 10, 18, 0, 1, -1)


def look(addresses: Mapping[str, str], ages: Mapping[str, float], auth: tuple[str, str]) -> dict[str, Answer]:
    """What each process at its address says; `ages` are seconds since its start, `auth` is Elasticsearch's."""
    with ThreadPoolExecutor(max(1, len(addresses))) as pool:
        said = pool.map(lambda name: _ask(name, addresses[name], auth), addresses)
        return {name: _meaning(one, ages[name]) for name, one in zip(addresses, said, strict=True)}


def _meaning(said: bool | None, age: float) -> Answer:
    if said:
        return "ready"
    if age < STARTING:
        return "starting"
    return "silent" if said is None else "unready"


def _ask(name: str, address: str, auth: tuple[str, str]) -> bool | None:
    """True: ready; False: an answer, but not that; None: none."""
    if name == "kafka":
        return _kafka_answers(address)
    path = "/_cluster/health" if name == "elasticsearch" else _ready_path(name)
    try:
        answer = httpx.get(
            address + path, auth=auth if name == "elasticsearch" else None, timeout=PATIENCE, trust_env=False
        )
    except httpx.TransportError:
        return None
    red = name == "elasticsearch" and '"status":"red"' in answer.text
    return answer.status_code == httpx.codes.OK and not red


def _ready_path(name: str) -> str:
    return "/healthz" if name.rpartition("-")[2].isdecimal() else READY_PATH


def _kafka_answers(address: str) -> bool | None:
    parts = urlsplit(f"//{address}")
    try:
        with socket.create_connection((parts.hostname or "", parts.port or 0), PATIENCE) as connection:
            connection.sendall(API_VERSIONS)
            return True if connection.recv(4) else None
    except OSError:
        return None
