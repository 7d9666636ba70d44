"""`up`, `status`, `logs`, `down`: the whole system as a person runs it, with nothing left after `down`."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from deploy.local.keeping import ROOT
from deploy.local.stack import StackError
from deploy.local.system import System
from tests.support.processes import below
from wufang.adapters.key_file import create_key

EXPECTED = {
    "kafka",
    "elasticsearch",
    "ledger-0",
    "indexer-0",
    "ledger-service",
    "hotline",
    "grid",
    "sentiment",
    "petition",
    "party_building",
    "discipline",
}


def command(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "WUFANG_HOME": str(folder)}
    line = [sys.executable, "-m", "deploy.local", *arguments]
    return subprocess.run(line, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=500)


def until(true: Callable[[], object], seconds: float = 120) -> None:
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, "not in time"
        time.sleep(0.05)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    folder = tmp_path_factory.mktemp("up") / "state"
    done = command(folder, "up")
    assert done.returncode == 0, done.stderr
    assert "全部就绪" in done.stdout
    yield folder
    command(folder, "down")


def status(folder: Path) -> dict[str, dict[str, Any]]:
    return {row["name"]: row for row in json.loads(command(folder, "status", "--json").stdout)}


def test_status_names_every_process_with_its_address(folder: Path) -> None:
    rows = status(folder)
    assert set(rows) == EXPECTED
    assert {row["state"] for row in rows.values()} == {"running"}
    for name in ("hotline", "ledger-service"):
        assert httpx.get(f"{rows[name]['address']}/readyz").status_code == 200
    table = command(folder, "status").stdout
    assert "热线受理" in table


def test_up_says_where_the_doors_are(folder: Path) -> None:
    """And asked again that it runs already; nothing is started twice."""
    before = {row["pid"] for row in status(folder).values()}
    done = command(folder, "up")
    assert done.returncode == 0
    assert "已在运行" in done.stdout
    told = json.loads(command(folder, "up", "--json").stdout)
    assert told["already_running"]
    assert {told["addresses"][name] in done.stdout for name in ("hotline", "grid", "petition")} == {True}
    assert {row["pid"] for row in status(folder).values()} == before


@pytest.mark.parametrize("worker", ["ledger-0", "indexer-0"])
def test_a_stream_worker_gives_its_metrics_to_a_key_for_them(folder: Path, worker: str) -> None:
    address = status(folder)[worker]["address"]
    assert httpx.get(f"{address}/metrics").status_code == 401
    key, _ = create_key(
        folder / "api-keys.json", source="prometheus", channels=[], jurisdiction="00", scopes=["metrics"]
    )
    headers = {"authorization": f"Bearer {key}"}
    until(lambda: httpx.get(f"{address}/metrics", headers=headers).status_code == 200)
    assert "wufang_" in httpx.get(f"{address}/metrics", headers=headers).text


def test_a_hung_elasticsearch_is_not_said_to_run(folder: Path) -> None:
    system = System.attach(folder)
    assert status(folder)["elasticsearch"]["answer"] == "ready"
    system.stack.signal("elasticsearch", signal.SIGSTOP)
    try:
        assert status(folder)["elasticsearch"]["answer"] in ("starting", "silent")
    finally:
        system.stack.signal("elasticsearch", signal.SIGCONT)
    until(lambda: status(folder)["elasticsearch"]["answer"] == "ready")


@pytest.mark.parametrize("name", ["ledger-0", "indexer-0", "hotline"])
def test_what_crashes_comes_back_by_itself(folder: Path, name: str) -> None:
    system = System.attach(folder)
    before = system.processes()[name]
    system.crash(name)
    until(lambda: system.processes()[name]["pid"] not in (None, before["pid"]))
    system.wait_ready(name)
    assert system.processes()[name]["restarts"] == before["restarts"] + 1


def test_logs_shows_the_end_of_a_log_and_knows_the_names(folder: Path) -> None:
    assert "Kafka Server started" in command(folder, "logs", "kafka").stdout
    assert command(folder, "logs").stdout.count(".log") >= len(EXPECTED)
    assert command(folder, "logs", "nobody").returncode == 1


def test_settings_reach_the_system_and_are_for_the_owner_only(folder: Path) -> None:
    system = System.attach(folder)
    assert system.settings().kafka == system.stack.kafka
    for name in ("settings.env", "stack.json", "secrets.json", "issuer.pem"):
        assert (folder / name).stat().st_mode & 0o077 == 0, name


def test_a_program_that_keeps_crashing_is_given_up_with_its_log(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("deploy.local.system.CRASHES_AT_START", 1)
    system = System.attach(folder)
    system.stop("grid")
    (folder / "secrets.json").rename(folder / "away.json")
    with pytest.raises(StackError, match=r"(?s)grid.*secrets"):
        system.start("grid")
    system.stop("grid")
    (folder / "away.json").rename(folder / "secrets.json")
    system.start("grid")


# last in this file: it stops the system that the tests above use
def test_down_leaves_nothing_and_says_so_when_asked_again(folder: Path) -> None:
    done = command(folder, "down")
    assert done.returncode == 0
    assert below(folder) == []
    assert command(folder, "status").returncode == 3
    assert command(folder, "status", "--json").stdout.strip() == "[]"
    assert command(folder, "down").stdout.strip() == "未在运行。"
    assert json.loads(command(folder, "down", "--json").stdout)["stopped"] is False
