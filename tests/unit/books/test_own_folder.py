"""One run at a time in one folder, and nothing of a killed one is left in it."""

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from wufang.operations.own_folder import AlreadyRunning, own_folder

HOLD = """
import sys, time
from pathlib import Path
from wufang.operations.own_folder import own_folder
with own_folder(Path(sys.argv[1]), "rebuild") as folder:
    (folder / "0.db").write_text("case texts")
    print("held", flush=True)
    time.sleep(60)
"""


def test_it_is_empty_private_and_gone_afterwards(tmp_path: Path) -> None:
    with own_folder(tmp_path / "state", "rebuild") as folder:
        assert list(folder.iterdir()) == []
        assert folder.stat().st_mode & 0o077 == 0
        (folder / "0.db").write_text("case texts")
    assert not folder.exists()


def test_a_failure_leaves_nothing_behind(tmp_path: Path) -> None:
    def fails() -> None:
        with own_folder(tmp_path, "rebuild") as folder:
            (folder / "0.db").write_text("case texts")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fails()
    assert not (tmp_path / "rebuild").exists()


def test_a_second_process_is_refused_and_takes_over_what_a_killed_one_left(tmp_path: Path) -> None:
    first = subprocess.Popen([sys.executable, "-c", HOLD, str(tmp_path)], stdout=subprocess.PIPE)
    assert first.stdout is not None
    assert first.stdout.readline() == b"held\n"
    try:
        with pytest.raises(AlreadyRunning), own_folder(tmp_path, "rebuild"):
            pass
        assert (tmp_path / "rebuild" / "0.db").exists(), "the refused one must not touch the other's folder"
    finally:
        first.send_signal(signal.SIGKILL)
        first.wait()
        first.stdout.close()
    assert (tmp_path / "rebuild" / "0.db").exists()
    with own_folder(tmp_path, "rebuild") as folder:
        assert list(folder.iterdir()) == []
    with own_folder(tmp_path, "other.rebuild"):
        pass
