"""The process that owns all server processes: it starts, restarts and stops them, and leaves none behind.

`python -m deploy.local.keeper FOLDER [--follow PID]`. It ends, and everything it started with it, on SIGTERM,
when asked to, or, with --follow and until `detach`, when its standard input closes or process PID ends. It
knows nothing of what it runs; requests are lines of JSON on FOLDER/keeper.sock.
"""

from __future__ import annotations

import asyncio
import contextlib
import ctypes
import fcntl
import json
import os
import signal
import sys
import time
from asyncio.subprocess import DEVNULL, Process
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO

PR_SET_CHILD_SUBREAPER = 36
LAUNCH = Path(__file__).with_name("launch.py")
# a crash loop must not eat a core; a single crash must not be felt
FIRST_DELAY, LONGEST_DELAY, STEADY_AFTER = 0.3, 10.0, 20.0


@dataclass(frozen=True)
class Spec:
    """What to run. Higher tiers stop first, one tier at once; `launch` are options of launch.py."""

    name: str
    argv: list[str]
    env: dict[str, str]
    cwd: str
    log: str
    restart: bool = False
    grace: float = 15.0
    tier: int = 0
    launch: tuple[str, ...] = ()


@dataclass
class Child:
    spec: Spec
    state: str = "starting"
    process: Process | None = None
    restarts: int = 0
    returncode: int | None = None
    started_at: float = 0.0
    halt: asyncio.Event = field(default_factory=asyncio.Event)
    task: asyncio.Task[None] | None = None

    def describe(self) -> dict[str, Any]:
        alive = self.state == "running" and self.process is not None
        return {
            "name": self.spec.name,
            "state": self.state,
            "pid": self.process.pid if alive and self.process else None,
            "restarts": self.restarts,
            "returncode": self.returncode,
            "started_at": self.started_at,
            "log": self.spec.log,
        }


def open_log(path: str) -> BinaryIO:
    return Path(path).open("ab")


def signal_group(group: int, number: int) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(group, number)


async def end_group(group: int) -> None:
    """Kill and reap whatever of a process group outlived its leader."""
    while True:
        signal_group(group, signal.SIGKILL)
        reap(-group)
        try:
            os.killpg(group, 0)
        except (ProcessLookupError, PermissionError):
            return
        await asyncio.sleep(0.02)


def reap(which: int) -> None:
    """Take the exit status of ended children, of which there may be none."""
    with contextlib.suppress(ChildProcessError):
        while os.waitpid(which, os.WNOHANG)[0]:
            pass


