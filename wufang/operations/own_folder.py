"""A folder for what one run of an operation needs on disk: its alone, empty at the start, gone at the end."""

import fcntl
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class AlreadyRunning(Exception):
    """Another process of this deployment is at the same work on this machine."""


@contextmanager
def own_folder(state: Path, name: str) -> Iterator[Path]:
    """`state`/`name`, locked; what a killed run left there is removed. Raises AlreadyRunning.

    The lock is the kernel's: it ends with the process, however that ends.
    """
    folder = state / name
    state.mkdir(parents=True, exist_ok=True)
    with (state / f"{name}.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise AlreadyRunning(str(folder)) from error
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(mode=0o700)
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)
