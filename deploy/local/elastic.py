"""A real Elasticsearch (Elastic's minimal distribution, one node, security on) on loopback."""

from __future__ import annotations

import base64
import hashlib
import os
import secrets
import shutil
from dataclasses import dataclass
from pathlib import Path

import httpx

from deploy.local.keeper import Spec
from deploy.local.unprivileged import Place, hand_over

USER = "wufang"
PBKDF2_ROUNDS = 10_000
# only the fast compiler: a third less processor time until ready (11 s instead of 17), slower when busy for long
QUICK_START = ("-XX:TieredStopAtLevel=1",)
# Small heaps on two cores: G1's own threads and its work at every store are made for more (record 0417).
ONE_COLLECTOR = "-XX:+UseSerialGC"
# all of this project's indices, aliases and templates, and nothing of security itself
ROLES = """\
wufang:
  cluster: [ "monitor", "manage_index_templates", "manage_pipeline" ]
  indices:
    - names: [ "*" ]
      privileges: [ "all" ]
"""


def password_hash(password: str) -> str:
    """The file realm's PBKDF2 form; computed here, the shipped tool would need a Java start."""
    salt = secrets.token_bytes(32)
    digest = hashlib.pbkdf2_hmac("sha512", password.encode(), salt, PBKDF2_ROUNDS, 32)
    encoded = (base64.b64encode(part).decode() for part in (salt, digest))
    return f"{{PBKDF2}}{PBKDF2_ROUNDS}${'$'.join(encoded)}"


@dataclass(frozen=True)
class Elastic:
    """`place.folder` holds everything of this node; `place.home`, the distribution, stays as it is."""

    place: Place
    port: int
    transport_port: int
    password: str
    heap_mb: int = 1024
    quick: bool = False

    @property
    def folder(self) -> Path:
        return self.place.folder

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def prepare(self) -> None:
        for name in ("data", "logs", "tmp"):
            (self.folder / name).mkdir(parents=True, exist_ok=True)
        config = self.folder / "config"
        shutil.copytree(self.place.home / "config", config, dirs_exist_ok=True)
        (config / "elasticsearch.yml").write_text(self._settings())
        (config / "jvm.options").write_text(self._jvm_options())
        (config / "users").write_text(f"{USER}:{password_hash(self.password)}\n")
        (config / "users_roles").write_text(f"wufang:{USER}\n")
        (config / "roles.yml").write_text(ROLES)
        hand_over(self.place)

    def spec(self, log: Path, *, restart: bool = False) -> Spec:
        return Spec(
            name="elasticsearch",
            argv=[str(self.place.home / "bin" / "elasticsearch")],
            env={
                "PATH": os.environ.get("PATH", os.defpath),
                "LC_ALL": "C.UTF-8",
                "HOSTNAME": "localhost",
                "ES_JAVA_HOME": str(self.place.java_home),
                "ES_PATH_CONF": str(self.folder / "config"),
                "ES_TMPDIR": str(self.folder / "tmp"),
                "CLI_JAVA_OPTS": f"{ONE_COLLECTOR} {QUICK_START[0]}",
            },
            cwd=str(self.folder),
            log=str(log),
            restart=restart,
            grace=20,
            launch=self.place.launch,
        )

    def ready(self) -> bool:
        try:
            answer = httpx.get(
                f"{self.url}/_cluster/health",
                params={"wait_for_status": "yellow", "timeout": "1s"},
                auth=(USER, self.password),
                timeout=3,
            )
        except httpx.TransportError:
            return False
        return answer.status_code == httpx.codes.OK

    def _settings(self) -> str:
        settings = {
            "cluster.name": "wufang-local",
            "node.name": "local",
            "network.host": "127.0.0.1",
            "http.port": self.port,
            "transport.port": self.transport_port,
            "discovery.type": "single-node",
            "path.data": self.folder / "data",
            "path.logs": self.folder / "logs",
            "cluster.routing.allocation.disk.threshold_enabled": "false",
            "action.auto_create_index": "false",
            "xpack.security.enabled": "true",
            "xpack.security.autoconfiguration.enabled": "false",
            "xpack.security.authc.password_hashing.algorithm": "pbkdf2",
            "xpack.security.authc.realms.file.local.order": 0,
        }
        return "\n".join(f"{key}: {value}" for key, value in settings.items()) + "\n"

    def _jvm_options(self) -> str:
        shipped = (self.place.home / "config" / "jvm.options").read_text()
        # the Java runtime from pip has no vector module; the other files would be written into `home`
        dropped = ("jdk.incubator.vector", "-XX:+UseG1GC", "-XX:HeapDumpPath", "-XX:ErrorFile", "-Xlog:gc")
        kept = [line for line in shipped.splitlines() if not any(part in line for part in dropped)]
        here = [
            *(QUICK_START if self.quick else ()),
            ONE_COLLECTOR,
            "-XX:+UseTransparentHugePages",  # meant for virtual machines; its gain was not measured alone
            "-XX:-AlwaysPreTouch",  # a small machine shares its memory with everything else
            f"-Xms{self.heap_mb}m",
            f"-Xmx{self.heap_mb}m",
            f"-XX:HeapDumpPath={self.folder / 'logs'}",
            f"-XX:ErrorFile={self.folder / 'logs' / 'hs_err_pid%p.log'}",
        ]
        return "\n".join([*kept, *here]) + "\n"
