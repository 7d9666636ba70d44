"""Whatever a keeper started is gone after it, in whichever way the end came."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest

from deploy.local.keeper import Spec
from deploy.local.keeping import ROOT, KeeperClient, KeeperError

# a server with a child, and a grandchild that has left the process group
FAMILY = "sleep 1000 & setsid sleep 1000 & echo up; wait"
PARENT = """
import sys, time
from pathlib import Path
from deploy.local.keeping import KeeperClient
from tests.integration.test_keeper import shell
keeper = KeeperClient(Path(sys.argv[1]))
keeper.spawn()
keeper.start(shell(keeper.folder, "family"))
{then}
"""


def shell(folder: Path, name: str, script: str = FAMILY, *, restart: bool = False, grace: float = 5) -> Spec:
    mark = {"PATH": os.environ["PATH"], "MARK": str(folder)}
    log = str(folder / f"{name}.log")
    return Spec(name, ["bash", "-c", script], mark, "/", log, restart=restart, grace=grace)


def marked(folder: Path) -> list[int]:
    """All processes that were started under this folder's mark, however they are related."""
    mark = f"MARK={folder}".encode()
    return [pid for pid in _pids() if mark in _environment(pid).split(b"\0")]


def _pids() -> list[int]:
    return [int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdigit()]


def _environment(pid: int) -> bytes:
    try:
        return Path(f"/proc/{pid}/environ").read_bytes()
    except OSError:
        return b""


def until(true: Callable[[], object], seconds: float = 90) -> None:
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, "not in time"
        time.sleep(0.02)


@pytest.fixture
def keeper(tmp_path: Path) -> Iterator[KeeperClient]:
    keeper = KeeperClient(tmp_path)
    keeper.spawn()
    yield keeper
    keeper.end()


def state(keeper: KeeperClient, name: str) -> str:
    return str(keeper.processes()[name]["state"])


def test_end_leaves_nothing_not_even_what_left_its_process_group(keeper: KeeperClient) -> None:
    keeper.start(shell(keeper.folder, "family"))
    until(lambda: len(marked(keeper.folder)) == 3)
    keeper.end()
    assert marked(keeper.folder) == []
    assert not keeper.alive()


@pytest.mark.parametrize(
    ("then", "expected"),
    [
        ("pass", 0),
        ("raise RuntimeError", 1),
        ("import os; os._exit(70)", 70),
        ("import os; os.fork() or time.sleep(2); os._exit(3)", 3),
    ],
    ids=["normal end", "exception", "hard exit", "a fork holds the pipe"],
)
def test_nothing_is_left_when_the_parent_ends(tmp_path: Path, then: str, expected: int) -> None:
    done = run_parent(tmp_path, then)
    assert done.wait(120) == expected
    until(lambda: marked(tmp_path) == [])
    until(lambda: not KeeperClient(tmp_path).alive())


def test_nothing_is_left_when_the_parent_is_killed(tmp_path: Path) -> None:
    parent = run_parent(tmp_path, "time.sleep(1000)")
    until(lambda: len(marked(tmp_path)) == 3)
    parent.kill()
    parent.wait()
    until(lambda: marked(tmp_path) == [])
    until(lambda: not KeeperClient(tmp_path).alive())


def test_nothing_is_left_when_a_stopping_process_ignores_sigterm(keeper: KeeperClient) -> None:
    keeper.start(shell(keeper.folder, "deaf", "trap '' TERM; while true; do sleep 1; done", grace=0.5))
    until(lambda: marked(keeper.folder))
    keeper.end()
    assert marked(keeper.folder) == []


def test_a_killed_keeper_takes_its_processes_along(keeper: KeeperClient) -> None:
    keeper.start(shell(keeper.folder, "single", "exec sleep 1000"))
    until(lambda: len(marked(keeper.folder)) == 1)
    os.kill(keeper.request("status")["pid"], signal.SIGKILL)
    until(lambda: marked(keeper.folder) == [])


def test_detached_outlives_its_parent_and_ends_on_request(tmp_path: Path) -> None:
    assert run_parent(tmp_path, "keeper.detach()").wait(120) == 0
    keeper = KeeperClient(tmp_path)
    assert state(keeper, "family") == "running"
    assert len(marked(tmp_path)) == 3
    keeper.end()
    assert marked(tmp_path) == []


def test_a_crashed_process_comes_back_when_supervised(keeper: KeeperClient) -> None:
    keeper.start(shell(keeper.folder, "worker", "exec sleep 1000", restart=True))
    first = keeper.processes()["worker"]["pid"]
    os.kill(first, signal.SIGKILL)
    until(lambda: keeper.processes()["worker"]["pid"] not in (None, first))
    assert keeper.processes()["worker"]["restarts"] == 1


def test_a_crashed_process_stays_down_when_not_supervised(keeper: KeeperClient) -> None:
    keeper.start(shell(keeper.folder, "once", "exit 70"))
    until(lambda: state(keeper, "once") == "ended")
    assert keeper.processes()["once"]["returncode"] == 70


def test_killed_on_purpose_stays_down_until_started(keeper: KeeperClient) -> None:
    keeper.start(shell(keeper.folder, "worker", restart=True))
    keeper.request("kill", name="worker")
    assert state(keeper, "worker") == "killed"
    assert marked(keeper.folder) == []
    keeper.request("again", name="worker")
    assert state(keeper, "worker") == "running"


def test_a_paused_process_can_be_stopped(keeper: KeeperClient) -> None:
    keeper.start(shell(keeper.folder, "paused", "exec sleep 1000", grace=100))
    keeper.request("signal", name="paused", number=signal.SIGSTOP)
    began = time.monotonic()
    keeper.request("stop", name="paused")
    assert time.monotonic() - began < 50, "it was killed when its time of grace was over"
    assert marked(keeper.folder) == []


def test_higher_tiers_stop_first(keeper: KeeperClient, tmp_path: Path) -> None:
    order = tmp_path / "order"
    for name, tier in (("server", 0), ("service", 2), ("stream", 1)):
        script = f"trap 'sleep 0.2; echo {name} >> {order}; exit' TERM; echo up; while true; do sleep 0.05; done"
        keeper.start(Spec(**{**vars(shell(keeper.folder, name, script)), "tier": tier}))
    for name in ("server", "service", "stream"):
        until(partial(_says_up, tmp_path / f"{name}.log"))
    keeper.end()
    assert order.read_text().split() == ["service", "stream", "server"]


def _says_up(log: Path) -> bool:
    return "up" in log.read_text()


def test_a_folder_has_one_keeper(keeper: KeeperClient) -> None:
    with pytest.raises(KeeperError, match="already running"):
        KeeperClient(keeper.folder).spawn()


def test_a_bad_request_is_refused_and_changes_nothing(keeper: KeeperClient) -> None:
    with pytest.raises(KeeperError, match="unknown request"):
        keeper.request("dance")
    with pytest.raises(KeeperError):
        keeper.request("kill", name="nobody")
    assert keeper.alive()


def test_a_deep_folder_is_no_problem(tmp_path: Path) -> None:
    deep = tmp_path.joinpath(*["a-folder-with-a-long-name"] * 6)
    deep.mkdir(parents=True)
    keeper = KeeperClient(deep)
    keeper.spawn()
    assert keeper.alive()
    keeper.end()


def run_parent(folder: Path, then: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, "-c", PARENT.format(then=then), str(folder)], cwd=ROOT)
