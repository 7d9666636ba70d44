"""One whole system for the tests of the commands, and the commands as a person runs them, from any folder."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import httpx
import pytest

from deploy.local.stack import LocalStack
from deploy.local.system import System
from wufang.cli import local
from wufang.readmodel.indices import index_prefix

COMMAND = [sys.executable, "-m", "wufang.cli"]


class OnServersOfTheSession(System):
    """Streams and services in the folder of servers that run already, and go on running."""

    def __init__(self, stack: LocalStack) -> None:
        super().__init__(stack.folder, prefix="e2e.", say=_say)
        self.stack = stack

    def open(self) -> Self:
        self.start_programs()
        return self

    def close(self) -> None:
        with ThreadPoolExecutor() as threads:
            list(threads.map(self.stop, [program.name for program in self.plan.programs]))


@pytest.fixture(scope="package")
def system(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    """The whole system, gone with this folder's last test, for it is heavy; servers of others are left as they are."""
    if "WUFANG_TEST_STACK" in os.environ:
        made = System(tmp_path_factory.mktemp("e2e") / "system", prefix="e2e.", quick=True, say=_say)
    else:
        made = OnServersOfTheSession(request.getfixturevalue("stack"))
    with made as started:
        yield started


def _say(text: str) -> None:
    os.write(2, f"{text}\n".encode())


@dataclass(frozen=True)
class Shell:
    """A person's shell: a working folder and an environment that names the system's folder, nothing else of it."""

    folder: Path
    env: dict[str, str]
    system: System

    def run(self, *arguments: str, code: int = 0, text: str | None = None) -> subprocess.CompletedProcess[str]:
        """One command to its end, with the exit status that is expected."""
        done = subprocess.run(
            [*COMMAND, *arguments],
            cwd=self.folder,
            env=self.env,
            capture_output=True,
            text=True,
            input=text,
            check=False,
        )
        assert done.returncode == code, f"{arguments}: {done.returncode}\n{done.stdout}\n{done.stderr}"
        return done

    def json(self, *arguments: str, code: int = 0, text: str | None = None) -> Any:
        """The document a command prints for programs."""
        return json.loads(self.run(*arguments, "--json", code=code, text=text).stdout)

    def cases(self, **asked: Any) -> Iterator[dict[str, Any]]:
        """Every case that a person's search finds, page after page; asked without a command's start for each page.

        What is written is searchable within a second: that second is not waited for, it is made to be over.
        """
        known = self.system.settings()
        everything = f"{known.elastic_url}/{index_prefix(known.prefix)}*/_refresh"
        httpx.post(everything, auth=(known.elastic_user, known.elastic_password), timeout=60).raise_for_status()
        token = local.issue(known, name="测试", role="supervisor")
        headers = {"authorization": f"Bearer {token}"}
        with httpx.Client(base_url=self.system.url("ledger-service"), headers=headers, timeout=60) as client:
            page: dict[str, Any] = {"next": ""}
            while page["next"] is not None:
                more = {"cursor": page["next"]} if page["next"] else {}
                page = client.get("/v1/cases", params={**asked, **more}).raise_for_status().json()
                yield from page["cases"]

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        """A command that is not waited for."""
        return subprocess.Popen(
            [*COMMAND, *arguments],
            cwd=self.folder,
            env=self.env,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            # whoever runs the tests in a shell's background hands down that Ctrl-C is ignored
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
        )


@pytest.fixture
def shell(system: System, tmp_path: Path) -> Shell:
    """In a folder that has nothing to do with the checkout."""
    plain = {key: value for key, value in os.environ.items() if not key.startswith("WUFANG_")}
    env = {**plain, "WUFANG_HOME": str(system.folder), "XDG_STATE_HOME": str(tmp_path / "xdg"), "NO_COLOR": "1"}
    folder = tmp_path / "anywhere"
    folder.mkdir()
    return Shell(folder, env, system)