class Keeper:
    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.children: dict[str, Child] = {}
        self.ending = asyncio.Event()
        self.followed: list[int] = []

    # requests

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            request = json.loads(await reader.readline())
            reply = await self.handle(**request)
        except Exception as error:  # a bad request must not end the keeper
            reply = {"error": f"{type(error).__name__}: {error}"}
        with contextlib.suppress(ConnectionError):
            writer.write(json.dumps(reply).encode() + b"\n")
            await writer.drain()
            writer.close()

    async def handle(self, op: str, **arguments: Any) -> dict[str, Any]:
        match op:
            case "start":
                await self.start(Spec(**arguments["spec"]))
            case "again":
                await self.start(self.children[arguments["name"]].spec)
            case "stop":
                await self.stop(self.children[arguments["name"]])
            case "kill":
                await self.stop(self.children[arguments["name"]], kill=True)
            case "signal":
                self.signal(self.children[arguments["name"]], arguments["number"])
            case "end":
                self.ending.set()
            case "detach":
                self.detach()
            case "status":
                pass
            case _:
                raise ValueError(f"unknown request {op}")
        return {"pid": os.getpid(), "processes": [child.describe() for child in self.children.values()]}

    # processes

    async def start(self, spec: Spec) -> None:
        before = self.children.get(spec.name)
        if before and before.task and not before.task.done():
            raise ValueError(f"{spec.name} is running")
        child = self.children[spec.name] = Child(spec)
        await self._spawn(child)
        child.task = asyncio.create_task(self._watch(child))

    async def _spawn(self, child: Child) -> None:
        spec = child.spec
        launch = [sys.executable, "-I", "-S", str(LAUNCH), str(os.getpid()), *spec.launch]
        with open_log(spec.log) as log:
            child.process = await asyncio.create_subprocess_exec(
                *launch,
                *spec.argv,
                env=spec.env,
                cwd=spec.cwd,
                stdin=DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        child.started_at = time.time()
        child.state = "running"

    async def _watch(self, child: Child) -> None:
        delay = FIRST_DELAY
        while True:
            assert child.process is not None  # noqa: S101
            child.returncode = await child.process.wait()
            child.state = "ended"
            await end_group(child.process.pid)
            if not child.spec.restart or child.halt.is_set():
                return
            steady = time.time() - child.started_at > STEADY_AFTER
            delay = FIRST_DELAY if steady else min(delay * 2, LONGEST_DELAY)
            if await self._halted(child, delay):
                return
            child.restarts += 1
            await self._spawn(child)

    async def _halted(self, child: Child, seconds: float) -> bool:
        child.state = "restarting"
        try:
            await asyncio.wait_for(child.halt.wait(), seconds)
        except TimeoutError:
            return False
        child.state = "ended"
        return True

    async def stop(self, child: Child, *, kill: bool = False) -> None:
        child.halt.set()
        if child.task is None or child.task.done():
            return
        if not kill:
            self.signal(child, signal.SIGTERM)
            self.signal(child, signal.SIGCONT)  # a paused process must see it
            await asyncio.wait([child.task], timeout=child.spec.grace)
        if not child.task.done():
            self.signal(child, signal.SIGKILL)
            await child.task
        child.state = "killed" if kill else "stopped"

    def signal(self, child: Child, number: int) -> None:
        if child.state == "running" and child.process:
            signal_group(child.process.pid, number)

    async def end(self) -> None:
        for tier in sorted({child.spec.tier for child in self.children.values()}, reverse=True):
            members = [child for child in self.children.values() if child.spec.tier == tier]
            await asyncio.gather(*(self.stop(child) for child in members))
        sweep(os.getpid())

    # life

    async def run(self, follow: int | None) -> None:
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self.ending.set)
        if follow:
            self._end_with(loop, follow)
        with address(self.folder) as path:
            path.unlink(missing_ok=True)
            server = await asyncio.start_unix_server(self.answer, path, limit=1 << 22)
            (self.folder / "keeper.pid").write_text(str(os.getpid()))
            await self.ending.wait()
            await self.end()
            server.close()
            path.unlink(missing_ok=True)

    def _end_with(self, loop: asyncio.AbstractEventLoop, parent: int) -> None:
        self.followed = [0]
        # the pipe may have been inherited by a fork of the parent; the parent itself cannot
        try:
            self.followed.append(os.pidfd_open(parent))
        except ProcessLookupError:
            self.ending.set()
        except OSError:
            pass  # an old kernel: the pipe alone has to do
        for descriptor in self.followed:
            loop.add_reader(descriptor, self.ending.set)

    def detach(self) -> None:
        """From now on the parent may end."""
        for descriptor in self.followed:
            asyncio.get_running_loop().remove_reader(descriptor)
        self.followed = []


def sweep(root: int) -> None:
    """Kill every process below `root`: what left its process group is still a child of the subreaper."""
    while pids := _children(root):
        for pid in pids:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        reap(-1)
        time.sleep(0.02)


def _children(pid: int) -> list[int]:
    found: list[int] = []
    for path in Path(f"/proc/{pid}/task").glob("*/children"):
        with contextlib.suppress(OSError):
            found += map(int, path.read_text().split())
    return found


@contextlib.contextmanager
def address(folder: Path) -> Iterator[Path]:
    """The socket's address, short enough for a socket however deep the folder lies."""
    descriptor = os.open(folder, os.O_PATH)
    try:
        yield Path(f"/proc/self/fd/{descriptor}/keeper.sock")
    finally:
        os.close(descriptor)


def main() -> None:
    folder = Path(sys.argv[1]).absolute()
    follow = int(sys.argv[3]) if sys.argv[2:3] == ["--follow"] else None
    os.umask(0o077)
    ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1)
    with (folder / "keeper.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            sys.exit(f"another keeper owns {folder}")
        asyncio.run(Keeper(folder).run(follow))


if __name__ == "__main__":
    main()
