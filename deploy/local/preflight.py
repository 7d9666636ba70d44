"""Say in one sentence why this machine cannot run the local stack, before anything is downloaded or started."""

from __future__ import annotations

import platform
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path

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
        raise PreflightError(
            f"需要 Linux，本机是 {machine.system} / Linux is needed, this is {machine.system}."
        )
    if machine.architecture.lower() not in ARCHITECTURES:
        raise PreflightError(
            f"需要 x86-64 或 arm64 处理器，本机是 {machine.architecture} / an x86-64 or arm64 processor is needed."
        )
    if machine.python != (3, 11):
        found = ".".join(map(str, machine.python))
        raise PreflightError(f"需要 Python 3.11，现为 {found} / Python 3.11 is needed, this is {found}.")
    # a machine sold as 6 GB shows a little less
    if machine.memory < memory_gib * 0.93 * GIB:
        found = f"{machine.memory / GIB:.1f}"
        raise PreflightError(
            f"内存至少 {memory_gib:g} GB，现有 {found} GB / {memory_gib:g} GB of memory are needed, {found} found."
        )
    if machine.disk < disk_gib * GIB:
        found = f"{machine.disk / GIB:.1f}"
        raise PreflightError(
            f"可用磁盘至少 {disk_gib:g} GB，现有 {found} GB / {disk_gib:g} GB of free disk are needed, {found} found."
        )
