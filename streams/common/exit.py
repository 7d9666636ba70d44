"""Ending a worker at once: nothing un-acked is committed, and the supervisor starts it again."""

import os
import sys
from typing import NoReturn

from wufang.telemetry import log

FATAL = 70  # EX_SOFTWARE


def die(why: str, **facts: object) -> NoReturn:
    """End the process without any clean-up; Faust's own shutdown could ack what failed."""
    log("streams").critical(why, **facts)
    sys.stderr.flush()
    os._exit(FATAL)
