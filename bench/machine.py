"""The machine a figure was measured on: what matters for comparing, nothing that names it."""

import os
import platform
from pathlib import Path

import psutil


def describe() -> dict[str, object]:
    """Processor, cores, memory, load and versions; no host name, no paths."""
    return {
        "processor": _processor(),
        "cores": os.cpu_count(),
        "memory_gib": round(psutil.virtual_memory().total / 2**30, 1),
        "load_before": [round(value, 2) for value in os.getloadavg()],
        "kernel": platform.release(),
        "python": platform.python_version(),
    }


def _processor() -> str:
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.split(":", 1)[1].strip()
    return platform.machine()
