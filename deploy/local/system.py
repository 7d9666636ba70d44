"""The whole system in one folder: servers, streams and services under one keeper, one set of settings."""

from __future__ import annotations

import json
import os
import re
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from deploy.local import credentials, programs
from deploy.local.keeper import Spec
from deploy.local.keeping import ROOT, KeeperError
from deploy.local.programs import Program
from deploy.local.stack import (
    SERVERS,
    USUAL_SERVER_PORTS,
    LocalStack,
    Ports,
    Say,
    StackError,
    free_port,
    is_free,
    last_lines,
)
from wufang import ports
from wufang.settings import Settings

# a program that ends this often before it is ready will never be
CRASHES_AT_START = 4


@dataclass(frozen=True)
class Plan:
    """What a folder's system is made of; written down once, so that it comes up the same again."""

    prefix: str
    workers: int
    ports: dict[str, int]
    settings: dict[str, str]
    metrics: dict[str, int] = field(default_factory=dict)  # the port of each stream worker's metrics

    @property
    def programs(self) -> list[Program]:
        usual = {port: name for name, port in ports.SERVICES.items()}
        return [*programs.workers(self.workers), *programs.services(lambda port: self.ports[usual[port]])]


def home() -> Path:
    """The folder of the system people start by hand: WUFANG_HOME, else `state` below the working folder."""
    return Path(os.environ.get("WUFANG_HOME", "state")).absolute()


