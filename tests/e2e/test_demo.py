"""The demo as a person runs it: the story ends as meant, every report is accounted for, nothing stays behind."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from demo.accounts import joins
from demo.day import load_day
from deploy.local.keeping import ROOT

GONE_SECONDS = 120


def start(tmp_path: Path, *arguments: str) -> subprocess.Popen[str]:
    """With its temporary and state folders under the test's own, by which its processes are known."""
    plain = {key: value for key, value in os.environ.items() if not key.startswith("WUFANG_TEST")}
    env = {**plain, "TMPDIR": str(tmp_path / "tmp"), "XDG_STATE_HOME": str(tmp_path / "xdg")}
    (tmp_path / "tmp").mkdir()
    return subprocess.Popen(
        [sys.executable, "-m", "demo", *arguments],
        cwd=ROOT,
        env=env,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_IGN),  # as a shell's background does
    )


def left_running(tmp_path: Path) -> Iterator[str]:
    """Processes whose command line or environment names the test's folder."""
    for process in psutil.process_iter():
        try:
            told = [*process.cmdline(), *process.environ().values()]
            running = process.status() != psutil.STATUS_ZOMBIE
        except psutil.Error:
            continue
        if running and any(str(tmp_path) in word for word in told):
            yield f"{process.pid} {' '.join(process.cmdline())[:120]}"


def assert_gone(tmp_path: Path) -> None:
    deadline = time.monotonic() + GONE_SECONDS
    while (left := list(left_running(tmp_path))) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert left == []


def test_the_day_ends_as_the_story_means(tmp_path: Path) -> None:
    running = start(tmp_path, "--once", "--json")
    answer, said = running.communicate(timeout=500)
    assert running.returncode == 0, said[-4000:]
    result = json.loads(answer)
    assert result["accounted"]
    assert result["balanced"]
    assert result["surprises"] == []
    found = joins(result["cases"], load_day().reports)
    assert found.share >= 0.9, found.strays
    assert found.merged == {}
    assert_gone(tmp_path)
    assert list((tmp_path / "tmp").glob("wufang-*")) == []
    assert not (tmp_path / "xdg" / "wufang" / "running").exists()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL], ids=lambda number: number.name)
def test_nothing_stays_behind_however_it_ends(tmp_path: Path, number: signal.Signals) -> None:
    running = start(tmp_path, "--once")
    assert running.stderr is not None
    for line in running.stderr:
        if "kafka 已就绪" in line:
            break
    assert list(left_running(tmp_path)) != []
    running.send_signal(number)
    running.communicate(timeout=GONE_SECONDS)
    assert running.returncode != 0
    assert_gone(tmp_path)
