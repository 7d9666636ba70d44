"""Running one stream worker until it is told to stop or dies."""

import fcntl
import gc
import os
from collections.abc import Callable
from typing import IO

import faust
import mode.loop

from streams.common.app import WufangApp
from streams.common.exit import die
from streams.common.health import serve
from wufang import telemetry
from wufang.settings import Settings


def run(create: Callable[[Settings], WufangApp]) -> None:
    """Read the settings, take the worker's folder, and work."""
    mode.loop.use("uvloop")
    # The caches are hundreds of thousands of objects without cycles; looking through them again and again for some took
    # a fifth of the ledger stream's time (986 µs a report with Python's own thresholds, 784 with these).
    gc.set_threshold(50_000, 20, 100)
    settings = Settings.from_env()
    telemetry.configure(settings.log_level)
    app = create(settings)
    app.lock_file = own_folder(settings, app.conf.id)
    app.door = serve(settings, app.pulse)
    worker = faust.Worker(app, loglevel="WARN", override_logging=False, quiet=True)
    worker.spinner = None  # its control codes are for a person's terminal; here they would stand in the log
    worker.execute_from_commandline()


def own_folder(settings: Settings, name: str) -> IO[str]:
    """Lock the worker's folder: two workers on one folder would write one snapshot file."""
    folder = settings.state / settings.worker
    folder.mkdir(parents=True, exist_ok=True)
    lock = (folder / f"{name}.lock").open("w")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        die("another worker holds this folder", folder=str(folder), pid=os.getpid())
    return lock
