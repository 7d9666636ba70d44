"""Ending a worker at once: nothing un-acked is committed, and the supervisor starts it again."""

import os
import sys
from typing import NoReturn

from wufang.telemetry import log

FATAL = 70  # EX_SOFTWARE


def die(why: str, **facts: object) -> NoReturn:
    """End the process without any clean-up; Faust's own shutdown could ack what failed."""
    log("streams").critical(why, **facts)
    _end()


def hand_over(why: str, **facts: object) -> NoReturn:
    """The same end, planned: the supervisor starts a successor; nothing is wrong, and nobody needs to be called."""
    log("streams").warning(why, **facts)
    _end()


def _end() -> NoReturn:
    sys.stderr.flush()
    os._exit(FATAL)
