"""Both ends of a worker are at once; only one of them is news."""

import json
import subprocess
import sys

import pytest

from streams.common.exit import FATAL


@pytest.mark.parametrize(("end", "level"), [("die", "critical"), ("hand_over", "warning")])
def test_the_end_is_logged_at_its_level(end: str, level: str) -> None:
    code = (
        "from wufang import telemetry\nfrom streams.common import exit\n"
        f"telemetry.configure('info')\nexit.{end}('why', mine=1)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == FATAL
    told = json.loads(done.stderr)
    assert (told["level"], told["event"], told["mine"]) == (level, "why", 1)
