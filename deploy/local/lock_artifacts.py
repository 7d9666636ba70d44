"""Resolve what the local servers need and write artifacts.lock.json; a maintainer's tool."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

from jgo.maven import MavenContext, Model

from deploy.local.artifacts import LOCK_FILE, cache_folder

KAFKA = ("org.apache.kafka", "kafka_2.13", "4.3.1")
# kafka logs through slf4j and brings no binding; the version is that of its own log4j-core
KAFKA_LOGGING = ("org.apache.logging.log4j", "log4j-slf4j-impl", "2.25.4")
# 8.19 asks for JDK modules that the Java runtime from pip lacks
ELASTICSEARCH = ("org.elasticsearch.distribution.integ-test-zip", "elasticsearch", "8.18.0")


def _entry(artifact: Any, part: str) -> dict[str, Any]:
    path = artifact.resolve()
    return {
        "part": part,
        "group": artifact.groupId,
        "artifact": artifact.artifactId,
        "version": artifact.version,
        "packaging": artifact.packaging,
        "size": path.stat().st_size,
        "sha256": hashlib.sha256(path.read_bytes()).hexdigest(),
    }


def _kafka_jars(context: MavenContext) -> list[Any]:
    group, name, version = KAFKA
    component = context.project(group, name).at_version(version)
    dependencies, _tree = Model(component.pom(), context).dependencies()
    group, name, version = KAFKA_LOGGING
    binding = context.project(group, name).at_version(version).artifact()
    return [component.artifact(), binding, *(dependency.artifact for dependency in dependencies)]


def _key(entry: dict[str, Any]) -> tuple[str, str, str]:
    return entry["part"], entry["group"], entry["artifact"]


def main() -> None:
    context = MavenContext(repo_cache=cache_folder() / "resolver", timeout=120)
    entries = [_entry(jar, "kafka") for jar in _kafka_jars(context)]
    group, name, version = ELASTICSEARCH
    distribution = context.project(group, name).at_version(version).artifact(packaging="zip")
    entries.append(_entry(distribution, "elasticsearch"))
    text = json.dumps(sorted(entries, key=_key), indent=1) + "\n"
    Path(LOCK_FILE).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
