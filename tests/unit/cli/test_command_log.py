"""Where the lines of a command's log go: never between a person and the answer, and never nowhere."""

import json
import os
import pty
import subprocess
import sys
from pathlib import Path

CODE = (
    "from wufang.cli import local, operating\nfrom wufang.telemetry import log\n"
    "local.running = lambda: None\n"
    "operating.settings('kafka')\nlog('audit').warning('erased', by='a')"
)


def logged(folder: Path, stderr: int) -> subprocess.CompletedProcess[bytes]:
    env = {**os.environ, "XDG_STATE_HOME": str(folder), "WUFANG_KAFKA": "127.0.0.1:9"}
    return subprocess.run([sys.executable, "-c", CODE], env=env, stdout=subprocess.PIPE, stderr=stderr, check=True)


def test_on_a_terminal_in_a_file_that_stays(tmp_path: Path) -> None:
    _ours, theirs = pty.openpty()
    logged(tmp_path, theirs)
    file = tmp_path / "wufang" / "commands.log"
    assert json.loads(file.read_text())["event"] == "erased"
    assert file.stat().st_mode & 0o077 == 0


def test_elsewhere_on_standard_error(tmp_path: Path) -> None:
    assert json.loads(logged(tmp_path, subprocess.PIPE).stderr)["event"] == "erased"
    assert not (tmp_path / "wufang").exists()
