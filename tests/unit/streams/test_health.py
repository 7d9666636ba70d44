"""A stream worker's door: health for anybody, metrics for a key with that scope, nothing else."""

import re
import socket
from pathlib import Path
from typing import Any

import httpx
import pytest

from deploy.local.stack import free_port
from streams.common.health import serve
from streams.common.pulse import Pulse
from wufang.adapters.key_file import create_key
from wufang.settings import Settings


@pytest.fixture
def door(tmp_path: Path) -> Any:
    keys = tmp_path / "keys.json"
    metrics, _ = create_key(keys, source="prometheus", channels=[], jurisdiction="00", scopes=["metrics"])
    events, _ = create_key(keys, source="desk", channels=["hotline"], jurisdiction="9901")
    port = free_port()
    server = serve(Settings.from_env({"WUFANG_STREAM_PORT": str(port), "WUFANG_API_KEYS": str(keys)}), Pulse())
    assert server is not None
    yield f"http://127.0.0.1:{port}", metrics, events
    server.shutdown()
    server.server_close()


def _get(url: str, token: str | None = None) -> httpx.Response:
    return httpx.get(url, headers={"authorization": f"Bearer {token}"} if token else {}, trust_env=False, timeout=60)


def test_health_is_open_and_says_how_long_nothing_happened(door: Any) -> None:
    answer = _get(door[0] + "/healthz")
    assert answer.status_code == 200
    assert re.fullmatch(r"silent for \d+ s\n", answer.text)


@pytest.mark.parametrize("token", [None, "wf_nobody_x", "events"])
def test_metrics_are_closed_without_the_scope(door: Any, token: str | None) -> None:
    answer = _get(door[0] + "/metrics", door[2] if token == "events" else token)
    assert answer.status_code == 401
    assert "wufang_" not in answer.text


def test_metrics_are_given_to_a_key_with_the_scope(door: Any) -> None:
    answer = _get(door[0] + "/metrics", door[1])
    assert answer.status_code == 200
    assert "python_info" in answer.text


def test_a_client_that_says_nothing_keeps_nobody_waiting(door: Any) -> None:
    port = int(door[0].rpartition(":")[2])
    with socket.create_connection(("127.0.0.1", port)), socket.create_connection(("127.0.0.1", port)) as half:
        half.sendall(b"GET /healthz HTTP/1.1\r\nx: ")
        assert _get(door[0] + "/healthz").status_code == 200


def test_nothing_else_is_there(door: Any) -> None:
    assert _get(door[0] + "/docs").status_code == 404


def test_no_port_no_door() -> None:
    assert serve(Settings.from_env({}), Pulse()) is None
