"""Processes of this machine."""

import os
from pathlib import Path

import psutil


def below(folder: Path) -> list[psutil.Process]:
    """Every process that was told of the folder."""
    mine = {os.getpid(), *(parent.pid for parent in psutil.Process().parents())}
    return [p for p in psutil.process_iter(["cmdline"]) if p.pid not in mine and _names(p, folder)]


def _names(process: psutil.Process, folder: Path) -> bool:
    return any(str(folder) in argument for argument in process.info["cmdline"] or [])