class System:
    """Use as a context manager; or `open()` and `detach()` it, and `System.attach(folder)` elsewhere."""

    def __init__(
        self,
        folder: Path,
        *,
        prefix: str = "",
        workers: int = 1,
        usual_ports: bool = False,
        settings: Mapping[str, str] | None = None,
        restart_servers: bool = True,
        quick: bool = False,
        say: Say = lambda _text: None,
    ) -> None:
        ports = Ports.usual() if usual_ports else Ports.free()
        self.stack = LocalStack(folder, ports=ports, restart=restart_servers, quick=quick, say=say)
        self.folder = self.stack.folder
        self.say = say
        choose = _usual_or_free if usual_ports else _any_free
        self.plan = Plan(prefix, workers, _ports(choose), dict(settings or {}))

    # life

    def open(self) -> Self:
        """Start everything that the folder's plan names and wait until all of it is ready."""
        self.stack.open(wait=("kafka",))
        try:
            self.start_programs()
        except BaseException:
            self.close()
            raise
        return self

    def start_programs(self) -> None:
        """Streams and services on a stack whose broker is ready; returns when all of it is ready."""
        from wufang.adapters.kafka_admin import ensure_topics  # 0.2 s of every command that only attaches

        self._settle_plan()
        self._settle_ports()
        credentials.ensure(self.settings())
        self._write_environment()
        ensure_topics(self.settings())
        for program in self.plan.programs:
            self.stack.keeper.start(self._spec(program))
        self.stack.wait_ready("elasticsearch")
        for program in self.plan.programs:
            self.wait_ready(program.name)

    @classmethod
    def attach(cls, folder: Path) -> Self:
        """The system that runs in `folder`. Raises KeeperError when none does."""
        system = cls(folder)
        system.stack = LocalStack.attach(folder)
        if not system._plan_file.exists():
            raise KeeperError(f"还在启动 / still starting: {folder}")
        system._settle_plan()
        return system

    def detach(self) -> None:
        """Let it run on after this process."""
        self.stack.detach()

    def close(self) -> None:
        """Stop services, then streams, then servers; returns when nothing is left."""
        self.stack.close()

    def __enter__(self) -> Self:
        return self.open()

    def __exit__(self, kind: type[BaseException] | None, value: object, trace: TracebackType | None) -> None:
        self.close()

    # what there is

    def env(self) -> dict[str, str]:
        """The WUFANG_* variables that all processes of this system share."""
        return {
            **self.stack.env(),
            **credentials.env(self.folder),
            "WUFANG_PREFIX": self.plan.prefix,
            "WUFANG_STATE": str(self.folder / "streams"),
            "WUFANG_DISCIPLINE_URL": self.url("discipline"),
            "WUFANG_LEDGER_URL": self.url("ledger-service"),
            **self.plan.settings,
        }

    def settings(self) -> Settings:
        return Settings.from_env(self.env())

    def url(self, service: str) -> str:
        """The address of `hotline`, … or `ledger-service`."""
        return f"http://127.0.0.1:{self.plan.ports[service]}"

    def addresses(self) -> dict[str, str]:
        """Where each process listens; a stream worker with its metrics."""
        listening = self.plan.ports | self.plan.metrics
        own = {name: f"http://127.0.0.1:{port}" for name, port in listening.items()}
        return {"kafka": self.stack.kafka, "elasticsearch": self.stack.elastic, **own}

    def moved(self) -> dict[str, tuple[int, int]]:
        """What does not listen where people expect it: its usual port, and the one it has."""
        usual = dict(zip(SERVERS, USUAL_SERVER_PORTS, strict=True)) | ports.SERVICES
        now = {"kafka": self.stack.ports.kafka, "elasticsearch": self.stack.ports.elastic} | self.plan.ports
        return {name: (port, now[name]) for name, port in usual.items() if now[name] != port}

    def processes(self) -> dict[str, dict[str, Any]]:
        return self.stack.keeper.processes()

    # one process, by name: a server, `hotline`, …, `ledger-service`, `ledger-0`, `indexer-0`

    def kill(self, name: str) -> None:
        """SIGKILL; it stays down until `start(name)`."""
        self.stack.kill(name)

    def crash(self, name: str) -> None:
        """SIGKILL, as an accident: what is supervised comes back by itself."""
        self.stack.signal(name, 9)

    def stop(self, name: str) -> None:
        self.stack.stop(name)

    def start(self, name: str, *, wait: bool = True) -> None:
        if name in SERVERS:
            self.stack.start(name, wait=wait)
            return
        self.stack.keeper.request("again", name=name)
        if wait:
            self.wait_ready(name)

    def restart(self, name: str) -> None:
        self.stop(name)
        self.start(name)

    def wait_ready(self, name: str, timeout: float = 90) -> None:
        """Raises StackError with the end of the log when the process is not ready in time."""
        if name in SERVERS:
            self.stack.wait_ready(name, timeout)
            return
        program = self._program(name)
        deadline = time.monotonic() + timeout
        crashes = self.processes()[name]["restarts"] + CRASHES_AT_START
        while not self.ready(program):
            if time.monotonic() > deadline or self.processes()[name]["restarts"] > crashes:
                raise StackError(f"{name} 没有就绪 / is not ready\n{last_lines(self.stack.log(name))}")
            time.sleep(0.1)
        self.say(f"{program.label}（{name}）已就绪")

    def ready(self, program: Program) -> bool:
        if self.processes()[program.name]["state"] != "running":
            return False
        if program.port:
            return programs.service_ready(program.port)
        running = [p for p in self.plan.programs if p.group == program.group and self._runs(p.name)]
        pattern = re.escape(self.settings().group("")) + program.group
        return programs.group_ready(self.stack.kafka, pattern, len(running))

    # within

    def _runs(self, name: str) -> bool:
        return bool(self.processes()[name]["state"] == "running")

    def _program(self, name: str) -> Program:
        return next(program for program in self.plan.programs if program.name == name)

    def _spec(self, program: Program) -> Spec:
        metrics = {"WUFANG_STREAM_PORT": str(self.plan.metrics.get(program.name, 0))}
        own = {"WUFANG_PORT": str(program.port)} if program.port else {"WUFANG_WORKER": program.worker, **metrics}
        return Spec(
            name=program.name,
            argv=[sys.executable, "-m", program.module],
            env={**_plain_environment(), **self.env(), **own},
            cwd=str(ROOT),
            log=str(self.stack.log(program.name)),
            restart=True,
            tier=program.tier,
        )

    @property
    def _plan_file(self) -> Path:
        return self.folder / "system.json"

    def _settle_plan(self) -> None:
        """A folder keeps its first plan: ports that others know, and the workers its partitions lie on."""
        if not self._plan_file.exists():
            self._plan_file.write_text(json.dumps(asdict(self.plan), indent=1))
        kept = Plan(**json.loads(self._plan_file.read_text()))
        # a folder from before a service was added gets that service's port now
        self.plan = replace(kept, ports=self.plan.ports | kept.ports)

    def _settle_ports(self) -> None:
        """Raises StackError when a service's port is taken by now; a worker's metrics may move to another."""
        for name, port in self.plan.ports.items():
            if not is_free(port):
                raise StackError(f"端口 {port}（{name}）已被占用 / port {port} ({name}) is taken")
        kept = {name: port for name, port in self.plan.metrics.items() if is_free(port)}
        workers = [program.name for program in self.plan.programs if program.group]
        metrics = {name: kept.get(name) or free_port() for name in workers}
        self.plan = replace(self.plan, metrics=metrics)
        self._plan_file.write_text(json.dumps(asdict(self.plan), indent=1))

    def _write_environment(self) -> None:
        """`settings.env` lets commands and people reach this system; it holds a password."""
        file = self.folder / "settings.env"
        file.touch(mode=0o600)
        file.write_text("".join(f"{key}={value}\n" for key, value in self.env().items()))


def _plain_environment() -> dict[str, str]:
    """This process's environment without settings of its own: a system has those of its folder."""
    return {key: value for key, value in os.environ.items() if not key.startswith("WUFANG_")}


def _usual_or_free(port: int) -> int:
    return port if is_free(port) else free_port()


def _any_free(_usual: int) -> int:
    return free_port()


def _ports(choose: Callable[[int], int]) -> dict[str, int]:
    return {name: choose(port) for name, port in ports.SERVICES.items()}
