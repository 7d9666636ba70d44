"""The core is told the time: the linter's rule fires inside it and nowhere else."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
READS_THE_CLOCK = '"""A module."""\n\nfrom datetime import UTC, datetime\n\nNOW = datetime.now(UTC)\n'


def refused(place: str) -> bool:
    command = [sys.executable, "-m", "ruff", "check", "--no-cache", "--stdin-filename", place, "-"]
    done = subprocess.run(command, cwd=ROOT, input=READS_THE_CLOCK, capture_output=True, text=True)
    return "TID251" in done.stdout


@pytest.mark.parametrize("room", ["domain", "wire", "readmodel", "ledger", "ledger/folding", "privacy"])
def test_a_clock_in_the_core_is_refused(room: str) -> None:
    assert refused(f"wufang/{room}/made_up.py")


def test_a_clock_at_the_edge_is_not() -> None:
    assert not refused("wufang/adapters/made_up.py")
