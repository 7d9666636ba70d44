"""Kafka and Elasticsearch for a folder: started together, reachable by address, gone when closed."""

from __future__ import annotations

import json
import random
import secrets
import socket
import time
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from deploy.local import artifacts, preflight
from deploy.local.elastic import USER, Elastic
from deploy.local.kafka import Kafka
from deploy.local.keeping import KeeperClient, KeeperError
from deploy.local.unprivileged import place

Say = Callable[[str], None]
SERVERS = ("kafka", "elasticsearch")
USUAL_SERVER_PORTS = (9092, 9200)
START_TIMEOUT = 120.0
# below Linux's ephemeral ports: while a server is down, no outgoing connection can take its port
PORTS = range(20_000, 32_000)


class StackError(Exception):
    """A server did not come up."""


@dataclass(frozen=True)
class Ports:
    kafka: int
    controller: int
    elastic: int
    transport: int

    @classmethod
    def free(cls) -> Ports:
        return cls(*(free_port() for _ in range(4)))

    @classmethod
    def usual(cls) -> Ports:
        """The ports people expect, where they are free."""
        return cls(*(port if is_free(port) else free_port() for port in (9092, 9093, 9200, 9300)))


def is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True


def free_port() -> int:
    """A port nobody listens on now, of a range nobody is given by chance."""
    for port in random.sample(PORTS, 200):
        if is_free(port):
            return port
    raise StackError("没有空闲端口 / no free port")


