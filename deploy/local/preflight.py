"""Say in one sentence why this machine cannot run the local stack, before anything is started."""

from __future__ import annotations

import platform
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

import psutil

GIB = 1 << 30
ARCHITECTURES = ("x86_64", "amd64", "aarch64", "arm64")


class PreflightError(Exception):
    """The sentence, Chinese first."""


@dataclass(frozen=True)
class Machine:
    system: str
    architecture: str
    python: tuple[int, int]
    memory: int
    disk: int

    @classmethod
    def here(cls, folder: Path) -> Machine:
        """This machine; `disk` is what is free where `folder` lies or will lie."""
        there = next(parent for parent in (folder, *folder.parents) if parent.exists())
        return cls(
            system=platform.system(),
            architecture=platform.machine(),
            python=sys.version_info[:2],
            memory=psutil.virtual_memory().total,
            disk=shutil.disk_usage(there).free,
        )


def check(machine: Machine, *, memory_gib: float = 6, disk_gib: float = 5) -> None:
    """Raise PreflightError with the first thing that is missing."""
    if machine.system != "Linux":
        _refuse("需要 Linux", "Linux is needed", machine.system)
    if machine.architecture.lower() not in ARCHITECTURES:
        _refuse("需要 x86-64 或 arm64 处理器", "an x86-64 or arm64 processor is needed", machine.architecture)
    if machine.python != (3, 11):
        _refuse("需要 Python 3.11", "Python 3.11 is needed", ".".join(map(str, machine.python)))
    # a machine sold as 6 GB shows a little less
    if machine.memory < memory_gib * 0.93 * GIB:
        needed = f"{memory_gib:g} GB"
        _refuse(f"内存至少 {needed}", f"{needed} of memory are needed", f"{machine.memory / GIB:.1f} GB")
    if machine.disk < disk_gib * GIB:
        needed = f"{disk_gib:g} GB"
        _refuse(f"可用磁盘至少 {needed}", f"{needed} of free disk are needed", f"{machine.disk / GIB:.1f} GB")


def _refuse(chinese: str, english: str, found: str) -> NoReturn:
    raise PreflightError(f"{chinese}，现为 {found} / {english}, found {found}.")
