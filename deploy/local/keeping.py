"""Talk to a keeper: start one, attached to this process or detached, and ask it for things."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
from dataclasses import asdict
from pathlib import Path
from typing import Any

from deploy.local.keeper import Spec, address

ROOT = Path(__file__).resolve().parents[2]


class KeeperError(Exception):
    """The keeper is not there, or refused."""


class KeeperClient:
    """A keeper reached through its folder; one spawned here ends with this process, unless detached."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder.absolute()
        self._process: subprocess.Popen[bytes] | None = None

    def spawn(self) -> None:
        """Start the keeper and wait until it answers."""
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        if self.alive():
            raise KeeperError(f"已在运行 / already running: {self.folder}")
        with (self.folder / "keeper.log").open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "deploy.local.keeper", str(self.folder), "--follow", str(os.getpid())],
                cwd=ROOT,
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        self._wait_until_it_answers()

    def _wait_until_it_answers(self) -> None:
        assert self._process is not None  # noqa: S101
        deadline = time.monotonic() + 15
        while not self.alive():
            if self._process.poll() is not None or time.monotonic() > deadline:
                raise KeeperError(f"守护进程未能启动 / the keeper did not start, see {self.folder}/keeper.log")
            time.sleep(0.02)

    def request(self, op: str, *, timeout: float = 60, **arguments: Any) -> dict[str, Any]:
        try:
            with address(self.folder) as path, socket.socket(socket.AF_UNIX) as connection:
                connection.settimeout(timeout)
                connection.connect(str(path))
                connection.sendall(json.dumps({"op": op, **arguments}).encode() + b"\n")
                reply: dict[str, Any] = json.loads(connection.makefile("rb").readline() or b"{}")
        except (FileNotFoundError, ConnectionRefusedError) as error:
            raise KeeperError(f"未在运行 / not running: {self.folder}") from error
        except OSError as error:
            raise KeeperError(f"未在运行 / not running: {self.folder} ({error})") from error
        if "error" in reply:
            raise KeeperError(reply["error"])
        return reply

    def detach(self) -> None:
        """Let the keeper outlive this process."""
        self.request("detach")

    def start(self, spec: Spec) -> None:
        self.request("start", spec=asdict(spec))

    def processes(self) -> dict[str, dict[str, Any]]:
        return {process["name"]: process for process in self.request("status")["processes"]}

    def alive(self) -> bool:
        try:
            return "pid" in self.request("status", timeout=5)
        except KeeperError:
            return False

    def end(self, timeout: float = 90) -> None:
        """Stop everything the keeper started and the keeper itself; returns when all is gone."""
        try:
            pid = self.request("status")["pid"]
            self.request("end")
        except KeeperError:
            return
        deadline = time.monotonic() + timeout
        while self._running(pid):
            if time.monotonic() > deadline:
                raise KeeperError(f"守护进程没有结束 / the keeper did not end: pid {pid}")
            time.sleep(0.02)

    def _running(self, pid: int) -> bool:
        if self._process is not None:
            return self._process.poll() is None
        return Path(f"/proc/{pid}").exists()