class LocalStack:
    """Use as a context manager; or `open()` and `detach()` it, and `LocalStack.attach(folder)` elsewhere.

    `restart`: a server that dies comes back by itself. `quick`: sooner ready, slower under long load.
    """

    def __init__(
        self,
        folder: Path,
        *,
        ports: Ports | None = None,
        restart: bool = False,
        quick: bool = False,
        say: Say = lambda _text: None,
    ) -> None:
        self.folder = folder.absolute()
        self.keeper = KeeperClient(self.folder)
        self.restart_servers = restart
        self.quick = quick
        self.say = say
        self._wanted_ports = ports
        self.ports: Ports
        self._servers: dict[str, Kafka | Elastic] = {}

    # life

    def open(self, wait: Collection[str] = SERVERS) -> Self:
        """Check the machine, fetch what is missing, start both servers, wait until those of `wait` answer."""
        preflight.check(preflight.Machine.here(self.folder))
        fetch(self.say)
        self.keeper.spawn()
        try:
            self._load(create=True)
            self._check_ports()
            for name in reversed(SERVERS):
                self._first_start(name)
            for name in wait:
                self.wait_ready(name)
        except BaseException:
            self.close()
            raise
        return self

    @classmethod
    def attach(cls, folder: Path) -> Self:
        """The stack that runs in `folder`. Raises KeeperError when none does."""
        stack = cls(folder)
        stack.keeper.processes()
        stack._load(create=False)
        return stack

    def detach(self) -> None:
        """Let it run on after this process."""
        self.keeper.detach()

    def close(self) -> None:
        """End everything and wait for it."""
        self.keeper.end()

    def __enter__(self) -> Self:
        return self.open()

    def __exit__(self, kind: type[BaseException] | None, value: object, trace: TracebackType | None) -> None:
        self.close()

    # addresses

    @property
    def kafka(self) -> str:
        return self._kafka.bootstrap

    @property
    def elastic(self) -> str:
        return self._elastic.url

    @property
    def elastic_auth(self) -> tuple[str, str]:
        return USER, self._elastic.password

    def env(self) -> dict[str, str]:
        """The settings by which the system's processes reach these servers."""
        user, password = self.elastic_auth
        return {
            "WUFANG_KAFKA": self.kafka,
            "WUFANG_ELASTIC_URL": self.elastic,
            "WUFANG_ELASTIC_USER": user,
            "WUFANG_ELASTIC_PASSWORD": password,
        }

    # one server: "kafka" or "elasticsearch"

    def kill(self, name: str) -> None:
        """SIGKILL; it stays down until `start(name)`."""
        self.keeper.request("kill", name=name)

    def stop(self, name: str) -> None:
        """A clean stop; it stays down until `start(name)`."""
        self.keeper.request("stop", name=name)

    def start(self, name: str, *, wait: bool = True) -> None:
        """Start it again on the same ports with the same data."""
        self.keeper.request("again", name=name)
        if wait:
            self.wait_ready(name)

    def restart(self, name: str) -> None:
        self.stop(name)
        self.start(name)

    def signal(self, name: str, number: int) -> None:
        """Send a signal to its whole process group, for instance SIGSTOP and SIGCONT."""
        self.keeper.request("signal", name=name, number=int(number))

    def wait_ready(self, name: str, timeout: float = START_TIMEOUT) -> None:
        deadline = time.monotonic() + timeout
        while not self._servers[name].ready():
            process = self.keeper.processes()[name]
            if process["state"] == "ended" or process["restarts"] > 2 or time.monotonic() > deadline:
                raise StackError(f"{name} 没有就绪 / is not ready\n{last_lines(Path(process['log']))}")
            time.sleep(0.1)
        started_at = self.keeper.processes()[name]["started_at"]
        self.say(f"{name} 已就绪，{time.time() - started_at:.1f} 秒")

    # within

    @property
    def _kafka(self) -> Kafka:
        server = self._servers["kafka"]
        assert isinstance(server, Kafka)  # noqa: S101
        return server

    @property
    def _elastic(self) -> Elastic:
        server = self._servers["elasticsearch"]
        assert isinstance(server, Elastic)  # noqa: S101
        return server

    def _load(self, *, create: bool) -> None:
        """Ports and password are chosen once for a folder: a restart is found by its clients."""
        file = self.folder / "stack.json"
        if create and not file.exists():
            ports = self._wanted_ports or Ports.free()
            file.touch(mode=0o600)
            file.write_text(json.dumps({"ports": asdict(ports), "password": secrets.token_urlsafe(18)}))
        known: dict[str, Any] = json.loads(file.read_text())
        self.ports = ports = Ports(**known["ports"])
        store, files = artifacts.Store(), artifacts.locked()
        jars = tuple(file for file in files if file.part == "kafka")
        self._servers = {
            "kafka": Kafka(self.folder / "kafka", ports.kafka, ports.controller, store, jars, quick=self.quick),
            "elasticsearch": Elastic(
                place(self.folder / "elasticsearch", elastic_home()),
                ports.elastic,
                ports.transport,
                known["password"],
                quick=self.quick,
            ),
        }

    def _check_ports(self) -> None:
        for name, port in asdict(self.ports).items():
            if not is_free(port):
                raise StackError(f"端口 {port}（{name}）已被占用 / port {port} ({name}) is taken")

    def _first_start(self, name: str) -> None:
        self.say(f"启动 {name} …")
        server = self._servers[name]
        server.prepare()
        self.keeper.start(server.spec(self.log(name), restart=self.restart_servers))

    def log(self, name: str) -> Path:
        folder = self.folder / "logs"
        folder.mkdir(parents=True, exist_ok=True)
        return folder / f"{name}.log"


def elastic_home() -> Path:
    """The unpacked distribution in the cache."""
    store = artifacts.Store()
    (distribution,) = (file for file in artifacts.locked() if file.part == "elasticsearch")
    return artifacts.unpack(store.path(distribution), store.folder / f"elasticsearch-{distribution.version}")


def fetch(say: Say) -> None:
    """Bring all files into the cache, with progress."""
    from deploy.local.progress import download_progress

    store, files = artifacts.Store(), artifacts.locked()
    if missing := store.missing(files):
        with download_progress(sum(file.size for file in missing), say) as progress:
            store.fetch(missing, progress)
    elastic_home()


def last_lines(path: Path, count: int = 15) -> str:
    if not path.exists():
        return ""
    return "\n".join(path.read_text(errors="replace").splitlines()[-count:])


@contextmanager
def running(folder: Path, **options: Any) -> Iterator[LocalStack]:
    """The stack of `folder` if one runs there, else one for the length of the block."""
    try:
        yield LocalStack.attach(folder)
    except KeeperError:
        with LocalStack(folder, **options) as stack:
            yield stack
